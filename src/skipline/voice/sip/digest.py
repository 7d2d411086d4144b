"""Answers to a digest challenge (RFC 7616 and RFC 8760), for carriers that ask who we are."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from secrets import token_hex

_PARAM = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))')


@dataclass(frozen=True, slots=True)
class Credentials:
    """A login with a carrier. `realm`, when set, is the only one that gets an answer."""

    user: str
    password: str = field(repr=False)
    realm: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """One WWW-Authenticate or Proxy-Authenticate header. `qop` is what the server offers, in lower case."""

    realm: str
    nonce: str
    algorithm: str
    opaque: str
    qop: tuple[str, ...]


def _sha512_256(data: bytes) -> str:
    return hashlib.new("sha512_256", data).hexdigest()


_HASHES: dict[str, Callable[[bytes], str]] = {
    "SHA-512-256": _sha512_256,
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
}


def parse_challenge(value: str) -> Challenge | None:
    """Read a challenge header; None when it is not Digest or lacks realm or nonce."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "digest":
        return None
    found = {name.lower(): _unquoted(quoted) or plain for name, quoted, plain in _PARAM.findall(rest)}
    if "realm" not in found or not found.get("nonce"):
        return None
    qop = tuple(word.strip().lower() for word in found.get("qop", "").split(",") if word.strip())
    return Challenge(found["realm"], found["nonce"], found.get("algorithm", "MD5"), found.get("opaque", ""), qop)


def choose_challenge(values: Sequence[str], credentials: Credentials) -> Challenge | None:
    """The first challenge that we can and may answer (RFC 8760 section 2.4: the server puts its favourite first)."""
    for value in values:
        challenge = parse_challenge(value)
        if challenge is None or challenge.algorithm.upper().removesuffix("-SESS") not in _HASHES:
            continue
        if credentials.realm in ("", challenge.realm) and (not challenge.qop or "auth" in challenge.qop):
            return challenge
    return None


def answer_challenge(
    challenge: Challenge, credentials: Credentials, method: str, uri: str, cnonce: str | None = None
) -> str:
    """The value of the Authorization or Proxy-Authorization header that answers `challenge`."""
    client_nonce = cnonce or token_hex(8)
    response = digest_response(challenge, credentials, method, uri, client_nonce)
    parts = [
        f'username="{_quoted(credentials.user)}"',
        f'realm="{_quoted(challenge.realm)}"',
        f'nonce="{_quoted(challenge.nonce)}"',
        f'uri="{uri}"',
        f'response="{response}"',
        f"algorithm={challenge.algorithm}",
    ]
    if challenge.qop:
        parts += ["qop=auth", "nc=00000001", f'cnonce="{client_nonce}"']
    if challenge.opaque:
        parts.append(f'opaque="{_quoted(challenge.opaque)}"')
    return "Digest " + ", ".join(parts)


def digest_response(challenge: Challenge, credentials: Credentials, method: str, uri: str, cnonce: str) -> str:
    """The hash itself (RFC 7616 section 3.4.1), also what a server computes to check it."""
    name = challenge.algorithm.upper()
    take = _HASHES[name.removesuffix("-SESS")]
    secret = take(f"{credentials.user}:{challenge.realm}:{credentials.password}".encode())
    if name.endswith("-SESS"):
        secret = take(f"{secret}:{challenge.nonce}:{cnonce}".encode())
    request = take(f"{method}:{uri}".encode())
    middle = f"{challenge.nonce}:00000001:{cnonce}:auth" if challenge.qop else challenge.nonce
    return take(f"{secret}:{middle}:{request}".encode())


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
