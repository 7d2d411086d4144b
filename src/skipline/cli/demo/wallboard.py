"""Draws the live board: who waits in each tier, the agents, the last decisions of the queues, and the last calls and
conversations.

Every row is one line that is cut and never wrapped, so that the board fits whatever size the terminal has just now:
first the calls go, then the callers at the end of the line.
"""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from skipline.cli.demo.chats import Chat
from skipline.cli.demo.moment import AgentNow, Moment, TierNow, WaitingNow
from skipline.cli.demo.watch import Decision, Row
from skipline.model.queueing import AgentState, Estimate

_WIDE = 110
"""Columns from which the callers and the agents stand side by side."""

_LEAST_WAITING, _MOST_WAITING, _MOST_CALLS, _MOST_CHATS = 3, 12, 6, 2
_BESIDE_PATH, _LEAST_PATH = 88, 20
"""Columns of the widest row of calls and conversations but for its path, and the least that is shown of that."""

_TITLES_AND_GAPS = 3
"""Lines that a table takes beside its rows: its title, its headings, and the empty one after it."""

_LOW = 30
"""Lines below which there is room for the first line of the head alone."""

_COLOURS = {
    AgentState.AVAILABLE: "green",
    AgentState.RESERVED: "yellow",
    AgentState.ENGAGED: "cyan",
    AgentState.WRAP_UP: "blue",
}


def draw_board(
    moment: Moment,
    decisions: Sequence[Decision],
    rows: Sequence[Row | Chat],
    *,
    head: Sequence[str],
    size: tuple[int, int],
    now: datetime,
) -> RenderableType:
    """The board for a terminal of `size` (columns, lines)."""
    width, height = size
    head = head if height >= _LOW else head[:1]
    is_wide, left = width >= _WIDE, height - len(head) - 1 - len(moment.tiers) - 2
    agents = len(moment.agents) + _TITLES_AND_GAPS
    for_waiting = min(_MOST_WAITING, max(_LEAST_WAITING, left // 3 - _TITLES_AND_GAPS))
    waiting = for_waiting + _TITLES_AND_GAPS
    left -= max(waiting, agents) if is_wide else waiting + agents
    calls = _MOST_CALLS + _TITLES_AND_GAPS if left > 2 * (_MOST_CALLS + _TITLES_AND_GAPS) else 0
    both = (_waiting(moment.waiting, for_waiting), _agents(moment.agents, now))
    parts: list[RenderableType] = [
        _tiers(moment.tiers),
        *([_Cut(_beside(*both), max(waiting, agents) - 1)] if is_wide else both),
        _Cut(_decisions(decisions, left), max(1, left - calls - 1)),
        *([_calls(rows, _MOST_CALLS, now, width - _BESIDE_PATH)] if calls else []),
    ]
    return Group(*map(_line, head), *(one for part in parts for one in (Text(), part)))


class _Cut:
    """Shows the first lines of something, so that what comes below keeps its place."""

    def __init__(self, shown: RenderableType, lines: int) -> None:
        self._shown, self._lines = shown, lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in console.render_lines(self._shown, options, pad=False)[: self._lines]:
            yield from line
            yield Segment.line()


def _line(text: str) -> Text:
    line = Text.from_markup(text)
    line.no_wrap, line.overflow = True, "ellipsis"
    return line


def _table(title: str, *headings: str, right: Sequence[str] = ()) -> Table:
    table = Table(title=title or None, title_justify="left", title_style="bold", box=None, header_style="dim")
    table.padding = (0, 2, 0, 0)
    for heading in headings:
        table.add_column(heading, no_wrap=True, overflow="ellipsis", justify="right" if heading in right else "left")
    return table


def _beside(left: RenderableType, right: RenderableType) -> Table:
    grid = Table.grid(expand=True, padding=(0, 2))
    grid.add_column(ratio=3)
    grid.add_column(ratio=2)
    grid.add_row(left, right)
    return grid


def _tiers(tiers: Sequence[TierNow]) -> Table:
    numbers = ("waiting", "longest / target", "urgency", "expected now")
    table = _table("", "tier", *numbers, right=numbers)
    for tier in tiers:
        urgency = tier.longest_seconds / tier.target_seconds
        table.add_row(
            tier.name,
            str(tier.waiting),
            f"{tier.longest_seconds:.0f} / {tier.target_seconds:.0f} s",
            _urgency(urgency) if tier.waiting else Text("-", "dim"),
            span(tier.estimate),
        )
    return table


def _waiting(waiting: Sequence[WaitingNow], most: int) -> Table:
    more = f", {len(waiting) - most} more" if len(waiting) > most else ""
    numbers = ("waited / target", "urgency", "expected")
    table = _table(f"Who waits, most urgent first{more}", "who", "tier", "queue", *numbers, right=numbers)
    for one in waiting[:most]:
        who = Text(one.who)
        if one.agent:
            who.append(f" (offered to {one.agent})", "yellow")
        waited = f"{one.waited_seconds:.0f} / {one.target_seconds:.0f} s"
        table.add_row(who, one.tier, one.queue, waited, _urgency(one.urgency), span(one.estimate))
    return table


def _agents(agents: Sequence[AgentNow], now: datetime) -> Table:
    table = _table("Agents", "agent", "does", "for", "queues", right=("for",))
    for one in agents:
        since = f"{(now - one.since).total_seconds():.0f} s" if one.since is not None else ""
        table.add_row(one.name, Text(one.doing, _COLOURS.get(one.state, "dim")), since, ", ".join(one.queues))
    return table


def _decisions(decisions: Sequence[Decision], lines: int) -> Group:
    """The last decisions, newest first, each with its reasons; what does not fit is cut off below."""
    parts: list[RenderableType] = [Text("Last decisions of the queues", "bold")]
    for decision in [*reversed(decisions)][:lines]:
        head = Text(f"{_clock(decision.at)}  {decision.agent} was given {decision.who}")
        parts.append(head.append(f" ({decision.tier}, queue {decision.queue})", "dim"))
        parts.append(Padding(Text(" ".join(decision.why), "dim"), (0, 0, 0, 10)))
    return Group(*parts)


def _calls(rows: Sequence[Row | Chat], most: int, now: datetime, path_room: int) -> Table:
    headings = ("at", "who", "by", "look-up", "path", "answer", "now")
    table = _table("Last calls and conversations", *headings, right=("answer",))
    for row in _latest(rows, most):
        waited = ((row.answered_at or row.ended_at or now) - row.came_at).total_seconds()
        answer = f"{waited:.1f} s" if row.answered_at else f"({waited:.1f} s)"
        state = Text(row.outcome or row.state, "" if row.ended_at is None else "dim")
        table.add_row(_clock(row.came_at), row.name, row.medium, row.lookup, _cut(row.path, path_room), answer, state)
    return table


def _cut(text: str, room: int) -> str:
    """A table would take a little of every column, the times too, for the longest one."""
    return text if len(text) <= max(room, _LEAST_PATH) else f"{text[: max(room, _LEAST_PATH) - 1]}…"


def _latest(rows: Sequence[Row | Chat], most: int) -> Sequence[Row | Chat]:
    """The newest first. There are many more calls than conversations, which keep a place of their own."""
    chats = [row for row in rows if isinstance(row, Chat)]
    chats = sorted(chats, key=_came_at)[-_MOST_CHATS:]
    calls = sorted((row for row in rows if isinstance(row, Row)), key=_came_at)[-(most - len(chats)) :]
    return sorted([*calls, *chats], key=_came_at, reverse=True)


def _came_at(row: Row | Chat) -> datetime:
    return row.came_at


def _urgency(urgency: float) -> Text:
    """Red from the moment the target is missed."""
    colour = "red" if urgency >= 1 else "yellow" if urgency >= 0.5 else "green"
    return Text(f"{urgency:.2f}", colour)


def span(estimate: Estimate | None) -> str:
    """The band of an estimate in words; a dash when nobody can tell."""
    return "-" if estimate is None else f"{estimate.low:.0f} to {estimate.high:.0f} s"


def _clock(at: datetime) -> str:
    return at.astimezone().strftime("%H:%M:%S")
