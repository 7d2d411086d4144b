"""What the demo shows of conversations: rows in words beside those of calls, and a verdict that can be no."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from skipline.cli.demo.board import result_table
from skipline.cli.demo.chats import Chat
from skipline.cli.demo.moment import Moment
from skipline.cli.demo.wallboard import draw_board
from skipline.cli.demo.watch import Row
from skipline.cli.demo.writers import GITA, ChatResult
from skipline.model.call import Call
from skipline.model.contact import Contact
from skipline.model.conversation import Conversation, ConversationState
from skipline.model.ids import CallId, ContactId, ConversationId, RunId, StepId
from skipline.model.message import Channel
from skipline.model.run import Outcome, Run, TraceEntry

NOW = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)


def passed(step: str, type_: str, exit_: str, **detail: str) -> TraceEntry:
    return TraceEntry(step=StepId(step), type=type_, exit=exit_, at=NOW, ms=1.0, detail=detail)


def chat(*, outcome: Outcome | None = Outcome.ANSWERED, agent: str = "mila", state: str = "closed") -> Chat:
    """Gita wrote at nine, and a person wrote to her four seconds later."""
    conversation = Conversation(
        id=ConversationId("c1"),
        contact=ContactId("gita"),
        account="whatsapp",
        channel=Channel.WHATSAPP,
        provider_id="NL.31622222225",
        opened_at=NOW,
        state=ConversationState(state),
        agent=agent if state == "agent" else "",
    )
    contact = Contact(phone=GITA.phone, name="Gita Gold", tier="gold")
    run = Run(id=RunId("r"), flow="messages", version=1, started_at=NOW, contact=contact, outcome=outcome)
    run.ended_at = NOW + timedelta(seconds=9) if outcome else None
    run.trace = [
        passed("look_up", "fetch_variables", "found", status="ok", why="loyalty answered"),
        passed("wait", "add_to_queue", "answered", why="queue vip as gold"),
        passed("bye", "say", "done", why="writes 'Thank you'"),
    ]
    answered_at = NOW + timedelta(seconds=4)
    decided = ("Urgency 0.00.",)
    return Chat(conversation, queue="vip", agent=agent, decided=decided, answered_at=answered_at, run=run)


def test_a_conversation_is_told_in_words() -> None:
    row = chat()
    assert (row.name, row.tier, row.lookup, row.state) == ("Gita Gold", "gold", "ok", "over")
    assert row.path == "look_up (found) → wait (answered) → bye (done)"
    assert row.why == ["loyalty answered", "Urgency 0.00."], "of a queue that went well, why it was this agent"
    assert chat(state="agent").state == "writes with mila"
    assert chat(state="waiting").state == "waits in vip"


def test_it_went_well_when_the_agents_words_arrived_and_the_record_says_so() -> None:
    result = ChatResult(caller=GITA, heard="mila", row=chat())
    assert (result.reached, result.answered_after, result.is_right) == ("vip queue", 4.0, True)


@pytest.mark.parametrize(
    ("heard", "row"),
    [
        ("", chat()),
        ("noor", chat()),
        ("mila", chat(outcome=None)),
        ("mila", chat(outcome=Outcome.ENDED)),
        ("mila", None),
    ],
)
def test_it_did_not_go_well_otherwise(heard: str, row: Chat | None) -> None:
    result = ChatResult(caller=GITA, heard=heard, row=row)
    assert not result.is_right
    assert "✗" in drawn(result_table([result]))


def test_the_board_keeps_a_place_for_conversations_among_many_calls() -> None:
    calls = [Row(Call(id=CallId(f"call{n}"), arrived_at=NOW + timedelta(seconds=n))) for n in range(1, 40)]
    nothing = Moment(tiers=[], waiting=[], agents=[])
    text = drawn(draw_board(nothing, (), [*calls, chat()], head=(), size=(150, 50), now=NOW + timedelta(minutes=1)))
    [line] = [line for line in text.splitlines() if "WhatsApp" in line]
    assert "Gita Gold" in line
    assert "4.0 s" in line
    assert text.count(" call ") == 5


def drawn(shown: object) -> str:
    console = Console(file=StringIO(), width=150, no_color=True)
    console.print(shown)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()
