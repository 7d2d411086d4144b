"""What every command prints the same way: sentences, mistakes, and the end with a status."""

import sys
from collections.abc import Iterable
from typing import NoReturn

import structlog
import typer

from skipline.flow.issue import Issue, Severity, format_issue


def fail(sentence: str, status: int = 1) -> NoReturn:
    """Say what is wrong on standard error and end."""
    typer.echo(f"skipline: {sentence}", err=True)
    raise typer.Exit(status)


def show_issues(issues: Iterable[Issue]) -> None:
    """One line each, `file:line: code: sentence (fix)`; advice is marked as such."""
    for issue in issues:
        mark = " [advice]" if issue.severity is Severity.WARNING else ""
        typer.echo(format_issue(issue) + mark)


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
