"""Keeps us registered with a carrier (RFC 3261 section 10), so that it sends our calls to where we are."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from secrets import randbelow

from skipline.voice.sip.address import bracket, parse_address, parse_uri
from skipline.voice.sip.dialog import Dialog
from skipline.voice.sip.digest import Credentials, answer_challenge, choose_challenge
from skipline.voice.sip.exchange import Reply
from skipline.voice.sip.hop import Hop
from skipline.voice.sip.stack import SipStack

_CHALLENGES = {401: ("www-authenticate", "authorization"), 407: ("proxy-authenticate", "proxy-authorization")}
_RENEW_AT = 0.6
_FIRST_PAUSE_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 300.0
_REFUSED_PAUSE_SECONDS = 120.0
_REPLY_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Account:
    """A login with a carrier's registrar. `server` is `host[:port]`."""

    server: str
    user: str
    password: str = field(repr=False)
    expires_seconds: float = 600.0
    transport: str = "udp"


@dataclass(frozen=True, slots=True)
class RegisterResult:
    """How a REGISTER went: accepted for `granted_seconds`, or refused with `code` and `reason`, which are our own when
    no reply came (`is_reply` false)."""

    is_registered: bool
    granted_seconds: float
    code: int
    reason: str
    retry_after_seconds: float | None = None
    is_reply: bool = True


OnChange = Callable[[RegisterResult], None]
Sleep = Callable[[float], Awaitable[None]]


class Registrant:
    """One account's side of it. A Call-ID and a counter serve for all its REGISTERs (RFC 3261 section 10.2)."""

    def __init__(self, stack: SipStack, account: Account) -> None:
        self._stack, self._account = stack, account
        self._dialog: Dialog | None = None

    async def register(self, expires_seconds: float | None = None) -> RegisterResult:
        """Send one REGISTER, answering a challenge and a 423 once each; 0 seconds take the registration back."""
        wanted = self._account.expires_seconds if expires_seconds is None else expires_seconds
        reply = await self._ask(wanted)
        if reply.code == 423 and wanted > 0:
            wanted = max(wanted, _number(reply.headers, "min-expires") or wanted)
            self._account = replace(self._account, expires_seconds=wanted)
            reply = await self._ask(wanted)
        return self._read(reply, wanted)

    async def look_up(self) -> Reply:
        """Ask where the registrar sends our calls, changing nothing (RFC 3261 section 10.2.3); the answer is its
        Contacts. A challenge is answered, so this tells as well whether the password is right."""
        return await self._ask(None)

    async def _ask(self, expires_seconds: float | None, authorization: tuple[str, str] | None = None) -> Reply:
        dialog = self._dialog = self._dialog or self._open()
        headers = dict([authorization] if authorization else [])
        reply = await self._stack.exchange(
            dialog,
            "REGISTER",
            headers=headers,
            expires_seconds=None if expires_seconds is None else round(expires_seconds),
            timeout_seconds=_REPLY_SECONDS,
        )
        if authorization is None and reply.code in _CHALLENGES:
            answer = self._answer(reply, dialog)
            return reply if answer is None else await self._ask(expires_seconds, answer)
        return reply

    def _answer(self, reply: Reply, dialog: Dialog) -> tuple[str, str] | None:
        asked, answered = _CHALLENGES[reply.code]
        credentials = Credentials(self._account.user, self._account.password)
        challenge = choose_challenge(reply.headers.get(asked, []), credentials)
        if challenge is None:
            return None
        return answered, answer_challenge(challenge, credentials, "REGISTER", dialog.target)

    def _open(self) -> Dialog:
        uri, hop = registrar_hop(self._account)
        dialog = self._stack.open_dialog(uri, user=self._account.user, host=uri.removeprefix("sip:"), hop=hop)
        dialog.remote = dialog.local
        return dialog

    def _read(self, reply: Reply, wanted: float) -> RegisterResult:
        if reply.code != 200:
            pause = _number(reply.headers, "retry-after")
            return RegisterResult(False, 0.0, reply.code, reply.reason, pause, reply.is_real)
        return RegisterResult(True, self._granted(reply, wanted), 200, reply.reason)

    def _granted(self, reply: Reply, wanted: float) -> float:
        """The time given to our own Contact, else to all, else what we asked for (RFC 3261 section 10.2.4)."""
        own = parse_address(self._dialog.contact()).uri if self._dialog else ""
        contacts = [parse_address(value) for value in reply.headers.get("contact", [])]
        for contact in contacts:
            seconds = contact.params.get("expires", "")
            if seconds.isdecimal() and (contact.uri == own or len(contacts) == 1):
                return float(seconds)
        return _number(reply.headers, "expires") or wanted


def registrar_hop(account: Account) -> tuple[str, Hop]:
    """The registrar's URI (without a user, RFC 3261 section 10.2) and where to send to."""
    text = account.server if account.server.lower().startswith("sip:") else f"sip:{account.server}"
    uri = parse_uri(text)
    transport = uri.params.get("transport", account.transport).lower()
    return f"sip:{bracket(uri.host)}", Hop(uri.host, uri.port or 5060, transport)


def _number(headers: Mapping[str, Sequence[str]], name: str) -> float | None:
    value = (headers.get(name) or ("",))[0].partition(";")[0].partition("(")[0].strip()
    return float(value) if value.isascii() and value.isdecimal() and len(value) < 9 else None


def pause_seconds(result: RegisterResult, failures: int) -> float:
    """How long to wait before the next REGISTER: 60 % of what was granted, else longer with each failure.

    A refusal that will not change by itself (wrong password, unknown user) is tried rarely, so that the carrier does
    not lock us out.
    """
    if result.is_registered:
        return max(result.granted_seconds * _RENEW_AT, 1.0)
    if result.retry_after_seconds is not None:
        return min(max(result.retry_after_seconds, 1.0), _LONGEST_PAUSE_SECONDS)
    if result.code in (401, 403, 404, 407):
        return _REFUSED_PAUSE_SECONDS
    pause = min(_FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 10), _LONGEST_PAUSE_SECONDS)
    # Up to a quarter more, so that many clients do not return to a restarted carrier in one moment.
    return pause * (1 + randbelow(251) / 1000)


async def keep_registered(
    stack: SipStack,
    account: Account,
    on_change: OnChange,
    *,
    on_result: OnChange = lambda _: None,
    sleep: Sleep = asyncio.sleep,
) -> None:
    """Register and register again, for ever; `on_result` hears each result, `on_change` the first and each change.

    Cancel it to stop; the registration is then taken back as a courtesy, within the time of one reply.
    """
    registrant, last, failures = Registrant(stack, account), None, 0
    try:
        while True:
            result = await registrant.register()
            failures = 0 if result.is_registered else failures + 1
            on_result(result)
            if last is None or result.is_registered != last.is_registered or result.code != last.code:
                on_change(result)
            last = result
            await sleep(pause_seconds(result, failures))
    finally:
        if last is not None and last.is_registered and stack.is_started:
            await registrant.register(0)
