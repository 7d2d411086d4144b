"""A run as a story: what it needs to be played again as a test."""

import asyncio
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from skipline.api.access import Author, allows
from skipline.api.privacy import sees_contacts, without_contact
from skipline.api.runs import find_run
from skipline.api.services import Running, Services
from skipline.flow.editing import read_document
from skipline.flow.patches import Document
from skipline.model.access import Permission
from skipline.model.run import Run
from skipline.store import flows
from skipline.store.errors import FlowUnknown
from skipline.stories.retelling import Retold, retell

router = APIRouter(prefix="/runs", tags=["runs"])

_WHO = ("phone", "name", "diverted_from")


class RunStoryView(BaseModel):
    """`story` is in the words of a story file, without what is expected of it: who came and when, what the sources
    said, what agents and targets did. `path` is every step that was taken with its exit. `masked` names the values that
    are left out because they are masked, `contact.phone` among them for those who may not see contacts."""

    flow: str
    version: int
    story: dict[str, Any]
    path: list[str]
    masked: list[str]


@router.get("/{run_id}/story")
@allows(Permission.RUNS_READ)
async def read_run_story(services: Running, run_id: str, actor: Author) -> RunStoryView:
    """A run as a story for `POST /api/v1/flows/{flow}/try`."""
    run, _ = await find_run(services, run_id)
    retold = retell(run, await _document(services, run))
    if not sees_contacts(actor):
        retold = _without_contact(retold, run)
    story, masked = retold.story, list(retold.masked)
    return RunStoryView(flow=run.flow, version=run.version, story=story, path=list(retold.path), masked=masked)


async def _document(services: Services, run: Run) -> Document | None:
    try:
        found = await services.database.read(flows.read_version, run.flow, run.version)
    except FlowUnknown:
        return None
    return await asyncio.to_thread(read_document, found.content.text)


def _without_contact(retold: Retold, run: Run) -> Retold:
    """The story of somebody made up, who is like the contact in all else."""
    who = {begins: retold.story[begins] for begins in ("caller", "writer") if begins in retold.story}
    story = {name: told for name, told in retold.story.items() if name not in who}
    story |= {begins: {name: one for name, one in told.items() if name not in _WHO} for begins, told in who.items()}
    masked = (*retold.masked, *(["contact.phone"] if who else []))
    return Retold(without_contact(story, run), retold.path, masked)
