"""Drafts: one for each flow, and never overwritten unseen."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from store_values import NOON, finish, make_flow, make_run

from skipline.store import Database, drafts, flows, migration, runs, sqlite, stories
from skipline.store.errors import DraftChanged, DraftUnknown, FlowPublished

LATER = NOON + timedelta(hours=1)
_OLD_RUN = """
INSERT INTO runs (id, flow, version, phone, contact, started_at, variables, trace, steps_taken)
VALUES ('run0001', 'loyalty', 3, '', '{"name": "Ana"}', '2030-05-01T12:00:00.000000+00:00', '{}', ?, 1)
"""


async def test_a_draft_is_kept_as_written(database: Database) -> None:
    saved = await database.write(drafts.save, "loyalty", "half a fl", NOON, author="ana")
    assert (saved.revision, saved.based_on, saved.author, saved.updated_at) == (1, None, "ana", NOON)
    assert await database.read(drafts.read, "loyalty") == saved
    assert await database.read(drafts.list_all) == (saved,)
    assert await database.read(flows.list_all) == ()


async def test_a_draft_remembers_the_version_it_began_from(database: Database) -> None:
    await database.write(flows.publish, make_flow("loyalty", text="one"), NOON)
    await database.write(drafts.save, "loyalty", "two", NOON)
    await database.write(flows.publish, make_flow("loyalty", text="other"), NOON)
    saved = await database.write(drafts.save, "loyalty", "three", LATER)
    assert (saved.based_on, saved.revision, saved.text, saved.updated_at) == (1, 2, "three", LATER)


async def test_two_people_do_not_overwrite_each_other(database: Database) -> None:
    await database.write(drafts.save, "loyalty", "ana's", NOON, author="ana", revision=0)
    with pytest.raises(DraftChanged, match="by ana meanwhile and is at revision 1"):
        await database.write(drafts.save, "loyalty", "bob's", NOON, author="bob", revision=0)
    with pytest.raises(DraftChanged):
        await database.write(drafts.discard, "loyalty", revision=2)
    assert (await database.read(drafts.read, "loyalty")).text == "ana's"
    await database.write(drafts.save, "loyalty", "bob's", NOON, author="bob", revision=1)
    assert (await database.read(drafts.read, "loyalty")).revision == 2


async def test_a_discarded_draft_is_gone(database: Database) -> None:
    await database.write(drafts.save, "loyalty", "x", NOON)
    await database.write(drafts.discard, "loyalty", revision=1)
    await database.write(drafts.discard, "loyalty")
    with pytest.raises(DraftUnknown, match="flow 'loyalty' has no draft"):
        await database.read(drafts.read, "loyalty")


def test_runs_of_an_older_release_are_found_by_their_path(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    migration.climb(file, to="0003")
    with closing(sqlite3.connect(file)) as before, before:
        before.execute(_OLD_RUN, [msgspec.json.encode(finish(make_run(1)).trace).decode()])
    assert migration.bring_up_to_date(file) == "0003"
    with sqlite.reading_engine(file).connect() as transaction:
        assert [run.id for run in runs.find(transaction, path=["tier.vip"]).runs] == ["run0001"]
        assert runs.find(transaction, path=["tier.else"]).runs == ()


async def test_a_flow_that_nobody_met_can_be_thrown_away_with_its_stories(database: Database) -> None:
    await database.write(drafts.save, "trial", "text", NOON)
    await database.write(stories.save, "trial", "stories: []", NOON)
    with pytest.raises(DraftChanged):
        await database.write(drafts.delete_begun, "trial", NOON, revision=7)
    assert await database.write(drafts.delete_begun, "trial", NOON, author="ana", revision=1)
    assert await database.read(drafts.list_all) == ()
    assert await database.read(stories.find, "trial") is None
    assert not await database.write(drafts.delete_begun, "trial", NOON, revision=None)


async def test_a_flow_with_versions_is_not_thrown_away_live_or_not(database: Database) -> None:
    await database.write(flows.publish, make_flow("loyalty"), NOON)
    await database.write(drafts.save, "loyalty", "text", NOON)
    await database.write(flows.take_down, "loyalty", NOON)
    with pytest.raises(FlowPublished, match="runs name its versions"):
        await database.write(drafts.delete_begun, "loyalty", NOON, revision=None)
    assert (await database.read(drafts.read, "loyalty")).text == "text"
