"""Makes one call of an open platform: gets a token if the interface wants one, signs, sends, prints each answer as a line of JSON.
调用开放平台的一个接口：需要时先换取 token，签名并发送，每个应答打印为一行 JSON。

    GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking python3 client.py
    … SCHEME=rsa2 PRIVATE_KEY_FILE=private.pem …   instead of APP_SECRET

Schemes hmac-sha256 (default), rsa2 and, by SCHEME=openapi, the AES form of older clients. Python 3.8 or later; hmac-sha256 wants nothing
installed, the others `pip install cryptography`.
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
APP_SECRET = os.environ.get("APP_SECRET", "")  # @fill appSecret
SCHEME = os.environ.get("SCHEME", "hmac-sha256")  # @fill scheme
SECURITY = "token+sign"  # @fill security
METHOD = "POST"  # @fill method
API_PATH = os.environ["API_PATH"]  # @fill path
PARAMETERS = {"plate": "京A·12345", "fen": 1250, "items": [{"name": "东门 停车", "hours": 2.5}]}  # @fill parameters


def main():
    token = get_token() if SECURITY.startswith("token") else None
    parameters = signed(METHOD, API_PATH, PARAMETERS) if SECURITY.endswith("sign") else PARAMETERS
    call(METHOD, API_PATH, parameters, token)


def get_token():
    path = "/openapi/token/generate"
    return json.loads(call("POST", path, signed("POST", path, {})))["data"]["token"]


def call(method, path, parameters, token=None):
    """Parameters travel in the query of GET and DELETE, in the JSON body of POST and PUT."""
    headers = {} if token is None else {"Authorization": "Bearer " + token}
    if method in ("POST", "PUT"):
        url, body = GATEWAY_URL + path, json_of(parameters).encode()
        headers["Content-Type"] = "application/json"
    else:
        query = {name: text_of(value) for name, value in parameters.items()}
        url, body = GATEWAY_URL + path + "?" + urllib.parse.urlencode(query), None
    status, answer = send(urllib.request.Request(url, body, headers, method=method))
    print('{"status":%d,"answer":%s}' % (status, answer))
    if status != 200:
        sys.exit(1)
    return answer


def signed(method, path, business):
    """The parameters of the business with those of the signature."""
    parameters = dict(business, appId=APP_ID, timestamp=int(time.time() * 1000), nonce=secrets.token_hex(16))
    if SCHEME != "openapi":
        parameters["signType"] = SCHEME
    else:
        # Without a signType the platform takes the AES form, which does not sign empty values: what is empty is not sent.
        parameters = {name: value for name, value in parameters.items() if text_of(value) != ""}
    # name=value of every parameter, in the order of the names; values as they are, not as a URL writes them.
    canonical = "&".join(name + "=" + text_of(parameters[name]) for name in sorted(parameters))
    string_to_sign = canonical if SCHEME == "openapi" else method + "\n" + path + "\n" + canonical
    return dict(parameters, sign=base64.b64encode(sign(string_to_sign.encode())).decode())


def sign(data):
    if SCHEME == "rsa2":
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding

        with open(os.environ["PRIVATE_KEY_FILE"], "rb") as file:
            key = serialization.load_pem_private_key(file.read(), password=None)
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    if SCHEME == "openapi":
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        aes = Cipher(algorithms.AES(APP_SECRET.encode()), modes.ECB()).encryptor()
        missing = 16 - len(data) % 16
        return aes.update(data + bytes([missing]) * missing) + aes.finalize()
    return hmac.new(APP_SECRET.encode(), data, hashlib.sha256).digest()


def text_of(value):
    """A text stays as it is; a number, a list or an object is its JSON, written just as the body has it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json_of(value)


def json_of(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def send(request):
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


main()
