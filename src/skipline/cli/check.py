"""`skipline check`: every mistake in workspace folders and flow files, without a server."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from skipline.cli.failures import clear_failures
from skipline.cli.folders import read_folder, read_text
from skipline.cli.terminal import show_issues
from skipline.flow.issue import Issue, has_errors
from skipline.flow.loading import load_flow
from skipline.workspace.reading import all_pieces, read_workspace


def check(paths: Annotated[list[Path], typer.Argument(help="workspace folders, or single flow files")]) -> None:
    """Print each finding as `file:line: code: sentence (fix)`; the exit status is 1 when there is an error."""
    with clear_failures():
        issues = [issue for path in paths for issue in _check(path)]
    show_issues(issues)
    if has_errors(issues):
        raise typer.Exit(1)
    advice = f", with {len(issues)} pieces of advice" if issues else ""
    typer.echo(f"no mistakes in {', '.join(map(str, paths))}{advice}")


def _check(path: Path) -> tuple[Issue, ...]:
    if path.is_dir():
        found = read_workspace(read_folder(path)).issues
        return tuple(_below(path, issue) for issue in found)
    return load_flow(read_text(path), str(path), all_pieces()).issues


def _below(folder: Path, issue: Issue) -> Issue:
    """The issue with its file as the reader's shell would name it."""
    return msgspec.structs.replace(issue, file=str(folder / issue.file))
