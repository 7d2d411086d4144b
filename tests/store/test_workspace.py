"""Applying a workspace: all of it or nothing, and twice is once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from store_values import NOON, find_owner, make_flow

from skipline.model.configuration import Configuration, Tier
from skipline.store import Database, flows, stories, workspace
from skipline.store.errors import NumberTaken
from skipline.store.schema import metadata

ONE, TWO = "+31201234567", "+31207654321"
LATER = NOON + timedelta(hours=1)
GOLD = Configuration(tiers=(Tier(name="gold", target_seconds=20.0),))


def _everything(transaction: sa.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        table.name: [tuple(row) for row in transaction.execute(sa.select(table))] for table in metadata.sorted_tables
    }


async def test_applying_twice_changes_nothing(database: Database) -> None:
    contents = [make_flow("loyalty", ONE), make_flow("sales", TWO)]
    await database.write(workspace.apply, GOLD, contents, NOON)
    once = await database.read(_everything)
    await database.write(workspace.apply, GOLD, contents, LATER)
    assert await database.read(_everything) == once


async def test_applying_what_was_read_changes_nothing_even_after_a_roll_back(database: Database) -> None:
    await database.write(workspace.apply, GOLD, [make_flow("loyalty", ONE, text="one")], NOON)
    await database.write(workspace.apply, GOLD, [make_flow("loyalty", TWO, text="two")], NOON)
    await database.write(flows.roll_back, "loyalty", NOON)
    before = await database.read(_everything)
    configuration, versions = await database.read(workspace.read)
    await database.write(workspace.apply, configuration, [version.content for version in versions], LATER)
    assert await database.read(_everything) == before


async def test_a_flow_that_is_gone_gives_its_number_to_another(database: Database) -> None:
    await database.write(workspace.apply, GOLD, [make_flow("loyalty", ONE)], NOON)
    await database.write(workspace.apply, GOLD, [make_flow("sales", ONE)], LATER)
    _, live = await database.read(workspace.read)
    assert [version.content.flow for version in live] == ["sales"]
    assert await database.read(find_owner, ONE) == "sales"


async def test_a_workspace_that_cannot_be_applied_changes_nothing(database: Database) -> None:
    await database.write(workspace.apply, GOLD, [make_flow("loyalty", ONE)], NOON)
    before = await database.read(_everything)
    with pytest.raises(NumberTaken):
        await database.write(workspace.apply, Configuration(), [make_flow("a", TWO), make_flow("b", TWO)], LATER)
    assert await database.read(_everything) == before


async def test_stories_come_with_a_workspace_or_not_at_all(database: Database) -> None:
    told = {"loyalty": "stories: []"}
    await database.write(workspace.apply, GOLD, [make_flow("loyalty", ONE)], NOON, story_texts=told)
    assert await database.read(stories.read_texts) == told
    with pytest.raises(NumberTaken):
        contents = [make_flow("loyalty", ONE), make_flow("sales", ONE)]
        await database.write(workspace.apply, GOLD, contents, NOON, story_texts={"loyalty": "other"})
    await database.write(workspace.apply, GOLD, [], NOON)
    assert await database.read(stories.read_texts) == told
