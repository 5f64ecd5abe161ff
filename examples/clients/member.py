"""Logs a member in (source 001), calls an interface as that member, refreshes the tokens; prints each answer as a line of JSON.
会员登录换取 token，以会员身份调用一个接口，再刷新 token；每个应答打印为一行 JSON。

    GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... MEMBER=... PASSWORD=... API_PATH=/api/v1/member/info python3 member.py

Python 3.8 or later, nothing to install.
"""

import base64
import hashlib
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
METHOD = "GET"  # @fill method
API_PATH = os.environ["API_PATH"]  # @fill path
PARAMETERS = {}  # @fill parameters


def main():
    login = {
        "username": os.environ["MEMBER"],
        "password": os.environ["PASSWORD"],
        "nonce": secrets.token_hex(16),
        "timestamp": int(time.time()),
        "appid": APP_ID,
        "appsecret": APP_SECRET,
    }
    tokens = call("POST", "/api/v1/token", {**login, "sign": sign(login)})["data"]
    call(METHOD, API_PATH, PARAMETERS, {"authentication": authentication(tokens)})
    call("POST", "/api/v1/token/refresh", {"refresh_token": tokens["refresh_token"]})


def sign(fields):
    """name=value of every field, in the order of the names, the secret last; values as they are, not as a URL writes them."""
    pairs = [f"{name}={fields[name]}" for name in sorted(fields)]
    return hashlib.md5("&".join(pairs + [f"key={APP_SECRET}"]).encode()).hexdigest()


def authentication(tokens):
    """The value of the field by which a member calls."""
    uid = tokens["client"]["uid"]
    return uid + " " + base64.b64encode(f"{APP_ID}:{tokens['access_token']}:{uid}".encode()).decode()


def call(method, path, parameters, headers={}):
    """Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT."""
    url, body = GATEWAY_URL + path, None
    if method in ("POST", "PUT"):
        headers, body = {**headers, "Content-Type": "application/json"}, json.dumps(parameters).encode()
    else:
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
        url += "?" + urllib.parse.urlencode(texts)
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method)) as response:
            status, answer = response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        status, answer = error.code, error.read().decode()
    print(f'{{"status":{status},"answer":{answer}}}')
    if status != 200:
        sys.exit(1)
    return json.loads(answer)


main()
