"""Live listeners hear what happens, and nothing that the record does not tell."""

from datetime import UTC, datetime

from skipline.host.live import Live
from skipline.model.events import CallEnded, Event, LookupAnswered, LookupsAnswered, LookupStatus, RequestAnswered
from skipline.model.ids import CallId, CommandId

AT = datetime(2030, 5, 1, tzinfo=UTC)
CUSTOMER = {"name": "Ana", "birthday": "1970-04-07"}
KNOWN = {"at": AT, "call": CallId("call1"), "command": CommandId("run1:1"), "status": LookupStatus.OK}
FOUND = LookupAnswered(**KNOWN, value=CUSTOMER, took_ms=12.0, reason="answered")
TAKEN = RequestAnswered(**KNOWN, code=201, value=CUSTOMER)
BOTH = LookupsAnswered(at=AT, call=CallId("call1"), command=CommandId("run1:1"), answers=(FOUND, FOUND))
OVER = CallEnded(at=AT, call=CallId("call1"), by="caller")


async def _heard(*facts: Event) -> list[Event]:
    live = Live()
    with live.listen() as heard:
        live.publish(facts)
        return [await anext(heard) for _ in facts]


async def test_what_a_source_said_stays_inside() -> None:
    found, taken, both, over = await _heard(FOUND, TAKEN, BOTH, OVER)
    assert "Ana" not in repr((found, taken, both))
    assert isinstance(found, LookupAnswered)
    assert (found.status, found.took_ms, found.reason) == (LookupStatus.OK, 12.0, "answered")
    assert isinstance(taken, RequestAnswered)
    assert taken.code == 201
    assert isinstance(both, LookupsAnswered)
    assert [one.status for one in both.answers] == [LookupStatus.OK] * 2
    assert over is OVER


async def test_the_facts_themselves_stay_whole() -> None:
    await _heard(FOUND)
    assert FOUND.value == CUSTOMER
