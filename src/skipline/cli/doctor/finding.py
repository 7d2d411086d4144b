"""What one examination found."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """`warn` works, but not as well as it could, or cannot be told from here; `bad` keeps calls from going well."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what it is about, how it is, and what to do about it."""

    verdict: Verdict
    about: str
    sentence: str
    fix: str = ""

    def __str__(self) -> str:
        line = f"{self.verdict:<4}  {self.about}: {self.sentence}"
        return f"{line}\n      fix: {self.fix}" if self.fix else line


def ok(about: str, sentence: str) -> Finding:
    """All is well."""
    return Finding(Verdict.OK, about, sentence)


def warn(about: str, sentence: str, fix: str) -> Finding:
    """It works, but."""
    return Finding(Verdict.WARN, about, sentence, fix)


def bad(about: str, sentence: str, fix: str) -> Finding:
    """It does not work."""
    return Finding(Verdict.BAD, about, sentence, fix)


def has_bad(findings: Iterable[Finding]) -> bool:
    """Whether one of them must be mended."""
    return any(one.verdict is Verdict.BAD for one in findings)
