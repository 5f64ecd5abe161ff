// Makes one call of an open platform with an encrypted body, whose answer comes back encrypted: gets a token if the interface wants one,
// encrypts, signs, sends, prints each answer as a line of JSON.
// 以加密的请求体调用开放平台的一个接口，应答同样加密返回；需要时先换取 token，每个应答（解密后）打印为一行 JSON。
//
//	GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking go run encrypted.go
//
// aes-256-gcm, signed by hmac-sha256. Go 1.18 or later, nothing to install.
package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"strings"
	"time"
)

var gatewayURL = os.Getenv("GATEWAY_URL") // @fill gatewayUrl
var appID = os.Getenv("APP_ID") // @fill appId
var appSecret = os.Getenv("APP_SECRET") // @fill appSecret
var security = "token+sign" // @fill security
var method = "POST" // @fill method
var path = os.Getenv("API_PATH") // @fill path
var parameters = map[string]any{"plate": "京A·12345", "fen": 1250, "items": []any{map[string]any{"name": "东门 停车", "hours": 2.5}}} // @fill parameters

func main() {
	token := ""
	if strings.HasPrefix(security, "token") {
		var answer struct{ Data struct{ Token string } }
		must(json.Unmarshal(send("POST", "/openapi/token/generate", map[string]any{}, ""), &answer))
		token = answer.Data.Token
	}
	send(method, path, map[string]any{"encrypt": "aes-256-gcm", "data": seal(jsonOf(parameters)), "encryptResponse": true}, token)
}

// Base64 of 12 random bytes, the encrypted ones, and the 16 of the tag.
func seal(text []byte) string {
	iv := random(12)
	return base64.StdEncoding.EncodeToString(gcm().Seal(iv, iv, text, nil))
}

// Panics when the tag is not right: somebody without the secret wrote it.
func open(data string) []byte {
	sealed, err := base64.StdEncoding.DecodeString(data)
	must(err)
	text, err := gcm().Open(nil, sealed[:12], sealed[12:], nil)
	must(err)
	return text
}

// AES under a key that HKDF-SHA-256 derives from the secret.
func gcm() cipher.AEAD {
	key := hmacOf(hmacOf(nil, appSecret), "kaimen aes-256-gcm\x01")
	block, err := aes.NewCipher(key)
	must(err)
	gcm, err := cipher.NewGCM(block)
	must(err)
	return gcm
}

func send(method, path string, parameters map[string]any, token string) []byte {
	sign(method, path, parameters)
	request, err := http.NewRequest(method, gatewayURL+path, strings.NewReader(string(jsonOf(parameters))))
	must(err)
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	must(err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	must(err)
	// What is refused before it was decrypted is answered as it is.
	var sealed struct{ Encrypt, Data string }
	if json.Unmarshal(answer, &sealed) == nil && sealed.Encrypt != "" {
		answer = open(sealed.Data)
	}
	fmt.Printf("{\"status\":%d,\"answer\":%s}\n", response.StatusCode, answer)
	if response.StatusCode != 200 {
		os.Exit(1)
	}
	return answer
}

// Signed as they are sent, encrypted.
func sign(method, path string, parameters map[string]any) {
	parameters["appId"] = appID
	parameters["timestamp"] = time.Now().UnixMilli()
	parameters["nonce"] = fmt.Sprintf("%x", random(16))
	parameters["signType"] = "hmac-sha256"
	pairs := []string{}
	for name, value := range parameters {
		pairs = append(pairs, fmt.Sprintf("%s=%v", name, value))
	}
	sort.Strings(pairs)
	stringToSign := method + "\n" + path + "\n" + strings.Join(pairs, "&")
	parameters["sign"] = base64.StdEncoding.EncodeToString(hmacOf([]byte(appSecret), stringToSign))
}

// A nil key is as good as one of zeros.
func hmacOf(key []byte, text string) []byte {
	hash := hmac.New(sha256.New, key)
	hash.Write([]byte(text))
	return hash.Sum(nil)
}

func random(count int) []byte {
	bytes := make([]byte, count)
	_, err := rand.Read(bytes)
	must(err)
	return bytes
}

func jsonOf(value any) []byte {
	text, err := json.Marshal(value)
	must(err)
	return text
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
