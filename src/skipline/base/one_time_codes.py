"""Codes that change every half minute, as authenticator apps show them: TOTP (RFC 6238) over HOTP (RFC 4226), with the
choices that every app knows: HMAC-SHA-1, 30 seconds, 6 digits."""

import hashlib
import hmac
from base64 import b32decode, b32encode
from datetime import datetime
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
LEEWAY_STEPS = 1
"""How far a phone's clock may be off (RFC 6238 section 5.2), and how long somebody may type."""


def step_at(now: datetime) -> int:
    """The number of the half minute that `now` is in, counted from 1970."""
    return int(now.timestamp()) // STEP_SECONDS


def code_of(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a step (RFC 4226 section 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def find_step(secret: bytes, code: str, now: datetime) -> int | None:
    """The step whose code this is, as near `now` as is allowed; None: it is the code of none."""
    plain, current = "".join(code.split()), step_at(now)
    if not plain.isascii():
        return None
    for step in range(current - LEEWAY_STEPS, current + LEEWAY_STEPS + 1):
        if hmac.compare_digest(code_of(secret, step), plain):
            return step
    return None


def written_secret(secret: bytes) -> str:
    """A secret as people type it into their app."""
    return b32encode(secret).decode().rstrip("=")


def read_secret(written: str) -> bytes:
    """The secret that `written_secret` wrote."""
    return b32decode(written + "=" * (-len(written) % 8))


def address_of(secret: bytes, name: str) -> str:
    """What an app reads from a square code (the Key URI format of authenticator apps)."""
    return f"otpauth://totp/Skipline:{quote(name)}?secret={written_secret(secret)}&issuer=Skipline"
