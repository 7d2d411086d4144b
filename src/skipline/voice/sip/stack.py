"""Our SIP endpoint: listens, hands callers to their owner, dials targets, asks for signs of life."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from skipline.voice.sip.address import bracket, join_host_port
from skipline.voice.sip.dialog import Dialog, answer_dialog, new_call_id, new_tag
from skipline.voice.sip.digest import Credentials
from skipline.voice.sip.endpoint import Endpoint
from skipline.voice.sip.events import Invite, Refusal
from skipline.voice.sip.exchange import Reply, exchange
from skipline.voice.sip.flow import Flow
from skipline.voice.sip.fork import let_go_of_fork
from skipline.voice.sip.ground import fit_sippy
from skipline.voice.sip.headers import ALLOWED_METHODS
from skipline.voice.sip.hop import Hop, parse_dialable, write_from
from skipline.voice.sip.incoming import IncomingLeg, invite_key, read_invite
from skipline.voice.sip.leg import Leg
from skipline.voice.sip.listeners import bind_pair
from skipline.voice.sip.outgoing import Dialling, OutgoingLeg
from skipline.voice.sip.register import FIRST_BYTES, Registers, read_register
from skipline.voice.sip.screening import screen_invite, screen_request
from skipline.voice.sip.session_timer import SessionSettings
from skipline.voice.sip.tls import TlsSettings, TlsTransport
from skipline.voice.sip.transport import HostPort, Transport, is_ip
from skipline.voice.sip.trouble import TroubleLog

Admit = Callable[[Invite], Refusal | None]
Answers = Callable[[str], bool]
FIRST_REPLY_SECONDS = 4.0


def admit_everyone(_: Invite) -> Refusal | None:
    """Let each caller in; for tests and test phones."""
    return None


def answer_everyone(_: str) -> bool:
    """Answer each source; likewise."""
    return True


class SipStack:
    """Listens on UDP and TCP at each of `addresses`, IPv4 or IPv6, and on TLS where `tls` says.

    `answers` is asked whether a source gets any answer to a request that belongs to no call of ours. `admit` is asked
    about each well-formed INVITE before anything is sent; `on_invite` gets the leg of an admitted one when its 100 is
    out, and must return quickly. `registrar` takes REGISTERs, whoever they come from; without one they get 405.
    Everything runs on the loop that called `start`.
    """

    def __init__(
        self,
        addresses: Sequence[HostPort],
        *,
        on_invite: Callable[[Leg], None],
        admit: Admit = admit_everyone,
        answers: Answers = answer_everyone,
        session: SessionSettings | None = None,
        registrar: Registers | None = None,
        tls: TlsSettings | None = None,
        log: TroubleLog | None = None,
    ) -> None:
        fit_sippy()
        self._addresses = addresses
        self._on_invite, self._admit, self._answers = on_invite, admit, answers
        self._session = session or SessionSettings()
        self._registrar, self._tls = registrar, tls
        self.log = log or TroubleLog()
        self._endpoint: Endpoint | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def endpoint(self) -> Endpoint:
        """What legs share; only after `start`."""
        if self._endpoint is None:
            raise RuntimeError("the SIP stack has not been started")
        return self._endpoint

    @property
    def is_started(self) -> bool:
        """Whether requests can be sent."""
        return self._endpoint is not None

    @property
    def legs(self) -> list[Leg]:
        """The legs that are up or ended a moment ago."""
        return list(self.endpoint.legs.values())

    async def start(self) -> list[HostPort]:
        """Bind and listen; gives the addresses with their true ports. Raises `OSError` when a port is taken."""
        endpoint = Endpoint(self.log, self._session, self._on_request)
        endpoint.transactions.on_stray_answer = self._on_stray_answer
        self._endpoint = endpoint
        bound: list[HostPort] = []
        try:
            for address in self._addresses:
                pair = bind_pair(address, self._receive, endpoint.on_lost, self.log)
                endpoint.transports += pair
                bound.append((address[0], pair[0].port))
            if self._tls is not None:
                endpoint.transports += self._bind_tls(endpoint, self._tls)
            for transport in endpoint.transports:
                transport.on_closed = self._on_closed
                await transport.start()
        except BaseException:
            await self.stop()
            raise
        return bound

    def _bind_tls(self, endpoint: Endpoint, tls: TlsSettings) -> list[Transport]:
        return [TlsTransport(address, self._receive, endpoint.on_lost, self.log, tls) for address in tls.addresses]

    @property
    def tls_addresses(self) -> list[HostPort]:
        """Where TLS listens, with true ports; only after `start`."""
        return [(one.host, one.port) for one in self.endpoint.transports if one.transport == "tls"]

    async def stop(self) -> None:
        """Stop listening and forget everything; calls that are up are not ended."""
        if self._endpoint is None:
            return
        endpoint, self._endpoint = self._endpoint, None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        endpoint.transactions.stop()
        for leg in endpoint.legs.values():
            leg.release()
            leg.refresher.stop()
        for transport in endpoint.transports:
            await transport.stop()

    def _receive(self, data: bytes, source: HostPort, transport: Transport) -> None:
        """Take a message from the wire. REGISTERs are the floods of our days, so they are counted unparsed."""
        if data.startswith(FIRST_BYTES) and self._registrar is not None and not self._registrar.lets_in(source[0]):
            return
        if self._endpoint is not None:
            self._endpoint.transactions.receive(data, source, transport)

    def _on_closed(self, transport: Transport, peer: HostPort) -> None:
        if self._registrar is not None:
            self._registrar.lose(Flow(transport, peer))

    def move(self, old: Flow, new: Flow) -> None:
        """A phone is no longer reached by `old` but by `new`: its calls go on there."""
        for leg in self.legs:
            dialog = leg.dialog
            if dialog.has_flow and (dialog.transport, dialog.next_hop) == (old.transport, old.address):
                dialog.transport, dialog.next_hop = new.transport, new.address

    @property
    def transports(self) -> list[Transport]:
        """The sockets that are bound; only after `start`."""
        return self.endpoint.transports

    def _on_request(self, request: Any, transaction: Any) -> Any:
        endpoint = self.endpoint
        if request.getMethod() == "REGISTER" and self._serve_register(request, transaction):
            return None
        leg, is_inside = self._leg_of(request), request.getHFBody("to").getTag() is not None
        if leg is None and not self._answers(request.source_address[0]):
            endpoint.transactions.drop(transaction)
            return None
        refusal = screen_request(request)
        if refusal is None and is_inside and leg is None:
            refusal = Refusal(481, "Call/Transaction Does Not Exist")
        if refusal is not None:
            endpoint.respond(request, refusal.code, refusal.reason, headers=refusal.headers)
            return None
        return self._serve_outside(request, transaction) if leg is None else leg.receive(request, transaction)

    def _serve_register(self, request: Any, transaction: Any) -> bool:
        """Answer a REGISTER, unless there is no registrar that would."""
        if self._registrar is None:
            return False
        refusal = screen_request(request)
        found = refusal or self._registrar.serve(read_register(request, transaction.userv))
        if found is None:
            return False
        if found.code == 0:
            self.endpoint.transactions.drop(transaction)
        else:
            self.endpoint.respond(request, found.code, found.reason, headers=found.headers)
        return True

    def _leg_of(self, request: Any) -> Leg | None:
        """The leg of the dialog that `request` says it belongs to."""
        leg = self.endpoint.legs.get((str(request.getHFBody("call-id")), str(request.getHFBody("to").getTag())))
        is_peer = leg is not None and leg.dialog.remote_tag in (None, request.getHFBody("from").getTag())
        return leg if is_peer else None

    def _serve_outside(self, request: Any, transaction: Any) -> Any:
        endpoint = self.endpoint
        if request.getMethod() == "INVITE":
            return self._serve_invite(request, transaction)
        if request.getMethod() == "OPTIONS":
            headers = {"allow": ALLOWED_METHODS, "accept": "application/sdp", "supported": "timer"}
            endpoint.respond(request, 200, "OK", headers=headers)
            return None
        endpoint.respond(request, 405, "Method Not Allowed", headers={"allow": ALLOWED_METHODS})
        return None

    def _serve_invite(self, request: Any, transaction: Any) -> Any:
        endpoint, source = self.endpoint, request.source_address
        refusal = screen_invite(request, endpoint.session) or self._screen_merged(request)
        invite = read_invite(request, transaction.userv.transport)
        refusal = refusal or self._admit(invite)
        if refusal is not None and refusal.code == 0:
            endpoint.transactions.drop(transaction)
            return None
        if refusal is not None:
            endpoint.respond(request, refusal.code, refusal.reason, headers=refusal.headers)
            return None
        endpoint.respond(request, 100, "Trying")
        dialog = answer_dialog(request, source, transaction.userv)
        leg = IncomingLeg(endpoint, dialog, request, transaction, invite)
        self._on_invite(leg)
        return None, leg.on_cancel, leg.on_no_ack

    def _screen_merged(self, request: Any) -> Refusal | None:
        """One call that reached us on two ways is one call (RFC 3261 section 8.2.2.2)."""
        return Refusal(482, "Loop Detected") if invite_key(request) in self.endpoint.invites else None

    def _on_stray_answer(self, response: Any, source: HostPort) -> None:
        key = (str(response.getHFBody("call-id")), response.getHFBody("from").getTag())
        leg, tag = self.endpoint.legs.get(key), response.getHFBody("to").getTag()
        if isinstance(leg, OutgoingLeg) and tag is not None and leg.dialog.remote_tag not in (None, tag):
            let_go_of_fork(leg.dialog, response, source, self.endpoint.send)

    def dial(
        self,
        uri: str,
        *,
        sdp: str | None,
        caller_user: str,
        caller_name: str = "",
        caller_host: str = "",
        headers: Mapping[str, str] | None = None,
        ring_seconds: float = 20.0,
        first_reply_seconds: float = FIRST_REPLY_SECONDS,
        credentials: Credentials | None = None,
        outbound: tuple[str, int, str] | None = None,
        flow: Flow | None = None,
    ) -> Leg:
        """Call `uri`; the leg tells how it goes. Raises `ValueError` when `uri` is none that we can dial.

        `outbound` (host, port, transport) is where the INVITE goes instead of the URI's own host; `flow` is the way
        that it and all later requests take to a registered phone. Without SDP the target makes the offer (see
        `Answered`). `credentials` answer one 401 or 407 to this INVITE and nothing else.
        """
        target, hop = parse_dialable(uri, _hop_of(flow) or outbound)
        dialling = Dialling(sdp, ring_seconds, first_reply_seconds, headers or {}, credentials)
        transport = flow.transport if flow else self._transport_towards(hop)
        dialog = self._new_dialog(uri, hop, transport, caller_user, caller_name, caller_host)
        dialog.has_flow = flow is not None
        leg = OutgoingLeg(self.endpoint, dialog, dialling)
        if transport.transport != hop.transport or transport.is_v6 != (":" in hop.host and is_ip(hop.host)):
            self.endpoint.later(0, leg.fail, 503, f"We have no {hop.transport} socket that reaches {hop.host}")
        elif is_ip(hop.host):
            leg.start()
        else:
            self._spawn(self._resolve_and_start(leg, target.host))
        return leg

    def _transport_towards(self, hop: Hop) -> Transport:
        host = hop.host if is_ip(hop.host) else "0.0.0.0"  # noqa: S104 - only says which family is meant
        found = self.endpoint.transport_for(host, hop.transport)
        return found or self.endpoint.transports[0]

    def _new_dialog(
        self, uri: str, hop: Hop, transport: Transport, user: str, name: str = "", host: str = ""
    ) -> Dialog:
        own_host = host or bracket(transport.local_host(hop.host if is_ip(hop.host) else "192.0.2.1"))
        return Dialog(
            call_id=new_call_id(),
            local=write_from(user, name, own_host),
            remote=f"<{uri}>",
            target=uri,
            transport=transport,
            next_hop=(hop.host, hop.port),
            local_tag=new_tag(),
        )

    async def _resolve_and_start(self, leg: OutgoingLeg, host: str) -> None:
        ip = await leg.dialog.transport.resolve(leg.dialog.next_hop[0])
        if ip is None:
            leg.fail(503, f"The name {host} is unknown")
            return
        leg.dialog.next_hop = (ip, leg.dialog.next_hop[1])
        leg.start()

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def open_dialog(self, uri: str, *, user: str, host: str = "", hop: Hop | None = None) -> Dialog:
        """A dialog for requests outside of calls (OPTIONS, REGISTER) to `uri`."""
        found = hop or parse_dialable(uri, None)[1]
        return self._new_dialog(uri, found, self._transport_towards(found), user, host=host)

    async def exchange(
        self,
        dialog: Dialog,
        method: str,
        *,
        headers: Mapping[str, str] | None = None,
        expires_seconds: int | None = None,
        timeout_seconds: float = 4.0,
    ) -> Reply:
        """Send one request outside of calls and wait for its final reply; see `exchange.exchange`."""
        return await exchange(
            self.endpoint,
            dialog,
            method,
            headers=headers,
            expires_seconds=expires_seconds,
            timeout_seconds=timeout_seconds,
        )

    async def ask_options(self, uri: str, timeout_seconds: float = 4.0) -> bool:
        """Whether `uri` answers OPTIONS; any reply at all is a sign of life."""
        with suppress(ValueError):
            reply = await self.exchange(
                self.open_dialog(uri, user="skipline"), "OPTIONS", timeout_seconds=timeout_seconds
            )
            return reply.is_real
        return False

    async def ask_phone(self, uri: str, flow: Flow, timeout_seconds: float = 4.0) -> bool:
        """Whether the phone at the end of `flow` answers OPTIONS, likewise."""
        if not flow.is_up:
            return False
        dialog = self._new_dialog(uri, Hop(*flow.address, flow.transport.transport), flow.transport, "skipline")
        dialog.has_flow = True
        return (await self.exchange(dialog, "OPTIONS", timeout_seconds=timeout_seconds)).is_real


def _hop_of(flow: Flow | None) -> tuple[str, int, str] | None:
    return (*flow.address, flow.transport.transport) if flow else None


__all__ = ["Admit", "Credentials", "Hop", "Reply", "SipStack", "admit_everyone", "join_host_port", "write_from"]
