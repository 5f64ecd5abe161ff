"""Takes webhooks of an open platform: believes them only when their signature is right (Standard Webhooks), answers 204, prints each.
接收开放平台推送的事件：签名正确才相信（Standard Webhooks），应答 204，并打印。

    APP_SECRET=... PORT=8080 python3 receive.py

Python 3.8 or later, nothing to install.
"""

import base64
import hashlib
import hmac
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

APP_SECRET = os.environ.get("APP_SECRET", "")  # @fill appSecret
PORT = int(os.environ.get("PORT", "8080"))  # @fill port

TOLERANCE_SECONDS = 300
BYTES_MAX = 1024 * 1024


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > BYTES_MAX:
            return self.answer(413)
        body = self.rfile.read(length)
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        message_id, timestamp, signature = (self.headers.get(name, "") for name in names)
        if not is_genuine(message_id, timestamp, signature, body):
            return self.answer(401)
        # An event may come twice: keep its id, and do nothing the second time. Answer soon, and work on it afterwards.
        print(self.path, message_id, body.decode(), flush=True)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


def is_genuine(message_id, timestamp, signature, body):
    """The signature is over the bytes as they came: check before you parse."""
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    signed = (message_id + "." + timestamp + ".").encode() + body
    expected = "v1," + base64.b64encode(hmac.new(APP_SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    # Several stand here while the secret is being changed.
    return any(hmac.compare_digest(one.encode(), expected.encode()) for one in signature.split(" "))


ThreadingHTTPServer(("", PORT), Receiver).serve_forever()
