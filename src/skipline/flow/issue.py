"""A mistake in a file that somebody wrote: where it is, what it is, and how to put it right."""

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """An error stops a flow from being published; a warning is advice."""

    ERROR = "error"
    WARNING = "warning"


class Issue(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake. `line` counts from 1 (0: the file as a whole); `code` is stable and names the kind of mistake;
    `step` names the box that the editor marks, `path` leads from the top of the file to what is mistaken."""

    file: str
    line: int
    code: str
    sentence: str
    fix: str
    severity: Severity = Severity.ERROR
    step: str = ""
    path: tuple[str | int, ...] = ()


def format_issue(issue: Issue) -> str:
    """`file:line: code: sentence (fix)`, one line."""
    fix = f" ({issue.fix})" if issue.fix else ""
    return f"{issue.file}:{issue.line}: {issue.code}: " + " ".join(f"{issue.sentence}{fix}".split())


def has_errors(issues: tuple[Issue, ...] | list[Issue]) -> bool:
    """Whether anything among `issues` stops a flow from being published."""
    return any(issue.severity is Severity.ERROR for issue in issues)
