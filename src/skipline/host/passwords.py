"""Passwords: which are good enough, and their argon2id hashes.

19 MiB and two passes, one of the equivalent choices of the OWASP Password Storage Cheat Sheet: it fits beside a small
server's calls, two at a time. argon2 is loaded when the first password comes.
"""

import asyncio
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from skipline.base.sentence import say

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 12
LONGEST = 256
"""Characters. NIST SP 800-63B-4 section 3.1.1.2 asks for 8 beside a second factor and for 15 where a password stands
alone; 12 is between them, for people who may have a second factor or none. What is longer than the most would only make
the hash slower to begin with."""
_FEWEST_DIFFERENT = 5
_AT_ONCE = 2
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXRoaW5nIHJhbmRvbQ$UHl6F9nQYbvuh0iHKYmZqhHcHcSR3W2mYIWeIS9f+Bk"
"""What a password is held against where there is nobody: the answer takes as long."""


class WeakPassword(Exception):
    """A password that could be guessed; the message says why and what to do."""


def check_password(password: str, name: str) -> None:
    """Raise `WeakPassword` unless a password is long, not a common one with digits around it, and not the name."""
    if len(password) < SHORTEST:
        raise WeakPassword(
            say("Choose at least {least} characters: a few words in a row are easy to keep.", least=SHORTEST)
        )
    if len(password) > LONGEST:
        raise WeakPassword(say("Choose at most {most} characters.", most=LONGEST))
    plain = password.casefold()
    core = plain.strip("0123456789!?.,;:-_*+#$%&/()[]{}<>=@^~'\" ")
    if len(set(plain)) < _FEWEST_DIFFERENT or not core or core in _common() or plain in _common():
        raise WeakPassword(say("This is among the first that anybody would guess: choose a few words in a row."))
    if core in (name.casefold(), "skipline"):
        raise WeakPassword(say("Choose something other than your name."))


def _common() -> frozenset[str]:
    """Read anew each time: it is needed once in months."""
    lines = (files("skipline.host") / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("# ") and line != "#")


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class Passwords:
    """Makes and checks hashes, a few at a time and off the event loop."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """The hash of a password, with its salt and costs in it."""
        async with self._turns:
            return await asyncio.to_thread(_hash, password)

    async def is_right(self, hashed: str | None, password: str) -> bool:
        """Whether a password is the one of `hashed`; without a hash it is never, and that takes as long."""
        async with self._turns:
            fits = await asyncio.to_thread(_fits, hashed or _NOBODYS, password[: LONGEST + 1])
        return fits and hashed is not None


def _hash(password: str) -> str:
    return _hasher().hash(password)


def _fits(hashed: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
