"""Makes one call of an open platform by scheme auth-id, for partners whose code has it: gets a token if the interface wants one, signs,
sends, prints each answer as a line of JSON.
以 auth-id 方案（authId、requestTime 与请求头 token）调用开放平台的一个接口；每个应答打印为一行 JSON。

    GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/site/car/parking/v1/ python3 auth-id.py

PLATFORM_KEY is the platform's publicKey, which its operator tells. Python 3.8 or later, nothing to install.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

GATEWAY_URL = os.environ["GATEWAY_URL"]  # @fill gatewayUrl
APP_ID = os.environ["APP_ID"]  # @fill appId
APP_SECRET = os.environ["APP_SECRET"]  # @fill appSecret
PLATFORM_KEY = os.environ.get("PLATFORM_KEY", "58Ajk2015HoppingYear")
SECURITY = "token+sign"  # @fill security
METHOD = "POST"  # @fill method
API_PATH = os.environ["API_PATH"]  # @fill path
PARAMETERS = {"plate": "京A·12345", "fen": 1250, "items": [{"name": "东门 停车", "hours": 2.5}]}  # @fill parameters


def main():
    request_time = str(int(time.time() * 1000))
    # The values of the parameters, in the order of their names, without anything between them.
    values = "".join(text_of(PARAMETERS[name]) for name in sorted(PARAMETERS))
    token = hashlib.md5((PLATFORM_KEY + APP_SECRET + request_time + values).encode()).hexdigest()

    query, body, headers = {"authId": APP_ID, "requestTime": request_time}, None, {"token": token}
    if SECURITY.startswith("token"):
        headers["authorization"] = "Bearer " + get_token()
    # Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT.
    if METHOD in ("POST", "PUT"):
        headers["content-type"] = "application/json"
        body = json_of(PARAMETERS).encode()
    else:
        query.update((name, text_of(value)) for name, value in PARAMETERS.items())
    send(METHOD, API_PATH + "?" + urllib.parse.urlencode(query), headers, body)


def get_token():
    """A token is asked for by scheme hmac-sha256."""
    path = "/openapi/token/generate"
    parameters = {"appId": APP_ID, "nonce": secrets.token_hex(16), "signType": "hmac-sha256", "timestamp": int(time.time() * 1000)}
    canonical = "&".join(f"{name}={value}" for name, value in parameters.items())
    digest = hmac.new(APP_SECRET.encode(), f"POST\n{path}\n{canonical}".encode(), hashlib.sha256).digest()
    body = json_of(dict(parameters, sign=base64.b64encode(digest).decode())).encode()
    return json.loads(send("POST", path, {"content-type": "application/json"}, body))["data"]["token"]


def text_of(value):
    """A text stays as it is; a number, a list or an object is its JSON, written just as the body has it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json_of(value)


def json_of(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def send(method, target, headers, body):
    request = urllib.request.Request(GATEWAY_URL + target, body, headers, method=method)
    try:
        with urllib.request.urlopen(request) as response:
            status, answer = response.status, response.read().decode()
    except urllib.error.HTTPError as refusal:
        status, answer = refusal.code, refusal.read().decode()
    print('{"status":%d,"answer":%s}' % (status, answer))
    if status != 200:
        sys.exit(1)
    return answer


main()
