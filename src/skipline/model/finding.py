"""What somebody who sets something up is told about it: each finding with what to do.

`code` and `values` are for those who say it in another language; the sentences are English.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec


class Verdict(StrEnum):
    """How good a finding is: nothing to do, worth knowing, or something fails by it."""

    GOOD = "good"
    NOTICE = "notice"
    BAD = "bad"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was found. `fix` is empty where there is nothing to do. Times among the `values` are RFC 3339."""

    code: str
    verdict: Verdict
    sentence: str
    fix: str = ""
    values: dict[str, Any] = {}


def good(code: str, sentence: str, /, **values: Any) -> Finding:
    """A finding with nothing to do."""
    return Finding(code=code, verdict=Verdict.GOOD, sentence=sentence, values=values)


def notice(code: str, sentence: str, fix: str = "", /, **values: Any) -> Finding:
    """A finding that is worth knowing."""
    return Finding(code=code, verdict=Verdict.NOTICE, sentence=sentence, fix=fix, values=values)


def bad(code: str, sentence: str, fix: str = "", /, **values: Any) -> Finding:
    """A finding by which something fails."""
    return Finding(code=code, verdict=Verdict.BAD, sentence=sentence, fix=fix, values=values)


def worst_of(findings: Iterable[Finding]) -> Verdict:
    """The verdict over all."""
    order = list(Verdict)
    return max((one.verdict for one in findings), key=order.index, default=Verdict.GOOD)


def day_of(at: datetime) -> str:
    """A time as it stands in a sentence."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def secret_missing(secret: str, variable: str) -> Finding:
    """A secret that is named, and that nobody has set; `variable` is where the environment may have it."""
    fix = f"Set it under Secrets, or as {variable} in the server's environment."
    return bad("secret_missing", f"The secret {secret} has no value.", fix, secret=secret, variable=variable)
