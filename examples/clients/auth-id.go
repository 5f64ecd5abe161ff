// Makes one call of an open platform by scheme auth-id, for partners whose code has it: gets a token if the interface wants one, signs,
// sends, prints each answer as a line of JSON.
// 以 auth-id 方案（authId、requestTime 与请求头 token）调用开放平台的一个接口；每个应答打印为一行 JSON。
//
//	GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/site/car/parking/v1/ go run auth-id.go
//
// PLATFORM_KEY is the platform's publicKey, which its operator tells. Go 1.18 or later, nothing to install.
package main

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
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
var platformKey = os.Getenv("PLATFORM_KEY")
var security = "token+sign" // @fill security
var method = "POST" // @fill method
var path = os.Getenv("API_PATH") // @fill path
var parameters = map[string]any{"plate": "京A·12345", "fen": 1250, "items": []any{map[string]any{"name": "东门 停车", "hours": 2.5}}} // @fill parameters

func main() {
	if platformKey == "" {
		platformKey = "58Ajk2015HoppingYear"
	}
	requestTime := fmt.Sprint(time.Now().UnixMilli())
	// The values of the parameters, in the order of their names, without anything between them.
	names, values := []string{}, ""
	for name := range parameters {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		values += textOf(parameters[name])
	}
	header := http.Header{}
	header.Set("token", fmt.Sprintf("%x", md5.Sum([]byte(platformKey+appSecret+requestTime+values))))

	query, body := url.Values{"authId": {appID}, "requestTime": {requestTime}}, ""
	if strings.HasPrefix(security, "token") {
		header.Set("authorization", "Bearer "+getToken())
	}
	// Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT.
	if method == "POST" || method == "PUT" {
		header.Set("content-type", "application/json")
		body = jsonOf(parameters)
	} else {
		for name, value := range parameters {
			query.Set(name, textOf(value))
		}
	}
	send(method, path+"?"+query.Encode(), header, body)
}

// A token is asked for by scheme hmac-sha256.
func getToken() string {
	bytes := make([]byte, 16)
	_, err := rand.Read(bytes)
	must(err)
	path, nonce, timestamp := "/openapi/token/generate", fmt.Sprintf("%x", bytes), time.Now().UnixMilli()
	hash := hmac.New(sha256.New, []byte(appSecret))
	fmt.Fprintf(hash, "POST\n%s\nappId=%s&nonce=%s&signType=hmac-sha256&timestamp=%d", path, appID, nonce, timestamp)
	body := jsonOf(map[string]any{"appId": appID, "nonce": nonce, "signType": "hmac-sha256", "timestamp": timestamp,
		"sign": base64.StdEncoding.EncodeToString(hash.Sum(nil))})
	var answer struct{ Data struct{ Token string } }
	must(json.Unmarshal(send("POST", path, http.Header{"Content-Type": {"application/json"}}, body), &answer))
	return answer.Data.Token
}

func send(method, target string, header http.Header, body string) []byte {
	request, err := http.NewRequest(method, gatewayURL+target, strings.NewReader(body))
	must(err)
	request.Header = header
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
	text, err := json.Marshal(value)
	must(err)
	return string(text)
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
