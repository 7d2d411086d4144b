"""An agent who can be reached for calls alone, for messages alone, or for both."""

from queue_floor import Floor

from skipline.model.queue_events import AgentCame, AgentWent, EntryReturned
from skipline.model.queueing import Agent, AgentState, Medium, Overflow, Preference, Queue
from skipline.queue.keeping import kept_seat, put_back

CALL, MESSAGE = Medium.CALL, Medium.MESSAGE


def _floor(*agents: Agent | str, queue: Queue | None = None) -> Floor:
    return Floor(queue or Queue(name="help", fair_lane=0), agents or ("ana",), came=False)


def test_who_has_no_phone_takes_messages_and_no_calls() -> None:
    floor = _floor()
    floor.tell(AgentCame, agent="ana", medium=MESSAGE)
    floor.join("call")
    floor.message("chat")
    assert floor.offered == [("chat", "ana")]
    assert "ana: has no phone that is registered." in floor.explain("call").agents_considered


def test_who_is_not_signed_in_for_messages_takes_calls_alone() -> None:
    floor = _floor()
    floor.tell(AgentCame, agent="ana", medium=CALL)
    floor.message("chat")
    assert floor.offered == []
    assert "ana: is not signed in for messages." in floor.explain("chat").agents_considered
    floor.join("call")
    assert floor.offered == [("call", "ana")]


def test_the_more_urgent_goes_first_whether_it_is_a_call_or_a_message() -> None:
    floor = _floor(Agent(name="ana", queues=("help",), most_chats=1))
    floor.join("silver call", "silver", at=0.0)
    floor.message("gold chat", tier="gold")
    floor.join("bronze call", "bronze")
    floor.tell(AgentCame, at=5.0, agent="ana", medium=MESSAGE)
    assert floor.now_offered == [("gold chat", "ana")]
    floor.serve("gold chat")
    floor.tell(AgentCame, at=6.0, agent="ana", medium=CALL)
    assert floor.drain() == ["silver call", "bronze call"]


def test_a_phone_that_goes_takes_the_call_along_and_leaves_the_conversation_offered() -> None:
    floor = _floor(Agent(name="ana", queues=("help",), most_chats=2, chats_during_call=2))
    for medium in (CALL, MESSAGE):
        floor.tell(AgentCame, agent="ana", medium=medium)
    floor.join("call")
    floor.message("chat")
    floor.tell(AgentWent, agent="ana", medium=CALL)
    offers = floor.state.seats["ana"].offers.values()
    assert [one.stay.entry.id for one in offers] == ["chat"]
    floor.tell(AgentWent, agent="ana", medium=MESSAGE)
    assert floor.agent("ana") == (AgentState.OFFLINE, "")


def test_as_many_conversations_as_there_is_room_for_and_fewer_beside_a_call() -> None:
    floor = _floor(Agent(name="ana", queues=("help",), most_chats=3, chats_during_call=1))
    for medium in (CALL, MESSAGE):
        floor.tell(AgentCame, agent="ana", medium=medium)
    floor.join("call")
    for number in range(4):
        floor.message(f"chat{number}")
    assert [entry for entry, _ in floor.offered] == ["call", "chat0"]
    floor.serve("call")
    assert [entry for entry, _ in floor.offered] == ["call", "chat0", "chat1", "chat2"]


def test_nobody_who_could_take_a_message_is_nobody_signed_in() -> None:
    queue = Queue(name="help", overflow=Overflow(when_nobody_is_signed_in=True))
    floor = _floor(queue=queue)
    floor.tell(AgentCame, agent="ana", medium=CALL)
    floor.message("chat")
    assert [visit.entry for visit in floor.visits] == ["chat"]


def test_an_owner_with_a_phone_alone_is_not_waited_for_by_a_conversation() -> None:
    floor = _floor("ana", "ben")
    floor.tell(AgentCame, agent="ana", medium=CALL)
    floor.tell(AgentCame, agent="ben", medium=MESSAGE)
    floor.message("chat", preferences=(Preference(agents=("ana",), seconds=60.0),))
    assert floor.offered == [("chat", "ben")]


def test_a_conversation_that_its_agent_left_unanswered_is_offered_to_another_and_counts_as_missed() -> None:
    floor = _floor("ana", "ben", queue=Queue(name="help", fair_lane=0, misses=1))
    floor.tell(AgentCame, agent="ana", medium=MESSAGE)
    floor.message("chat")
    floor.accept("chat")
    floor.tell(AgentCame, at=5.0, agent="ben", medium=MESSAGE)
    floor.tell(EntryReturned, at=300.0, entry="chat", reason="ana wrote nothing for 300 s.")
    assert floor.now_offered == [("chat", "ben")]
    assert floor.agent("ana") == (AgentState.AWAY, "missed 1 offer")


def test_what_an_agent_can_be_reached_for_outlives_a_leader() -> None:
    for media, nodes in (((MESSAGE,), ()), ((CALL,), ("north",)), ((CALL, MESSAGE), ("north",)), ((), ())):
        floor = _floor()
        for medium in media:
            floor.tell(AgentCame, agent="ana", medium=medium)
        kept = kept_seat(floor.state.seats["ana"], nodes)
        after = _floor()
        put_back(after.state, [], [kept], after.time())
        assert after.state.seats["ana"].media == media
