"""Opens what we sealed and seals what we shall open, with PyPI's wechatpy.

One JSON job comes on stdin, one JSON result goes to stdout.
"""

import json
import sys

from wechatpy.exceptions import InvalidSignatureException
from wechatpy.work.crypto import WeChatCrypto
from wechatpy.work.exceptions import InvalidCorpIdException

job = json.load(sys.stdin)
crypto = WeChatCrypto(job["token"], job["key"], job["receive_id"])


def open_one(one):
    body = f"<xml><ToUserName>x</ToUserName><Encrypt><![CDATA[{one['encrypted']}]]></Encrypt></xml>"
    try:
        text = crypto.decrypt_message(body, one["signature"], one["timestamp"], one["nonce"])
    except (InvalidSignatureException, InvalidCorpIdException):
        return None
    return text.decode() if isinstance(text, bytes) else text


def seal_one(one):
    body = crypto.encrypt_message(one["message"], one["nonce"], one["timestamp"])
    signature = body.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    return {"signature": signature, "timestamp": one["timestamp"], "nonce": one["nonce"], "body": body}


json.dump(
    {
        "opened": [open_one(one) for one in job["sealed"]],
        "sealed": [seal_one(one) for one in job["messages"]],
        "js": None,
    },
    sys.stdout,
)
