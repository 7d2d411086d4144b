"""Two servers on one PostgreSQL share their queues: real calls, and the one that leads is killed."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from e2e_queue_room import AGENT_HZ, PASSWORD, QueueRoom, hears, workspace
from e2e_room import eventually
from e2e_server import ServeProcess
from postgres_server import PostgresServer

from skipline.voice.phone import Phone

Nodes = tuple[QueueRoom, QueueRoom]


@pytest.fixture
async def nodes(postgres: PostgresServer, migrated: str, tmp_path: Path) -> AsyncIterator[Nodes]:
    url = postgres.make_database(template=migrated)
    servers = [ServeProcess(tmp_path / name, hosts=("127.0.0.1",), database=url) for name in ("north", "south")]
    rooms = []
    os.environ["SKIPLINE_SECRET_AGENTS"] = PASSWORD
    files = workspace(2, "")
    files["skipline.yaml"] = files["skipline.yaml"].replace("OUTWARD", "127.0.0.9:5060")
    files = {name: text.replace(", music: jingle", "") for name, text in files.items()}
    try:
        for server in servers:
            server.data.mkdir(parents=True)
            await server.start(files if server is servers[0] else None)
            server.key = servers[0].key
            phone = Phone()
            await phone.start()
            rooms.append(QueueRoom(server, phone, phone))
        yield rooms[0], rooms[1]
    finally:
        for room in rooms:
            for agent in room.agents:
                await agent.stop()
            await room.callers.stop()
        codes = [await server.stop() for server in servers]
        del os.environ["SKIPLINE_SECRET_AGENTS"]
    assert set(codes) <= {0, -signal.SIGTERM}, [server.all_logs() for server in servers]
    for server in servers:
        for trouble in ("Traceback", "not_handled", "not_carried_out", "run_parked"):
            assert trouble not in server.all_logs(), server.all_logs()


@pytest.mark.timeout(150)
async def test_callers_outlive_the_server_that_led_their_queue(nodes: Nodes) -> None:
    north, south = nodes
    # One agent whose phone is registered at both: whoever waits longest gets them, wherever they called.
    await north.sign_on("agent0")
    await south.sign_on("agent0")
    await south.agent_is("agent0", "available")
    first = north.call()
    await hears(first, AGENT_HZ)
    await south.agent_is("agent0", "engaged")
    second = south.call()
    await south.waiting(1)
    third = north.call()
    line = await south.waiting(2)
    assert [one["id"] for one in await north.waiting(2)] == [one["id"] for one in line]
    assert "queues_led" in north.server.all_logs()

    await north.server.kill_centre()
    # The south leads now. It knows that agent0 is in a talk, and who waits: nobody is rung for nothing.
    assert [one["id"] for one in await south.waiting(2)] == [one["id"] for one in line]
    await south.agent_is("agent0", "engaged")
    await hears(first, AGENT_HZ)
    assert south.rung == []
    await south.sign_on("agent1")
    await hears(second, AGENT_HZ)
    assert [name for _, name, _ in south.rung] == ["agent1"]

    await north.server.start()
    [waiting] = await north.waiting(1)
    assert waiting["id"] == line[1]["id"]
    await hears(first, AGENT_HZ)
    first.hang_up()
    await hears(third, AGENT_HZ)
    await eventually(lambda: len(north.rung) == 2, "agent0 took the third caller")
    third.hang_up()
    second.hang_up()
    await south.waiting(0)
    await south.agent_is("agent0", "available")
