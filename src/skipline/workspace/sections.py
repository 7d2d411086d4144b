"""Reads `skipline.yaml` section by section; a mistaken entry is reported and the others are read all the same."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from skipline.base.sentence import say
from skipline.base.spelling import advice
from skipline.base.yaml_lines import YamlDocument, YamlMistake, read_yaml
from skipline.flow.document import FORMAT
from skipline.flow.issue import Issue
from skipline.flow.mistakes import Mistake, PieceMistakes
from skipline.flow.pieces import Piece
from skipline.flow.reading import issue_at
from skipline.model.configuration import Configuration
from skipline.workspace.channels import read_account
from skipline.workspace.csv_rows import with_rows
from skipline.workspace.forms import HoursForm, NumberForm, TableForm, TierForm, TrunkForm
from skipline.workspace.queue_forms import AgentForm, QueueForm, SkillForm
from skipline.workspace.sources import read_source


def _form_reader(form: type[Any]) -> Callable[[Mapping[str, Any]], Any]:
    piece = Piece(form.__name__, form)
    return lambda entry: piece.make(entry).made()


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "tiers": _form_reader(TierForm),
    "trunks": _form_reader(TrunkForm),
    "numbers": _form_reader(NumberForm),
    "sources": read_source,
    "tables": _form_reader(TableForm),
    "hours": _form_reader(HoursForm),
    "queues": _form_reader(QueueForm),
    "skills": _form_reader(SkillForm),
    "agents": _form_reader(AgentForm),
    "channels": read_account,
}

SECTIONS = tuple(_READERS)


def word_for(section: str) -> str:
    """What people call one entry of a section: a trunk, a table, but hours."""
    return section if section == "hours" else section.removesuffix("s")


@dataclass(frozen=True, slots=True)
class ReadSections:
    """What the file says. `configuration` holds what could be understood; `positions` gives each entry's place in the
    file's list, because mistaken entries are left out of `configuration`."""

    file: str
    configuration: Configuration
    positions: Mapping[str, tuple[int, ...]]
    places: YamlDocument | None
    issues: tuple[Issue, ...]

    def issue(self, mistake: Mistake) -> Issue:
        """`mistake` at its line."""
        if self.places is None:
            return Issue(file=self.file, line=0, code=mistake.code, sentence=mistake.sentence, fix=mistake.fix)
        return issue_at(self.file, self.places, mistake)


def read_sections(text: str, file: str, files: Mapping[str, str] | None = None) -> ReadSections:
    """The configuration that `text` says; `files` holds the sheets that tables take their rows from."""
    try:
        places = read_yaml(text)
    except YamlMistake as mistake:
        return ReadSections(file, Configuration(), {}, None, (_yaml_issue(file, mistake),))
    data = {} if places.data is None else places.data
    mistakes = list(_top_mistakes(data))
    entries: dict[str, list[Any]] = {}
    positions: dict[str, tuple[int, ...]] = {}
    for section in SECTIONS:
        entries[section], positions[section] = _read_section(section, data, files or {}, mistakes)
    issues = [_yaml_issue(file, twice) for twice in places.mistakes]
    issues += [issue_at(file, places, mistake) for mistake in mistakes]
    found = Configuration(**{section: tuple(values) for section, values in entries.items()})
    return ReadSections(file, found, positions, places, tuple(issues))


def _read_section(
    section: str, data: Any, files: Mapping[str, str], mistakes: list[Mistake]
) -> tuple[list[Any], tuple[int, ...]]:
    written = data.get(section) if isinstance(data, Mapping) else None
    values, positions = [], []
    for position, entry in enumerate(written if isinstance(written, list) else ()):
        try:
            values.append(_read_entry(section, entry, files))
            positions.append(position)
        except PieceMistakes as found:
            mistakes += [
                Mistake((section, position, *one.path), one.code, one.sentence, one.fix) for one in found.mistakes
            ]
    return values, tuple(positions)


def _read_entry(section: str, entry: Any, files: Mapping[str, str]) -> Any:
    if not isinstance(entry, Mapping):
        sentence = say("an entry of `{section}` should be a map of keys", section=section)
        fix = say("write {section}: [{{...}}], each entry with its keys", section=section)
        raise PieceMistakes([Mistake((), "wrong_value", sentence, fix)])
    return _READERS[section](with_rows(entry, files) if section == "tables" else entry)


def _top_mistakes(data: Any) -> Iterator[Mistake]:
    if not isinstance(data, Mapping):
        fix = say("begin with {sections}", sections=", ".join(SECTIONS))
        yield Mistake((), "not_a_workspace", say("this is not a workspace"), fix)
        return
    for key, value in data.items():
        if key == "format":
            yield from _format_mistake(value)
        elif key not in SECTIONS:
            sentence = say("there is no section `{section}`", section=key)
            yield Mistake((key,), "unknown_key", sentence, advice(str(key), SECTIONS))
        elif not isinstance(value, list) and value is not None:
            fix = say("begin each entry of `{section}` with a dash", section=key)
            yield Mistake((key,), "wrong_value", say("`{section}` should be a list", section=key), fix)


def _format_mistake(value: Any) -> Iterator[Mistake]:
    if value != FORMAT:
        sentence = say("there is no format {value}", value=value)
        yield Mistake(("format",), "unknown_format", sentence, say("write format: {format}", format=FORMAT))


def _yaml_issue(file: str, mistake: YamlMistake) -> Issue:
    return Issue(file=file, line=mistake.line, code="bad_yaml", sentence=mistake.sentence, fix=mistake.fix)
