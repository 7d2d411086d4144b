"""Findings as whoever asks sees them, and those that hold for everything that names a secret."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict

from skipline.api.services import Services
from skipline.host.secrets import variable_of
from skipline.model.finding import Finding, Verdict, secret_missing


class FindingView(BaseModel):
    """One thing that was found: `good`, `notice` (worth knowing) or `bad` (something fails by it), and what to do about
    it. `code` is stable; `values` stand in the sentence, times among them as RFC 3339."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    verdict: Verdict
    sentence: str
    fix: str
    values: dict[str, Any]


def finding_views(findings: Iterable[Finding]) -> list[FindingView]:
    """Findings as they are sent."""
    return [FindingView.model_validate(one) for one in findings]


def missing_secrets(services: Services, named: Iterable[str]) -> list[str]:
    """Those of the secrets that have no value."""
    return [one for one in dict.fromkeys(named) if one and not _is_known(services, one)]


def secret_findings(missing: Iterable[str]) -> list[Finding]:
    """What there is to say of secrets without a value."""
    return [secret_missing(one, variable_of(one)) for one in missing]


def _is_known(services: Services, secret: str) -> bool:
    try:
        return bool(services.secrets.value(secret))
    except LookupError:
        return False
