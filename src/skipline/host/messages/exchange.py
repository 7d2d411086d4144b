"""One request to a provider and what it came to. The care is in telling what surely never left from what may have."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
import msgspec
import structlog

from skipline.host.lookups.troubles import Trouble
from skipline.host.lookups.wire import Wire
from skipline.host.messages.accounts import LiveAccount
from skipline.model.lookup import HttpRequest, HttpResponse, Secrets
from skipline.model.messaging import (
    CannotWrite,
    ChannelLink,
    ChannelSettings,
    Outbound,
    Refused,
    Remedy,
    SendResult,
    Uncertain,
)

log = structlog.get_logger(__name__)

SEND_SECONDS = 20.0
CONNECT_SECONDS = 5.0
IDLE_CONNECTION_SECONDS = 4.0
"""Short, because a request on a connection that the provider is just closing becomes uncertain."""
NO_SECRET, CANNOT_WRITE, UNREACHABLE, NOT_REACHED = "no_secret", "cannot_write", "unreachable", "not_reached"
_NEVER_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)

Links = Callable[[str], ChannelLink | None]
"""The open connection of an account that has one instead of requests."""


def no_links(account: str) -> None:
    """For accounts that are all reached over HTTP."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a request. `is_down`: the provider seems to be out of order, whichever message it is."""

    result: SendResult
    is_down: bool = False


class Exchange:
    """Makes the request that sends a message, and reads the answer."""

    def __init__(self, wire: Wire, secrets: Secrets, links: Links = no_links, seconds: float = SEND_SECONDS) -> None:
        self._wire, self._secrets, self._links, self._seconds = wire, secrets, links, seconds

    async def send(self, account: LiveAccount, outbound: Outbound) -> Tried:
        """What came of sending `outbound`. Never raises what a provider or a piece can cause."""
        message, settings = msgspec.structs.replace(outbound, callback_url=account.address), account.settings
        link = self._links(account.name)
        if link is not None:
            return await self._send_over(link, message)
        try:
            request = settings.write(message, self._secrets)
        except CannotWrite as unwritable:
            return Tried(Refused(remedy=Remedy.NEVER, code=CANNOT_WRITE, reason=str(unwritable)))
        except LookupError as missing:
            return Tried(Refused(remedy=Remedy.ALARM, code=NO_SECRET, reason=str(missing)))
        answer = await self._ask(request)
        if isinstance(answer, Refused):
            return Tried(answer, is_down=answer.remedy is Remedy.RETRY)
        return Tried(_understood(settings, answer, message), is_down=answer is None or answer.status >= 500)

    async def _send_over(self, link: ChannelLink, message: Outbound) -> Tried:
        try:
            async with asyncio.timeout(self._seconds):
                result = await link.send(message)
        except TimeoutError:
            reason = f"the provider did not answer within {self._seconds:g} seconds"
            return Tried(Uncertain(reason=reason), is_down=True)
        is_gone = isinstance(result, Refused) and result.remedy is Remedy.RETRY and result.after_seconds is None
        return Tried(result, is_down=is_gone)

    async def _ask(self, request: HttpRequest) -> HttpResponse | Refused | None:
        """The response; why the request never left; or None: nobody knows."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._wire.send(request)
        except TimeoutError:
            return None
        except Trouble as trouble:
            if isinstance(trouble.__cause__, _NEVER_LEFT):
                return _never_left(trouble)
            if isinstance(trouble.__cause__, ValueError):
                return Refused(remedy=Remedy.ALARM, code=NOT_REACHED, reason=f"the provider {trouble.sentence}")
            return None


def _never_left(trouble: Trouble) -> Refused:
    timed_out = isinstance(trouble.__cause__, aiohttp.ConnectionTimeoutError)
    sentence = "could not be connected to in time" if timed_out else trouble.sentence
    if trouble.may_retry or timed_out:
        return Refused(remedy=Remedy.RETRY, code=UNREACHABLE, reason=f"the provider {sentence}")
    return Refused(remedy=Remedy.ALARM, code=NOT_REACHED, reason=f"the provider {sentence}")


def _understood(settings: ChannelSettings, response: HttpResponse | None, message: Outbound) -> SendResult:
    try:
        result = settings.understand(response, message)
    except Exception as mistake:  # a bug of a piece: the provider may have taken the message
        log.exception("provider_answer_not_understood", message=message.reference)
        return Uncertain(reason=f"the provider's answer was not understood ({type(mistake).__name__})")
    if isinstance(result, Refused) and result.after_seconds is None and response is not None:
        return msgspec.structs.replace(result, after_seconds=retry_after(response, message.at))
    return result


def retry_after(response: HttpResponse, now: datetime | None) -> float | None:
    """The seconds that a response asks us to wait (RFC 9110 section 10.2.3), None when it does not."""
    written = response.headers.get("retry-after", "").strip()
    if written.isascii() and written.isdigit() and len(written) < 10:
        return float(written)
    try:
        at = parsedate_to_datetime(written)
    except ValueError:
        return None
    if now is None:
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())
