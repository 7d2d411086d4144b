"""The caller's leg: an INVITE that came to us."""

from collections.abc import Mapping
from typing import Any

from skipline.voice.sip.address import parse_address
from skipline.voice.sip.dialog import Dialog
from skipline.voice.sip.endpoint import Endpoint
from skipline.voice.sip.events import Ended, Failed, Invite
from skipline.voice.sip.headers import ALLOWED_METHODS, first_value, option_tags, read_headers, sdp_of
from skipline.voice.sip.leg import Leg
from skipline.voice.sip.session_timer import answer_headers, answer_terms

_MOST_REASON_CHARACTERS = 100


class IncomingLeg(Leg):
    """A caller's leg. Until the ACK has come a BYE must wait (RFC 3261 section 15), so a hang-up right after the
    answer is kept and sent then."""

    def __init__(self, endpoint: Endpoint, dialog: Dialog, request: Any, transaction: Any, invite: Invite) -> None:
        super().__init__(endpoint, dialog)
        self.invite: Invite = invite
        self.remote_sdp = invite.sdp
        self.peer_allows = frozenset(tag.upper() for tag in option_tags(request, "allow"))
        self._request, self._transaction = request, transaction
        self._key = invite_key(request)
        endpoint.invites.add(self._key)
        self._is_acknowledged = False
        # The 487 that follows a CANCEL belongs to the dialog that our 180 began.
        transaction.r487.getHFBody("to").setTag(dialog.local_tag)

    def ring(self, code: int = 180, sdp: str | None = None) -> None:
        """Send a provisional answer; nothing after the answer."""
        if self.is_over or self.is_answered:
            return
        reason = {180: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued"}.get(code, "Session Progress")
        self._respond(code, reason, sdp=sdp)

    def answer(self, sdp: str) -> None:
        """Send 200 with our session."""
        if self.is_over or self.is_answered:
            return
        self.is_answered = True
        self.local_sdp = sdp
        terms = answer_terms(self.invite.headers, self.endpoint.session)
        self.refresher.start(terms)
        timer = answer_headers(terms, self.invite.headers)
        self._respond(200, "OK", headers=timer, sdp=sdp)

    def _respond(self, code: int, reason: str, *, headers: Mapping[str, str] | None = None, sdp: str | None) -> None:
        self.endpoint.respond(
            self._request,
            code,
            reason,
            headers={"allow": ALLOWED_METHODS, **(headers or {})},
            more=[self.dialog.contact_header()],
            sdp=sdp,
            tag=self.dialog.local_tag,
            on_ack=self._on_ack,
        )

    def refuse(self, code: int, reason: str, headers: Mapping[str, str] | None = None) -> None:
        """Send a final status of 300 or more."""
        if self.is_over or self.is_answered:
            return
        short = reason[:_MOST_REASON_CHARACTERS]
        self.endpoint.respond(self._request, code, short, headers=headers, tag=self.dialog.local_tag)
        self.finish(Ended(False, code, reason))

    def hang_up(self, code: int = 200, reason: str = "") -> None:
        """End the leg; before the answer with 480."""
        if self.is_answered:
            super().hang_up(code, reason)
        else:
            self.refuse(480 if code < 300 else code, reason or "Temporarily Unavailable")

    def send_bye(self, reason: str = "") -> None:
        """Send BYE now, or when the ACK has come."""
        if self._is_acknowledged:
            super().send_bye(reason)

    def _on_ack(self, ack: Any) -> None:
        self._is_acknowledged = True
        if self.is_over:
            self.send_bye()
        elif self.invite.sdp is None:
            self.offers.on_ack(ack)

    def on_no_ack(self) -> None:
        """No ACK came for 32 s (RFC 3261 section 13.3.1.4)."""
        self._is_acknowledged = True
        if self.is_answered:
            self.send_bye("No ACK came")
            self.finish(Ended(True, 408, "No ACK came"))

    def on_cancel(self, *_: object) -> None:
        """The caller gave up; the 487 is on its way already."""
        self.finish(Ended(True, 487, "Cancelled"))

    def finish(self, event: Ended | Failed) -> None:
        """As for every leg; a caller who says BYE before its ACK needs no more repeats of our 200."""
        has_open_answer = self.is_answered and not self._is_acknowledged and not self.is_over
        super().finish(event)
        if has_open_answer and isinstance(event, Ended) and event.by_peer:
            self.endpoint.transactions.stop_repeating(self._transaction)

    def release(self) -> None:
        """A caller who says BYE to a ringing call gets 487 for its INVITE (RFC 3261 section 15.1.2)."""
        if not self.is_answered:
            self.endpoint.respond(self._request, 487, "Request Terminated", tag=self.dialog.local_tag)

    def let_go(self) -> None:
        """As for every leg; the same INVITE may come again."""
        super().let_go()
        self.endpoint.invites.discard(self._key)


def invite_key(request: Any) -> tuple[str, str, int]:
    """What is the same in every copy of one INVITE, whichever way it took (RFC 3261 section 8.2.2.2)."""
    sender, number = request.getHFBody("from"), request.getHFBody("cseq").getCSeqNum()
    return str(request.getHFBody("call-id")), str(sender.getTag()), int(number)


def read_invite(request: Any, transport: str) -> Invite:
    """The plain values of an INVITE."""
    sender, target = parse_address(first_value(request, "from")), parse_address(first_value(request, "to"))
    return Invite(
        call_id=str(request.getHFBody("call-id")),
        request_uri=str(request.ruri.original_uri),
        from_uri=sender.uri,
        from_name=sender.name,
        to_uri=target.uri,
        headers=read_headers(request),
        source=request.source_address,
        transport=transport,
        sdp=sdp_of(request),
    )
