#!/bin/sh
# Calls an open platform: gets a token, makes a signed GET and a signed POST, prints each answer as a line of JSON.
# 调用开放平台：换取 token，发一个签名的 GET 和一个签名的 POST，每个应答打印为一行 JSON。
#
#   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking sh client.sh
#   … SCHEME=rsa2 PRIVATE_KEY_FILE=private.pem …   instead of APP_SECRET
#
# Schemes hmac-sha256 (default) and rsa2, by openssl and curl. `ps` shows the words of a command to everybody on the machine while it
# runs: the secret is among them, a private key is not. Where others work too, take rsa2.
set -eu
scheme=${SCHEME:-hmac-sha256}

# sign METHOD PATH name=value…: the signature over all parameters. Values are as they are, not as a URL writes them, on one line.
sign() {
  method=$1 path=$2
  shift 2
  canonical=$(printf '%s\n' "$@" | LC_ALL=C sort -t= -k1,1 | paste -sd '&' -)
  if [ "$scheme" = rsa2 ]; then set -- -sign "$PRIVATE_KEY_FILE"; else set -- -hmac "$APP_SECRET"; fi
  printf '%s\n%s\n%s' "$method" "$path" "$canonical" | openssl dgst -sha256 "$@" -binary | openssl base64 -A
}

# call WORDS…: curl with these words. Prints its answer as a line of JSON and keeps it as $answer.
call() {
  answer=$(curl -sS -w '\n%{http_code}' "$@")
  status=$(printf '%s' "$answer" | tail -n 1)
  answer=$(printf '%s' "$answer" | sed '$d')
  printf '{"status":%s,"answer":%s}\n' "$status" "$answer"
  [ "$status" = 200 ]
}

# Of one call: a nonce is taken once.
fresh() {
  timestamp=$(date +%s)000
  nonce=$(openssl rand -hex 16)
}

fresh
path=/openapi/token/generate
sign=$(sign POST "$path" "appId=$APP_ID" "timestamp=$timestamp" "nonce=$nonce" "signType=$scheme")
call "$GATEWAY_URL$path" -H 'Content-Type: application/json' \
  -d "{\"appId\":\"$APP_ID\",\"timestamp\":$timestamp,\"nonce\":\"$nonce\",\"signType\":\"$scheme\",\"sign\":\"$sign\"}"
token=$(printf '%s' "$answer" | sed 's/.*"token":"\([^"]*\)".*/\1/')

fresh
park='东门 停车场' note='a+b, 100%'
sign=$(sign GET "$API_PATH" "park=$park" "note=$note" "appId=$APP_ID" "timestamp=$timestamp" "nonce=$nonce" "signType=$scheme")
call --get "$GATEWAY_URL$API_PATH" -H "Authorization: Bearer $token" \
  --data-urlencode "park=$park" --data-urlencode "note=$note" --data-urlencode "appId=$APP_ID" \
  --data-urlencode "timestamp=$timestamp" --data-urlencode "nonce=$nonce" --data-urlencode "signType=$scheme" --data-urlencode "sign=$sign"

fresh
# A list or an object is signed as the JSON that the body has, without spaces between its parts.
plate='京A·12345' fen=1250 items='[{"name":"东门 停车","hours":2.5}]'
sign=$(sign POST "$API_PATH" "plate=$plate" "fen=$fen" "items=$items" \
  "appId=$APP_ID" "timestamp=$timestamp" "nonce=$nonce" "signType=$scheme")
call "$GATEWAY_URL$API_PATH" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
  -d "{\"plate\":\"$plate\",\"fen\":$fen,\"items\":$items,\"appId\":\"$APP_ID\",\"timestamp\":$timestamp,\"nonce\":\"$nonce\",\"signType\":\"$scheme\",\"sign\":\"$sign\"}"
