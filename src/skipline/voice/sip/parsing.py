"""Messages as sippy reads them, with everything looked at once that later lines rely on."""

from typing import Any

from sippy.SipRequest import SipRequest
from sippy.SipResponse import SipResponse

from skipline.voice.sip.transport import HostPort, Transport


def parse_request(text: str) -> Any:
    """A request; raises anything at all when it is broken."""
    request = SipRequest(text)
    request.getTIds()
    for name in ("via", "from", "to", "cseq"):
        request.getHFBody(name)
    for name in ("contact", "record-route", "expires", "max-forwards", "content-type"):
        request.getHFBodys(name)
    return request


def parse_response(text: str) -> Any:
    """A response, likewise; its status must be one that exists (RFC 3261 section 7.2)."""
    response = SipResponse(text)
    response.getTId(True, True)
    if not 100 <= response.getSCode()[0] <= 699:
        raise ValueError("status code out of range")
    response.getHFBody("to")
    contacts, _ = response.getHFBodys("contact"), response.getHFBodys("record-route")
    # Only a 2xx makes a dialog; the target of any other answer would lead its ACK astray (section 17.1.1.3).
    if response.getSCode()[0] >= 300:
        response.delHFs("contact")
        response.delHFs("record-route")
    elif any(contact.asterisk for contact in contacts):
        response.delHFs("contact")
    return response


def mark_source(request: Any, source: HostPort, transport: Transport) -> None:
    """Write the true source into the top Via, so that answers go back to it (RFC 3261 18.2.1, RFC 3581)."""
    via = request.getHFBody("via")
    host, port = via.getAddr()
    if str(host).strip("[]") != source[0] or transport.is_reliable:
        via.params["received"] = source[0]
    elif "received" in via.params:
        del via.params["received"]
    is_port_usable = port is None or 0 < port < 65536
    if "rport" in via.params or transport.is_reliable or not is_port_usable:
        via.params["rport"] = str(source[1])
