"""A real SIP stack with a registrar, and phones that register with it over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from raw_phone import RawPhone
from raw_sip import RawParty
from self_signed import self_signed_files

from skipline.model.configuration import Phone, VoiceConfiguration
from skipline.model.events import PhoneGone, PhoneRegistered, VoiceEvent
from skipline.voice.phone import AgentPhone, Manners
from skipline.voice.registrar import Registrar
from skipline.voice.sip.leg import Leg
from skipline.voice.sip.stack import SipStack
from skipline.voice.sip.tls import Certificate, TlsSettings

PASSWORDS = {"ana": "correct-horse-battery", "ben": "staple-of-the-stable"}


def configuration(**passwords: str) -> VoiceConfiguration:
    """Phones of these users."""
    return VoiceConfiguration(
        phones=tuple(Phone(user=user, password_secret=f"{user}_sip") for user in passwords),
        passwords={f"{user}_sip": password for user, password in passwords.items()},
    )


@dataclass
class RegistrarRoom:
    """`told` is what the centre was told; `skip` lets the registrar's clock jump ahead."""

    registrar: Registrar
    stack: SipStack
    address: tuple[str, int]
    told: list[VoiceEvent]
    arrived: "asyncio.Queue[Leg]"
    skipped: list[float]
    parties: list[RawParty] = field(default_factory=list)

    def skip(self, seconds: float) -> None:
        """Let this much time have passed, and the registrar notice."""
        self.skipped[0] += seconds
        self.registrar.tick(now_of(self.skipped))

    def party(self) -> RawParty:
        """A socket that sends to the stack."""
        self.parties.append(RawParty(self.address))
        return self.parties[-1]

    def phone(self, user: str = "ana", password: str = "", contact: str = "") -> RawPhone:
        """A phone with the right password unless told otherwise."""
        return RawPhone(self.party(), user, password or PASSWORDS.get(user, "of nobody at all"), contact)

    def agent(self, user: str = "ana", transport: str = "udp", manners: Manners | None = None) -> AgentPhone:
        """A telephone with real calls, not started yet."""
        address = self.stack.tls_addresses[0] if transport == "tls" else self.address
        return AgentPhone(user, PASSWORDS[user], address, transport=transport, manners=manners)

    @property
    def changes(self) -> list[tuple[str, str]]:
        """Who came and who went, in order: `("ana", "registered")`."""
        names = {PhoneRegistered: "registered", PhoneGone: "gone"}
        return [(one.user, names[type(one)]) for one in self.told if isinstance(one, PhoneRegistered | PhoneGone)]


def now_of(skipped: list[float]) -> float:
    """The monotonic clock as the registrar sees it."""
    return asyncio.get_running_loop().time() + skipped[0]


@asynccontextmanager
async def registrar_room(
    settings: VoiceConfiguration | None = None,
    *,
    port: int = 0,
    file: Path | None = None,
    certificate_folder: Path | None = None,
    tls: TlsSettings | None = None,
) -> AsyncIterator[RegistrarRoom]:
    """Start it, with two users unless `settings` says otherwise, and stop it afterwards."""
    told: list[VoiceEvent] = []
    arrived: asyncio.Queue[Leg] = asyncio.Queue()
    skipped = [0.0]
    registrar = Registrar(
        tell=told.append,
        clock=lambda: datetime.now(UTC),
        ask=lambda *question: stack.ask_phone(*question),
        moved=lambda old, new: stack.move(old, new),
        file=file,
        monotonic=lambda: now_of(skipped),
    )
    tls = _tls(certificate_folder) if certificate_folder else tls
    stack = SipStack([("127.0.0.1", port)], on_invite=arrived.put_nowait, registrar=registrar, tls=tls)
    address = (await stack.start())[0]
    registrar.start(stack.transports)
    registrar.configure(settings or configuration(**PASSWORDS))
    room = RegistrarRoom(registrar, stack, address, told, arrived, skipped)
    try:
        yield room
    finally:
        for party in room.parties:
            party.close()
        await registrar.stop()
        await stack.stop()


def _tls(folder: Path) -> TlsSettings:
    return TlsSettings([("127.0.0.1", 0)], server=Certificate(*self_signed_files(folder)).context)
