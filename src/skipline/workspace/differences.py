"""Says what differs between two workspaces, in sentences: what `skipline apply` is about to change."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from skipline.base.value_types import shorten, write_plain
from skipline.model.flow_version import FlowContent
from skipline.workspace.flow_changes import describe_flow_change
from skipline.workspace.reading import Workspace
from skipline.workspace.sections import SECTIONS, word_for
from skipline.workspace.setting_changes import both_lists, describe_settings
from skipline.workspace.writing import written_entry

_MOST_CHANGES = 8


def find_differences(before: Workspace, after: Workspace) -> tuple[str, ...]:
    """One sentence for each change that leads from `before` to `after`; none when they are equal."""
    sentences: list[str] = []
    for section in SECTIONS:
        sentences += _section(word_for(section), before, after, section)
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
        before, after = was.get(key), now.get(key)
        if before == after:
            continue
        if key == "rows":
            yield f"{len(now.get(key, ()))} rows, {len(was.get(key, ()))} before, {_changed_rows(was, now)} differ"
        elif both_lists(before, after) or (isinstance(before, Mapping) and isinstance(after, Mapping)):
            yield from describe_settings({key: before}, {key: after})
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
            yield f"publishes flow {key} anew: {'; '.join(_most(describe_flow_change(was[key], flow)))}"


def _most(sentences: tuple[str, ...]) -> list[str]:
    more = len(sentences) - _MOST_CHANGES
    return [*sentences[:_MOST_CHANGES], f"and {more} more"] if more > 0 else list(sentences)
