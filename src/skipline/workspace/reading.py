"""Reads a whole workspace: `skipline.yaml` and one flow for each file in `flows/`. All mistakes are found at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import skipline.steps
import skipline.triggers
from skipline.base.sentence import say
from skipline.base.yaml_lines import LARGEST_FILE_BYTES
from skipline.flow.claims import said_of
from skipline.flow.issue import Issue, Severity, has_errors
from skipline.flow.loading import LoadedFlow, claims_of, load_flow, numbers_of, webhooks_of
from skipline.flow.mistakes import Mistake, Path
from skipline.flow.pieces import Catalogue, read_catalogue
from skipline.model.configuration import Configuration
from skipline.model.flow_version import FlowContent
from skipline.workspace.agreement import find_disagreements
from skipline.workspace.csv_rows import ROWS_FROM
from skipline.workspace.files import CONFIGURATION_FILE, key_of_flow, sort_files
from skipline.workspace.inner_flows import check_inner_flows
from skipline.workspace.queue_agreement import find_queue_disagreements
from skipline.workspace.sections import ReadSections, read_sections
from skipline.workspace.writing import write_configuration


@dataclass(frozen=True, slots=True)
class Workspace:
    """A company's whole configuration: everything of `skipline.yaml`, and its flows as they are written."""

    configuration: Configuration
    flows: tuple[FlowContent, ...]


@dataclass(frozen=True, slots=True)
class WorkspaceReading:
    """What came of a workspace folder. `workspace` is None when an error is among the issues; warnings alone stop
    nothing."""

    workspace: Workspace | None
    issues: tuple[Issue, ...]


class WorkspaceRefused(Exception):
    """A workspace that had to be applied has mistakes; nothing of it was."""

    def __init__(self, issues: tuple[Issue, ...]) -> None:
        super().__init__("the workspace has mistakes")
        self.issues = issues


@cache
def all_pieces() -> Catalogue:
    """The steps and triggers that this release has."""
    return read_catalogue(skipline.steps, skipline.triggers)


def read_workspace(
    files: Mapping[str, str], catalogue: Catalogue | None = None, carried: frozenset[str] | None = None
) -> WorkspaceReading:
    """The workspace that `files` hold: texts by their path below the folder, with `/` in it. Its flows are checked for
    runs on the channels `carried`; None: on those that the workspace has."""
    sorted_files = sort_files(files)
    sections = read_sections(files.get(CONFIGURATION_FILE, ""), CONFIGURATION_FILE, files)
    issues = [*sorted_files.issues, *sections.issues]
    issues += [sections.issue(mistake) for mistake in find_disagreements(sections)]
    issues += find_queue_disagreements(sections)
    issues += _too_large(sections)
    pieces = catalogue or all_pieces()
    known = _known_to_flows(sections) if CONFIGURATION_FILE in files else None
    loaded = {path: load_flow(files[path], path, pieces, known, carried) for path in sorted_files.flow_paths}
    for flow in loaded.values():
        issues += flow.issues
    issues += _shared(loaded)
    drawings = {key_of_flow(path): flow.drawing for path, flow in loaded.items() if flow.drawing is not None}
    issues += check_inner_flows(drawings, frozenset(map(key_of_flow, loaded)))
    issues += _idle_numbers(sections, loaded)
    return WorkspaceReading(_made(files, sections, loaded, issues), tuple(_in_order(issues)))


def _too_large(sections: ReadSections) -> Iterator[Issue]:
    """Tables from files with which `skipline.yaml`, as a server writes it out, could not be read any more: nothing
    could be published or rolled back there."""
    written = sections.places.data if sections.places is not None else {}
    placed = zip(sections.positions.get("tables", ()), sections.configuration.tables, strict=True)
    from_files = [(len(table.rows), position) for position, table in placed if ROWS_FROM in written["tables"][position]]
    size = len(write_configuration(sections.configuration).encode()) if from_files else 0
    if size > LARGEST_FILE_BYTES:
        where = ("tables", max(from_files)[1], ROWS_FROM)
        sentence = say(
            "with these rows skipline.yaml comes to {size} KiB, and {most} KiB are the most",
            size=size // 1024,
            most=LARGEST_FILE_BYTES // 1024,
        )
        yield sections.issue(Mistake(where, "wrong_value", sentence, say("ask a source instead of a table")))


def _made(
    files: Mapping[str, str], sections: ReadSections, loaded: Mapping[str, LoadedFlow], issues: list[Issue]
) -> Workspace | None:
    if has_errors(issues):
        return None
    return Workspace(
        sections.configuration, tuple(_content(path, files[path], flow) for path, flow in sorted(loaded.items()))
    )


def _content(path: str, text: str, flow: LoadedFlow) -> FlowContent:
    name = flow.drawing.document.name if flow.drawing is not None else ""
    return FlowContent(flow=key_of_flow(path), name=name, text=text, numbers=_numbers(flow), claims=_claims(flow))


def _numbers(flow: LoadedFlow) -> tuple[str, ...]:
    return numbers_of(flow.drawing) if flow.drawing is not None else ()


def _claims(flow: LoadedFlow) -> tuple[str, ...]:
    found = claims_of(flow.drawing) if flow.drawing is not None else ()
    return tuple(dict.fromkeys(claim for _, claim in found))


def _known_to_flows(sections: ReadSections) -> Configuration | None:
    """What flows may name. With a mistake in a section, its entries are incomplete, and flows are not blamed for it."""
    return sections.configuration if not sections.issues else None


def _shared(loaded: Mapping[str, LoadedFlow]) -> Iterator[Issue]:
    """Numbers, webhooks and names that two flows claim: the file that sorts first has the right to them."""
    owners: dict[str, str] = {}
    names: dict[str, str] = {}
    webhooks: dict[str, str] = {}
    for path, flow in sorted(loaded.items()):
        if flow.drawing is None:
            continue
        name = flow.drawing.document.name
        if names.setdefault(name, path) != path:
            sentence = say("{file} is called `{name}` too", file=names[name], name=name)
            yield flow.drawing.issue(("name",), "duplicate_name", sentence, say("give this flow another name"))
        for where, number in _number_places(flow):
            if owners.setdefault(number, path) != path:
                sentence = say("the number {number} starts {file} already", number=number, file=owners[number])
                yield flow.drawing.issue(where, "duplicate_number", sentence, say("a number belongs to one flow"))
        for where, webhook in webhooks_of(flow.drawing):
            if webhooks.setdefault(webhook, path) != path:
                sentence = say("the webhook `{name}` starts {file} already", name=webhook, file=webhooks[webhook])
                yield flow.drawing.issue(where, "duplicate_webhook", sentence, say("give this one another name"))
    yield from _shared_messages(loaded)


def _shared_messages(loaded: Mapping[str, LoadedFlow]) -> Iterator[Issue]:
    """Messages that two flows claim; one issue for each trigger."""
    owners: dict[str, str] = {}
    for path, flow in sorted(loaded.items()):
        told: set[Path] = set()
        for where, claim in claims_of(flow.drawing) if flow.drawing is not None else ():
            owner = owners.setdefault(claim, path)
            if owner != path and where not in told and flow.drawing is not None:
                told.add(where)
                sentence = say("{messages} start {file} already", messages=said_of(claim), file=owner)
                fix = say(
                    "a message starts one flow: name other accounts or channels, or `keywords` that the other has not"
                )
                yield flow.drawing.issue(where, "duplicate_message", sentence, fix)


def _number_places(flow: LoadedFlow) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Each number of a flow's triggers, with its path."""
    triggers = flow.drawing.document.triggers if flow.drawing is not None else ()
    for position, trigger in enumerate(triggers):
        numbers = trigger.settings.get("numbers")
        for place, number in enumerate(numbers if isinstance(numbers, list) else ()):
            yield ("triggers", position, "numbers", place), str(number)


def _idle_numbers(sections: ReadSections, loaded: Mapping[str, LoadedFlow]) -> Iterator[Issue]:
    owned = {number for flow in loaded.values() for _, number in _number_places(flow)}
    for position, number in zip(sections.positions.get("numbers", ()), sections.configuration.numbers, strict=True):
        if number.number not in owned and all(flow.drawing is not None for flow in loaded.values()):
            line = sections.places.line(("numbers", position)) if sections.places is not None else 0
            yield Issue(
                file=sections.file,
                line=line,
                code="idle_number",
                sentence=say("no flow takes calls to {number}, so they are answered with 404", number=number.number),
                fix=say("name it in a flow's trigger, or remove it"),
                severity=Severity.WARNING,
            )


def _in_order(issues: list[Issue]) -> list[Issue]:
    return sorted(dict.fromkeys(issues), key=lambda issue: (issue.file != CONFIGURATION_FILE, issue.file, issue.line))
