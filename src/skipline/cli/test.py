"""`skipline test`: plays the stories of workspaces offline and tells every difference."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from skipline.cli.failures import clear_failures
from skipline.cli.folders import FolderMistake, read_folder
from skipline.cli.terminal import show_issues
from skipline.flow.issue import Issue, has_errors
from skipline.stories.coverage import Coverage, describe_coverage, measure
from skipline.stories.judging import Verdict, judge
from skipline.stories.junit import write_junit
from skipline.stories.playing import play
from skipline.stories.reading import ENDING, read_all_stories
from skipline.stories.stage import Stage, build_stage
from skipline.workspace.files import CONFIGURATION_FILE

Paths = Annotated[list[Path], typer.Argument(help="workspace folders, or single story files in them")]
JunitOption = Annotated[Path | None, typer.Option(help="write a JUnit report to this file")]
GenerateOption = Annotated[bool, typer.Option(help="print a story for each exit that no story tries, and nothing else")]


@dataclass(frozen=True, slots=True)
class _Played:
    """One workspace with what came of its stories; no stage when it has mistakes."""

    folder: Path
    stage: Stage | None
    verdicts: tuple[Verdict, ...]
    issues: tuple[Issue, ...]


def test(paths: Paths, junit: JunitOption = None, generate: GenerateOption = False) -> None:
    """Play stories with an invented world and clock; the exit status is 1 when one does not go as told."""
    with clear_failures():
        played = [_play(folder, only) for folder, only in _wanted(paths).items()]
        if junit is not None:
            _write(junit, write_junit([verdict for one in played for verdict in one.verdicts]))
    issues = [issue for one in played for issue in one.issues]
    show_issues(issues, is_aside=generate)
    if generate:
        _propose(played)
    else:
        _report(played)
    if has_errors(issues) or not all(verdict.has_passed for one in played for verdict in one.verdicts):
        raise typer.Exit(1)


def _wanted(paths: list[Path]) -> dict[Path, set[str] | None]:
    """The workspaces to play, each with the story files that were named; None: all of them."""
    wanted: dict[Path, set[str] | None] = {}
    for path in paths:
        if path.is_dir():
            wanted[path] = None
            continue
        folder = _workspace_of(path)
        named = wanted.setdefault(folder, set())
        if named is not None:
            named.add(path.resolve().relative_to(folder.resolve()).as_posix())
    return wanted


def _workspace_of(path: Path) -> Path:
    if not path.name.endswith(ENDING) or not path.is_file():
        raise FolderMistake(
            f"{path} is neither a folder nor a story file: name a workspace, or a file *{ENDING} in one"
        )
    found = next((folder for folder in path.resolve().parents if (folder / CONFIGURATION_FILE).is_file()), None)
    if found is None:
        raise FolderMistake(f"{path} is in no workspace: no folder above it holds {CONFIGURATION_FILE}")
    here = Path.cwd()
    return found.relative_to(here) if found.is_relative_to(here) else found


def _play(folder: Path, only: set[str] | None) -> _Played:
    files = read_folder(folder)
    stage, issues = build_stage(files)
    errors = tuple(_below(folder, issue) for issue in issues if has_errors([issue]))
    if stage is None:
        return _Played(folder, None, (), errors)
    chosen = {path: text for path, text in files.items() if only is None or path in only}
    reading = read_all_stories(chosen, stage.flows)
    verdicts = tuple(judge(one, play(stage, one.flow, one.story)) for one in reading.stories)
    return _Played(folder, stage, verdicts, tuple(_below(folder, issue) for issue in reading.issues))


def _report(played: list[_Played]) -> None:
    for one in played:
        for verdict in one.verdicts:
            _tell(one.folder, verdict)
        for flow, coverage in _coverage(one).items():
            typer.echo(describe_coverage(flow, coverage))
    failed = sum(not verdict.has_passed for one in played for verdict in one.verdicts)
    typer.echo(f"{sum(len(one.verdicts) for one in played)} stories played, {failed} failed")


def _tell(folder: Path, verdict: Verdict) -> None:
    if verdict.has_passed:
        return
    placed = verdict.placed
    typer.echo(f"{folder / placed.file}:{placed.line}: story_failed: {placed.story.story}")
    for difference in verdict.differences:
        typer.echo(f"    {difference}")


def _coverage(played: _Played) -> dict[str, Coverage]:
    return dict(measure(played.stage, played.verdicts)) if played.stage is not None else {}


def _propose(played: list[_Played]) -> None:
    # Loaded only here: the search is of no use to those who only play stories.
    from skipline.stories.proposals import propose_stories, write_proposals

    for one in played:
        if (stage := one.stage) is not None:
            untried = {flow: coverage for flow, coverage in _coverage(one).items() if coverage.untried_exits}
            found = {flow: propose_stories(stage, flow, coverage) for flow, coverage in untried.items()}
            typer.echo(write_proposals(found), nl=False)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as trouble:
        raise FolderMistake(f"{file} cannot be written: {trouble.strerror}") from None


def _below(folder: Path, issue: Issue) -> Issue:
    return msgspec.structs.replace(issue, file=str(folder / issue.file))
