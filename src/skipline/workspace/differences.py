"""Says what differs between two workspaces, in sentences: what `skipline apply` is about to change."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from skipline.base.value_types import shorten, write_plain
from skipline.flow.document import FlowDocument
from skipline.flow.reading import read_flow
from skipline.model.flow_version import FlowContent
from skipline.workspace.files import flow_file
from skipline.workspace.reading import Workspace
from skipline.workspace.sections import SECTIONS
from skipline.workspace.writing import written_entry

_MOST_STEPS = 8


def find_differences(before: Workspace, after: Workspace) -> tuple[str, ...]:
    """One sentence for each change that leads from `before` to `after`; none when they are equal."""
    sentences: list[str] = []
    for section in SECTIONS:
        sentences += _section(section.removesuffix("s"), before, after, section)
    sentences += _flows({flow.flow: flow for flow in before.flows}, {flow.flow: flow for flow in after.flows})
    return tuple(sentences)


def _section(word: str, before: Workspace, after: Workspace, section: str) -> Iterator[str]:
    was = _by_name(getattr(before.configuration, section))
    now = _by_name(getattr(after.configuration, section))
    for name in [name for name in was if name not in now]:
        yield f"removes {word} {name}"
    for name, entry in now.items():
        if name not in was:
            yield f"adds {word} {name}"
        elif entry != was[name]:
            yield f"changes {word} {name}: {', '.join(_keys(was[name], entry))}"


def _by_name(entries: Iterable[Any]) -> dict[str, dict[str, Any]]:
    written = (written_entry(entry) for entry in entries)
    return {str(entry.get("number") or entry["name"]): entry for entry in written}


def _keys(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for key in dict.fromkeys([*was, *now]):
        if was.get(key) == now.get(key):
            continue
        if key == "rows":
            yield f"{len(now.get(key, ()))} rows, {len(was.get(key, ()))} before, {_changed_rows(was, now)} differ"
        elif key not in now:
            yield f"{key} is no longer {_shown(was[key])}"
        elif key not in was:
            yield f"{key} is now {_shown(now[key])}"
        else:
            yield f"{key} is {_shown(now[key])} instead of {_shown(was[key])}"


def _shown(value: Any) -> str:
    return shorten(write_plain(value), 60)


def _changed_rows(was: Mapping[str, Any], now: Mapping[str, Any]) -> int:
    before, after = was.get("rows", []), now.get("rows", [])
    return max(sum(row not in before for row in after), sum(row not in after for row in before))


def _flows(was: Mapping[str, FlowContent], now: Mapping[str, FlowContent]) -> Iterator[str]:
    for key in was:
        if key not in now:
            yield f"takes down flow {key}"
    for key, flow in now.items():
        if key not in was:
            yield f"publishes flow {key}"
        elif flow.text != was[key].text:
            yield f"publishes flow {key} anew: {'; '.join(describe_flow_change(was[key], flow))}"


def describe_flow_change(was: FlowContent, now: FlowContent) -> tuple[str, ...]:
    """What differs between two versions of a flow, step by step."""
    before, after = (read_flow(flow.text, flow_file(flow.flow)).document for flow in (was, now))
    if before is None or after is None:
        return ("its text changed",)
    sentences = [*_top(before, after), *_steps(before, after)]
    more = len(sentences) - _MOST_STEPS
    shown = [*sentences[:_MOST_STEPS], f"and {more} more"] if more > 0 else sentences
    return tuple(shown) or ("only how it is written changed",)


def _top(before: FlowDocument, after: FlowDocument) -> Iterator[str]:
    if before.name != after.name:
        yield f"its name is {after.name} instead of {before.name}"
    if before.start != after.start:
        yield f"it starts with {after.start} instead of {before.start}"
    if before.triggers != after.triggers:
        yield "what starts it changed"


def _steps(before: FlowDocument, after: FlowDocument) -> Iterator[str]:
    for name in before.steps:
        if name not in after.steps:
            yield f"step {name} is gone"
    for name, step in after.steps.items():
        if name not in before.steps:
            yield f"step {name} is new"
            continue
        was = before.steps[name]
        parts = [("type", "its type"), ("settings", "what it does"), ("next", "where it leads"), ("name", "its name")]
        changed = [words for part, words in parts if getattr(was, part) != getattr(step, part)]
        if changed:
            yield f"step {name}: {' and '.join(changed)} changed"
