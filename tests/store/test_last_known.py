"""Last known answers: the newest for each question, until they are forgotten."""

from datetime import timedelta

import pytest
from store_values import NOON

from skipline.model.lookup import KnownAnswer
from skipline.store import Database
from skipline.store.last_known import StoredAnswers


def _answer(value: object, *, after_seconds: float = 0.0) -> KnownAnswer:
    return KnownAnswer(value=value, answered_at=NOON + timedelta(seconds=after_seconds))


@pytest.mark.parametrize("value", [{"loyalty_status": "platinum", "orders": 12}, [1, None], "text", 1.5, False, None])
async def test_any_json_value_is_recalled_with_its_time(database: Database, value: object) -> None:
    answers = StoredAnswers(database)
    await answers.remember("loyalty", "digest", _answer(value))
    assert await answers.recall("loyalty", "digest") == _answer(value)
    assert await answers.recall("loyalty", "another") is None
    assert await answers.recall("another", "digest") is None


async def test_the_newest_answer_stands_whatever_comes_last(database: Database) -> None:
    answers = StoredAnswers(database)
    await answers.remember("loyalty", "digest", _answer("first", after_seconds=1))
    await answers.remember("loyalty", "digest", _answer("second", after_seconds=2))
    await answers.remember("loyalty", "digest", _answer("late", after_seconds=1.5))
    assert await answers.recall("loyalty", "digest") == _answer("second", after_seconds=2)


async def test_an_answer_can_be_forgotten(database: Database) -> None:
    answers = StoredAnswers(database)
    await answers.remember("loyalty", "digest", _answer("gold"))
    await answers.forget("loyalty", "digest")
    assert await answers.recall("loyalty", "digest") is None
