"""A dialog (RFC 3261 section 12): who talks with whom, and how to write the next request between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from sippy.MsgBody import MsgBody
from sippy.SipCallId import SipCallId
from sippy.SipContact import SipContact
from sippy.SipExpires import SipExpires
from sippy.SipFrom import SipFrom
from sippy.SipHeader import SipHeader
from sippy.SipMaxForwards import SipMaxForwards
from sippy.SipRequest import SipRequest
from sippy.SipRoute import SipRoute
from sippy.SipTo import SipTo
from sippy.SipURL import SipURL
from sippy.SipVia import SipVia

from skipline import __version__
from skipline.voice.sip.address import bracket, parse_address, parse_uri
from skipline.voice.sip.headers import ALLOWED_METHODS, first_value, make_header, raw_value
from skipline.voice.sip.route import reachable_address
from skipline.voice.sip.transport import HostPort, Transport
from skipline.voice.sip.wire import write_body

PRODUCT = f"Skipline/{__version__}"
_FIRST_CSEQ = 1
_MAX_ROUTES = 20
_WITH_CONTACT = frozenset({"INVITE", "UPDATE", "REGISTER", "OPTIONS", "REFER", "NOTIFY"})


@dataclass(slots=True)
class Dialog:
    """One side's view. `local` and `remote` are From/To values without their tag; `target` is the remote Contact's
    URI, `routes` the route set in the order to be written, `next_hop` where packets go. With `has_flow` they go there
    wherever the Contact points: to a registered phone there is no other way (see `flow`)."""

    call_id: str
    local: str
    remote: str
    target: str
    transport: Transport
    next_hop: HostPort
    local_tag: str
    remote_tag: str | None = None
    routes: tuple[str, ...] = ()
    local_cseq: int = _FIRST_CSEQ
    remote_cseq: int | None = None
    has_flow: bool = False

    def contact(self) -> str:
        """Our Contact: where the other side sends its requests."""
        host = bracket(self.transport.local_host(self.next_hop[0]))
        suffix = "" if self.transport.transport == "udp" else f";transport={self.transport.transport}"
        return f"<sip:skipline@{host}:{self.transport.port}{suffix}>"

    def learn_target(self, message: Any, source: HostPort, *, is_response: bool) -> None:
        """Take target and route set from the message that makes the dialog (RFC 3261 sections 12.1.1 and 12.1.2)."""
        routes = [raw_value(header) for header in message.headers if header.name == "record-route"][:_MAX_ROUTES]
        self.routes = tuple(reversed(routes)) if is_response else tuple(routes)
        self.refresh_target(message, source)

    def refresh_target(self, message: Any, source: HostPort) -> None:
        """Take a new target from a re-INVITE, an UPDATE or its answer (RFC 3261 section 12.2)."""
        contact = first_value(message, "contact")
        if contact and contact != "*":
            self.target = parse_address(contact).uri
        self.next_hop = self._find_next_hop(source)

    def _find_next_hop(self, source: HostPort) -> HostPort:
        if self.has_flow:
            return self.next_hop
        if self.transport.is_reliable and not self.routes and self.transport.is_connected(source):
            return source
        first = parse_address(self.routes[0]).uri if self.routes else self.target
        try:
            uri = parse_uri(first)
        except ValueError:
            return source
        host, port = reachable_address((uri.host, uri.port or 5060), None if self.routes else source)
        return str(host), int(port)

    def make_request(
        self, method: str, *, sdp: str | None = None, headers: Iterable[Any] = (), expires_seconds: int | None = None
    ) -> Any:
        """The next request of this dialog; the counter goes up."""
        if self.remote_tag is not None and not self.transport.is_connected(self.next_hop):
            self.next_hop = self._find_next_hop(self.next_hop)
        is_query = method == "REGISTER" and expires_seconds is None  # RFC 3261 section 10.2.3
        request = SipRequest(
            method=method,
            ruri=_url(self.target),
            via=self._via(),
            to=SipTo(_tagged(self.remote, self.remote_tag)),
            fr0m=SipFrom(_tagged(self.local, self.local_tag)),
            cseq=self.local_cseq,
            callid=SipCallId(self.call_id),
            maxforwards=SipMaxForwards(number=70),
            contact=SipContact(self.contact()) if method in _WITH_CONTACT and not is_query else None,
            routes=[SipRoute(route) for route in self.routes],
            target=((bracket(self.next_hop[0]), self.next_hop[1]), self.transport.transport),
            user_agent=PRODUCT,
            expires=None if expires_seconds is None else SipExpires(number=expires_seconds),
        )
        self.local_cseq += 1
        if method == "INVITE":
            request.appendHeader(make_header("allow", ALLOWED_METHODS))
            if expires_seconds is None:
                request.delHFs("expires")
        request.appendHeaders(list(headers))
        if sdp is not None:
            request.setBody(MsgBody(write_body(sdp)))
        return request

    def _via(self) -> Any:
        via = SipVia()
        via.hostname = bracket(self.transport.local_host(self.next_hop[0]))
        via.port, via.transport = self.transport.port, self.transport.transport.upper()
        via.genBranch()
        return via

    def contact_header(self) -> Any:
        """Our Contact as a header line for a response."""
        return SipHeader(name="contact", body=SipContact(self.contact()))


def _url(text: str) -> Any:
    try:
        return SipURL(text)
    except (ValueError, IndexError):
        return SipURL(username="unknown", host="invalid.invalid")


def _tagged(value: str, tag: str | None) -> str:
    return value if tag is None else f"{value};tag={tag}"


def without_tag(value: str) -> str:
    """A From or To value without its tag."""
    address = parse_address(value)
    params = "".join(f";{k}={v}" if v else f";{k}" for k, v in address.params.items() if k != "tag")
    name = '"' + address.name.replace("\\", "\\\\").replace('"', '\\"') + '" ' if address.name else ""
    return f"{name}<{address.uri}>{params}"


def new_tag() -> str:
    """A tag that nobody can guess (RFC 3261 section 19.3)."""
    return token_hex(12)


def new_call_id() -> str:
    """A Call-ID likewise."""
    return token_hex(16)


def answer_dialog(request: Any, source: HostPort, transport: Transport) -> Dialog:
    """Our side of the dialog that an INVITE from outside asks for."""
    dialog = Dialog(
        call_id=str(request.getHFBody("call-id")),
        local=without_tag(first_value(request, "to")),
        remote=without_tag(first_value(request, "from")),
        target="",
        transport=transport,
        next_hop=source,
        local_tag=new_tag(),
        remote_tag=request.getHFBody("from").getTag(),
        remote_cseq=request.getHFBody("cseq").getCSeqNum(),
    )
    dialog.learn_target(request, source, is_response=False)
    return dialog
