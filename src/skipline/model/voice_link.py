"""Frames between the centre and the voice worker. Each is one msgpack value behind a 4-byte big-endian length."""

from datetime import datetime

import msgspec

from skipline.model.commands import CallCommand
from skipline.model.configuration import VoiceConfiguration
from skipline.model.events import CallArrived, VoiceEvent
from skipline.model.ids import CallId, CommandId, ReservationId
from skipline.model.trunk_examination import TrunkExamination


class Do(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Centre to worker: carry out `body` on `call`. `memo` is the run's state, kept with the call by the worker and
    handed back when the centre returns after a crash, so that calls need no disk to survive it."""

    call: CallId
    command: CommandId
    body: CallCommand
    memo: bytes = b""


class Configure(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Centre to worker: use this configuration from now on."""

    configuration: VoiceConfiguration


class Drain(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Centre to worker: refuse new calls (503), end when the last call is over or `seconds` have passed."""

    seconds: float


class Examine(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Centre to worker: find out whether a trunk of the configuration works. `question` names this question."""

    question: str
    trunk: str


class AgentTalk(msgspec.Struct, frozen=True, kw_only=True):
    """The agent whom a held call rings or talks with. `joined_at` is None while they only ring."""

    reservation: ReservationId
    agent: str
    joined_at: datetime | None = None


class HeldCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call that the worker carries while a centre connects: how it arrived, the last command and its memo.

    `has_fallen_back` says that the trunk's fall-back target took it meanwhile, so that no run decides about it. A call
    that we placed for a call-back (`is_call_back`) never arrived: `arrived` is made up of what its command said."""

    arrived: CallArrived
    command: CommandId | None = None
    memo: bytes = b""
    has_fallen_back: bool = False
    agent: AgentTalk | None = None
    is_call_back: bool = False


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Worker to centre, first on each connection: its addresses (`host:port`; those for TLS apart), the calls it
    carries, and the SIP users whose phones are registered."""

    version: str
    pid: int
    sip: tuple[str, ...]
    held: tuple[HeldCall, ...] = ()
    phones: tuple[str, ...] = ()
    tls: tuple[str, ...] = ()


class Happened(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Worker to centre: a fact. Facts of a time without a centre are kept and sent on the next connection."""

    event: VoiceEvent


class Examined(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Worker to centre: the answer to an `Examine`; None: the worker's configuration has no such trunk."""

    question: str
    found: TrunkExamination | None = None


FromCentre = Do | Configure | Drain | Examine
FromWorker = Hello | Happened | Examined
