"""Whether a trunk works, in words: its server is really asked, over the voice worker."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from skipline.api.access import allows
from skipline.api.errors import Refused
from skipline.api.services import Running
from skipline.centre.trunk_findings import Finding, Verdict, find_findings, worst_of
from skipline.host.secrets import variable_of
from skipline.host.voice_worker import VoiceUnavailable
from skipline.model.access import Permission
from skipline.model.configuration import Trunk
from skipline.store import calls

router = APIRouter(prefix="/trunks", tags=["configuration"])

_LOOKED_BACK = timedelta(days=30)


class FindingView(BaseModel):
    """One thing about a trunk: `good`, `notice` (worth knowing) or `bad` (calls fail by it), and what to do about it.
    `code` is stable; `values` stand in the sentence, times among them as RFC 3339."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    verdict: Verdict
    sentence: str
    fix: str
    values: dict[str, Any]


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
        raise Refused(404, "not_found", f"There is no trunk {name}.")
    if services.host.voice is None:
        raise Refused(503, "voice_unavailable", "This server takes no calls, so it has no way to ask.")
    try:
        found = await services.host.voice.examine(name, services.ids())
    except VoiceUnavailable as why:
        raise Refused(503, "voice_unavailable", str(why), retry_after=1) from why
    if found is None:
        raise Refused(503, "voice_unavailable", "The voice worker does not know this trunk yet: try again in a moment.")
    since = services.clock() - _LOOKED_BACK
    last_call_at = await services.database.read(calls.last_over, name, since)
    findings = [*_missing_secrets(services, trunk), *find_findings(trunk, found, last_call_at)]
    return TrunkTestView(
        trunk=name,
        tested_at=found.at,
        verdict=worst_of(findings),
        findings=[FindingView.model_validate(one) for one in findings],
    )


def _missing_secrets(services: Running, trunk: Trunk) -> list[Finding]:
    named = [trunk.password_secret if trunk.user else "", trunk.register.password_secret if trunk.register else ""]
    return [_missing(one) for one in dict.fromkeys(named) if one and not _is_known(services, one)]


def _missing(secret: str) -> Finding:
    fix = f"Set it under Secrets, or as {variable_of(secret)} in the server's environment."
    values = {"secret": secret, "variable": variable_of(secret)}
    sentence = f"The secret {secret} has no value, so the carrier gets a wrong password."
    return Finding(code="secret_missing", verdict=Verdict.BAD, sentence=sentence, fix=fix, values=values)


def _is_known(services: Running, secret: str) -> bool:
    try:
        return bool(services.secrets.value(secret))
    except LookupError:
        return False
