"""Offers and answers inside an established dialog: hold, new addresses, late offers (RFC 3261 section 14, RFC 3264).

At most one exchange is under way in each dialog. An offer that meets another one gets 491 and is tried again after a
pause; the side that made the Call-ID pauses longer, so that the second try does not meet again (section 14.1).
"""

import asyncio
from secrets import randbelow
from typing import TYPE_CHECKING, Any

from sippy.MsgBody import MsgBody

from skipline.voice.sip.endpoint import OnResponse
from skipline.voice.sip.events import Ended, OfferAnswered, Offered, OfferRefused
from skipline.voice.sip.headers import ALLOWED_METHODS, read_headers, sdp_of
from skipline.voice.sip.session_timer import answer_headers, answer_terms
from skipline.voice.sip.wire import write_body

if TYPE_CHECKING:
    from skipline.voice.sip.leg import Leg

_PATIENCE_SECONDS = 20.0
_MOST_TRIES = 3


class Renegotiation:
    """One leg's offers. `_received` is the peer's request that we owe an answer, `_is_sent` whether ours is out,
    `_owed_ack` an answered INVITE whose ACK must carry our answer (late offer), `_next_try` the pause after a 491."""

    def __init__(self, leg: "Leg") -> None:
        self._leg = leg
        self._received: Any = None
        self._is_sent = False
        self._owed_ack: Any = None
        self._timer: asyncio.TimerHandle | None = None
        self._tries = 0
        self._next_try: asyncio.TimerHandle | None = None

    @property
    def is_busy(self) -> bool:
        """Whether an exchange is under way."""
        return self._is_open or self._next_try is not None

    @property
    def _is_open(self) -> bool:
        return self._is_sent or self._received is not None or self._owed_ack is not None

    def receive(self, request: Any) -> None:
        """A re-INVITE, or an UPDATE with a body."""
        leg, endpoint = self._leg, self._leg.endpoint
        if self._is_sent:
            endpoint.respond(request, 491, "Request Pending")
            return
        if self._received is not None or self._owed_ack is not None:
            endpoint.respond(request, 500, "Server Internal Error", headers={"retry-after": str(1 + randbelow(9))})
            return
        sdp = sdp_of(request)
        if sdp is not None and sdp == leg.remote_sdp and leg.local_sdp is not None:
            self._accept(request, leg.local_sdp)
            return
        if request.getMethod() == "INVITE":
            endpoint.respond(request, 100, "Trying")
        self._received = request
        self._timer = endpoint.later(_PATIENCE_SECONDS, self.refuse, 504, "Server Time-out")
        leg.emit(Offered(sdp))

    def answer(self, sdp: str) -> None:
        """Accept the peer's offer, or complete a late one by the ACK."""
        leg, owed, request = self._leg, self._owed_ack, self._received
        if owed is not None:
            self._owed_ack = None
            leg.local_sdp = sdp
            self._acknowledge(owed, sdp)
        elif request is not None:
            self._clear()
            leg.remote_sdp = sdp_of(request) or leg.remote_sdp
            self._accept(request, sdp)

    def _accept(self, request: Any, sdp: str) -> None:
        leg, headers = self._leg, read_headers(request)
        leg.local_sdp = sdp
        terms = answer_terms(headers, leg.endpoint.session)
        leg.refresher.start(terms)
        leg.endpoint.respond(
            request,
            200,
            "OK",
            headers=answer_headers(terms, headers) | {"allow": ALLOWED_METHODS},
            more=[leg.dialog.contact_header()],
            sdp=sdp,
            on_ack=self.on_ack,
        )

    def on_ack(self, ack: Any) -> None:
        """The ACK of an INVITE that we answered; it carries the answer when the INVITE had no offer."""
        sdp = sdp_of(ack)
        if sdp is not None and not self._leg.is_over:
            self._leg.remote_sdp = sdp
            self._leg.emit(OfferAnswered(sdp))

    def refuse(self, code: int, reason: str) -> None:
        """Refuse the peer's offer."""
        request = self._received
        if request is not None:
            self._clear()
            self._leg.endpoint.respond(request, code, reason)

    def cancelled(self) -> None:
        """The peer took its re-INVITE back by CANCEL."""
        self._clear()

    def offer(self, sdp: str | None) -> None:
        """Send our own re-INVITE."""
        leg = self._leg
        if leg.is_over or not leg.is_answered:
            return
        if self.is_busy:
            leg.emit(OfferRefused(491, "Request Pending"))
            return
        self._tries = 0
        self._send(sdp)

    def _send(self, sdp: str | None) -> None:
        self._next_try = None
        if self._is_open:
            self._pause(sdp)
            return
        self._tries += 1

        def on_response(response: Any, transaction: Any) -> None:
            self._on_response(response, transaction, sdp)

        self._invite(sdp, on_response)

    def refresh(self, on_response: OnResponse) -> None:
        """Repeat the session as it is, to keep the session timer running."""

        def on_final(response: Any, transaction: Any) -> None:
            if response.getSCode()[0] >= 200:
                self._is_sent = False
            on_response(response, transaction)

        self._invite(self._leg.local_sdp, on_final)

    def _invite(self, sdp: str | None, on_response: OnResponse) -> None:
        leg = self._leg
        self._is_sent = True
        request = leg.dialog.make_request("INVITE", sdp=sdp, headers=leg.refresher.headers())
        leg.endpoint.send(leg.dialog, request, on_response)

    def _on_response(self, response: Any, transaction: Any, sdp: str | None) -> None:
        code, reason = response.getSCode()
        if code < 200:
            return
        self._is_sent = False
        if self._leg.is_over:
            return
        if code < 300:
            self._accepted(response, transaction, sdp)
        elif code in (408, 481):
            self._leg.send_bye("The peer is gone")
            self._leg.finish(Ended(by_peer=True, code=code, reason=reason))
        elif code == 491 and self._tries < _MOST_TRIES:
            self._pause(sdp)
        else:
            self._leg.emit(OfferRefused(code, reason))

    def _pause(self, sdp: str | None) -> None:
        # RFC 3261 section 14.1: 2.1 to 4 s for the owner of the Call-ID, 0 to 2 s for the other.
        seconds = (210 + randbelow(191)) / 100 if self._leg.invite is None else randbelow(201) / 100
        self._next_try = self._leg.endpoint.later(seconds, self._send, sdp)

    def _accepted(self, response: Any, transaction: Any, sdp: str | None) -> None:
        leg, theirs = self._leg, sdp_of(response)
        if transaction.reply_source:
            leg.dialog.refresh_target(response, transaction.reply_source)
        leg.refresher.learn(response)
        leg.remote_sdp = theirs or leg.remote_sdp
        if sdp is None and theirs is not None:
            self.owe_ack(transaction)
        else:
            leg.local_sdp = sdp
        leg.emit(OfferAnswered(theirs))

    def owe_ack(self, transaction: Any) -> None:
        """Hold an INVITE's ACK back until our answer to its late offer is known."""
        transaction.uack = True
        self._owed_ack = transaction
        self._timer = self._leg.endpoint.later(_PATIENCE_SECONDS, self.stop)

    def _acknowledge(self, transaction: Any, sdp: str | None) -> None:
        self._stop_timer()
        if sdp is not None:
            transaction.ack.setBody(MsgBody(write_body(sdp)))
        self._leg.endpoint.transactions.sendACK(transaction)

    def _clear(self) -> None:
        self._received = None
        self._stop_timer()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def stop(self) -> None:
        """Close what is open: the leg is over, or nobody answered a late offer."""
        owed, request = self._owed_ack, self._received
        self._owed_ack = None
        if self._next_try is not None:
            self._next_try.cancel()
            self._next_try = None
        self._clear()
        if owed is not None:
            self._acknowledge(owed, None)
        if request is not None:
            self._leg.endpoint.respond(request, 487, "Request Terminated")
