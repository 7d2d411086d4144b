"""Stories kept with a flow: told once, played before each publication."""

import asyncio
from datetime import datetime
from enum import StrEnum
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from skipline.api.access import Author, allows
from skipline.api.audit import Audited
from skipline.api.document_views import no_such_flow
from skipline.api.errors import Refused, refuse_issues
from skipline.api.queries import SeenRevision
from skipline.api.services import Running, Services
from skipline.api.told import Told
from skipline.base.sentence import say
from skipline.base.yaml_document import YamlMistake
from skipline.base.yaml_editing import edit_yaml
from skipline.base.yaml_lines import read_yaml
from skipline.model.access import Permission
from skipline.model.audit import Deed
from skipline.model.flow_version import FlowStories
from skipline.store import drafts, stories
from skipline.store.audit import told
from skipline.stories.judging import Verdict, judge
from skipline.stories.kept import MOST_STORIES, read_kept
from skipline.stories.playing import play
from skipline.stories.reading import PlacedStory
from skipline.stories.stage import Stage, build_stage
from skipline.workspace.files import flow_file
from skipline.workspace.takeovers import as_published

router = APIRouter(prefix="/flows", tags=["flows"])


class StoriesView(BaseModel):
    """The stories of a flow: the file as it is written, and each story in it with the words of a story file.
    `revision` 0: none are kept."""

    flow: str
    text: str
    stories: list[dict[str, Any]]
    revision: int
    author: str
    updated_at: datetime | None


class StoriesWish(BaseModel):
    """Stories to be kept: a whole file as `text`, or else each story as `stories`, which leaves the comments of the
    file where they are. `revision` is the one they were made from, 0 for none; null overwrites any."""

    model_config = ConfigDict(extra="forbid")

    text: str | None = None
    stories: list[dict[str, Any]] | None = Field(None, max_length=MOST_STORIES)
    revision: int | None = Field(None, ge=0, lt=2**31)


class PlayWish(BaseModel):
    """What the stories are played on; without a text on the draft, or else on the live version."""

    model_config = ConfigDict(extra="forbid")

    text: str | None = None


class Came(StrEnum):
    """How a story went: as told; as told, but by another way than in the live version; not as told."""

    PASSED = "passed"
    CHANGED = "changed"
    FAILED = "failed"


class PlayedStoryView(BaseModel):
    """A story and how it went. `differences` says what is not as told, or not as in the live version, a sentence
    each."""

    story: str
    came: Came
    differences: list[Told]
    path: list[str]


class PlayedView(BaseModel):
    """All stories of a flow, played."""

    passed: int
    changed: int
    failed: int
    stories: list[PlayedStoryView]


@router.get("/{flow}/stories")
@allows(Permission.FLOWS_READ)
async def read_flow_stories(services: Running, flow: str) -> StoriesView:
    """The stories that are kept with a flow."""
    kept = await services.database.read(stories.find, flow)
    if kept is None:
        await _refuse_unknown(services, flow)
        return StoriesView(flow=flow, text="", stories=[], revision=0, author="", updated_at=None)
    return await asyncio.to_thread(_view, kept)


@router.put("/{flow}/stories")
@allows(Permission.FLOWS_EDIT)
async def save_stories(services: Running, author: Author, flow: str, wish: StoriesWish) -> StoriesView:
    """Keep stories with a flow. Refused with 422 when one cannot be read, with 409 when somebody else has saved since
    the revision that is named."""
    await _refuse_unknown(services, flow)
    if (wish.text is None) == (wish.stories is None):
        raise Refused(422, "not_understood", say("Send either `text` or `stories`."))
    kept = await services.database.read(stories.find, flow)
    text = await asyncio.to_thread(_checked, flow, kept.text if kept is not None else "", wish)
    now = services.clock()
    saved = await services.database.write(stories.save, flow, text, now, author=author.name, revision=wish.revision)
    return await asyncio.to_thread(_view, saved)


@router.delete("/{flow}/stories", status_code=204)
@allows(Permission.FLOWS_EDIT)
async def discard_stories(
    services: Running,
    trail: Audited,
    flow: str,
    revision: SeenRevision = None,
) -> None:
    """Drop all stories of a flow, if there are any."""
    work = told(trail.entry(Deed.STORIES_DISCARDED, flow), stories.discard)
    await services.database.write(work, flow, revision=revision)


@router.post("/{flow}/stories/play")
@allows(Permission.FLOWS_READ)
async def play_stories(services: Running, flow: str, wish: PlayWish) -> PlayedView:
    """Play every story of a flow with an invented world: no call is made, no source is asked, nothing is changed."""
    opened = await services.database.read(drafts.find_under_work, flow)
    kept = await services.database.read(stories.find, flow)
    if opened is None and wish.text is None:
        raise no_such_flow(flow)
    text = wish.text if wish.text is not None or opened is None else opened.text
    story_file = kept.text if kept is not None else "stories: []"
    files, live = services.workspace.export(), [version.content for version in services.workspace.live]
    drafted = await asyncio.to_thread(as_published, files, flow, text or "", live)
    played = await asyncio.to_thread(_play_all, files, drafted, flow, story_file)
    counts = {came: sum(one.came is came for one in played) for came in Came}
    return PlayedView(
        passed=counts[Came.PASSED], changed=counts[Came.CHANGED], failed=counts[Came.FAILED], stories=played
    )


def _play_all(live: dict[str, str], drafted: dict[str, str], flow: str, story_file: str) -> list[PlayedStoryView]:
    told, file = _read(flow, story_file), flow_file(flow)
    stage, issues = build_stage(drafted)
    if stage is None:
        raise refuse_issues(issues)
    before = build_stage(live)[0] if file in live and live[file] != drafted[file] else None
    return [_played(one, stage, before) for one in told]


def _played(one: PlacedStory, stage: Stage, before: Stage | None) -> PlayedStoryView:
    now = judge(one, play(stage, one.flow, one.story))
    differences, came = list(now.differences), Came.FAILED if now.differences else Came.PASSED
    if came is Came.PASSED and before is not None:
        differences = _apart(judge(one, play(before, one.flow, one.story)), now)
        came = Came.CHANGED if differences else Came.PASSED
    return PlayedStoryView(story=one.story.story, came=came, differences=differences, path=list(now.performance.path))


def _apart(live: Verdict, now: Verdict) -> list[str]:
    """What is another in the live version, where a story looks at neither."""
    before, after = live.performance, now.performance
    found: list[str] = []
    if before.path != after.path:
        old, new = (" > ".join(one.path) or say("none") for one in (before, after))
        found.append(say("the way is {draft}; live it is {live}", draft=new, live=old))
    if before.reached != after.reached:
        old, new = (", ".join(one.reached) or say("none") for one in (before, after))
        found.append(say("who is reached is {draft}; live it is {live}", draft=new, live=old))
    return found


async def _refuse_unknown(services: Services, flow: str) -> None:
    if await services.database.read(drafts.find_under_work, flow) is None:
        raise no_such_flow(flow)


def _checked(flow: str, text: str, wish: StoriesWish) -> str:
    """The story file that is wished for; refuses one with mistakes."""
    wanted = wish.text if wish.text is not None else _written(text, wish.stories or [])
    _read(flow, wanted)
    return wanted


def _written(text: str, told: list[dict[str, Any]]) -> str:
    try:
        said = read_yaml(text).data
        return edit_yaml(text, {**(said if isinstance(said, dict) else {}), "stories": told})
    except (YamlMistake, TypeError, RecursionError):
        raise Refused(422, "bad_story", say("These stories cannot be written down.")) from None


def _read(flow: str, text: str) -> tuple[PlacedStory, ...]:
    """The stories of a text. Refuses those with mistakes, and those that are about another flow."""
    reading = read_kept(flow, text)
    if reading.issues:
        raise refuse_issues(reading.issues)
    if any(one.flow != flow for one in reading.stories):
        detail = say("These stories are about another flow: write `flow: {flow}`.", flow=flow)
        raise Refused(422, "bad_story", detail)
    return reading.stories


def _view(kept: FlowStories) -> StoriesView:
    said = read_yaml(kept.text).data
    return StoriesView(
        flow=kept.flow,
        text=kept.text,
        stories=said["stories"] if isinstance(said, dict) else [],
        revision=kept.revision,
        author=kept.author,
        updated_at=kept.updated_at,
    )
