// Logs a member in (source 001), calls an interface as that member, refreshes the tokens; prints each answer as a line of JSON.
// 会员登录换取 token，以会员身份调用一个接口，再刷新 token；每个应答打印为一行 JSON。
//
//	GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... MEMBER=... PASSWORD=... API_PATH=/api/v1/member/info go run member.go
//
// Go 1.18 or later, nothing to install.
package main

import (
	"crypto/md5"
	"crypto/rand"
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
var method = "GET" // @fill method
var path = os.Getenv("API_PATH") // @fill path
var parameters = map[string]any{} // @fill parameters

type tokens struct {
	Data struct {
		AccessToken  string `json:"access_token"`
		RefreshToken string `json:"refresh_token"`
		Client       struct{ Uid any }
	}
}

func main() {
	nonce := make([]byte, 16)
	_, err := rand.Read(nonce)
	must(err)
	login := map[string]any{
		"username":  os.Getenv("MEMBER"),
		"password":  os.Getenv("PASSWORD"),
		"nonce":     fmt.Sprintf("%x", nonce),
		"timestamp": time.Now().Unix(),
		"appid":     appID,
		"appsecret": appSecret,
	}
	login["sign"] = sign(login)
	var given tokens
	must(json.Unmarshal(ask("POST", "/api/v1/token", login, ""), &given))

	uid := fmt.Sprint(given.Data.Client.Uid)
	proof := base64.StdEncoding.EncodeToString([]byte(appID + ":" + given.Data.AccessToken + ":" + uid))
	ask(method, path, parameters, uid+" "+proof)
	ask("POST", "/api/v1/token/refresh", map[string]any{"refresh_token": given.Data.RefreshToken}, "")
}

// name=value of every field, in the order of the names, the secret last; values as they are, not as a URL writes them.
func sign(fields map[string]any) string {
	pairs := []string{}
	for name, value := range fields {
		pairs = append(pairs, fmt.Sprintf("%s=%v", name, value))
	}
	sort.Strings(pairs)
	return fmt.Sprintf("%x", md5.Sum([]byte(strings.Join(append(pairs, "key="+appSecret), "&"))))
}

// Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT.
func ask(method, path string, parameters map[string]any, authentication string) []byte {
	target, body := gatewayURL+path, ""
	hasBody := method == "POST" || method == "PUT"
	if hasBody {
		body = string(jsonOf(parameters))
	} else {
		query := url.Values{}
		for name, value := range parameters {
			if text, is := value.(string); is {
				query.Set(name, text)
			} else {
				query.Set(name, string(jsonOf(value)))
			}
		}
		target += "?" + query.Encode()
	}
	request, err := http.NewRequest(method, target, strings.NewReader(body))
	must(err)
	if hasBody {
		request.Header.Set("Content-Type", "application/json")
	}
	if authentication != "" {
		request.Header.Set("authentication", authentication)
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
