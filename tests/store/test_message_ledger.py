"""The checker of messages: it finds each way in which a ledger can be wrong, and reads both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from message_ledger import Kept, KeptMessage, judge, read_kept

from skipline.cli.demo.providers.ledger import Line, What
from skipline.store import Database

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def line(what: What, id_: str, seconds: float = 0.0, **more: object) -> Line:
    at = NOW + timedelta(seconds=seconds)
    return Line(at=at, what=what, provider="meta", account="wa", id=id_, contact="31611", **more)  # type: ignore[arg-type]


def posted(*ids: str, status: int = 200) -> Line:
    return Line(at=NOW, what=What.POSTED, provider="meta", account="wa", ids=ids, status=status)


def kept(id_: str, seconds: float, direction: str = "in", **more: object) -> KeptMessage:
    fields: dict[str, object] = {"id": f"m-{id_}", "conversation": "c1", "account": "wa", "provider_id": id_}
    fields |= {"direction": direction, "state": None, "text": "", "at": NOW + timedelta(seconds=seconds), "position": 0}
    return KeptMessage(**(fields | more))  # type: ignore[arg-type]


LINES = (
    line(What.WROTE, "a", 0),
    line(What.WROTE, "b", 5),
    posted("a"),
    posted("a"),
    posted("b"),
    line(What.ACCEPTED, "z", 6, reference="m-z"),
    line(What.TOLD, "z", 7, state="delivered"),
    posted("z/delivered"),
)
MESSAGES = (kept("a", 0), kept("b", 5), kept("z", 6, "out", state="delivered"))
THREADS = {"c1": ("wa", "whatsapp", "31611")}


def found(messages: Sequence[KeptMessage] = MESSAGES, lines: Sequence[Line] = LINES, **more: object) -> list[str]:
    held = Kept(messages=messages, conversations=THREADS, addresses=[("wa", "whatsapp", "31611")])
    return judge(lines, replace(held, **more), answers_each=1)  # type: ignore[arg-type]


def test_an_exact_ledger_has_nothing_to_tell() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        (MESSAGES[1:], "took message a, and it was kept 0 times"),
        ((*MESSAGES, kept("a", 0)), "took message a, and it was kept 2 times"),
        ((*MESSAGES, kept("x", 9)), "kept message x, which nobody wrote"),
        ((MESSAGES[1], MESSAGES[0], MESSAGES[2]), "message a of conversation c1 comes after a later one"),
        ((*MESSAGES[:2], replace(MESSAGES[2], state="sent")), "message m-z is sent, though the provider told more"),
        (MESSAGES[:2], "the provider accepted z (m-z), of which we know nothing"),
        ((*MESSAGES, kept("y", 9, "out", state="sent")), "message m-y is sent, and the provider never accepted it"),
        ((replace(MESSAGES[0], conversation="c2"), *MESSAGES[1:]), "message m-a is in no conversation"),
    ],
)
def test_what_was_kept_wrong_is_found(messages: Sequence[KeptMessage], told: str) -> None:
    assert any(told in problem for problem in found(messages)), found(messages)


def test_what_was_sent_twice_is_found() -> None:
    problems = found(lines=(*LINES, line(What.ACCEPTED, "z2", 8, reference="m-z")))
    assert "message m-z reached the provider 2 times" in problems
    assert "('wa', '31611') was answered 2 times instead of 1" in problems


def test_an_answer_may_be_missing_only_where_it_is_kept_as_uncertain() -> None:
    lines, uncertain = LINES[:5], kept("z", 6, "out", state="uncertain", provider_id=None)
    assert found((*MESSAGES[:2], uncertain), lines) == []
    assert found(MESSAGES[:2], lines) == ["('wa', '31611') was answered 0 times instead of 1"]


def test_a_message_that_nobody_took_need_not_be_kept() -> None:
    lines = (*LINES, line(What.WROTE, "c", 9), posted("c", status=503))
    assert found(lines=lines) == []


def test_a_second_conversation_with_a_contact_is_found() -> None:
    both = THREADS | {"c2": THREADS["c1"]}
    assert found(conversations=both) == ["there are 2 conversations with ('wa', 'whatsapp', '31611')"]


async def test_an_empty_database_is_at_rest(database: Database) -> None:
    held = await database.read(read_kept)
    assert (held.at_rest(), judge((), held)) == (True, [])
