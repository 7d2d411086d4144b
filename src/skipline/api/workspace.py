"""The whole workspace as files: what `skipline apply` sends and `skipline export` fetches."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from skipline.api.access import Author, allows
from skipline.api.audit import Audited
from skipline.api.errors import refuse_issues
from skipline.api.flows import IssueView
from skipline.api.services import Running
from skipline.model.access import Permission
from skipline.model.audit import Deed
from skipline.store import stories
from skipline.stories.kept import story_files

router = APIRouter(prefix="/workspace", tags=["workspace"])


class WorkspaceFiles(BaseModel):
    """A workspace folder: the text of each file by its path below the folder, such as `flows/loyalty.yaml`."""

    model_config = ConfigDict(extra="forbid")

    files: dict[str, str] = Field(max_length=2000)


class AppliedView(BaseModel):
    """What changed, one sentence each (none: it was so already), and advice that stops nothing."""

    changes: list[str]
    warnings: list[IssueView]


@router.get("")
@allows(Permission.WORKSPACE_READ)
async def export_workspace(services: Running) -> WorkspaceFiles:
    """The workspace in force, and the stories that are kept with its flows; applying it changes nothing."""
    texts = await services.database.read(stories.read_texts)
    live = [version.content.flow for version in services.workspace.live]
    return WorkspaceFiles(files=services.workspace.export() | story_files(texts, live))


@router.post("/apply")
@allows(Permission.WORKSPACE_CHANGE)
async def apply_workspace(services: Running, author: Author, trail: Audited, wish: WorkspaceFiles) -> AppliedView:
    """Make the workspace equal to these files, all or nothing; flows whose content changed are published, and story
    files with a flow's name are kept with it."""
    entry = trail.entry(Deed.WORKSPACE_APPLIED)
    applied = await services.workspace.apply(wish.files, author=author.name, audited=entry)
    if not applied.is_applied:
        raise refuse_issues(applied.issues)
    warnings = [IssueView.model_validate(one) for one in applied.issues]
    return AppliedView(changes=list(applied.changes), warnings=warnings)
