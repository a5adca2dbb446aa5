"""What an app for one-time codes shows (RFC 6238)."""

import base64
import hmac
import struct
import time


def one_time_code(key: str) -> str:
    """Return the six digits of this half minute."""
    secret = base64.b32decode(key.replace(" ", "").upper() + "=" * (-len(key) % 8))
    digest = hmac.digest(secret, struct.pack(">Q", int(time.time()) // 30), "sha1")
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
