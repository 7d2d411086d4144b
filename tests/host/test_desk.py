"""Conversations in queues and with agents, on both databases."""

import asyncio

import msgspec
import pytest
from desk_room import FLOW, WORKSPACE, agent, phoned, working_desk
from message_values import all_messages

from skipline.centre.conversations import NotPossible
from skipline.host.queue_memory import pause_agent, ready_agent
from skipline.model.configuration import Configuration
from skipline.model.conversation import ConversationState, Direction
from skipline.model.ids import EntryId
from skipline.model.message import MessageBody
from skipline.model.queue_events import EntryJoined, OfferMade
from skipline.model.queueing import Agent, Entry, EntryState, Medium, Overflow, Place, Queue
from skipline.model.run import Outcome
from skipline.store import Database, entries

pytestmark = pytest.mark.timeout(60)


async def test_a_conversation_waits_is_taken_and_closed_and_its_run_goes_on(database: Database) -> None:
    async with working_desk(database) as room:
        conversation = await room.write_in()
        assert (await room.read(conversation)).state is ConversationState.WAITING
        await room.sign_in("ana")
        await room.offered(conversation, "ana")
        await room.desk.accept(conversation, "ana")
        taken = await room.read(conversation)
        assert (taken.state, taken.agent) == (ConversationState.AGENT, "ana")
        room.clock.pass_time(90)
        assert await room.desk.close(conversation, "ana")
        run = await room.ended_run()
        closed = await room.read(conversation)
        assert (closed.state, closed.agent, closed.entry) == (ConversationState.CLOSED, "", "")
        assert closed.closed_at is not None
        assert (run.variables["came_to"], run.outcome) == ("thanked", Outcome.ANSWERED)
        assert run.trace[0].detail["agent"] == "ana"
        [visit] = await room.visits(1)
        assert (visit.medium, visit.ended, visit.agent) == (Medium.MESSAGE, EntryState.CONNECTED, "ana")
        assert visit.talk_seconds == pytest.approx(90, abs=5)
        record = await database.read(entries.read, visit.entry)
        assert record is not None and record.left_at is not None and record.agent == "ana"
        await room.no_rows()
        assert (await room.standing("ana")).chats == 0


async def test_nobody_signed_in_for_messages_means_that_it_waits(database: Database) -> None:
    workspace = _with_agents(phoned("ana"))
    async with working_desk(database, workspace=workspace) as room:
        room.register("ana")
        conversation = await room.write_in()
        stay = await room.stay(conversation)
        assert stay is not None and stay.state == "waiting"
        await room.sign_in("ana")
        assert await room.offered(conversation) == "ana"


async def test_an_agent_has_as_many_conversations_as_they_may(database: Database) -> None:
    async with working_desk(database, workspace=_with_agents(agent("ana", most_chats=2))) as room:
        await room.sign_in("ana")
        first, second = [await room.taken(number, "ana") for number in (1, 2)]
        third = await room.write_in(3)
        assert (await room.standing("ana")).chats == 2
        waiting = await room.stay(third)
        assert waiting is not None and waiting.state == "waiting"
        await room.desk.close(first, "ana")
        await room.offered(third, "ana")
        assert (await room.read(second)).agent == "ana"


async def test_who_declines_is_not_asked_again_and_somebody_else_is(database: Database) -> None:
    async with working_desk(database) as room:
        await room.sign_in("ana")
        conversation = await room.write_in()
        await room.offered(conversation, "ana")
        await room.sign_in("ben")
        await room.desk.decline(conversation, "ana", "my shift is over")
        await room.offered(conversation, "ben")
        stay = await room.stay(conversation)
        assert stay is not None and "ana declined: my shift is over." in stay.why


async def test_an_offer_that_nobody_takes_goes_to_the_next_and_may_still_be_taken_late(database: Database) -> None:
    workspace = _with_queue(Queue(name="vip", fair_lane=0, misses=0, offer_seconds=0.2))
    async with working_desk(database, workspace=workspace) as room:
        await room.sign_in("ana")
        conversation = await room.write_in()
        await room.offered(conversation, "ana")
        await room.sign_in("ben")
        await room.offered(conversation, "ben")
        await room.desk.accept(conversation, "ana")
        with pytest.raises(NotPossible, match="ana has it") as late:
            await room.desk.accept(conversation, "ben")
        assert late.value.code == "too_late"
        assert (await room.read(conversation)).agent == "ana"

        async def both_know() -> bool:
            ana, ben = await room.standing("ana"), await room.standing("ben")
            return (ana.chats, ben.chats) == (1, 0)

        await room.until(both_know)


async def test_only_one_of_two_who_accept_at_once_has_it(database: Database) -> None:
    workspace = _with_queue(Queue(name="vip", fair_lane=0, misses=0, offer_seconds=0.2))
    async with working_desk(database, workspace=workspace) as room:
        await room.sign_in("ana")
        conversation = await room.write_in()
        await room.offered(conversation, "ana")
        await room.sign_in("ben")
        await room.offered(conversation, "ben")
        both = [room.desk.accept(conversation, name) for name in ("ana", "ben")]
        came_to = await asyncio.gather(*both, return_exceptions=True)
        assert sorted(type(one).__name__ for one in came_to) == ["NoneType", "NotPossible"]


async def test_nobody_takes_what_was_not_offered_to_them(database: Database) -> None:
    async with working_desk(database) as room:
        await room.sign_in("ana")
        conversation = await room.write_in()
        await room.offered(conversation, "ana")
        for attempt in (room.desk.accept(conversation, "ben"), room.desk.decline(conversation, "ben")):
            with pytest.raises(NotPossible, match="not offered to ben"):
                await attempt


async def test_an_agent_who_leaves_the_contact_unanswered_loses_them(database: Database) -> None:
    async with working_desk(database) as room:
        await room.sign_in("ana")
        conversation = await room.taken(1, "ana")
        watch = room.watch()
        room.clock.pass_time(200)
        await room.desk.note_answer(conversation)
        await room.hear(conversation)
        room.clock.pass_time(250)
        await room.hear(conversation, "Are you there?", id_="in2")
        await watch.look()
        assert (await room.read(conversation)).agent == "ana"
        await room.sign_in("ben")
        room.clock.pass_time(60)
        await watch.look()
        await room.offered(conversation, "ben")
        stay = await room.stay(conversation)
        assert stay is not None and any("ana left it unanswered for 3" in one for one in stay.why)
        await room.desk.accept(conversation, "ben")
        await room.desk.close(conversation, "ben")
        [visit] = await room.visits(1)
        assert (visit.agent, visit.misses) == ("ben", 1)


async def test_an_agent_who_wrote_last_keeps_the_contact_however_long_they_think(database: Database) -> None:
    async with working_desk(database) as room:
        await room.sign_in("ana", "ben")
        conversation = await room.write_in()
        name = await room.offered(conversation)
        await room.desk.accept(conversation, name)
        await room.desk.note_answer(conversation)
        room.clock.pass_time(3600)
        await room.watch().look()
        assert (await room.read(conversation)).agent == name


async def test_an_answer_in_the_providers_own_app_is_one(database: Database) -> None:
    async with working_desk(database) as room:
        await room.sign_in("ana")
        conversation = await room.taken(1, "ana")
        await room.hear(conversation)
        room.clock.pass_time(290)
        await room.hear(conversation, "On its way", id_="echo", direction=Direction.OUT)
        room.clock.pass_time(290)
        await room.watch().look()
        assert (await room.read(conversation)).agent == "ana"
        await room.hear(conversation, "When?", id_="in2")
        room.clock.pass_time(301)
        await room.watch().look()
        await room.offered(conversation, "ana")  # nobody else could take it


async def test_a_queue_may_let_agents_take_their_time(database: Database) -> None:
    workspace = _with_queue(Queue(name="vip", fair_lane=0, reply_within_seconds=0.0))
    async with working_desk(database, workspace=workspace) as room:
        await room.sign_in("ana")
        conversation = await room.taken(1, "ana")
        room.clock.pass_time(86_400)
        await room.watch().look()
        assert (await room.read(conversation)).agent == "ana"


async def test_a_conversation_handed_on_takes_its_wait_along(database: Database) -> None:
    async with working_desk(database) as room:
        conversation = await room.write_in()
        room.clock.pass_time(30)
        await room.sign_in("ana", "cas")
        await room.offered(conversation, "ana")
        await room.desk.accept(conversation, "ana")
        await room.desk.hand_on(conversation, queue="general")
        await room.offered(conversation, "cas")
        stay = await room.stay(conversation)
        assert stay is not None and stay.entry.place.queue == "general"
        assert stay.entry.place.credit_seconds == pytest.approx(30, abs=5)
        await room.desk.accept(conversation, "cas")
        await room.desk.close(conversation, "cas")
        run = await room.ended_run()
        assert run.trace[0].detail["agent"] == "cas"
        found = {visit.queue: visit for visit in await room.visits(2)}
        assert found["vip"].was_transferred and not found["general"].was_transferred
        await room.no_rows()


async def test_a_conversation_handed_to_a_colleague_is_offered_to_them_first(database: Database) -> None:
    async with working_desk(database, workspace=_with_agents(agent("ana"), agent("ben"), agent("dee"))) as room:
        await room.sign_in("ana")
        conversation = await room.taken(1, "ana")
        await room.sign_in("ben", "dee")
        await room.desk.hand_on(conversation, agent="dee")
        await room.offered(conversation, "dee")


async def test_nothing_is_handed_on_to_nobody(database: Database) -> None:
    async with working_desk(database) as room:
        await room.sign_in("ana")
        conversation = await room.taken(1, "ana")
        for code, to in (("unknown_queue", {"queue": "nowhere"}), ("unknown_agent", {"agent": "nobody"})):
            with pytest.raises(NotPossible) as refused:
                await room.desk.hand_on(conversation, **to)
            assert refused.value.code == code
        assert (await room.read(conversation)).agent == "ana"


async def test_a_queue_that_gives_up_lets_the_flow_go_on(database: Database) -> None:
    workspace = _with_queue(Queue(name="vip", overflow=Overflow(after_seconds=0.2)))
    async with working_desk(database, workspace=workspace) as room:
        conversation = await room.write_in()
        run = await room.ended_run()
        assert run.variables["came_to"] == "sorry"
        assert run.trace[0].exit == "overflowed"
        assert (await room.read(conversation)).state is ConversationState.BOT
        [visit] = await room.visits(1)
        assert visit.ended is EntryState.OVERFLOWED
        await room.no_rows()


async def test_a_queue_that_hands_over_lets_the_conversation_wait_on_in_the_next(database: Database) -> None:
    workspace = _with_queue(Queue(name="vip", overflow=Overflow(after_seconds=0.2, to="general")))
    async with working_desk(database, workspace=workspace) as room:
        await room.sign_in("cas")
        conversation = await room.write_in()
        await room.offered(conversation, "cas")
        await room.desk.accept(conversation, "cas")
        await room.desk.close(conversation, "cas")
        assert [visit.queue for visit in sorted(await room.visits(2), key=lambda one: one.joined_at)] == [
            "vip",
            "general",
        ]
        await room.no_rows()


async def test_a_conversation_closed_while_it_waits_leaves_its_queue(database: Database) -> None:
    async with working_desk(database) as room:
        conversation = await room.write_in()
        assert await room.desk.close(conversation, "ana")
        run = await room.ended_run()
        assert run.trace[0].exit == "failed"
        assert (await room.read(conversation)).state is ConversationState.CLOSED
        await room.no_rows()
        assert not await room.desk.close(conversation, "ana")


async def test_a_contact_is_told_once_where_they_stand(database: Database) -> None:
    async with working_desk(database) as room:
        conversation = await room.write_in()
        watch = room.watch()
        await watch.look()
        assert await all_messages(database) == []
        room.clock.pass_time(5)
        for _ in range(3):
            room.clock.pass_time(60)
            await watch.look()
        [message] = await all_messages(database)
        assert (message.conversation, message.author) == (conversation, "queue:vip")
        assert "next" in message.text


async def test_an_owner_who_is_there_is_asked_before_anybody_else(database: Database) -> None:
    flow = """
format: 1
name: Chat
triggers: [{type: incoming_message, accounts: [main]}]
start: owner
steps:
  owner: {type: connect_owner, with: {queue: vip, owner: dee, owner_time: 60s}}
"""
    workspace = _with_agents(agent("ana"), phoned("dee"))
    async with working_desk(database, workspace=workspace, flow=flow) as room:
        await room.sign_in("ana", "dee")
        first = await room.write_in(1)
        await room.offered(first, "dee")
    async with working_desk(database, workspace=workspace, flow=flow) as room:
        await room.database.write(lambda it: it.exec_driver_sql("DELETE FROM agent_desks") and None)
    async with working_desk(database, workspace=workspace, flow=flow) as room:
        room.register("dee")  # by phone alone nobody can be written with
        await room.sign_in("ana")
        await room.offered(first, "ana")


@pytest.mark.parametrize(("call_tier", "first"), [("silver", "conversation"), ("gold", "call")])
async def test_calls_and_conversations_are_taken_by_their_tiers(database: Database, call_tier: str, first: str) -> None:
    flow = FLOW if call_tier == "silver" else FLOW.replace("tier: gold", "tier: silver")
    async with working_desk(database, workspace=_with_agents(phoned("ana", most_chats=1)), flow=flow) as room:
        await pause_agent(database, room.host, "ana", "lunch", room.clock())
        room.register("ana")
        await room.sign_in("ana")
        call = Entry(id=EntryId("call"), joined_at=room.clock(), place=Place(queue="vip", tier=call_tier))
        room.host.office.tell([EntryJoined(at=room.clock(), entry=call)])
        conversation = await room.write_in(1)
        room.clock.pass_time(10)
        decided: list[OfferMade] = []
        take = room.host.take_decision
        room.host.office._decided = lambda one: (decided.append(one), take(one))  # type: ignore
        await ready_agent(database, room.host, "ana", room.clock())
        offers = [one.entry.id for one in decided if isinstance(one, OfferMade)]
        stay = await room.stay(conversation)
        assert stay is not None
        assert offers[:1] == [EntryId("call") if first == "call" else stay.entry.id]


async def test_a_break_stops_offers(database: Database) -> None:
    async with working_desk(database) as room:
        await room.sign_in("ana")
        await pause_agent(database, room.host, "ana", "lunch", room.clock())
        conversation = await room.write_in()
        stay = await room.stay(conversation)
        assert stay is not None and stay.state == "waiting"


async def test_a_second_run_replaces_one_that_is_gone(database: Database) -> None:
    async with working_desk(database) as room:
        conversation = await room.write_in()
        await database.write(
            lambda it: it.exec_driver_sql("UPDATE durable_runs SET status='done', due_at=NULL") and None
        )
        await room.begin(1, "another")

        async def is_another() -> bool:
            stay = await room.stay(conversation)
            return stay is not None and stay.entry.run == "another"

        await room.until(is_another)
        await room.sign_in("ana")
        await room.offered(conversation, "ana")


async def test_an_agents_words_are_theirs(database: Database) -> None:
    async with working_desk(database) as room:
        await room.sign_in("ana")
        conversation = await room.taken(1, "ana")
        await room.post.post(conversation, MessageBody(text="Good morning"), "ana", is_from_person=True)
        [message] = await all_messages(database)
        assert message.author == "ana"


def _with_agents(*agents: Agent) -> Configuration:
    return msgspec.structs.replace(WORKSPACE, agents=agents)


def _with_queue(queue: Queue) -> Configuration:
    return msgspec.structs.replace(WORKSPACE, queues=(queue, Queue(name="general", fair_lane=0)))
