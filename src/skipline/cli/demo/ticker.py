"""Tells what happens in plain lines, for a terminal that cannot be drawn on, a file or a pipe."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from skipline.cli.demo.chats import Chats
from skipline.cli.demo.moment import Moment
from skipline.cli.demo.wallboard import span
from skipline.cli.demo.watch import Decision, Row, Watch
from skipline.model.events import CallEnded, Event
from skipline.model.live_events import ConversationOffered, EntryChanged
from skipline.model.queueing import EntryState


def lines_of(fact: Event, watch: Watch) -> Iterator[str]:
    """What a fact comes to, after the watch has taken it: a line, or several, or none."""
    if not isinstance(fact, EntryChanged | CallEnded):
        return
    row = watch.rows.get(fact.call)
    if row is None:
        return
    if isinstance(fact, EntryChanged):
        who = f"{row.name} ({fact.tier}, queue {fact.queue})"
        yield from (f"{_clock(fact.at)}  {sentence}" for sentence in _entry_lines(fact, row, who, watch.decisions))
    else:
        yield f"{_clock(fact.at)}  the call of {row.name} is over: {row.outcome or 'answered'}; {row.path}"


def _entry_lines(fact: EntryChanged, row: Row, who: str, decisions: Sequence[Decision]) -> Iterator[str]:
    match fact.state:
        case EntryState.WAITING:
            yield f"{who} waits"
        case EntryState.RESERVED if decisions:
            yield f"{fact.agent} is rung for {who}: {' '.join(decisions[-1].why)}"
        case EntryState.CONNECTED if fact.at == row.answered_at:
            yield f"{fact.agent} talks with {who}, who waited {fact.waited_seconds:.1f} s"
        case EntryState.ABANDONED | EntryState.OVERFLOWED:
            yield f"{who} waits no longer: {fact.state.value} after {fact.waited_seconds:.1f} s"


def chat_lines(fact: Event, chats: Chats) -> Iterator[str]:
    """What a fact about a conversation comes to, after the rows of conversations have taken it."""
    if isinstance(fact, ConversationOffered) and (offered := chats.rows.get(fact.conversation)) is not None:
        who = f"{offered.name} ({fact.tier}, queue {fact.queue}, WhatsApp)"
        yield f"{_clock(fact.at)}  {fact.agent} is offered the conversation of {who}: {' '.join(fact.why)}"
    if isinstance(fact, EntryChanged) and (chat := chats.row_of(fact.entry)) is not None:
        yield from (f"{_clock(fact.at)}  {sentence}" for sentence in _chat_sentences(fact, chat.name))


def _chat_sentences(fact: EntryChanged, name: str) -> Iterator[str]:
    who = f"{name} ({fact.tier}, queue {fact.queue}, WhatsApp)"
    match fact.state:
        case EntryState.CONNECTED:
            yield f"{fact.agent} writes with {who}, who waited {fact.waited_seconds:.1f} s"
        case EntryState.CLOSED:
            yield f"{fact.agent} closed the conversation with {who}"
        case EntryState.OVERFLOWED:
            yield f"{who} waits no longer after {fact.waited_seconds:.1f} s"


def summary_of(moment: Moment, now: datetime) -> str:
    """Who waits, in one line."""
    tiers = (
        f"{tier.name} {tier.waiting}"
        + (f" (longest {tier.longest_seconds:.0f} of {tier.target_seconds:.0f} s, expected {span(tier.estimate)})")
        if tier.waiting
        else f"{tier.name} 0"
        for tier in moment.tiers
    )
    agents = ", ".join(f"{one.name} {one.doing}" for one in moment.agents)
    return f"{_clock(now)}  waiting: {', '.join(tiers)}; {agents}"


def _clock(at: datetime) -> str:
    return at.astimezone().strftime("%H:%M:%S")
