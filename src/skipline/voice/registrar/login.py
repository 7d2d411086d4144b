"""Whether the answer to a digest challenge is right (RFC 7616 and RFC 3261 section 22), telling nobody who exists.

A user that does not exist goes the same way as one that does, with a password that nobody knows, so neither the answer
nor its time tells them apart. MD5 alone is offered: some phones give up when SHA-256 stands first, and some when it
stands anywhere. What goes over the internet belongs into TLS.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from secrets import token_hex

from skipline.voice.registrar.nonces import Nonces

REALM = "skipline"
_PARAM = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))')
_COUNT = re.compile(r"[0-9a-fA-F]{8}")
_MOST_CHARACTERS = 2000


class Verdict(StrEnum):
    """`ASK`: no answer that we could check. `STALE`: an answer to a nonce that is not to be used any more, which says
    nothing about the password."""

    ASK = "ask"
    WRONG = "wrong"
    STALE = "stale"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Authorization:
    """The answer in an Authorization header. `count` is 1 for phones of before the counts (no `qop`)."""

    user: str
    nonce: str
    uri: str
    response: str
    middle: str
    count: int


def read_authorization(values: Sequence[str]) -> Authorization | None:
    """The answer to our challenge among Authorization headers; None when none is one."""
    for value in values:
        scheme, _, rest = value.strip().partition(" ")
        if scheme.lower() != "digest" or len(value) > _MOST_CHARACTERS:
            continue
        given = {name.lower(): _unquoted(quoted) or plain for name, quoted, plain in _PARAM.findall(rest)}
        if given.get("realm") == REALM and (found := _authorization(given)) is not None:
            return found
    return None


def _authorization(given: Mapping[str, str]) -> Authorization | None:
    if given.get("algorithm", "MD5").upper() != "MD5" or not all(given.get(name) for name in ("username", "nonce")):
        return None
    nonce, qop, count = given["nonce"], given.get("qop", "").lower(), given.get("nc", "")
    if qop not in ("", "auth") or (qop and not (_COUNT.fullmatch(count) and given.get("cnonce"))):
        return None
    middle = f"{nonce}:{count}:{given['cnonce']}:{given['qop']}" if qop else nonce
    response = given.get("response", "").lower()
    return Authorization(given["username"], nonce, given.get("uri", ""), response, middle, int(count, 16) if qop else 1)


class Logins:
    """The users that may register and the hash of each one's password; the passwords themselves are not kept."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}
        self._nobody = _md5(token_hex(16))
        self._nonces = Nonces()

    def __len__(self) -> int:
        return len(self._secrets)

    def __contains__(self, user: str) -> bool:
        return user in self._secrets

    def configure(self, passwords: Mapping[str, str]) -> set[str]:
        """These users from now on; gives those that were there before and are gone, or have another password."""
        secrets = {user: _md5(f"{user}:{REALM}:{password}") for user, password in passwords.items()}
        changed = {user for user, secret in self._secrets.items() if secrets.get(user) != secret}
        self._secrets = secrets
        return changed

    def challenge(self, network: str, now: float, *, is_stale: bool = False) -> str:
        """The value of a WWW-Authenticate header for somebody in `network`."""
        stale = ", stale=true" if is_stale else ""
        return f'Digest realm="{REALM}", nonce="{self._nonces.make(network, now)}", algorithm=MD5, qop="auth"{stale}'

    def check(self, given: Authorization | None, method: str, network: str, now: float) -> Verdict:
        """What to make of an answer from `network`; one that is right is used up."""
        if given is None:
            return Verdict.ASK
        if not self._nonces.is_fresh(given.nonce, network, now):
            return Verdict.STALE
        secret = self._secrets.get(given.user, self._nobody)
        expected = _md5(f"{secret}:{given.middle}:{_md5(f'{method}:{given.uri}')}")
        is_right = hmac.compare_digest(expected.encode(), given.response.encode("utf-8", "replace"))
        if not (is_right and given.user in self._secrets):
            return Verdict.WRONG
        return Verdict.RIGHT if self._nonces.use(given.nonce, given.count) else Verdict.STALE


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
