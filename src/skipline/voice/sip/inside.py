"""Requests inside a dialog (RFC 3261 section 12.2.2): what each method does to a leg."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from skipline.voice.sip.events import Digit, Ended
from skipline.voice.sip.headers import ALLOWED_METHODS, first_value, read_headers
from skipline.voice.sip.refer import serve_notify, serve_refer
from skipline.voice.sip.session_timer import answer_headers, answer_terms, is_too_brief

if TYPE_CHECKING:
    from skipline.voice.sip.leg import Leg

_SIGNAL = re.compile(r"^\s*Signal\s*=\s*([0-9*#A-D])\s*$", re.IGNORECASE | re.MULTILINE)
_KEEP_OPEN = (None, None, None)
"""Tells sippy that the transaction will be answered later."""


def receive_inside(leg: "Leg", request: Any, transaction: Any) -> Any:
    """Serve `request`; requests out of order get 500, unknown methods 405."""
    endpoint, method = leg.endpoint, request.getMethod()
    if leg.is_over:
        endpoint.respond(request, *((200, "OK") if method == "BYE" else (481, "Call/Transaction Does Not Exist")))
        return None
    number = request.getHFBody("cseq").getCSeqNum()
    if leg.dialog.remote_cseq is not None and number <= leg.dialog.remote_cseq:
        endpoint.respond(request, 500, "Server Internal Error")
        return None
    leg.dialog.remote_cseq = number
    serve = _METHODS.get(method)
    if serve is None:
        endpoint.respond(request, 405, "Method Not Allowed", headers={"allow": ALLOWED_METHODS})
        return None
    return serve(leg, request, transaction)


def _serve_bye(leg: "Leg", request: Any, _: Any) -> None:
    leg.endpoint.respond(request, 200, "OK")
    leg.finish(Ended(by_peer=True, code=200, reason=_reason_text(request)))


def _reason_text(request: Any) -> str:
    match = re.search(r'text="([^"]*)"', first_value(request, "reason"))
    return match[1] if match else "Hung up"


def _serve_invite(leg: "Leg", request: Any, transaction: Any) -> Any:
    if _refuse_offer(leg, request):
        return None
    leg.dialog.refresh_target(request, request.source_address)
    offers = leg.offers
    offers.receive(request)

    def on_cancel(*_: object) -> None:
        offers.cancelled()

    def on_no_ack() -> None:
        if transaction.is_accepted:
            leg.hang_up(408, "No ACK came")

    return None, on_cancel, on_no_ack


def _refuse_offer(leg: "Leg", request: Any) -> bool:
    if not leg.is_answered:
        # RFC 3261 section 14.2: a second INVITE before the first was answered.
        leg.endpoint.respond(request, 500, "Server Internal Error", headers={"retry-after": "5"})
        return True
    if is_too_brief(read_headers(request), leg.endpoint.session):
        minimum = str(leg.endpoint.session.min_seconds)
        leg.endpoint.respond(request, 422, "Session Interval Too Small", headers={"min-se": minimum})
        return True
    return False


def _serve_update(leg: "Leg", request: Any, _: Any) -> Any:
    if _refuse_offer(leg, request):
        return None
    leg.dialog.refresh_target(request, request.source_address)
    if request.getBody() is not None:
        leg.offers.receive(request)
        return _KEEP_OPEN
    headers = read_headers(request)
    terms = answer_terms(headers, leg.endpoint.session)
    leg.refresher.start(terms)
    leg.endpoint.respond(request, 200, "OK", headers=answer_headers(terms, headers), more=[leg.dialog.contact_header()])
    return None


def _serve_info(leg: "Leg", request: Any, _: Any) -> None:
    leg.endpoint.respond(request, 200, "OK")
    body = request.getBody()
    kind = body.getType() if body is not None else ""
    if kind == "application/dtmf-relay":
        match = _SIGNAL.search(str(body))
        digit = match[1].upper() if match else ""
    else:
        digit = str(body).strip().upper() if kind == "application/dtmf" else ""
    if re.fullmatch(r"[0-9*#A-D]", digit):
        leg.emit(Digit(digit))


def _serve_options(leg: "Leg", request: Any, _: Any) -> None:
    leg.endpoint.respond(request, 200, "OK", headers={"allow": ALLOWED_METHODS, "accept": "application/sdp"})


def _serve_prack(leg: "Leg", request: Any, _: Any) -> None:
    # We never ask for reliable provisional answers, so no PRACK can match one (RFC 3262 section 3).
    leg.endpoint.respond(request, 481, "Call/Transaction Does Not Exist")


_METHODS: dict[str, Callable[["Leg", Any, Any], Any]] = {
    "BYE": _serve_bye,
    "INVITE": _serve_invite,
    "UPDATE": _serve_update,
    "INFO": _serve_info,
    "REFER": serve_refer,
    "NOTIFY": serve_notify,
    "OPTIONS": _serve_options,
    "PRACK": _serve_prack,
}
