"""A server whose company's system knows every caller as gold, and a call to it that is played to its end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api_client import Client, client_of
from centre_room import arrived, connected, forwarded, spoken
from faulty_server import FaultyServer, answers
from inside_server import Inside, inside, workspace_files

from skipline.model.call import TryEnd
from skipline.model.commands import ForwardCall, HangUp, SayText

GOLD = answers(b'{"loyalty_status": "gold"}')


@asynccontextmanager
async def gold_company(folder: Path) -> AsyncIterator[tuple[Inside, Client]]:
    """The server on the data folder `folder`, and a client of it."""
    async with (
        FaultyServer(GOLD) as company,
        inside(folder, workspace_files(company.url)) as room,
        client_of(room) as client,
    ):
        yield room, client


async def be_answered(room: Inside) -> ForwardCall:
    """A caller is greeted, forwarded and answered, and the record of it is written; how they were forwarded."""
    room.worker.tell(arrived())
    say, _ = await room.worker.order(SayText)
    room.worker.tell(spoken(say.command))
    forward, body = await room.worker.order(ForwardCall)
    room.worker.tell(connected(forward.command))
    room.worker.tell(forwarded(forward.command, TryEnd.ANSWERED, 200))
    await room.worker.order(HangUp)
    await room.records.settle()
    return body
