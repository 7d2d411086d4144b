"""What every command prints the same way: sentences, mistakes, and the end with a status."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, NoReturn

import structlog
import typer

from skipline.flow.issue import Issue, Severity, format_issue

DataFolder = Annotated[
    Path, typer.Option("--data", envvar="SKIPLINE_DATA", help="folder of the database, the cache and the keys")
]


def fail(sentence: str, status: int = 1) -> NoReturn:
    """Say what is wrong on standard error and end."""
    typer.echo(f"skipline: {sentence}", err=True)
    raise typer.Exit(status)


def show_issues(issues: Iterable[Issue], *, is_aside: bool = False) -> None:
    """One line each, `file:line: code: sentence (fix)`; advice is marked as such. `is_aside`: on standard
    error, because what is printed besides is to be kept as it is."""
    for issue in issues:
        mark = " [advice]" if issue.severity is Severity.WARNING else ""
        typer.echo(format_issue(issue) + mark, err=is_aside)


def log_to_stderr(level: str = "info") -> None:
    """Logs as `event key=value` lines on standard error, from `level` on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], drop_missing=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
