"""A conversation's stay in a queue: every move in every state, late ones too."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from skipline.centre.conversation_stays import (
    HARMLESS,
    MOST_SENTENCES,
    TABLE,
    ConversationStay,
    StayMove,
    StayState,
    noted,
)
from skipline.centre.conversations import (
    NotPossible,
    Step,
    accept,
    begin,
    close,
    decline,
    fall_silent,
    hand_on,
    offer,
    overflow,
    tell,
    withdraw,
)
from skipline.model.events import QueueEnd
from skipline.model.ids import CommandId, ConversationId, EntryId, ReservationId
from skipline.model.live_events import ConversationOffered, OfferEnded
from skipline.model.queue_events import (
    ContactEnded,
    EntryJoined,
    EntryLeft,
    EntryOverflowed,
    EntryRestored,
    EntryReturned,
    OfferMade,
    OfferWithdrawn,
    ReservationAccepted,
    ReservationDeclined,
)
from skipline.model.queueing import Entry, EntryState, Medium, Place, Reservation

NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
PLACE = Place(queue="vip", tier="gold", medium=Medium.MESSAGE)
STAY = ConversationStay(
    entry=Entry(id=EntryId("e1"), joined_at=NOON, place=PLACE, conversation=ConversationId("c1")),
    conversation=ConversationId("c1"),
    key="whatsapp/main/1",
    asked=CommandId("run:1"),
)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def made(agent: str = "ana", number: int = 1) -> OfferMade:
    reservation = Reservation(
        id=ReservationId(f"r{number}"), entry=EntryId("e1"), agent=agent, made_at=at(5), expires_at=at(20)
    )
    return OfferMade(at=at(5), reservation=reservation, entry=STAY.entry, why=("Urgency 0.25.",))


def done(step: Step | None) -> ConversationStay:
    assert step is not None
    return step.stay


def offered(agent: str = "ana", number: int = 1, stay: ConversationStay = STAY) -> ConversationStay:
    return done(offer(stay, made(agent, number), at(5)))


def talking() -> ConversationStay:
    return done(accept(offered(), "ana", at(10)))


def kinds(step: Step | None) -> list[type]:
    assert step is not None
    return [type(event) for event in step.queue_events]


def test_every_move_is_possible_or_harmless_and_never_both() -> None:
    every = {(state, move) for state in StayState for move in StayMove}
    impossible = {(StayState.WAITING, StayMove.HAND_ON), (StayState.WAITING, StayMove.CLOSE)}
    impossible |= {(StayState.OFFERED, StayMove.HAND_ON), (StayState.OFFERED, StayMove.CLOSE)}
    assert set(TABLE) | HARMLESS == every - impossible
    assert not set(TABLE) & HARMLESS


def test_the_usual_way_tells_queue_and_run() -> None:
    assert kinds(begin(STAY, NOON)) == [EntryJoined]
    step = offer(STAY, made(), at(5))
    assert step is not None
    assert [type(fact) for fact in step.facts][1] is ConversationOffered
    taken = accept(step.stay, "ana", at(10))
    assert kinds(taken) == [ReservationAccepted]
    ended = close(done(taken), "ana", at(70))
    assert kinds(ended) == [ContactEnded]
    answer = done(ended).answer
    assert answer is not None
    assert (answer.end, answer.agent, answer.waited_seconds, answer.talk_seconds) == (QueueEnd.ANSWERED, "ana", 10, 60)
    assert not done(ended).is_over


def test_a_declined_offer_is_offered_to_somebody_else() -> None:
    step = decline(offered(), "ana", "busy", at(8))
    assert kinds(step) == [ReservationDeclined]
    assert (step.stay.state, step.stay.agent) == (StayState.WAITING, "")
    assert isinstance(step.facts[1], OfferEnded)
    with pytest.raises(NotPossible):
        decline(step.stay, "ana", "", at(9))


def test_a_withdrawn_offer_of_before_changes_nothing() -> None:
    stay = offered("ben", 2, offered())
    old = OfferWithdrawn(at=at(20), reservation=made().reservation, reason="Not answered within 15 s.")
    assert withdraw(stay, old, at(20)) is None
    new = OfferWithdrawn(at=at(20), reservation=made("ben", 2).reservation, reason="Not answered within 15 s.")
    assert done(withdraw(stay, new, at(20))).state is StayState.WAITING


def test_an_offer_that_crossed_with_an_acceptance_is_answered_with_where_it_is() -> None:
    for crossed in (offer(talking(), made("ben", 2), at(11)), overflow(talking(), _overflowed(), at(11))):
        assert kinds(crossed) == [EntryRestored]
        assert done(crossed).agent == "ana"
    late = OfferWithdrawn(at=at(20), reservation=made().reservation, reason="It came too late.")
    assert kinds(withdraw(talking(), late, at(20))) == [EntryRestored]


def test_who_was_offered_it_before_may_take_it_while_nobody_else_has() -> None:
    stay = offered("ben", 2, offered())
    step = accept(stay, "ana", at(21))
    assert step is not None and step.queue_events == (ReservationAccepted(at=at(21), reservation=ReservationId("r1")),)
    assert [fact.agent for fact in step.facts if isinstance(fact, OfferEnded)] == ["ben"]
    assert accept(step.stay, "ana", at(22)) is None
    for agent, code in (("ben", "too_late"), ("cas", "not_offered")):
        with pytest.raises(NotPossible) as refused:
            accept(step.stay, agent, at(22))
        assert refused.value.code == code


def test_a_silent_agent_loses_it_and_their_talk_counts() -> None:
    step = fall_silent(talking(), 300.0, at(310))
    assert kinds(step) == [EntryReturned]
    assert (done(step).state, done(step).talk_seconds) == (StayState.WAITING, 300.0)
    again = done(accept(offered("ben", 2, done(step)), "ben", at(320)))
    answer = done(close(again, "ben", at(330))).answer
    assert answer is not None and (answer.agent, answer.talk_seconds) == ("ben", 310.0)
    assert (again.why[-1], answer.waited_seconds) == ("ben took it after 20.0 s.", 20.0)
    [told] = tell(again, at(330))
    assert isinstance(told, EntryRestored) and (told.waited_seconds, told.again_at) == (10.0, at(310))
    assert fall_silent(STAY, 300.0, at(310)) is None


def test_a_conversation_handed_on_answers_its_run_once_at_the_very_end() -> None:
    place = msgspec.structs.replace(PLACE, queue="general", credit_seconds=10.0)
    step = hand_on(talking(), place, EntryId("e2"), "node", at(40))
    assert kinds(step) == [ContactEnded, EntryJoined]
    assert step.stay.answer is None and step.following is not None
    following = step.following
    assert (following.asked, following.waited_seconds, following.talk_seconds) == (STAY.asked, 10.0, 30.0)
    for nobody in (STAY, offered(), step.stay):
        with pytest.raises(NotPossible):
            hand_on(nobody, place, EntryId("e3"), "node", at(41))


def test_a_queue_that_gives_up_closes_it_or_lets_it_wait_in_another() -> None:
    ended = done(overflow(offered(), _overflowed(), at(60)))
    assert ended.answer is not None and ended.answer.end is QueueEnd.OVERFLOWED
    assert (ended.is_recorded, ended.agent, ended.ended) == (True, "", EntryState.OVERFLOWED)
    moved = done(overflow(STAY, _overflowed(to="general"), at(60)))
    assert (moved.state, moved.entry.place.queue, moved.waited_seconds) == (StayState.WAITING, "general", 60.0)


def test_one_closed_while_it_waits_leaves_its_queue() -> None:
    step = close(offered(), "ana", at(7))
    assert kinds(step) == [EntryLeft]
    answer = done(step).answer
    assert answer is not None and (answer.end, answer.agent) == (QueueEnd.FAILED, "")
    assert close(done(step), "ana", at(8)) is None


def test_queues_that_know_nothing_are_told_where_each_stands() -> None:
    ended = done(close(talking(), "ana", at(70)))
    told = {
        "waiting": [type(one) for one in tell(STAY, at(80))],
        "talking": [getattr(one, "agent", "") for one in tell(talking(), at(80))],
        "ended": [type(one) for one in tell(ended, at(80))],
        "left": [type(one) for one in tell(done(close(STAY, "ana", at(5))), at(80))],
        "recorded": list(tell(msgspec.structs.replace(ended, is_recorded=True), at(80))),
    }
    assert told == {
        "waiting": [EntryRestored],
        "talking": ["ana"],
        "ended": [EntryRestored, ContactEnded],
        "left": [EntryRestored, EntryLeft],
        "recorded": [],
    }


def test_of_very_many_reasons_the_first_and_the_last_are_kept() -> None:
    stay = msgspec.structs.replace(STAY, why=tuple(str(number) for number in range(MOST_SENTENCES)))
    why = noted(stay, ["last"])
    assert (why[0], why[-1], len(why)) == ("0", "last", MOST_SENTENCES)


def test_a_stay_goes_through_json() -> None:
    for stay in (STAY, offered(), talking(), done(close(talking(), "ana", at(70)))):
        assert msgspec.json.decode(msgspec.json.encode(stay), type=ConversationStay) == stay


def _overflowed(to: str = "") -> EntryOverflowed:
    place = msgspec.structs.replace(PLACE, queue=to or "vip")
    entry = msgspec.structs.replace(STAY.entry, place=place, joined_at=at(60) if to else NOON)
    return EntryOverflowed(at=at(60), entry=entry, reason="Waited 60 s.", to=to)
