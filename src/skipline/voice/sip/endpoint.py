"""What every leg shares: sending requests, answering them, and who is on the line."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sippy.MsgBody import MsgBody

from skipline.voice.sip.dialog import PRODUCT, Dialog
from skipline.voice.sip.headers import clean_text, make_header
from skipline.voice.sip.session_timer import SessionSettings
from skipline.voice.sip.transactions import Transactions
from skipline.voice.sip.transport import HostPort, Transport
from skipline.voice.sip.trouble import TroubleLog
from skipline.voice.sip.wire import write_body

if TYPE_CHECKING:
    from skipline.voice.sip.leg import Leg

_REMEMBER_ENDED_SECONDS = 5.0

OnRequest = Callable[[Any, Any], Any]
OnResponse = Callable[[Any, Any], None]


class Endpoint:
    """Our end of every dialog: transactions, transports and the legs by (Call-ID, our tag)."""

    def __init__(self, log: TroubleLog, session: SessionSettings, on_request: OnRequest) -> None:
        self.log, self.session = log, session
        self.transports: list[Transport] = []
        self.legs: dict[tuple[str, str], Leg] = {}
        self.invites: set[tuple[str, str, int]] = set()
        self.transactions = Transactions(on_request, log)

    def remember(self, leg: "Leg") -> None:
        """Requests of this leg's dialog go to it from now on."""
        self.legs[leg.dialog.call_id, leg.dialog.local_tag] = leg

    def forget(self, leg: "Leg") -> None:
        """Drop an ended leg, a little later: a BYE that crossed ours still gets its 200."""
        self.later(_REMEMBER_ENDED_SECONDS, self._let_go, leg)

    def _let_go(self, leg: "Leg") -> None:
        self.legs.pop((leg.dialog.call_id, leg.dialog.local_tag), None)
        leg.let_go()

    def later(self, seconds: float, callback: Callable[..., object], *arguments: Any) -> asyncio.TimerHandle:
        """Call back after `seconds`."""
        return asyncio.get_running_loop().call_later(seconds, callback, *arguments)

    def send(self, dialog: Dialog, request: Any, on_response: OnResponse | None = None) -> Any:
        """Start a client transaction; `on_response(response, transaction)` gets every reply, a 408 for none."""
        transaction = self.transactions.newTransaction(request, on_response, userv=dialog.transport, cb_ifver=2)
        transaction.has_flow = dialog.has_flow
        return transaction

    def respond(
        self,
        request: Any,
        code: int,
        reason: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Iterable[Any] = (),
        sdp: str | None = None,
        tag: str | None = None,
        on_ack: Callable[[Any], None] | None = None,
    ) -> None:
        """Answer `request`; does nothing when it was answered already."""
        response = request.genResponse(code, clean_text(reason), server=PRODUCT)
        to = response.getHFBody("to")
        if tag is not None and code > 100 and to.getTag() is None:
            to.setTag(tag)
        response.appendHeaders([make_header(name, value) for name, value in (headers or {}).items()])
        response.appendHeaders(list(more))
        if sdp is not None:
            response.setBody(MsgBody(write_body(sdp)))
        self.transactions.sendResponse(response, ack_cb=on_ack)

    def transport_for(self, host: str, name: str) -> Transport | None:
        """The socket to use towards an IP address: same family, and loopback only for loopback where we can choose."""
        fitting = [one for one in self.transports if one.transport == name and one.is_v6 == (":" in host)]
        is_loopback = host.startswith("127.") or host == "::1"
        same = [one for one in fitting if is_loopback == (one.host.startswith("127.") or one.host == "::1")]
        return next(iter(same or fitting), None)

    def on_lost(self, transport: Transport, address: HostPort, problem: str) -> None:
        """A packet could not be delivered."""
        self.log.note("sip_unreachable", host=address[0], port=address[1], problem=problem)
        self.transactions.lose(transport, address)
