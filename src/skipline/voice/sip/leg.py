"""One party's call leg: a SIP dialog with its commands and its events.

A leg is born trying, may be answered, and ends once. `IncomingLeg` is a caller's, `OutgoingLeg` a target's; everything
after the answer is the same for both and lives here, in `inside` and in `renegotiation`.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from skipline.voice.sip.dialog import Dialog
from skipline.voice.sip.endpoint import Endpoint
from skipline.voice.sip.events import (
    Answered,
    Digit,
    Ended,
    Failed,
    Invite,
    LegEvent,
    OfferAnswered,
    Offered,
    OfferRefused,
    Progressed,
    Referred,
    Refusal,
    Replaces,
    TransferTold,
)
from skipline.voice.sip.headers import make_header
from skipline.voice.sip.inside import receive_inside
from skipline.voice.sip.refer import Referrals, refer, report
from skipline.voice.sip.refresher import Refresher
from skipline.voice.sip.renegotiation import Renegotiation

__all__ = [
    "Answered",
    "Digit",
    "Ended",
    "Failed",
    "Invite",
    "Leg",
    "LegEvent",
    "OfferAnswered",
    "OfferRefused",
    "Offered",
    "Progressed",
    "Referred",
    "Refusal",
    "Replaces",
    "TransferTold",
]


class Leg:
    """A call leg. Commands that come too late (the leg is over, or in another state) do nothing.

    `invite` is None on legs that we dialled. `ended` is set together with the last event, `Ended` or `Failed`, which
    `next_event` gives exactly once. `accepts_refer` says whether a transfer by the peer is wanted; if not it gets 603.
    """

    invite: Invite | None = None
    on_trying: Callable[[], None] | None = None
    """Called at a 100, which is no event: it only says that the next hop has the INVITE (RFC 3261 section 17.1.1.2)."""

    def __init__(self, endpoint: Endpoint, dialog: Dialog) -> None:
        self.endpoint, self.dialog = endpoint, dialog
        self.is_answered = False
        self.is_over = False
        self.remote_sdp: str | None = None
        self.local_sdp: str | None = None
        self.peer_allows: frozenset[str] = frozenset()
        self.accepts_refer = False
        self.referrals = Referrals()
        self.ended = asyncio.Event()
        self.offers = Renegotiation(self)
        self.refresher = Refresher(self)
        self._events: asyncio.Queue[LegEvent] = asyncio.Queue()
        endpoint.remember(self)

    def ring(self, code: int = 180, sdp: str | None = None) -> None:
        """Tell the caller that it rings; with `sdp` (183) early media may flow. Only before the answer."""

    def answer(self, sdp: str) -> None:
        """Take the caller's call."""

    def refuse(self, code: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        """End the caller's call with a final status of 300 or more. Only before the answer."""

    def offer(self, sdp: str | None) -> None:
        """Propose another session by re-INVITE; None asks the peer for its offer."""
        if not self.is_over:
            self.offers.offer(sdp)

    def answer_offer(self, sdp: str) -> None:
        """Accept what `Offered` proposed, or answer an offer that came in a 2xx."""
        if not self.is_over:
            self.offers.answer(sdp)

    def refuse_offer(self, code: int = 488, reason: str = "Not Acceptable Here") -> None:
        """Refuse what `Offered` proposed; the call goes on as it was."""
        if not self.is_over:
            self.offers.refuse(code, reason)

    def refer(self, uri: str, replaces: Replaces | None = None) -> None:
        """Ask the peer to call `uri` in our place; `TransferTold` says how that goes."""
        refer(self, uri, replaces)

    def report(self, referred: Referred, code: int, reason: str) -> None:
        """Tell the peer how the transfer goes that it asked for; a `code` of 200 or more is the last word."""
        report(self, referred.number, code, reason)

    def hang_up(self, code: int = 200, reason: str = "") -> None:
        """End the leg: BYE after the answer, CANCEL or a final status before."""
        if self.is_over:
            return
        if self.is_answered:
            self.send_bye(reason)
        self.finish(Ended(False, code, reason or "Hung up"))

    async def next_event(self) -> LegEvent:
        """The next event; waits for one. Nothing comes after `Ended` or `Failed`."""
        return await self._events.get()

    def emit(self, event: LegEvent) -> None:
        """Give an event to the owner, unless the leg is over."""
        if not self.is_over:
            self._events.put_nowait(event)

    def finish(self, event: Ended | Failed) -> None:
        """Deliver the last event and let go of timers and tables."""
        if self.is_over:
            return
        self.is_over = True
        self._events.put_nowait(event)
        self.ended.set()
        self.refresher.stop()
        self.offers.stop()
        self.release()
        self.endpoint.forget(self)

    def release(self) -> None:
        """Let go of what the kind of leg holds."""

    def let_go(self) -> None:
        """Nothing will come for this dialog any more. Ties to the parts are cut, so that the leg is freed at once
        and no garbage collection has to find it."""
        del self.offers, self.refresher

    def send_bye(self, reason: str = "") -> None:
        """Send BYE (RFC 3261 section 15.1); its answer does not matter."""
        text = reason.replace('"', "'")
        headers = [make_header("reason", f'SIP;cause=200;text="{text}"')] if text else []
        self.endpoint.send(self.dialog, self.dialog.make_request("BYE", headers=headers))

    def receive(self, request: Any, transaction: Any) -> Any:
        """A request inside this dialog; the answer is in sippy's form."""
        return receive_inside(self, request, transaction)
