"""Handing a call on: REFER and the reports that follow it (RFC 3515), to a party of another call too (RFC 3891).

A REFER begins a subscription of its own. Whoever was asked tells how it goes by NOTIFY, each with the status that an
INVITE to the new party got so far; the last one ends the subscription.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from sippy.MsgBody import MsgBody
from sippy.SipContentType import SipContentType

from skipline.voice.sip.address import parse_address, parse_params
from skipline.voice.sip.events import Referred, Replaces, TransferTold
from skipline.voice.sip.headers import first_value, make_header

if TYPE_CHECKING:
    from skipline.voice.sip.leg import Leg

_FRAGMENT = "message/sipfrag"
_STATUS_LINE = re.compile(r"SIP/2\.0 ([1-6][0-9]{2}) ?(.{0,100})")


@dataclass(slots=True)
class Referrals:
    """What one dialog knows of its REFERs: how many came, and whether one of ours is still reported on."""

    received: int = 0
    is_ours_open: bool = False


def read_refer_to(value: str) -> tuple[str, Replaces | None]:
    """The URI that a Refer-To names, without the headers in it, and the dialog to be replaced there."""
    uri, _, headers = parse_address(value).uri.partition("?")
    for one in headers.split("&"):
        name, _, text = one.partition("=")
        if name.lower() == "replaces":
            return uri, read_replaces(unquote(text))
    return uri, None


def read_replaces(value: str) -> Replaces | None:
    """The dialog that a Replaces header names; None when it names none."""
    call_id, _, params = value.strip().partition(";")
    tags = parse_params(params)
    if not (call_id and tags.get("to-tag") and tags.get("from-tag")):
        return None
    return Replaces(call_id.strip(), tags["to-tag"], tags["from-tag"])


def refer(leg: "Leg", uri: str, replaces: Replaces | None = None) -> None:
    """Ask the peer to call `uri`, and there to take the place of the dialog `replaces`; `TransferTold` reports."""
    if leg.is_over or not leg.is_answered:
        return
    leg.referrals.is_ours_open = True
    escaped = f"?Replaces={quote(replaces.value, safe='')}" if replaces else ""
    headers = [make_header("refer-to", f"<{uri}{escaped}>"), make_header("referred-by", leg.dialog.contact())]

    def on_response(response: Any, _: Any) -> None:
        code, reason = response.getSCode()
        if code >= 300:
            leg.referrals.is_ours_open = False
            leg.emit(TransferTold(code, reason, is_last=True))

    leg.endpoint.send(leg.dialog, leg.dialog.make_request("REFER", headers=headers), on_response)


def report(leg: "Leg", number: str, code: int, reason: str) -> None:
    """Tell the peer how the transfer goes that it asked for; a `code` of 200 or more is the last word."""
    if leg.is_over:
        return
    is_last = code >= 200
    state = "terminated;reason=noresource" if is_last else "active;expires=60"
    headers = [
        make_header("event", f"refer;id={number}" if number else "refer"),
        make_header("subscription-state", state),
    ]
    request = leg.dialog.make_request("NOTIFY", headers=headers)
    kind = SipContentType(f"{_FRAGMENT};version=2.0")
    kind.parse()
    request.setBody(MsgBody(f"SIP/2.0 {code} {reason}\r\n", mtype=kind))
    leg.endpoint.send(leg.dialog, request)


def serve_refer(leg: "Leg", request: Any, _: Any) -> None:
    """The peer wants to hand the call on."""
    target = first_value(request, "refer-to")
    if not target:
        leg.endpoint.respond(request, 400, "Missing Refer-To")
        return
    if not leg.accepts_refer:
        leg.endpoint.respond(request, 603, "Decline")
        return
    leg.endpoint.respond(request, 202, "Accepted", more=[leg.dialog.contact_header()])
    uri, replaces = read_refer_to(target)
    leg.referrals.received += 1
    # RFC 3515 section 2.4.6: the second REFER of a dialog and all later ones are told apart by their CSeq.
    number = "" if leg.referrals.received == 1 else str(request.getHFBody("cseq").getCSeqNum())
    leg.emit(Referred(uri, replaces, number))


def serve_notify(leg: "Leg", request: Any, _: Any) -> None:
    """The peer reports on our REFER; about anything else we asked for nothing (RFC 6665 section 4.1.3)."""
    body = request.getBody()
    if not leg.referrals.is_ours_open or body is None or body.getType() != _FRAGMENT:
        leg.endpoint.respond(request, 481, "Subscription Does Not Exist")
        return
    leg.endpoint.respond(request, 200, "OK")
    found = _STATUS_LINE.match(str(body))
    is_last = first_value(request, "subscription-state").strip().lower().startswith("terminated")
    leg.referrals.is_ours_open = not is_last
    if found is not None:
        leg.emit(TransferTold(int(found[1]), found[2].strip(), is_last))
