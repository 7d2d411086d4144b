"""Lines keep their order whoever comes and goes, and end when nobody needs them."""

from hypothesis import given, settings
from hypothesis import strategies as st
from queue_floor import Floor

from skipline.model.queueing import Preference, Queue, SkillNeed


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 60)), max_size=60), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_a_line_is_a_sorted_list_whatever_happens(arrivals: list[tuple[int, int]], rng: object) -> None:
    floor = Floor(agents=[])
    waiting: list[tuple[int, str]] = []
    for number, (at, credit) in enumerate(sorted(arrivals)):
        floor.join(f"e{number}", at=at, credit_seconds=credit)
        waiting.append((at - credit, f"e{number}"))
        if len(waiting) > 1 and rng.random() < 0.4:  # type: ignore[attr-defined]
            gone = rng.choice(waiting)  # type: ignore[attr-defined]
            floor.leave(gone[1])
            waiting.remove(gone)
    lines = list(floor.state.lines.values())
    assert [entry for line in lines for _, entry, _ in line] == [entry for _, entry in sorted(waiting)]
    assert sum(map(len, lines)) == len(waiting)
    for place, (_, entry) in enumerate(sorted(waiting), start=1):
        assert floor.position(entry) == place


def test_a_long_line_lets_go_of_those_who_left() -> None:
    floor = Floor(agents=[])
    for number in range(2000):
        floor.join(f"e{number:04}", at=number)
    for number in range(1999):
        floor.leave(f"e{number:04}")
    (line,) = floor.state.lines.values()
    assert [entry for _, entry, _ in line] == ["e1999"]
    assert len(line._spots) < 600


def test_lines_of_refusals_and_of_named_agents_end_with_their_last_entry() -> None:
    floor = Floor(Queue(name="help", misses=0), ["ana", "ben", "owner"])
    for name in ("owner", "ana", "ben"):
        floor.join(name, preferences=(Preference(agents=(name,), seconds=60),))
    floor.accept("owner")
    floor.accept("ben")
    floor.join("e1", at=1, preferences=(Preference(agents=("owner",), seconds=5),))
    assert len(floor.state.seats["owner"].own_lines) == 1
    floor.decline("ana", at=2)
    floor.pass_time(10)
    assert floor.state.seats["owner"].own_lines == []
    floor.decline("e1")
    assert len(floor.state.profiles[0].side_lines) == 1
    floor.leave("e1")
    floor.leave("ana")
    assert floor.state.profiles[0].side_lines == []


def test_lines_and_grades_of_targets_that_never_come_again_are_forgotten() -> None:
    floor = Floor(agents=["ana"], came=False)
    for number in range(3000):
        floor.join(f"e{number}", target_seconds=10 + number / 7, needs=(SkillNeed(skill=f"s{number}"),))
        floor.leave(f"e{number}")
    assert len(floor.state.lines) <= 256
    assert len(floor.state.halls["help"]._grades) <= 257
    assert len(floor.state.fitting) <= 257
