"""Agents' states as stretches of time."""

from datetime import timedelta

from visit_values import NOON, make_spell

from skipline.model.queue_events import AgentChanged
from skipline.model.queueing import AgentSpell, AgentState
from skipline.store import Database, agent_states


def _changed(seconds: float, state: AgentState, agent: str = "ana", reason: str = "") -> AgentChanged:
    at = NOON + timedelta(seconds=seconds)
    return AgentChanged(at=at, agent=agent, state=state, before=AgentState.OFFLINE, reason=reason)


async def _tell(database: Database, *changes: AgentChanged) -> None:
    for changed in changes:
        await database.write(agent_states.change, changed)


async def _read(
    database: Database, begins: float = -1e6, ends: float = 1e6, limit: int = 1000, agent: str | None = None
) -> list[AgentSpell]:
    spells: list[AgentSpell] = []
    position = None
    while True:
        times = NOON + timedelta(seconds=begins), NOON + timedelta(seconds=ends)
        batch = await database.read(agent_states.read_batch, *times, agent=agent, position=position, limit=limit)
        spells += batch.spells
        position = batch.position
        if position is None:
            return spells


async def test_each_change_ends_what_was_before(database: Database) -> None:
    await _tell(
        database,
        _changed(0, AgentState.AVAILABLE),
        _changed(5, AgentState.AVAILABLE, "ben"),
        _changed(10, AgentState.ENGAGED),
        _changed(70, AgentState.AWAY, reason="lunch"),
    )
    assert sorted(await _read(database), key=lambda spell: (spell.agent, spell.began_at)) == [
        make_spell("ana", AgentState.AVAILABLE, 0, 10),
        make_spell("ana", AgentState.ENGAGED, 10, 70),
        make_spell("ana", AgentState.AWAY, 70, None, "lunch"),
        make_spell("ben", AgentState.AVAILABLE, 5, None),
    ]


async def test_of_changes_at_one_instant_the_last_one_counts(database: Database) -> None:
    changes = [
        _changed(0, AgentState.WRAP_UP),
        _changed(10, AgentState.AVAILABLE),
        _changed(10, AgentState.RESERVED),
    ]
    await _tell(database, *changes)
    wanted = [make_spell("ana", AgentState.WRAP_UP, 0, 10), make_spell("ana", AgentState.RESERVED, 10, None)]
    assert await _read(database) == wanted
    await _tell(database, *changes[1:])
    assert await _read(database) == wanted


async def test_what_is_told_again_late_does_not_undo_what_came_after(database: Database) -> None:
    first, second = _changed(0, AgentState.AVAILABLE), _changed(10, AgentState.ENGAGED)
    await _tell(database, first, second, first)
    assert await _read(database) == [
        make_spell("ana", AgentState.AVAILABLE, 0, 10),
        make_spell("ana", AgentState.ENGAGED, 10, None),
    ]


async def test_spells_that_nobody_watched_any_more_are_ended(database: Database) -> None:
    await _tell(database, _changed(0, AgentState.AVAILABLE), _changed(5, AgentState.ENGAGED, "ben"))
    assert await database.write(agent_states.close_all, NOON + timedelta(seconds=60)) == 2
    assert await database.write(agent_states.close_all, NOON + timedelta(seconds=90)) == 0
    assert {spell.ended_at for spell in await _read(database)} == {NOON + timedelta(seconds=60)}


async def test_spells_are_found_that_reach_into_the_time_asked_for(database: Database) -> None:
    await _tell(
        database,
        _changed(0, AgentState.AVAILABLE),
        _changed(10, AgentState.ENGAGED),
        _changed(20, AgentState.WRAP_UP),
        _changed(30, AgentState.AVAILABLE),
    )
    found = await _read(database, 10, 30)
    assert [spell.state for spell in found] == [AgentState.ENGAGED, AgentState.WRAP_UP]
    assert [spell.state for spell in await _read(database, 25, 26)] == [AgentState.WRAP_UP]
    assert [spell.state for spell in await _read(database, 40, 50)] == [AgentState.AVAILABLE]
    assert await _read(database, -10, 0) == []


async def test_batches_of_spells_follow_each_other_without_gap_or_repeat(database: Database) -> None:
    for second in range(6):
        state = AgentState.AVAILABLE if second % 2 else AgentState.ENGAGED
        await _tell(database, *(_changed(second, state, agent) for agent in ("ana", "ben", "cas")))
    whole = await _read(database)
    assert len(whole) == 18
    for limit in (1, 2, 3, 15, 16):
        assert await _read(database, limit=limit) == whole
    assert {spell.agent for spell in await _read(database, agent="ben", limit=2)} == {"ben"}
