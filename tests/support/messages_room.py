"""A whole Skipline with a WhatsApp account at the stand-in for Meta."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from e2e_server import ServeProcess
from fake_providers import open_fakes
from message_ledger import Kept, is_idle, read_kept, uncertain_messages
from sipp_runner import free_port

from skipline.cli.demo.providers.ledger import What
from skipline.cli.demo.providers.meta import MetaAccount
from skipline.cli.demo.providers.server import Providers
from skipline.store import Database
from skipline.store.postgres import open_engine

T = TypeVar("T")

ACCOUNT = MetaAccount(name="support")
SECRETS = {
    "SKIPLINE_SECRET_WHATSAPP_APP": ACCOUNT.app_secret,
    "SKIPLINE_SECRET_WHATSAPP_VERIFY": ACCOUNT.verify_token,
    "SKIPLINE_SECRET_WHATSAPP_TOKEN": ACCOUNT.token,
}
TROUBLES = ("Traceback", "event_not_handled", "run_parked", "record_not_kept", "turn_broke")
"""What no log of a server may hold when a test is over."""

_CHANNELS = """
channels:
  - name: support
    type: meta
    phone_number_id: "{phone_number_id}"
    app_secret: whatsapp_app
    verify_token: whatsapp_verify
    access_token: whatsapp_token
    base_url: "{url}"
    allow_private: true
"""

ECHO = """
format: 1
name: Echo
triggers: [{type: incoming_message, accounts: [support]}]
start: answer
steps:
  answer: {type: send_message, with: {text: "You wrote: {{ message.text }}"}}
"""


def channels(url: str) -> str:
    """The account in `skipline.yaml`, at a stand-in that listens at `url`."""
    return _CHANNELS.format(phone_number_id=ACCOUNT.phone_number_id, url=url)


@dataclass(slots=True)
class MessagesRoom:
    """A running server and the stand-ins of the providers."""

    server: ServeProcess
    providers: Providers
    place: str | Path
    is_stopped: bool = False

    async def stop(self) -> None:
        """End the server, once."""
        if not self.is_stopped:
            self.is_stopped = True
            await self.server.stop()

    async def kept(self) -> Kept:
        """What the database holds once the server has let go of it."""
        async with await Database.open(self.place, self.server.data) as database:
            return await database.read(read_kept)

    async def has_handled_all(self) -> bool:
        """Whether nothing that came is left to be handled, or to be sent, while the server runs."""
        return await self.read(is_idle)

    async def read(self, work: Callable[[sa.Connection], T]) -> T:
        """Read what is kept beside the server, which alone writes."""
        if isinstance(self.place, Path):
            return await asyncio.to_thread(_read_sqlite, self.place / "skipline.db", work)
        engine = open_engine(self.place, 1)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(work)
        finally:
            await engine.dispose()

    def check_logs(self) -> None:
        """Nothing went wrong unnoticed."""
        for trouble in TROUBLES:
            assert trouble not in self.server.all_logs(), self.server.all_logs()[-4000:]


async def answered(room: MessagesRoom) -> int:
    """How many answers the provider accepted, or are kept as uncertain."""
    accepted = {line.reference for line in room.providers.office.ledger.of(What.ACCEPTED)}
    return len(accepted | await room.read(uncertain_messages))


def _read_sqlite(file: Path, work: Callable[[sa.Connection], T]) -> T:
    engine = sa.create_engine(f"sqlite:///file:{file}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            return work(connection)
    finally:
        engine.dispose()


@asynccontextmanager
async def open_messages(
    folder: Path,
    flows: Mapping[str, str],
    *,
    settings: str = "",
    database: str = "",
    told: Sequence[tuple[float, str]] | None = None,
) -> AsyncIterator[MessagesRoom]:
    """The room within the block: the account's webhooks go to the server, which shook hands with Meta."""
    server = ServeProcess(folder, hosts=("127.0.0.1",), http_port=free_port(), database=database, environment=SECRETS)
    async with open_fakes(told=told, meta=ACCOUNT) as providers:
        files = {"skipline.yaml": settings + channels(providers.url)}
        files |= {f"flows/{name}.yaml": text for name, text in flows.items()}
        room = MessagesRoom(server, providers, database or server.data)
        try:
            await server.start(files)
            providers.office.hooks[ACCOUNT.name] = f"http://{server.http}/hooks/meta/{ACCOUNT.name}"
            assert await providers.meta.greet(ACCOUNT), "Meta's handshake failed"
            yield room
        finally:
            await room.stop()
