"""What the demo shows: rows and decisions in words, a board that fits its terminal, and a verdict that can be no."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from skipline.cli.demo.board import priority_verdict, result_table
from skipline.cli.demo.callers import Caller, CallResult
from skipline.cli.demo.moment import AgentNow, Moment, TierNow, WaitingNow
from skipline.cli.demo.priority import GOLD, SILVER, Priority
from skipline.cli.demo.ticker import summary_of
from skipline.cli.demo.wallboard import draw_board
from skipline.cli.demo.watch import Decision, Row
from skipline.model.call import Call
from skipline.model.ids import CallId
from skipline.model.queueing import AgentState, Estimate

NOW = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)


def row_of(id_: str, *, came: float, answered: float | None, agent: str = "ana") -> Row:
    """A call that came, and was answered, so many seconds after nine."""
    row = Row(Call(id=CallId(id_), arrived_at=NOW + timedelta(seconds=came)), queue="vip", agent=agent)
    row.answered_at = None if answered is None else NOW + timedelta(seconds=answered)
    return row


def result(caller: Caller, row: Row | None, heard: str = "ana") -> CallResult:
    return CallResult(caller=caller, heard=heard, rang_after=0.01, picked_up_after=0.02, code=200, row=row)


def priority(*, silver: float | None = 8.0, gold: float | None = 5.0, heard: str = "ana") -> Priority:
    """Silver came at once and gold 2 s later; they were answered so many seconds after silver came."""
    return Priority(
        result(SILVER, row_of("silver", came=0, answered=silver)),
        result(GOLD, row_of("gold", came=2, answered=gold), heard),
    )


def test_the_order_holds_when_gold_came_later_and_was_answered_first() -> None:
    assert priority().is_right
    assert priority_verdict(priority()).startswith("Gold called 2.0 s after silver and was answered 3.0 s before")


@pytest.mark.parametrize(
    "found",
    [priority(gold=9.0), priority(gold=None), priority(silver=None), priority(heard=""), priority(heard="bram")],
)
def test_the_order_did_not_hold_otherwise(found: Priority) -> None:
    assert not found.is_right
    assert "did not hold" in priority_verdict(found)


def test_who_was_heard_must_be_on_record_too() -> None:
    assert result(GOLD, row_of("gold", came=0, answered=4)).reached == "vip queue"
    assert result(GOLD, row_of("gold", came=0, answered=4, agent="bram")).reached == "ana"
    assert not result(GOLD, None).is_right


def test_a_waiting_caller_is_answered_when_the_agent_is_there() -> None:
    assert result(GOLD, row_of("gold", came=1, answered=5)).answered_after == 4.0
    assert result(GOLD, row_of("gold", came=1, answered=5, agent=""), "VIP line").answered_after == 0.02


def test_the_table_names_who_reached_nobody() -> None:
    table = drawn(result_table([result(GOLD, row_of("gold", came=0, answered=None, agent=""), heard="")]))
    assert "✗" in table
    assert "nobody (200) instead of vip queue" in table


def busy_moment(waiting: int) -> Moment:
    """A morning on which so many gold callers wait, the first for twice their target."""
    estimate = Estimate(seconds=20, low=12, high=31)
    return Moment(
        tiers=[
            TierNow(name="gold", target_seconds=20, waiting=waiting, longest_seconds=40, estimate=estimate),
            TierNow(name="silver", target_seconds=40, waiting=0, longest_seconds=0, estimate=None),
        ],
        waiting=[
            WaitingNow(
                who=f"Caller {number} with a long name",
                tier="gold",
                queue="vip",
                agent="",
                waited_seconds=40.0 - number,
                target_seconds=20.0,
                estimate=estimate,
            )
            for number in range(waiting)
        ],
        agents=[
            AgentNow(name="ana", state=AgentState.ENGAGED, doing="talks with Petra", queues=("vip",), since=NOW),
            AgentNow(name="bram", state=AgentState.AWAY, doing="away: lunch", queues=("vip", "general")),
        ],
    )


WHY = ("Urgency 0.62: waited 12.4 s of a 20 s target (gold).", "Went before Simon (silver): waited 15.0 s.")
DECISIONS = [Decision(at=NOW, agent="ana", who=f"Greta {n}", tier="gold", queue="vip", why=WHY) for n in range(30)]
ROWS = [row_of(f"call{number}", came=number, answered=None) for number in range(30)]


def drawn(shown: object, width: int = 160) -> str:
    console = Console(file=StringIO(), width=width, no_color=True)
    console.print(shown)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (109, 40), (110, 30), (150, 45), (220, 70)])
@pytest.mark.parametrize("waiting", [1, 3, 40])
def test_the_board_fits_the_terminal_and_shows_the_newest_decision(size: tuple[int, int], waiting: int) -> None:
    board = draw_board(busy_moment(waiting), DECISIONS, ROWS, head=("The company", "Call it"), size=size, now=NOW)
    lines = drawn(board, size[0]).splitlines()
    assert len(lines) <= size[1]
    assert max(map(len, lines)) <= size[0]
    text = "\n".join(lines)
    for words in ("40 / 20 s", "2.00", "talks with Petra", "away: lunch", "ana was given Greta 29", "Urgency 0.62"):
        assert words in text


def test_callers_beyond_the_board_are_counted() -> None:
    board = draw_board(busy_moment(40), (), (), head=(), size=(150, 45), now=NOW)
    assert "Who waits, most urgent first, 30 more" in drawn(board)


def test_without_a_board_the_same_is_told_in_a_line() -> None:
    line = summary_of(busy_moment(2), NOW)
    assert "gold 2 (longest 40 of 20 s, expected 12 to 31 s), silver 0; ana talks with Petra, bram away: lunch" in line
