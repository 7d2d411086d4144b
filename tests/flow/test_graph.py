"""Lines, ways and circles."""

from hypothesis import given
from hypothesis import strategies as st

from skipline.flow.graph import Lines, circles, reachable_from
from skipline.model.ids import StepId


def _lines(**lines: str) -> Lines:
    return {StepId(name): tuple(map(StepId, after)) for name, after in lines.items()}


def test_circles_are_found_with_all_their_steps() -> None:
    lines = _lines(a="b", b="ca", c="d", d="de", e="")
    assert circles(lines, lambda _: True) == [["a", "b"], ["d"]]


def test_an_unwanted_step_opens_a_circle() -> None:
    assert circles(_lines(a="b", b="c", c="a"), lambda name: name != "b") == []


def test_what_can_be_reached_includes_the_start() -> None:
    assert reachable_from([StepId("a")], _lines(a="b", b="a", c="a")) == {"a", "b"}
    assert reachable_from([StepId("nowhere")], _lines(a="")) == set()


@given(st.dictionaries(st.sampled_from("abcdefg"), st.sets(st.sampled_from("abcdefg"), max_size=3)))
def test_a_step_is_in_a_circle_when_it_reaches_itself(drawn: dict[str, set[str]]) -> None:
    lines = _lines(**{name: "".join(sorted(after & drawn.keys())) for name, after in drawn.items()})
    in_circles = [name for circle in circles(lines, lambda _: True) for name in circle]
    assert sorted(in_circles) == sorted(name for name in lines if name in reachable_from(lines[name], lines))
