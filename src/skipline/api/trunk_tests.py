"""Whether a trunk works, in words: its server is really asked, over the voice worker."""

from datetime import datetime, timedelta

from fastapi import APIRouter
from pydantic import BaseModel

from skipline.api.access import allows
from skipline.api.errors import Refused
from skipline.api.findings import FindingView, finding_views, missing_secrets, secret_findings
from skipline.api.services import Running
from skipline.base.sentence import say, sentence_of
from skipline.centre.trunk_findings import find_findings
from skipline.host.voice_worker import VoiceUnavailable
from skipline.model.access import Permission
from skipline.model.configuration import Trunk
from skipline.model.finding import Verdict, worst_of
from skipline.store import calls

router = APIRouter(prefix="/trunks", tags=["configuration"])

_LOOKED_BACK = timedelta(days=30)


class TrunkTestView(BaseModel):
    """What a test of a trunk came to; `verdict` is the worst of its findings."""

    trunk: str
    tested_at: datetime
    verdict: Verdict
    findings: list[FindingView]


@router.post("/{name}/test")
@allows(Permission.WORKSPACE_CHANGE)
async def try_trunk(services: Running, name: str) -> TrunkTestView:
    """Ask the trunk's server for a sign of life (a SIP OPTIONS), look at its registration and at who called of late.
    No call is placed. Takes some seconds when the carrier is silent; calls go on meanwhile."""
    trunk = next((one for one in services.workspace.configuration.trunks if one.name == name), None)
    if trunk is None:
        raise Refused(404, "not_found", say("There is no trunk {name}.", name=name))
    if services.host.voice is None:
        raise Refused(503, "voice_unavailable", say("This server takes no calls, so it has no way to ask."))
    try:
        found = await services.host.voice.examine(name, services.ids())
    except VoiceUnavailable as why:
        raise Refused(503, "voice_unavailable", sentence_of(why), retry_after=1) from why
    if found is None:
        raise Refused(
            503, "voice_unavailable", say("The voice worker does not know this trunk yet: try again in a moment.")
        )
    since = services.clock() - _LOOKED_BACK
    last_call_at = await services.database.read(calls.last_over, name, since)
    findings = [*secret_findings(missing_secrets(services, _secrets_of(trunk)))]
    findings += find_findings(trunk, found, last_call_at)
    return TrunkTestView(trunk=name, tested_at=found.at, verdict=worst_of(findings), findings=finding_views(findings))


def _secrets_of(trunk: Trunk) -> list[str]:
    return [trunk.password_secret if trunk.user else "", trunk.register.password_secret if trunk.register else ""]
