"""Call-backs that people who write are promised, on both databases."""

import msgspec
import pytest
from desk_room import WORKSPACE, DeskRoom, working_desk
from message_values import make_conversation

from skipline.centre.call_back import CallBack
from skipline.host.messages.call_backs import CallBackCarrier
from skipline.model.commands import Issued, RequestCallBack
from skipline.model.configuration import Trunk
from skipline.model.ids import CallId, CommandId, EntryId, RunId
from skipline.model.queueing import Medium, Place
from skipline.model.run import Outcome
from skipline.store import Database, entries

pytestmark = pytest.mark.timeout(60)

TRUNK = Trunk(name="carrier", server="192.0.2.1", default_number="+31201234567")
FLOW = """
format: 1
name: Chat
triggers: [{type: incoming_message, accounts: [main]}]
start: promise
steps:
  promise:
    type: call_back
    with: {queue: QUEUE, tier: gold, attempts: 2}
    next: {taken: kept, failed: sorry}
  kept: {type: set_variables, with: {values: {came_to: kept}}}
  sorry: {type: set_variables, with: {values: {came_to: sorry}}}
"""


def _order(queue: str = "vip") -> RequestCallBack:
    return RequestCallBack(place=Place(queue=queue, medium=Medium.CALL), phone="+31612345678")


def _issued(order: RequestCallBack, run: str = "run1") -> Issued:
    return Issued(id=CommandId(f"{run}:1"), run=RunId(run), call=CallId(""), body=order)


async def _promised(room: DeskRoom) -> CallBack:
    await make_conversation(room.database, 1)
    await room.begin(1)

    async def is_in_line() -> bool:
        return bool(room.host.centre.call_backs)

    await room.until(is_in_line)
    (call_back,) = room.host.centre.call_backs.values()
    return call_back


async def test_a_place_is_kept_for_who_writes_and_survives(database: Database) -> None:
    workspace = msgspec.structs.replace(WORKSPACE, trunks=(TRUNK,))
    async with working_desk(database, workspace=workspace, flow=FLOW.replace("QUEUE", "vip")) as room:
        room.host.centre.trunks = {TRUNK.name: TRUNK}
        call_back = await _promised(room)
        assert (call_back.request.trunk, call_back.number, call_back.request.attempts) == ("carrier", "+31201234567", 2)
        assert (call_back.entry.place.medium, call_back.entry.contact_phone) == (Medium.CALL, "+31610000001")
        (kept,) = await database.read(entries.open_call_backs)
        assert kept.entry.id == call_back.entry.id
        assert room.host.office.lines.figures["vip"]["waiting"] == 1
        run = await room.ended_run()
        assert (run.variables["came_to"], run.outcome) == ("kept", Outcome.CALL_BACK)


async def test_a_command_that_comes_twice_promises_once(database: Database) -> None:
    async with working_desk(database) as room:
        await make_conversation(database, 1)
        await room.begin(1)
        carrier = CallBackCarrier(database=database, host=room.host, clock=room.clock)
        issued = _issued(_order())
        first, again = await carrier.carry(issued), await carrier.carry(issued)
        assert (first.problem, first.entry, again.entry) == ("", "run1:1", "run1:1")
        assert list(room.host.centre.call_backs) == [EntryId("run1:1")]
        room.host.centre.call_backs.clear()  # as if the answer of the database had been lost
        await carrier.carry(issued)
        assert list(room.host.centre.call_backs) == [EntryId("run1:1")]


async def test_a_queue_that_is_gone_promises_nothing(database: Database) -> None:
    async with working_desk(database) as room:
        await make_conversation(database, 1)
        carrier = CallBackCarrier(database=database, host=room.host, clock=room.clock)
        answer = await carrier.carry(_issued(_order("gone")))
        assert (answer.problem, answer.entry) == ("There is no queue gone any more.", "")
