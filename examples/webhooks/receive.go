// Takes webhooks of an open platform: believes them only when their signature is right (Standard Webhooks), answers 204, prints each.
// 接收开放平台推送的事件：签名正确才相信（Standard Webhooks），应答 204，并打印。
//
//	APP_SECRET=... PORT=8080 go run receive.go
//
// Go 1.18 or later, nothing to install.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

var appSecret = os.Getenv("APP_SECRET") // @fill appSecret
var port = os.Getenv("PORT") // @fill port

const toleranceSeconds = 300
const bytesMax = 1024 * 1024

func main() {
	http.HandleFunc("/", func(response http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(response, request.Body, bytesMax))
		if err != nil {
			response.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		field := request.Header.Get
		if !isGenuine(field("webhook-id"), field("webhook-timestamp"), field("webhook-signature"), body) {
			response.WriteHeader(http.StatusUnauthorized)
			return
		}
		// An event may come twice: keep its id, and do nothing the second time. Answer soon, and work on it afterwards.
		fmt.Fprintln(os.Stdout, request.URL, field("webhook-id"), string(body))
		response.WriteHeader(http.StatusNoContent)
	})
	log.Fatal(http.ListenAndServe(fmt.Sprintf(":%v", port), nil))
}

// The signature is over the bytes as they came: check before you parse.
func isGenuine(id, timestamp, signature string, body []byte) bool {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return false
	}
	if off := time.Now().Unix() - seconds; off > toleranceSeconds || off < -toleranceSeconds {
		return false
	}
	hash := hmac.New(sha256.New, []byte(appSecret))
	hash.Write([]byte(id + "." + timestamp + "."))
	hash.Write(body)
	expected := "v1," + base64.StdEncoding.EncodeToString(hash.Sum(nil))
	// Several stand here while the secret is being changed.
	for _, one := range strings.Split(signature, " ") {
		if hmac.Equal([]byte(one), []byte(expected)) {
			return true
		}
	}
	return false
}
