"""Makes one call of an open platform with an encrypted body, whose answer comes back encrypted: gets a token if the interface wants one,
encrypts, signs, sends, prints each answer as a line of JSON.
以加密的请求体调用开放平台的一个接口，应答同样加密返回；需要时先换取 token，每个应答（解密后）打印为一行 JSON。

    GATEWAY_URL=http://127.0.0.1:9000 APP_ID=... APP_SECRET=... API_PATH=/api/v1/car/parking python3 encrypted.py

aes-256-gcm (default) or, by ENCRYPT=sm4-gcm, SM4; signed by hmac-sha256. Python 3.8 or later, with `pip install cryptography`.
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
import urllib.request

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

GATEWAY_URL = os.environ["GATEWAY_URL"]  # @fill gatewayUrl
APP_ID = os.environ["APP_ID"]  # @fill appId
APP_SECRET = os.environ["APP_SECRET"]  # @fill appSecret
ENCRYPT = os.environ.get("ENCRYPT", "aes-256-gcm")  # @fill encrypt
SECURITY = "token+sign"  # @fill security
METHOD = "POST"  # @fill method
API_PATH = os.environ["API_PATH"]  # @fill path
PARAMETERS = {"plate": "京A·12345", "fen": 1250, "items": [{"name": "东门 停车", "hours": 2.5}]}  # @fill parameters

KEY_BYTES, ALGORITHM = (32, algorithms.AES) if ENCRYPT == "aes-256-gcm" else (16, algorithms.SM4)
KEY = ALGORITHM(HKDF(SHA256(), KEY_BYTES, salt=b"", info=b"kaimen " + ENCRYPT.encode()).derive(APP_SECRET.encode()))


def main():
    token = json.loads(send("POST", "/openapi/token/generate", {}))["data"]["token"] if SECURITY.startswith("token") else None
    data = seal(json.dumps(PARAMETERS, ensure_ascii=False))
    send(METHOD, API_PATH, {"encrypt": ENCRYPT, "data": data, "encryptResponse": "true"}, token)


def seal(text):
    """Base64 of 12 random bytes, the encrypted ones, and the 16 of the tag."""
    iv = secrets.token_bytes(12)
    gcm = Cipher(KEY, modes.GCM(iv)).encryptor()
    return base64.b64encode(iv + gcm.update(text.encode()) + gcm.finalize() + gcm.tag).decode()


def unseal(data):
    """Raises when the tag is not right: somebody without the secret wrote it."""
    sealed = base64.b64decode(data)
    gcm = Cipher(KEY, modes.GCM(sealed[:12], sealed[-16:])).decryptor()
    return (gcm.update(sealed[12:-16]) + gcm.finalize()).decode()


def send(method, path, parameters, token=None):
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = "Bearer " + token
    body = json.dumps(signed(method, path, parameters)).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(GATEWAY_URL + path, body, headers, method=method)) as response:
            status, answer = response.status, response.read().decode()
    except urllib.error.HTTPError as refusal:
        status, answer = refusal.code, refusal.read().decode()
    # What is refused before it was decrypted is answered as it is.
    if "encrypt" in json.loads(answer):
        answer = unseal(json.loads(answer)["data"])
    print('{"status":%d,"answer":%s}' % (status, answer))
    if status != 200:
        sys.exit(1)
    return answer


def signed(method, path, sent):
    """Signed as they are sent, encrypted."""
    parameters = dict(sent, appId=APP_ID, timestamp=int(time.time() * 1000), nonce=secrets.token_hex(16), signType="hmac-sha256")
    canonical = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))
    digest = hmac.new(APP_SECRET.encode(), f"{method}\n{path}\n{canonical}".encode(), hashlib.sha256).digest()
    return dict(parameters, sign=base64.b64encode(digest).decode())


main()
