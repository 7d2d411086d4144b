"""Signing in by name and password. Whoever fails learns nothing but that: not whether the name is known, not by the
answer and not by its time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

import msgspec
import sqlalchemy as sa

from skipline.host.passwords import Passwords
from skipline.model.access import Credentials, User
from skipline.model.audit import AuditEntry, Deed
from skipline.model.throttle import FREE_FOR_ACCOUNT, FREE_FOR_NETWORK
from skipline.store import audit, sessions, sign_in_tries, users
from skipline.store.database import Database


class WrongSignIn(Exception):
    """The name, the password or the code is wrong, or the user is disabled."""


class CodeNeeded(Exception):
    """The password is right, and a code is needed besides."""


class TooManyTries(Exception):
    """Nobody is let in under this name, or from this address, for a while."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"wait {wait}")
        self.wait = wait


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInWish:
    """Who somebody says they are, and where they come from."""

    name: str
    password: str
    code: str
    address: str

    def __repr__(self) -> str:
        """Leave the password out."""
        return f"SignInWish(name={self.name!r}, ...)"

    def keys(self) -> tuple[tuple[str, int], ...]:
        """Under what a failed try counts, and how many are free there."""
        account = f"account {users.name_key(self.name)}"
        return ((account, FREE_FOR_ACCOUNT), (f"network {network_of(self.address)}", FREE_FOR_NETWORK))


CodeCheck = Callable[[Credentials, str], int | None]
"""The time step of a code that opens now for somebody; None: it does not."""


async def sign_in(database: Database, passwords: Passwords, wish: SignInWish, now: datetime, step_of: CodeCheck) -> str:
    """The token of a new session. Raises `WrongSignIn`, `CodeNeeded` and `TooManyTries`."""
    keys = wish.keys()
    wait = await database.write(sign_in_tries.begin, keys, now)
    if wait:
        raise TooManyTries(wait)
    known = await database.read(users.find_by_name, wish.name)
    is_right = await passwords.is_right(None if known is None else known.password, wish.password)
    if not is_right or known is None or known.user.disabled_at is not None:
        raise WrongSignIn
    step = known.code_step
    if known.code_secret is not None:
        if not wish.code:
            await database.write(sign_in_tries.take_back, [key for key, _ in keys])
            raise CodeNeeded
        step = _step(step_of(known, wish.code))
    return await database.write(_let_in, known, step, wish, now)


async def confirm_password(
    database: Database, passwords: Passwords, known: Credentials, password: str, now: datetime
) -> None:
    """Look whether it is still the one who signed in. Raises `WrongSignIn` and `TooManyTries`."""
    key = f"account {users.name_key(known.user.name)}"
    wait = await database.write(sign_in_tries.begin, [(key, FREE_FOR_ACCOUNT)], now)
    if wait:
        raise TooManyTries(wait)
    if not await passwords.is_right(known.password, password):
        raise WrongSignIn
    await database.write(sign_in_tries.take_back, [key])


def _step(found: int | None) -> int:
    if found is None:
        raise WrongSignIn
    return found


def _let_in(transaction: sa.Connection, known: Credentials, step: int, wish: SignInWish, now: datetime) -> str:
    if known.code_secret is not None and not users.take_code(transaction, known.user.id, step):
        raise WrongSignIn
    (account, _), (network, _) = wish.keys()
    sign_in_tries.forget(transaction, account)
    sign_in_tries.take_back(transaction, [network])
    token = sessions.start(transaction, known.user.id, now)
    audit.append(transaction, signing_in(known.user, wish.address, now, "password"))
    return token


def signing_in(user: User, address: str, now: datetime, by: str) -> AuditEntry:
    """What the audit is told when somebody comes in."""
    return AuditEntry(
        at=now, deed=Deed.SIGNED_IN, who=user.name, who_id=user.id, role=user.role, address=address, detail={"by": by}
    )


def note_failure(transaction: sa.Connection, name: str, address: str, now: datetime, why: str) -> None:
    """Tell the audit of a try to sign in that failed. A name that nobody has is left out: people type their password
    there, too."""
    known = users.find_by_name(transaction, name) if name else None
    who = ("", "", "") if known is None else (known.user.name, known.user.id, known.user.role)
    entry = AuditEntry(at=now, deed=Deed.SIGN_IN_FAILED, address=address, detail={"why": why})
    audit.append(transaction, msgspec.structs.replace(entry, who=who[0], who_id=who[1], role=who[2]))


def network_of(address: str) -> str:
    """What one stranger has: an address, or in IPv6 the 64 bits that a line is given."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> 64 << 64))
    return str(parsed)
