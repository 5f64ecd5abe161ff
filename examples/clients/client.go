// Makes one call of an open platform: gets a token if the interface wants one, signs, sends, prints each answer as a line of JSON.
// 调用开放平台的一个接口：需要时先换取 token，签名并发送，每个应答打印为一行 JSON。
//
//	GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking go run client.go
//	… SCHEME=rsa2 PRIVATE_KEY_FILE=private.pem …   instead of APP_SECRET
//
// Schemes hmac-sha256 (default), rsa2 and, by SCHEME=openapi, the AES form of older clients. Go 1.18 or later, nothing to install.
package main

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"sort"
	"strings"
	"time"
)

var gatewayURL = os.Getenv("GATEWAY_URL") // @fill gatewayUrl
var appID = os.Getenv("APP_ID") // @fill appId
var appSecret = os.Getenv("APP_SECRET") // @fill appSecret
var scheme = os.Getenv("SCHEME") // @fill scheme
var security = "token+sign" // @fill security
var method = "POST" // @fill method
var path = os.Getenv("API_PATH") // @fill path
var parameters = map[string]any{"plate": "京A·12345", "fen": 1250, "items": []any{map[string]any{"name": "东门 停车", "hours": 2.5}}} // @fill parameters

func main() {
	if scheme == "" {
		scheme = "hmac-sha256"
	}
	token := ""
	if strings.HasPrefix(security, "token") {
		token = getToken()
	}
	if strings.HasSuffix(security, "sign") {
		parameters = signed(method, path, parameters)
	}
	call(method, path, parameters, token)
}

func getToken() string {
	path := "/openapi/token/generate"
	var answer struct {
		Data struct {
			Token string `json:"token"`
		} `json:"data"`
	}
	must(json.Unmarshal(call("POST", path, signed("POST", path, nil), ""), &answer))
	return answer.Data.Token
}

// Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT.
func call(method, path string, parameters map[string]any, token string) []byte {
	target := gatewayURL + path
	var body io.Reader
	hasBody := method == "POST" || method == "PUT"
	if hasBody {
		body = strings.NewReader(jsonOf(parameters))
	} else {
		query := url.Values{}
		for name, value := range parameters {
			query.Set(name, textOf(value))
		}
		target += "?" + query.Encode()
	}
	request, err := http.NewRequest(method, target, body)
	must(err)
	if hasBody {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	must(err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	must(err)
	fmt.Printf("{\"status\":%d,\"answer\":%s}\n", response.StatusCode, answer)
	if response.StatusCode != 200 {
		os.Exit(1)
	}
	return answer
}

// The parameters of the business with those of the signature.
func signed(method, path string, business map[string]any) map[string]any {
	nonce := make([]byte, 16)
	_, err := rand.Read(nonce)
	must(err)
	all := map[string]any{"appId": appID, "timestamp": time.Now().UnixMilli(), "nonce": hex.EncodeToString(nonce)}
	for name, value := range business {
		// The AES form does not sign empty values: what is empty is not sent.
		if scheme != "openapi" || textOf(value) != "" {
			all[name] = value
		}
	}
	// Without a signType the platform takes the AES form.
	if scheme != "openapi" {
		all["signType"] = scheme
	}
	// name=value of every parameter, in the order of the names; values as they are, not as a URL writes them.
	pairs := []string{}
	names := []string{}
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		pairs = append(pairs, name+"="+textOf(all[name]))
	}
	stringToSign := strings.Join(pairs, "&")
	if scheme != "openapi" {
		stringToSign = method + "\n" + path + "\n" + stringToSign
	}
	all["sign"] = base64.StdEncoding.EncodeToString(sign(stringToSign))
	return all
}

func sign(text string) []byte {
	switch scheme {
	case "openapi":
		return encrypted(text)
	case "rsa2":
		file, err := os.ReadFile(os.Getenv("PRIVATE_KEY_FILE"))
		must(err)
		block, _ := pem.Decode(file)
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		must(err)
		digest := sha256.Sum256([]byte(text))
		signature, err := rsa.SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA256, digest[:])
		must(err)
		return signature
	default:
		hash := hmac.New(sha256.New, []byte(appSecret))
		hash.Write([]byte(text))
		return hash.Sum(nil)
	}
}

// AES/ECB/PKCS5Padding under the secret.
func encrypted(text string) []byte {
	block, err := aes.NewCipher([]byte(appSecret))
	must(err)
	missing := aes.BlockSize - len(text)%aes.BlockSize
	bytes := append([]byte(text), bytes.Repeat([]byte{byte(missing)}, missing)...)
	for at := 0; at < len(bytes); at += aes.BlockSize {
		block.Encrypt(bytes[at:at+aes.BlockSize], bytes[at:at+aes.BlockSize])
	}
	return bytes
}

// A text stays as it is; a number, a list or an object is its JSON, written just as the body has it.
func textOf(value any) string {
	if value == nil {
		return ""
	}
	if text, is := value.(string); is {
		return text
	}
	return jsonOf(value)
}

func jsonOf(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	must(encoder.Encode(value))
	return strings.TrimSuffix(text.String(), "\n")
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
