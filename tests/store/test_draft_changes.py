"""Drafts that several people edit: revisions count on, and whoever was away is told what was missed."""

import pytest
from store_values import NOON, make_flow

from skipline.model.flow_version import DraftChange, FlowUnderWork
from skipline.store import Database, draft_changes, drafts, flows
from skipline.store.errors import DraftChanged

_PATCHES = [{"op": "replace", "path": ["name"], "value": "New"}]


async def _opened(database: Database) -> FlowUnderWork:
    found = await database.read(drafts.find_under_work, "loyalty")
    assert found is not None
    return found


async def _patch(database: Database, under_work: FlowUnderWork, text: str, id_: str = "") -> int:
    change = DraftChange(revision=0, author="ana", id=id_, patches=_PATCHES)
    return (await database.write(drafts.save_patched, under_work, text, NOON, change)).revision


async def test_what_is_under_work_is_the_live_version_until_there_is_a_draft(database: Database) -> None:
    assert await database.read(drafts.find_under_work, "loyalty") is None
    await database.write(flows.publish, make_flow("loyalty", text="one"), NOON)
    opened = await _opened(database)
    assert (opened.text, opened.revision, opened.based_on, opened.live_version) == ("one", 0, 1, 1)
    assert await _patch(database, opened, "two", "x1") == 1
    opened = await _opened(database)
    assert (opened.text, opened.revision, opened.has_draft) == ("two", 1, True)
    assert await database.read(draft_changes.find_sent, "loyalty", "x1") == 1
    assert await database.read(draft_changes.find_sent, "loyalty", "") is None
    assert await database.read(draft_changes.find_sent, "other", "x1") is None


async def test_patches_on_what_is_not_there_any_more_are_refused(database: Database) -> None:
    await database.write(flows.publish, make_flow("loyalty", text="one"), NOON)
    opened = await _opened(database)
    await _patch(database, opened, "two")
    with pytest.raises(DraftChanged):
        await _patch(database, opened, "three")
    assert (await _opened(database)).text == "two"


async def test_revisions_count_on_when_a_draft_is_gone(database: Database) -> None:
    await database.write(drafts.save, "loyalty", "one", NOON)
    await _patch(database, await _opened(database), "two")
    assert await database.write(drafts.take_back, "loyalty", NOON, author="ben", revision=2)
    assert not await database.write(drafts.take_back, "loyalty", NOON, author="ben", revision=None)
    assert (await database.write(drafts.save, "loyalty", "three", NOON, revision=0)).revision == 4
    missed = await database.read(draft_changes.read_since, "loyalty", 1)
    assert missed is not None
    assert [(one.revision, one.author, one.patches) for one in missed] == [
        (2, "ana", _PATCHES),
        (3, "ben", None),
        (4, "", None),
    ]


async def test_changes_are_told_newest_first_with_who_made_them_and_when(database: Database) -> None:
    await database.write(drafts.save, "loyalty", "one", NOON, author="ben")
    await _patch(database, await _opened(database), "two")
    newest = await database.read(draft_changes.read_newest, "loyalty")
    assert [(one.author, one.patches, one.at) for one in newest] == [("ana", _PATCHES, NOON), ("ben", None, NOON)]
    assert await database.read(draft_changes.read_newest, "other") == ()


async def test_only_the_newest_changes_are_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_changes, "MOST_KEPT", 3)
    for _ in range(5):
        await database.write(drafts.save, "loyalty", "text", NOON)
    assert await database.read(draft_changes.read_since, "loyalty", 1) is None
    caught_up = await database.read(draft_changes.read_since, "loyalty", 2)
    assert caught_up is not None
    assert len(caught_up) == 3
