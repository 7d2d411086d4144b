"""Stories are kept with their flow, and not overwritten unseen."""

import pytest
from store_values import NOON

from skipline.store import Database, stories
from skipline.store.errors import StoriesChanged


async def test_stories_are_kept_as_written_until_they_are_dropped(database: Database) -> None:
    assert await database.read(stories.find, "loyalty") is None
    saved = await database.write(stories.save, "loyalty", "# one\nstories: []\n", NOON, author="ana", revision=0)
    assert (saved.revision, saved.author, saved.updated_at) == (1, "ana", NOON)
    assert await database.read(stories.find, "loyalty") == saved
    assert (await database.write(stories.save, "loyalty", "two", NOON)).revision == 2
    await database.write(stories.discard, "loyalty", revision=2)
    await database.write(stories.discard, "loyalty")
    assert await database.read(stories.find, "loyalty") is None


async def test_two_people_do_not_overwrite_each_others_stories(database: Database) -> None:
    await database.write(stories.save, "loyalty", "ana's", NOON, revision=0)
    with pytest.raises(StoriesChanged, match="at revision 1"):
        await database.write(stories.save, "loyalty", "ben's", NOON, revision=0)
    with pytest.raises(StoriesChanged):
        await database.write(stories.discard, "loyalty", revision=7)
    kept = await database.read(stories.find, "loyalty")
    assert kept is not None
    assert kept.text == "ana's"


async def test_the_stories_of_a_workspace_touch_only_what_they_change(database: Database) -> None:
    await database.write(stories.save, "loyalty", "one", NOON, author="ana")
    await database.write(stories.save, "sales", "two", NOON, author="ana")
    await database.write(stories.save_texts, {"loyalty": "one", "night": "three"}, NOON, author="ben")
    assert await database.read(stories.read_texts) == {"loyalty": "one", "night": "three", "sales": "two"}
    found = [await database.read(stories.find, flow) for flow in ("loyalty", "night")]
    assert [(one.revision, one.author) for one in found if one is not None] == [(1, "ana"), (1, "ben")]
