"""Makes one call of an open platform, signed as an HTTP message (RFC 9421): gets a token if the interface wants one, signs, sends,
prints each answer as a line of JSON.
以 HTTP 消息签名（RFC 9421）调用开放平台的一个接口：需要时先换取 token，签名并发送，每个应答打印为一行 JSON。

    GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking python3 rfc9421.py

Scheme rfc9421 by the app's secret; by a key that the app registered, `keyid` is appId:keyId and `alg` that of the key.
Python 3.8 or later, nothing to install.
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
SECURITY = "token+sign"  # @fill security
METHOD = "POST"  # @fill method
API_PATH = os.environ["API_PATH"]  # @fill path
PARAMETERS = {"plate": "京A·12345", "fen": 1250, "items": [{"name": "东门 停车", "hours": 2.5}]}  # @fill parameters


def main():
    query, body, fields = "", None, {}
    if SECURITY.startswith("token"):
        fields["authorization"] = "Bearer " + get_token()
    # Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT.
    if METHOD in ("POST", "PUT"):
        body = json.dumps(PARAMETERS, ensure_ascii=False).encode()
        fields["content-type"] = "application/json"
        fields["content-digest"] = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
    else:
        query = "?" + urllib.parse.urlencode({name: text_of(value) for name, value in PARAMETERS.items()})
    send(METHOD, API_PATH + query, dict(fields, **signature(query, fields)), body)


def signature(query, fields):
    """A line for each part of the request that is signed, and at the end what is said of the signature."""
    authority = urllib.parse.urlsplit(GATEWAY_URL).netloc
    parts = {"@method": METHOD, "@authority": authority, "@path": API_PATH, "@query": query or "?", **fields}
    names = " ".join(f'"{name}"' for name in parts)
    about = f'created={int(time.time())};keyid="{APP_ID}";alg="hmac-sha256";nonce="{secrets.token_hex(16)}";tag="kaimen"'
    lines = [f'"{name}": {value}' for name, value in parts.items()]
    base = "\n".join(lines + [f'"@signature-params": ({names});{about}'])
    return {"signature-input": f"sig=({names});{about}", "signature": f"sig=:{hmac_of(base)}:"}


def get_token():
    """A token is asked for by scheme hmac-sha256: the signature stands among the parameters."""
    path = "/openapi/token/generate"
    parameters = {"appId": APP_ID, "nonce": secrets.token_hex(16), "signType": "hmac-sha256", "timestamp": int(time.time() * 1000)}
    canonical = "&".join(f"{name}={value}" for name, value in parameters.items())
    body = json.dumps(dict(parameters, sign=hmac_of(f"POST\n{path}\n{canonical}"))).encode()
    return json.loads(send("POST", path, {"content-type": "application/json"}, body))["data"]["token"]


def hmac_of(text):
    return base64.b64encode(hmac.new(APP_SECRET.encode(), text.encode(), hashlib.sha256).digest()).decode()


def text_of(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


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
