"""What a flow gives up when another one takes its numbers: nothing else of its file changes."""

from skipline.model.flow_version import FlowContent
from skipline.workspace.takeovers import find_takeovers

ONE, TWO, THREE = "+31201234567", "+31207654321", "+31208888888"

NIGHT = f"""\
format: 1
name: Night line  # as Ana calls it
triggers:
  - {{type: incoming_call, numbers: ["{ONE}", "{TWO}"]}}  # both lines
  - type: incoming_call
    numbers:
      - "{THREE}"  # the old one
start: bye
steps:
  bye: {{type: say, with: {{text: Good night}}}}
"""


def night(text: str = NIGHT) -> FlowContent:
    return FlowContent(flow="night", name="Night line", text=text, numbers=(ONE, TWO, THREE))


def day(*numbers: str) -> str:
    return NIGHT.replace("Night line", "Day line").replace(
        f'"{ONE}", "{TWO}"', ", ".join(f'"{one}"' for one in numbers)
    )


def test_a_number_goes_and_every_other_line_stays() -> None:
    [found] = find_takeovers("day", day(TWO).replace(THREE, "+31209999999"), [night()])
    assert (found.flow, found.name, found.numbers, found.left) == ("night", "Night line", (TWO,), (ONE, THREE))
    assert found.text == NIGHT.replace(f', "{TWO}"', "")
    assert not found.is_idle


def test_a_trigger_without_numbers_goes_too() -> None:
    [found] = find_takeovers("day", day("+31209999999"), [night()])
    assert found.text is not None
    assert THREE not in found.text
    assert "# both lines" in found.text
    assert found.text.count("incoming_call") == 1
    assert (found.numbers, found.is_idle) == ((THREE,), False)


def test_a_flow_whose_last_number_goes_is_idle() -> None:
    [found] = find_takeovers("day", day(ONE, TWO), [night()])
    assert (found.left, found.is_idle) == ((), True)
    assert found.text is not None
    assert "incoming_call" not in found.text
    assert "Good night" in found.text


def test_nothing_is_taken_by_a_flow_from_itself_nor_by_a_text_that_cannot_be_read() -> None:
    assert find_takeovers("night", day(ONE), [night()]) == ()
    assert find_takeovers("day", "][", [night()]) == ()
    assert find_takeovers("day", day("+31209999999").replace(THREE, "+31206666666"), [night()]) == ()


def test_a_flow_that_cannot_be_read_gives_nothing_up_by_itself() -> None:
    [found] = find_takeovers("day", day(ONE), [night("][")])
    assert found.text is None
    assert found.why
