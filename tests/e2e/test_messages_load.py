"""A short load of signed webhooks on a server that is killed in its midst: what it took is there, once."""

import asyncio
from pathlib import Path
from random import Random

from e2e_room import eventually
from message_ledger import judge, some_of
from message_load import MessageLoad
from messages_room import ACCOUNT, ECHO, MessagesRoom, answered, open_messages
from postgres_server import PostgresServer

PER_SECOND, SECONDS = 40, 3.0


async def _settle(room: MessagesRoom, load: MessageLoad) -> None:
    """Every customer has their answer, or nobody knows, and all that is to be told of it was taken."""
    postman = room.providers.office.postman

    async def is_over() -> bool:
        await load.drain(PER_SECOND)
        return await answered(room) >= load.wrote

    await eventually(is_over, "every customer has an answer", 60.0)
    await asyncio.sleep(1.0)  # an answer too many would come about now
    await load.drain(PER_SECOND)
    await asyncio.wait_for(postman.settled(), 30)
    await eventually(room.has_handled_all, "all that was told is handled", 60.0)


async def _prove(room: MessagesRoom, *, is_killed: bool) -> None:
    load = MessageLoad(room.providers, ACCOUNT, Random(7), has_others=False)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(load.run(PER_SECOND, SECONDS))
        if is_killed:
            await asyncio.sleep(SECONDS / 2)
            await room.server.kill_centre()
            await room.server.start()
    await _settle(room, load)
    await room.stop()
    kept = await room.kept()
    problems = judge(list(room.providers.office.ledger.lines), kept, answers_each=1)
    assert not problems, some_of(problems)
    assert kept.at_rest(), kept
    assert load.wrote == PER_SECOND * SECONDS / 4
    room.check_logs()


async def test_a_server_that_is_killed_under_load_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    async with open_messages(tmp_path, {"echo": ECHO}) as room:
        await _prove(room, is_killed=True)


# Killed there, what the dead one held is taken up once its leases end: `bench/messages.py` waits for that.
async def test_a_server_on_postgresql_handles_everything_once(
    tmp_path: Path, postgres: PostgresServer, migrated: str
) -> None:
    async with open_messages(tmp_path, {"echo": ECHO}, database=postgres.make_database(template=migrated)) as room:
        await _prove(room, is_killed=False)
