"""Trying a flow out: a story is played on its text, offline, and nothing is changed."""

import asyncio
from typing import Any

import msgspec
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from skipline.api.access import allows
from skipline.api.errors import Refused, refuse_issues, with_fix
from skipline.api.runs import TraceEntryView
from skipline.api.services import Running
from skipline.api.told import Told
from skipline.base.sentence import chained, say
from skipline.flow.mistakes import PieceMistakes
from skipline.flow.pieces import Piece
from skipline.model.access import Permission
from skipline.model.run import Outcome
from skipline.stories.judging import Verdict, command_name, judge
from skipline.stories.playing import play
from skipline.stories.reading import PlacedStory
from skipline.stories.script import Story
from skipline.stories.stage import build_stage
from skipline.workspace.files import flow_file
from skipline.workspace.takeovers import as_published

router = APIRouter(prefix="/flows", tags=["flows"])

_STORY = Piece("story", Story)


class TryWish(BaseModel):
    """A story to play, in the words of a story file. Without a text it is played on the live version."""

    model_config = ConfigDict(extra="forbid")

    text: str | None = None
    story: dict[str, Any]


class DeedView(BaseModel):
    """Something that was done, so many seconds after the call came in."""

    after_seconds: float
    command: str
    settings: dict[str, Any]


class TryView(BaseModel):
    """What happened in a story. `differences` says what did not go as told, a sentence each; times in seconds."""

    path: list[str]
    outcome: Outcome | None
    variables: dict[str, Any]
    commands: list[DeedView]
    reached: list[str]
    answered_after: float | None
    ended_after: float | None
    trace: list[TraceEntryView]
    differences: list[Told]


@router.post("/{flow}/try")
@allows(Permission.FLOWS_EDIT)
async def try_flow(services: Running, flow: str, wish: TryWish) -> TryView:
    """Play a story with an invented world: no call is made, no source is asked, nothing is changed."""
    files = services.workspace.export()
    if wish.text is not None:
        live = [version.content for version in services.workspace.live]
        files = await asyncio.to_thread(as_published, files, flow, wish.text, live)
    elif flow_file(flow) not in files:
        raise Refused(404, "not_found", say("Flow {flow} is not live: send a text to try.", flow=flow))
    story = _story_of({"story": "a try", **wish.story})
    return _view(await asyncio.to_thread(_play, files, flow, story))


def _story_of(written: dict[str, Any]) -> Story:
    try:
        return _STORY.make(written)
    except PieceMistakes as found:
        mistakes = [{"path": list(one.path), "sentence": with_fix(one.sentence, one.fix)} for one in found.mistakes]
        sentences = chained([one.sentence for one in found.mistakes], "; ")
        detail = say("The story has mistakes: {mistakes}", mistakes=sentences)
        raise Refused(422, "bad_story", detail, mistakes=mistakes) from None


def _play(files: dict[str, str], flow: str, story: Story) -> Verdict:
    stage, issues = build_stage(files)
    if stage is None:
        raise refuse_issues(issues)
    return judge(PlacedStory("", 0, flow, story), play(stage, flow, story))


def _view(verdict: Verdict) -> TryView:
    came = verdict.performance
    run = came.run
    return TryView(
        path=list(came.path),
        outcome=run.outcome if run is not None else None,
        variables=run.variables if run is not None else {},
        commands=[
            DeedView(
                after_seconds=deed.seconds,
                command=command_name(deed.command),
                settings={key: value for key, value in msgspec.to_builtins(deed.command).items() if key != "type"},
            )
            for deed in came.deeds
        ],
        reached=came.reached,
        answered_after=came.connected_after,
        ended_after=came.ended_after,
        trace=[TraceEntryView.model_validate(msgspec.structs.asdict(entry)) for entry in run.trace] if run else [],
        differences=list(verdict.differences),
    )
