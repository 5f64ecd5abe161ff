// Makes one call of an open platform, signed as an HTTP message (RFC 9421): gets a token if the interface wants one, signs, sends,
// prints each answer as a line of JSON.
// 以 HTTP 消息签名（RFC 9421）调用开放平台的一个接口：需要时先换取 token，签名并发送，每个应答打印为一行 JSON。
//
//	GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking go run rfc9421.go
//
// Scheme rfc9421 by the app's secret; by a key that the app registered, `keyid` is appId:keyId and `alg` that of the key.
// Go 1.18 or later, nothing to install.
package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
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

// A field of the header, or a part of the request that is signed like one.
type field struct{ name, value string }

func main() {
	query, body, fields := "", "", []field{}
	if strings.HasPrefix(security, "token") {
		fields = append(fields, field{"authorization", "Bearer " + getToken()})
	}
	// Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT.
	if method == "POST" || method == "PUT" {
		body = jsonOf(parameters)
		digest := sha256.Sum256([]byte(body))
		fields = append(fields, field{"content-type", "application/json"})
		fields = append(fields, field{"content-digest", "sha-256=:" + base64.StdEncoding.EncodeToString(digest[:]) + ":"})
	} else {
		values := url.Values{}
		for name, value := range parameters {
			values.Set(name, textOf(value))
		}
		query = "?" + values.Encode()
	}
	send(method, path+query, append(fields, signature(query, fields)...), body)
}

// A line for each part of the request that is signed, and at the end what is said of the signature.
func signature(query string, fields []field) []field {
	gateway, err := url.Parse(gatewayURL)
	must(err)
	if query == "" {
		query = "?"
	}
	names, base := []string{}, ""
	for _, part := range append([]field{{"@method", method}, {"@authority", gateway.Host}, {"@path", path}, {"@query", query}}, fields...) {
		names = append(names, `"`+part.name+`"`)
		base += `"` + part.name + `": ` + part.value + "\n"
	}
	input := fmt.Sprintf(`(%s);created=%d;keyid="%s";alg="hmac-sha256";nonce="%s";tag="kaimen"`,
		strings.Join(names, " "), time.Now().Unix(), appID, nonce())
	return []field{{"signature-input", "sig=" + input}, {"signature", "sig=:" + hmacOf(base+`"@signature-params": `+input) + ":"}}
}

// A token is asked for by scheme hmac-sha256: the signature stands among the parameters.
func getToken() string {
	path, nonce, timestamp := "/openapi/token/generate", nonce(), time.Now().UnixMilli()
	canonical := fmt.Sprintf("appId=%s&nonce=%s&signType=hmac-sha256&timestamp=%d", appID, nonce, timestamp)
	body := jsonOf(map[string]any{"appId": appID, "nonce": nonce, "signType": "hmac-sha256", "timestamp": timestamp,
		"sign": hmacOf("POST\n" + path + "\n" + canonical)})
	var answer struct{ Data struct{ Token string } }
	must(json.Unmarshal(send("POST", path, []field{{"content-type", "application/json"}}, body), &answer))
	return answer.Data.Token
}

func send(method, target string, fields []field, body string) []byte {
	request, err := http.NewRequest(method, gatewayURL+target, strings.NewReader(body))
	must(err)
	for _, field := range fields {
		request.Header.Set(field.name, field.value)
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

func hmacOf(text string) string {
	hash := hmac.New(sha256.New, []byte(appSecret))
	hash.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(hash.Sum(nil))
}

func nonce() string {
	bytes := make([]byte, 16)
	_, err := rand.Read(bytes)
	must(err)
	return fmt.Sprintf("%x", bytes)
}

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
	text, err := json.Marshal(value)
	must(err)
	return string(text)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
