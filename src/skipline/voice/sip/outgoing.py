"""A target's leg: an INVITE that we send."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as field_of
from typing import Any

from skipline.voice.sip.dialog import Dialog
from skipline.voice.sip.digest import Credentials, answer_challenge, choose_challenge
from skipline.voice.sip.endpoint import Endpoint
from skipline.voice.sip.events import Answered, Failed, Progressed
from skipline.voice.sip.headers import (
    first_value,
    make_header,
    make_headers,
    option_tags,
    raw_value,
    read_headers,
    sdp_of,
)
from skipline.voice.sip.leg import Leg
from skipline.voice.sip.session_timer import agreed_terms, minimum_interval, offer_headers

_CHALLENGES = {401: ("www-authenticate", "authorization"), 407: ("proxy-authenticate", "proxy-authorization")}
_EXPIRES_AFTER_RING_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Dialling:
    """How to dial: what to offer, how long to ring, how long to wait for any reply at all."""

    sdp: str | None
    ring_seconds: float
    first_reply_seconds: float
    headers: Mapping[str, str] = field_of(default_factory=dict)
    credentials: Credentials | None = None


class OutgoingLeg(Leg):
    """A leg that we dialled. When it is hung up or its ring time ends, CANCEL goes out and the leg is over at once;
    a 200 that crosses the CANCEL is acknowledged and ended by BYE behind the scenes (RFC 3261 section 15)."""

    def __init__(self, endpoint: Endpoint, dialog: Dialog, dialling: Dialling) -> None:
        super().__init__(endpoint, dialog)
        self.local_sdp = dialling.sdp
        self._dialling = dialling
        self._transaction: Any = None
        self._has_authenticated = False
        self._interval_seconds: int | None = None
        self._timers: list[asyncio.TimerHandle] = []

    def start(self) -> None:
        """Send the INVITE."""
        if self.is_over:
            return
        later = self.endpoint.later
        self._timers = [
            later(self._dialling.ring_seconds, self._give_up, "Ring time over"),
            later(self._dialling.first_reply_seconds, self._give_up_without_reply),
        ]
        self._send_invite()

    def _send_invite(self, extra: Any = None) -> None:
        timer = offer_headers(self.endpoint.session, self._interval_seconds)
        headers = [make_header(name, value) for name, value in timer.items()]
        headers += make_headers(self._dialling.headers)
        expires = int(self._dialling.ring_seconds) + _EXPIRES_AFTER_RING_SECONDS
        request = self.dialog.make_request(
            "INVITE", sdp=self.local_sdp, headers=[*headers, *([extra] if extra else [])], expires_seconds=expires
        )
        self._transaction = self.endpoint.send(self.dialog, request, self._on_response)

    def _give_up_without_reply(self) -> None:
        transaction = self._transaction
        if transaction is not None and transaction.reply_source is None and transaction.teA is not None:
            transaction.teA.cancel()
            self._give_up("No reply")

    def _give_up(self, reason: str) -> None:
        self._cancel()
        self.finish(Failed(408, reason))

    def fail(self, code: int, reason: str) -> None:
        """End a leg that could not even be dialled."""
        self.finish(Failed(code, reason))

    def hang_up(self, code: int = 200, reason: str = "") -> None:
        """End the leg; before the answer by CANCEL."""
        if not self.is_over and not self.is_answered:
            self._cancel()
        super().hang_up(code, reason)

    def _cancel(self) -> None:
        if self._transaction is not None:
            self.endpoint.transactions.cancelTransaction(self._transaction)

    def release(self) -> None:
        """Stop the ring timers."""
        for timer in self._timers:
            timer.cancel()
        self._timers = []

    def _on_response(self, response: Any, transaction: Any) -> None:
        code, reason = response.getSCode()
        if code < 200:
            if code > 100:
                self.emit(Progressed(code, reason, sdp_of(response)))
            elif self.on_trying is not None:
                self.on_trying()
            return
        self._transaction = None
        if code < 300:
            self._on_accepted(response, transaction)
        elif not self.is_over and not self._try_again(code, response):
            self.finish(Failed(code, reason, _retry_after(response)))

    def _on_accepted(self, response: Any, transaction: Any) -> None:
        if self.is_answered:
            return
        self.dialog.remote_tag = response.getHFBody("to").getTag()
        self.dialog.learn_target(response, transaction.reply_source, is_response=True)
        if self.is_over:
            # The answer crossed our CANCEL; sippy acknowledges it after this callback, then the BYE may go.
            self.endpoint.later(0, self.send_bye)
            return
        self.release()
        self.is_answered = True
        self.remote_sdp = sdp_of(response)
        self.peer_allows = frozenset(tag.upper() for tag in option_tags(response, "allow"))
        self.refresher.start(agreed_terms(read_headers(response), self.endpoint.session))
        if self.local_sdp is None and self.remote_sdp is not None:
            self.offers.owe_ack(transaction)
        self.emit(Answered(self.remote_sdp))

    def _try_again(self, code: int, response: Any) -> bool:
        if code in _CHALLENGES:
            return self._authenticate(code, response)
        if code == 422 and self._interval_seconds is None:
            self._interval_seconds = minimum_interval(read_headers(response))
            self._send_invite()
            return True
        return False

    def _authenticate(self, code: int, response: Any) -> bool:
        """Answer one challenge; a second one means that the password is wrong."""
        credentials, (asked, answered) = self._dialling.credentials, _CHALLENGES[code]
        if credentials is None or self._has_authenticated:
            return False
        values = [raw_value(header) for header in response.headers if header.name == asked]
        challenge = choose_challenge(values, credentials)
        if challenge is None:
            return False
        self._has_authenticated = True
        self._send_invite(make_header(answered, answer_challenge(challenge, credentials, "INVITE", self.dialog.target)))
        return True


def _retry_after(response: Any) -> float | None:
    value = first_value(response, "retry-after").partition(";")[0].partition("(")[0].strip()
    return float(value) if value.isascii() and value.isdecimal() and len(value) < 8 else None
