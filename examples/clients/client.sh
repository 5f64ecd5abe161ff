#!/bin/sh
# Makes one call of an open platform: gets a token if the interface wants one, signs, sends, prints each answer as a line of JSON.
# 调用开放平台的一个接口：需要时先换取 token，签名并发送，每个应答打印为一行 JSON。
#
#   GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking sh client.sh
#   … SCHEME=rsa2 PRIVATE_KEY_FILE=private.pem …   instead of APP_SECRET; or SCHEME=sm2
#
# Schemes hmac-sha256 (default), rsa2 and sm2, by curl and openssl 3. `ps` shows the words of a command to everybody on the machine while
# it runs: the secret is among them, a private key is not. Where others work too, take rsa2 or sm2.
set -eu

gateway_url=${GATEWAY_URL-} # @fill gatewayUrl
app_id=${APP_ID-} # @fill appId
app_secret=${APP_SECRET-} # @fill appSecret
security='token+sign' # @fill security
method='POST' # @fill method
path=${API_PATH-} # @fill path
# The parameters twice. As they are signed: name=value, each on a line of its own, a list or an object as the JSON that the body has,
# without spaces between its parts. And as the body has them.
pairs=$(printf '%s\n' 'plate=京A·12345' 'fen=1250' 'items=[{"name":"东门 停车","hours":2.5}]') # @fill pairs
body='{"plate":"京A·12345","fen":1250,"items":[{"name":"东门 停车","hours":2.5}]}' # @fill body

scheme=${SCHEME:-hmac-sha256} # @fill scheme

# sign METHOD PATH PAIRS: the signature over all parameters. Values are as they are, not as a URL writes them.
sign() {
  canonical=$(printf '%s\n' "$3" | sed '/^$/d' | LC_ALL=C sort -t= -k1,1 | paste -sd '&' -)
  string_to_sign="$1
$2
$canonical"
  case $scheme in
    rsa2) set -- -sha256 -sign "$PRIVATE_KEY_FILE" ;;
    sm2) set -- -sm3 -sign "$PRIVATE_KEY_FILE" -sigopt distid:1234567812345678 ;;
    *) set -- -sha256 -hmac "$app_secret" ;;
  esac
  printf '%s' "$string_to_sign" | openssl dgst "$@" -binary | openssl base64 -A
}

# call METHOD PATH PAIRS BODY SECURITY [TOKEN]: prints the answer as a line of JSON and keeps it as $answer.
# Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT.
call() {
  method=$1 path=$2 pairs=$3 body=$4
  case $5 in
    *sign)
      # Of one call: a nonce is taken once.
      timestamp=$(date +%s)000
      nonce=$(openssl rand -hex 16)
      pairs="$pairs
appId=$app_id
timestamp=$timestamp
nonce=$nonce
signType=$scheme"
      sign=$(sign "$method" "$path" "$pairs")
      pairs="$pairs
sign=$sign"
      own="\"appId\":\"$app_id\",\"timestamp\":$timestamp,\"nonce\":\"$nonce\",\"signType\":\"$scheme\",\"sign\":\"$sign\""
      if [ "$body" = '{}' ]; then body="{$own}"; else body="${body%?},$own}"; fi
      ;;
  esac
  token=${6-}
  set -- "$gateway_url$path" -X "$method"
  if [ -n "$token" ]; then set -- "$@" -H "Authorization: Bearer $token"; fi
  if [ "$method" = POST ] || [ "$method" = PUT ]; then
    set -- "$@" -H 'Content-Type: application/json' --data-raw "$body"
  else
    set -- --get "$@"
    while IFS= read -r pair; do
      if [ -n "$pair" ]; then set -- "$@" --data-urlencode "$pair"; fi
    done <<PAIRS
$pairs
PAIRS
  fi
  answer=$(curl -sS -w '\n%{http_code}' "$@")
  status=$(printf '%s' "$answer" | tail -n 1)
  answer=$(printf '%s' "$answer" | sed '$d')
  printf '{"status":%s,"answer":%s}\n' "$status" "$answer"
  [ "$status" = 200 ]
}

case $security in
  token*)
    wanted_method=$method wanted_path=$path wanted_pairs=$pairs wanted_body=$body
    call POST /openapi/token/generate '' '{}' sign
    token=$(printf '%s' "$answer" | sed 's/.*"token":"\([^"]*\)".*/\1/')
    call "$wanted_method" "$wanted_path" "$wanted_pairs" "$wanted_body" "$security" "$token"
    ;;
  *) call "$method" "$path" "$pairs" "$body" "$security" ;;
esac
