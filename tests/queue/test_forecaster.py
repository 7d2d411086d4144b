"""Estimates on the real queue: learned from its events, and silent rather than invented."""

import pytest
from queue_floor import HELP, TIERS, Floor
from visit_values import make_visit, told

from skipline.model import queue_events as events
from skipline.model.ids import EntryId
from skipline.model.queueing import (
    Agent,
    Entry,
    EntryState,
    Estimate,
    Medium,
    Place,
    Policy,
    Preference,
    Queue,
    SkillNeed,
)
from skipline.queue.estimate.forecaster import Forecaster
from skipline.queue.instants import as_instant

_ANYBODY = Place(queue="help", tier="silver")


class _Watched(Floor):
    """A floor with a forecaster. `teach` has one agent serve contacts of 60 s, one after another."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.forecaster = Forecaster()
        self.forecaster.attach(self.state)

    def teach(self, contacts: int = 10, **place: object) -> None:
        for number in range(contacts):
            self.join(f"lesson{number}", at=self.now + 1, **place)  # type: ignore[arg-type]
            self.accept(f"lesson{number}", at=self.now + 2)
            self.end(f"lesson{number}", at=self.now + 60, talk=60.0)

    def of_entry(self, entry: str) -> Estimate | None:
        return self.forecaster.estimate(self.state, self.state.stays[EntryId(entry)], self.time())

    def of_newcomer(self, place: Place = _ANYBODY) -> Estimate | None:
        return self.forecaster.estimate_for(self.state, place, self.time())


def test_nothing_is_told_before_anything_is_known() -> None:
    floor = _Watched()
    floor.join("first")
    floor.accept("first", at=3)
    floor.join("second")
    assert floor.of_entry("second") is None
    assert floor.state.stays[EntryId("second")].estimate is None
    assert floor.of_newcomer() is None


def test_the_wait_is_that_of_the_contacts_ahead() -> None:
    floor = _Watched()
    floor.teach()
    for number in range(4):
        floor.join(f"c{number}", at=floor.now + 1)
    floor.accept("c0")
    estimate = floor.of_entry("c3")
    assert estimate is not None
    assert estimate.seconds == pytest.approx(2.5 * 62 + 2, abs=12.0)
    assert estimate.low < estimate.seconds < estimate.high
    behind = floor.of_newcomer()
    assert behind is not None
    assert behind.seconds == pytest.approx(estimate.seconds + 62, abs=8.0)


def test_what_was_told_at_first_goes_on_record() -> None:
    floor = _Watched()
    floor.teach()
    floor.join("ahead", at=floor.now + 1)
    floor.join("mine", at=floor.now + 1)
    first = floor.of_entry("mine")
    floor.serve("ahead", at=floor.now + 30)
    floor.serve("mine", at=floor.now + 3)
    assert floor.visits[-1].estimate == first


def test_with_an_agent_ready_there_is_no_wait() -> None:
    floor = _Watched()
    floor.teach()
    assert floor.of_newcomer() == Estimate(seconds=0.0, low=0.0, high=0.0)


def test_with_nobody_at_work_who_could_take_them_nothing_is_told() -> None:
    queues = (HELP, Queue(name="sales", fair_lane=0))
    floor = _Watched(queues, (Agent(name="ana", queues=("help",)), Agent(name="ben", queues=("sales",))))
    floor.teach()
    assert floor.of_newcomer(Place(queue="sales", tier="gold")) == Estimate(seconds=0.0, low=0.0, high=0.0)
    floor.tell(events.AgentPaused, agent="ben", reason="lunch")
    assert floor.of_newcomer(Place(queue="sales", tier="gold")) is None
    spanish = Place(queue="help", tier="gold", needs=(SkillNeed(skill="spanish"),))
    assert floor.of_newcomer(spanish) is None
    assert floor.of_newcomer(Place(queue="nowhere", tier="gold")) is None


def test_until_handling_times_are_known_the_last_wait_of_the_tier_stands_in() -> None:
    floor = _Watched()
    floor.join("a", "gold")
    floor.join("b", "gold", at=2)
    floor.serve("a", at=30)
    floor.accept("b", at=42)
    floor.join("c", "gold", at=45)
    found = floor.of_entry("c")
    assert found is not None
    assert found.seconds == pytest.approx(40.0)
    assert found.low < 30.0 < 50.0 < found.high
    floor.now = 65
    later = floor.of_entry("c")
    assert later is not None
    assert later.seconds == pytest.approx(20.0)
    floor.now = 90
    assert floor.of_entry("c") is None, "it has waited longer than the last one"
    floor.join("d", "silver", at=91)
    assert floor.of_entry("d") is None, "nobody of this tier was answered yet"
    floor.join("e", "gold", at=1000)
    assert floor.of_entry("e") is None, "that was too long ago"


def test_the_last_wait_says_nothing_when_everybody_has_gone() -> None:
    floor = _Watched()
    floor.join("a", "gold")
    floor.join("b", "gold", at=2)
    floor.serve("a", at=30)
    floor.accept("b", at=42)
    assert floor.of_newcomer(Place(queue="help", tier="gold")) is not None
    floor.tell(events.AgentPaused, agent="ana", reason="lunch")
    assert floor.of_newcomer(Place(queue="help", tier="gold")) is None


def test_a_need_that_is_about_to_relax_does_not_confuse_who_stands_where() -> None:
    agents = (Agent(name="ana", queues=("help",), skills={"spanish": 3}), Agent(name="ben", queues=("help",)))
    floor = _Watched(agents=agents)
    floor.teach()
    for number in range(4):
        floor.join(f"c{number}", needs=(SkillNeed(skill="spanish", until_seconds=20.0),))
    strict = floor.of_entry("c3")
    floor.now += 20
    assert floor.of_entry("c3") is not None, "the time is up, and nobody has told the queue"
    floor.pass_time(floor.now)
    relaxed = floor.of_entry("c3")
    assert strict is not None
    assert relaxed is not None
    assert relaxed.seconds < strict.seconds - 20


def test_a_wrap_up_that_is_about_to_end_is_counted_on() -> None:
    floor = _Watched(Queue(name="help", fair_lane=0, wrap_up_seconds=20.0))
    for number in range(8):
        floor.join(f"lesson{number}", at=floor.now + 1)
        floor.accept(f"lesson{number}", at=floor.now + 2)
        floor.end(f"lesson{number}", at=floor.now + 40, talk=40.0)
        floor.pass_time(floor.now + 20)
    floor.join("ahead")
    floor.accept("ahead", at=floor.now + 2)
    floor.join("mine")
    floor.end("ahead", at=floor.now + 40, talk=40.0)
    floor.now += 12
    found = floor.of_entry("mine")
    assert found is not None
    assert found.seconds == pytest.approx(8.0 + 2.0, abs=0.5)


def test_higher_tiers_wait_less() -> None:
    floor = _Watched(agents=("ana", "ben"))
    floor.teach()
    for number in range(6):
        floor.join(f"c{number}", "bronze", at=floor.now + 1)
    floor.now += 200
    waits = {}
    for tier in TIERS:
        found = floor.of_newcomer(Place(queue="help", tier=tier.name))
        assert found is not None
        waits[tier.name] = found.seconds
    assert waits["gold"] < waits["silver"] < waits["bronze"]


def test_agents_who_serve_another_queue_too_are_not_counted_as_ours_alone() -> None:
    queues = (HELP, Queue(name="sales", fair_lane=0))
    floor = _Watched(queues, (Agent(name="ana", queues=("help", "sales")),))
    floor.teach()
    floor.join("now", at=floor.now + 1)
    alone = floor.of_newcomer()
    for number in range(5):
        floor.join(f"sale{number}", "gold", queue="sales")
    shared = floor.of_newcomer()
    assert alone is not None
    assert shared is not None
    assert shared.seconds > alone.seconds + 4 * 62


def test_who_waits_for_one_agent_by_name_waits_at_least_as_long_as_others_may_not_take_them() -> None:
    floor = _Watched(agents=("ana", "ben"))
    floor.teach()
    floor.join("busy", preferences=(Preference(agents=("ana",), seconds=5.0),))
    floor.join("mine", preferences=(Preference(agents=("ana",), seconds=90.0),))
    floor.now += 10
    found = floor.of_entry("mine")
    assert found is not None
    assert found.seconds == pytest.approx(80.0)
    assert found.low < found.seconds <= found.high


def test_a_new_configuration_does_not_make_it_forget() -> None:
    floor = _Watched()
    floor.teach()
    floor.configure([HELP, Queue(name="sales")], [Agent(name="ana", queues=("help", "sales")), "ben"])
    floor.tell(events.AgentCame, agent="ben")
    for number in range(3):
        floor.join(f"c{number}", at=floor.now + 1)
    found = floor.of_entry("c2")
    assert found is not None
    assert found.seconds == pytest.approx(17 + 2, abs=25.0)


def test_messages_share_an_agent_who_holds_several_of_them_at_once() -> None:
    agents = (Agent(name="ana", queues=("help",), most_chats=2),)
    floor = _Watched(agents=agents)
    floor.teach(medium=Medium.MESSAGE)
    for number in range(4):
        floor.message(f"m{number}", tier="silver")
    for number in range(2):
        floor.accept(f"m{number}")
    found = floor.of_entry("m3")
    assert found is not None
    assert found.seconds == pytest.approx(1.5 * 62 / 2 + 2, abs=20.0)
    assert floor.of_newcomer() is None, "nobody knows how long calls take"


def test_waits_of_reserve_queues_and_of_every_other_policy_are_told() -> None:
    for policy in Policy:
        floor = _Watched(Queue(name="help", policy=policy, reserves={"gold": 1}), ("ana", "ben"))
        floor.teach(tier="gold")
        for number in range(4):
            floor.join(f"c{number}", at=floor.now + 1)
        assert floor.of_newcomer() is not None, policy


def test_what_was_written_down_teaches_a_forecaster_that_begins() -> None:
    floor = _Watched((Queue(name="vip", fair_lane=0),), (Agent(name="ana", queues=("vip",)),))
    visits = [make_visit(n, after_seconds=n * 60.0, waited=30.0, estimate=told(20.0, 40.0)) for n in range(50)]
    floor.now = 50 * 60.0
    floor.forecaster.recall(visits)
    floor.join("first", queue="vip")
    found = floor.of_newcomer(Place(queue="vip", tier="gold"))
    assert found is not None
    assert found.seconds == pytest.approx(60.0, abs=40.0)
    low, high = floor.forecaster.bands.around("vip", "gold", 20.0, 4.0)
    assert (low, high) == pytest.approx((30.0, 30.0))


def test_an_answer_that_is_told_twice_teaches_once_and_a_second_wait_not_at_all() -> None:
    floor = _Watched(agents=("ana", "ben"))
    floor.teach()
    for name in ("x", "y", "z"):
        floor.join(name, at=floor.now + 1)
    floor.accept("x")
    floor.accept("y")
    floor.end("x", at=floor.now + 5)
    floor.accept("z", at=floor.now + 3)
    learned = sum(len(one.by_age) for one in floor.forecaster.bands._misses.values())
    floor.accept("z", at=floor.now + 3)
    floor.tell(events.EntryReturned, entry=EntryId("z"))
    floor.pass_time(floor.now + 31)
    assert floor.state.stays[EntryId("z")].state is not EntryState.CONNECTED
    floor.accept("z")
    assert sum(len(one.by_age) for one in floor.forecaster.bands._misses.values()) == learned > 0


def _promised_yesterday(floor: _Watched) -> Entry:
    place = Place(queue="help", tier="silver")
    return Entry(id=EntryId("promised"), joined_at=floor.time(-50_000), place=place, is_call_back=True)


def test_a_call_back_that_waited_overnight_says_nothing_of_how_long_callers_wait() -> None:
    floor = _Watched()
    floor.tell(events.EntryRestored, at=0, entry=_promised_yesterday(floor))
    floor.accept("promised", at=3)
    assert floor.of_newcomer() is None, "the last wait of this tier was no caller's"
    floor.end("promised", at=63, talk=60.0)
    assert floor.forecaster.learned.leaving_per_second(as_instant(floor.time())) == 0.0
    kept = Forecaster()
    kept.recall([*floor.visits, make_visit(2, waited=40_000.0, is_call_back=True, talk_seconds=0.0)])
    assert kept.learned.last_waits == {}
    total, count = kept.learned._of_all[Medium.CALL].parts(as_instant(floor.time()))
    assert total / count == pytest.approx(60.0), "nobody was talked with at the other one"
