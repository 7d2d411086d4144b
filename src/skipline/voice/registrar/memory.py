"""A small file that lets a new worker ring the phones that registered with the last one.

Only phones over UDP are kept: the others' connections ended with the old process, and they notice and come back by
themselves. The file holds no password and nothing made of one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import structlog

from skipline.voice.registrar.binding import Binding
from skipline.voice.sip.flow import Flow
from skipline.voice.sip.transport import HostPort, Transport

FILE_NAME = "phones.json"

_log = structlog.get_logger("voice.registrar")


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    user: str
    contact: str
    address: tuple[str, int]
    local: tuple[str, int]
    call_id: str
    cseq: int
    since: datetime
    seen_at: datetime
    expires_at: datetime


def save(file: Path, bindings: Iterable[Binding], *, now: float, at: datetime) -> None:
    """Write the bindings down; `now` and `at` are the same moment, monotonic and on the clock."""
    kept = [_keep(one, at - timedelta(seconds=now)) for one in bindings if one.flow.transport.transport == "udp"]
    new = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new.touch(mode=0o600)
        new.write_bytes(msgspec.json.encode(kept))
        new.replace(file)
    except OSError as trouble:
        _log.warning("phones_not_saved", file=str(file), why=str(trouble))


def load(file: Path, transports: Sequence[Transport], *, now: float, at: datetime) -> Iterator[Binding]:
    """The bindings that `save` wrote and whose time is not over, each at the socket that it was on."""
    try:
        found = msgspec.json.decode(file.read_bytes(), type=list[_Kept])
    except FileNotFoundError:
        return
    except (OSError, msgspec.MsgspecError) as trouble:
        _log.warning("phones_not_read", file=str(file), why=str(trouble))
        return
    sockets = {(one.host, one.port): one for one in transports if one.transport == "udp"}
    for kept in found:
        if kept.local in sockets and kept.expires_at > at:
            yield _revive(kept, sockets[kept.local], at - timedelta(seconds=now))


def _keep(binding: Binding, began: datetime) -> _Kept:
    def on_clock(monotonic: float) -> datetime:
        return began + timedelta(seconds=monotonic)

    return _Kept(
        user=binding.user,
        contact=binding.contact,
        address=binding.flow.address,
        local=_local(binding.flow.transport),
        call_id=binding.call_id,
        cseq=binding.cseq,
        since=on_clock(binding.since),
        seen_at=on_clock(binding.seen_at),
        expires_at=on_clock(binding.expires_at),
    )


def _revive(kept: _Kept, socket: Transport, began: datetime) -> Binding:
    def monotonic(at: datetime) -> float:
        return (at - began).total_seconds()

    return Binding(
        user=kept.user,
        contact=kept.contact,
        flow=Flow(socket, kept.address),
        call_id=kept.call_id,
        cseq=kept.cseq,
        since=monotonic(kept.since),
        seen_at=monotonic(kept.seen_at),
        expires_at=monotonic(kept.expires_at),
    )


def _local(transport: Transport) -> HostPort:
    return transport.host, transport.port
