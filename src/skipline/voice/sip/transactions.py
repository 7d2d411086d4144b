"""Transactions (RFC 3261 section 17): sippy's state machines with our own way in and out.

The way in counts and drops what is too big, too odd or unparsable, and answers 400 where an answer is due. The way out
sends over the connection a message came in on. ACK to a failure goes where its INVITE went (section 17.1.1.3).
"""

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

from sippy import SipTransactionManager as stock  # noqa: N813 - a module, whatever its name
from sippy.Network_server import Remote_address

from skipline.voice.sip.address import bracket
from skipline.voice.sip.parsing import mark_source, parse_request, parse_response
from skipline.voice.sip.route import reachable_address
from skipline.voice.sip.transport import HostPort, Transport
from skipline.voice.sip.trouble import TroubleLog
from skipline.voice.sip.wire import (
    MAX_MESSAGE_BYTES,
    has_bad_length,
    has_too_many_headers,
    read_wire,
    refuse_statelessly,
)

T2_SECONDS = 4.0
"""The longest pause between repeats (RFC 3261 section 17.1.2.2)."""

_SHORTEST_MESSAGE_BYTES = 32
_MAX_REMEMBERED = 100_000
_REMEMBER_SECONDS = 32.0


class _NoLog:
    def write(self, *_: object, **__: object) -> None:
        """Messages are not written anywhere: they hold people's numbers."""


class Transactions(stock.SipTransactionManager):  # type: ignore[misc]
    """sippy's transaction manager, fed by our transports. `on_request(request, transaction)` gets each new request
    and returns what sippy expects: `(response, cancel callback, no-ACK callback)` or None."""

    def __init__(self, on_request: Callable[[Any, Any], Any], log: TroubleLog) -> None:
        # The stock initialiser opens sockets and threads of its own, so it is not called.
        self.global_config = {"_sip_logger": _NoLog()}
        self.tclient: dict[Any, Any] = {}
        self.tserver: dict[Any, Any] = {}
        self.req_consumers: dict[str, Any] = {}
        self.l1rcache: dict[bytes, Any] = {}
        self.l2rcache: dict[bytes, Any] = {}
        self.req_cb = on_request
        self.log = log
        self.on_stray_answer: Callable[[Any, HostPort], None] = lambda *_: None
        self._lost: set[tuple[Transport, HostPort]] = set()
        self._purge_timer = asyncio.get_running_loop().call_later(_REMEMBER_SECONDS, self.rCachePurge)

    def receive(self, data: bytes, source: HostPort, transport: Transport) -> None:
        """Take one message from the wire; never raises, whatever it holds."""
        if not _SHORTEST_MESSAGE_BYTES <= len(data) <= MAX_MESSAGE_BYTES:
            return
        checksum = hashlib.md5(data, usedforsecurity=False).digest()
        known = self.l1rcache.get(checksum) or self.l2rcache.get(checksum)
        if known is not None:
            if known.data is not None:
                self.transmitData(known.userv, known.data, known.address)
            return
        try:
            self._read(data, checksum, source, transport)
        except Exception as problem:
            # Any message may come from a stranger, so no message may reach the loop as an exception.
            self.log.note("sip_message_failed", source=source[0], problem=repr(problem)[:200], exc_info=True)
            self._forget(checksum)

    def _read(self, data: bytes, checksum: bytes, source: HostPort, transport: Transport) -> None:
        text = read_wire(data)
        problem = "Too Many Headers" if has_too_many_headers(text) else ""
        problem = problem or ("Bad Content-Length" if has_bad_length(text) else "")
        is_response = text.startswith("SIP/2.0 ")
        message: Any = None
        if not problem:
            try:
                message = parse_response(text) if is_response else parse_request(text)
            except Exception as trouble:  # sippy raises anything on broken input
                problem = f"Bad Request ({type(trouble).__name__})"
        if message is None:
            self.log.note("sip_message_unreadable", source=source[0], problem=problem)
            self._forget(checksum)
            self._refuse(text, problem, source, transport)
            return
        self._dispatch(message, is_response, checksum, source, transport)

    def _refuse(self, text: str, problem: str, source: HostPort, transport: Transport) -> None:
        reply = refuse_statelessly(text, 400, problem)
        if reply is not None:
            transport.send_to(reply, source)

    def _forget(self, checksum: bytes) -> None:
        """Remember a message only as something to be ignored when it is repeated."""
        if len(self.l1rcache) >= _MAX_REMEMBERED:
            self.l2rcache, self.l1rcache = self.l1rcache, {}
        self.l1rcache[checksum] = stock.SipTMRetransmitO()

    def _dispatch(self, message: Any, is_response: bool, checksum: bytes, source: HostPort, via: Transport) -> None:
        message.rtime, message.source_address = None, source
        message.setSource(Remote_address((bracket(source[0]), source[1]), via.transport))
        if not is_response:
            mark_source(message, source, via)
            self.incomingRequest(message, checksum, message.getTIds(), via)
            return
        transaction = self.tclient.get(message.getTId(True, True))
        if transaction is None:
            if 200 <= message.getSCode()[0] < 300 and message.getHFBody("cseq").getCSeqMethod() == "INVITE":
                self.on_stray_answer(message, source)
            else:
                self._forget(checksum)
            return
        transaction.reply_source = source
        try:
            self.incomingResponse(message, transaction, checksum)
        except Exception:
            self.abandon(transaction)
            raise

    def transmitReq(self, t: Any, msg: Any, address: tuple[Any, Any], checksum: bytes) -> None:  # noqa: N802 - sippy's
        """Send the ACK of an INVITE, over the connection the INVITE used or to an address we can reach."""
        if t.has_flow or (t.userv.is_reliable and not msg.countHFs("route")):
            address = t.address
        elif not t.userv.is_reliable:
            address = reachable_address(address, t.reply_source)
        super().transmitReq(t, msg, address, checksum)

    def transmitData(  # noqa: N802 - sippy's
        self, userv: Transport, data: Any, address: Any, cachesum: bytes | None = None, lossemul: int = 0
    ) -> None:
        """Send, and remember the answer to a message so that its repeats get the same one."""
        userv.send_to(data, address)
        if cachesum is not None:
            self.l1rcache[cachesum] = stock.SipTMRetransmitO(userv, data, address, None, lossemul)

    def sendResponse(self, resp: Any, t: Any = None, *rest: Any, **more: Any) -> None:  # noqa: N802 - sippy's
        """As sippy's, but a second final answer is ignored; notes whether it was a 2xx, which repeats everywhere."""
        transaction = self.tserver.get(resp.getTId(wBRN=True)) if t is None else t
        if transaction is None or transaction.state not in (stock.TRYING, stock.RINGING):
            return
        transaction.is_accepted = 200 <= resp.getSCode()[0] < 300
        super().sendResponse(resp, transaction, *rest, **more)

    def timerA(self, t: Any) -> None:  # noqa: N802 - sippy's
        """Repeat a message: on UDP always, on a reliable transport only a 2xx (RFC 3261 section 13.3.1.4)."""
        if t.userv is None or (t.userv.is_reliable and not t.is_accepted):
            return
        self.transmitData(t.userv, t.data, t.address)
        is_client_invite = t.method == "INVITE" and t.state is stock.TRYING
        t.tout = t.tout * 2 if is_client_invite else min(t.tout * 2, T2_SECONDS)
        t.teA = stock.Timeout(self.timerA, t.tout, 1, t)

    def timerD(self, t: Any) -> None:  # noqa: N802 - sippy's
        """The end of a refused INVITE. A copy of it with another branch may have taken its place in the table since,
        and keeps it."""
        tid, owner = t.tid, self.tserver.get(t.tid)
        self.tserver[tid] = t
        super().timerD(t)
        if owner is not None and owner is not t:
            self.tserver[tid] = owner

    def drop(self, t: Any) -> None:
        """Leave a request unanswered, and its repeats too."""
        self._forget(t.checksum)
        self.stop_repeating(t)

    def abandon(self, t: Any) -> None:
        """Stop sending a request whose answer nobody waits for any more."""
        for timer in (t.teA, t.teB, t.teC):
            if timer is not None:
                timer.cancel()
        self.tclient.pop(t.tid, None)
        t.cleanup()

    def stop_repeating(self, t: Any) -> None:
        """Forget a server transaction whose dialog has ended: its 2xx needs no further repeats."""
        for name in ("teA", "teD", "teE", "teF"):
            timer = getattr(t, name, None)
            if timer is not None:
                timer.cancel()
        self.tserver.pop(t.tid, None)
        t.cleanup()

    def lose(self, transport: Transport, address: HostPort) -> None:
        """Nobody listens at `address`: fail the requests that still wait there for a first reply.

        Gathered for a moment, since each call to a dead target brings an ICMP message.
        """
        if not self._lost:
            asyncio.get_running_loop().call_later(0.02, self._fail_lost)
        self._lost.add((transport, address))

    def _fail_lost(self) -> None:
        lost, self._lost = self._lost, set()
        for t in list(self.tclient.values()):
            place = (t.userv, (str(t.address[0]).strip("[]"), t.address[1])) if t.address else None
            if place in lost and t.state is stock.TRYING:
                if t.teB is not None:
                    t.teB.cancel()
                if t.resp_cb is not None:
                    t.r408.setSCode(503, "Nobody listens there")
                self.timerB(t)

    def rCachePurge(self) -> None:  # noqa: N802 - sippy's
        """Forget messages older than a minute, every half minute."""
        self.l2rcache, self.l1rcache = self.l1rcache, {}
        self._purge_timer = asyncio.get_running_loop().call_later(_REMEMBER_SECONDS, self.rCachePurge)

    def stop(self) -> None:
        """Cancel every timer and forget everything."""
        self._purge_timer.cancel()
        for t in [*self.tclient.values(), *self.tserver.values()]:
            for name in ("teA", "teB", "teC", "teD", "teE", "teF", "teG"):
                timer = getattr(t, name, None)
                if timer is not None:
                    timer.cancel()
            t.cleanup()
        for table in (self.tclient, self.tserver, self.l1rcache, self.l2rcache):
            table.clear()
