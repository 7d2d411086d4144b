"""Says what differs between two versions of a flow, in sentences that need no knowledge of files:
`Branch How loyal?: Silver now also takes bronze`."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from skipline.flow.document import FlowDocument, StepDocument, TriggerDocument
from skipline.flow.reading import read_flow
from skipline.model.flow_version import FlowContent
from skipline.model.ids import StepId
from skipline.workspace.files import flow_file
from skipline.workspace.path_changes import describe_paths, path_name
from skipline.workspace.setting_changes import both_lists, describe_list, describe_settings

_CALLS = {
    "more": "it now also takes calls to",
    "less": "it no longer takes calls to",
    "order": "its numbers in another order:",
}
_NOTHING_THAT_COUNTS = "only how it is written changed"


class ChangeKind(StrEnum):
    """What became of a step; of the rest of a flow it is always `changed`."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Part(StrEnum):
    """What of a flow a change is about: the flow as a whole, what starts it, or one step."""

    FLOW = "flow"
    START = "start"
    STEP = "step"


class FlowChange(NamedTuple):
    """One difference. `step` is the key of the step that it is about, empty where it is about another part."""

    part: Part
    kind: ChangeKind
    sentence: str
    step: str = ""


def describe_flow_change(was: FlowContent, now: FlowContent) -> tuple[str, ...]:
    """Every difference between two versions, a sentence each; one sentence too when only comments or places differ."""
    return tuple(one.sentence for one in find_flow_changes(was, now))


def find_flow_changes(was: FlowContent, now: FlowContent) -> tuple[FlowChange, ...]:
    """Every difference between two versions, with what it is about."""
    before, after = (read_flow(flow.text, flow_file(flow.flow)).document for flow in (was, now))
    if before is None or after is None:
        return (_changed(Part.FLOW, "its text changed"),)
    only_written = (_changed(Part.FLOW, _NOTHING_THAT_COUNTS),) if was.text != now.text else ()
    return tuple(_changes(before, after)) or only_written


def _changes(before: FlowDocument, after: FlowDocument) -> Iterator[FlowChange]:
    """What starts the flow, which steps there are, what they do, where they lead."""
    if before.name != after.name:
        yield _changed(Part.FLOW, f"the flow is called {after.name} instead of {before.name}")
    if before.description != after.description:
        yield _changed(Part.FLOW, "its description changed")
    yield from (_changed(Part.START, one) for one in _triggers(before.triggers, after.triggers))
    if before.start != after.start:
        sentence = f"it starts with {_title(after, after.start)} instead of {_title(before, before.start)}"
        yield _changed(Part.START, sentence)
    for name in [name for name in before.steps if name not in after.steps]:
        yield FlowChange(Part.STEP, ChangeKind.REMOVED, f"{_title(before, name)} is gone", name)
    for name, step in after.steps.items():
        if name not in before.steps:
            yield FlowChange(Part.STEP, ChangeKind.ADDED, f"{_title(after, name)} is new", name)
        else:
            title = _title(before, name)
            for one in _step(before.steps[name], step, before, after):
                yield FlowChange(Part.STEP, ChangeKind.CHANGED, f"{title}: {one}", name)


def _changed(part: Part, sentence: str) -> FlowChange:
    return FlowChange(part, ChangeKind.CHANGED, sentence)


def _triggers(before: tuple[TriggerDocument, ...], after: tuple[TriggerDocument, ...]) -> Iterator[str]:
    was, now = _by_type(before), _by_type(after)
    for type_ in [type_ for type_ in was if type_ not in now]:
        yield f"{_words(type_)} no longer starts it"
    for type_, settings in now.items():
        if type_ not in was:
            yield f"{_words(type_)} starts it too"
            continue
        had, has = was[type_].pop("numbers", []), settings.pop("numbers", [])
        if both_lists(had, has):
            yield from describe_list(had, has, **_CALLS)
        yield from (f"{_words(type_)}: {one}" for one in describe_settings(was[type_], settings))


def _by_type(triggers: tuple[TriggerDocument, ...]) -> dict[str, dict[str, Any]]:
    """The triggers by type; those after the first of a type have a number, and lists of numbers are one list."""
    found: dict[str, dict[str, Any]] = {}
    for trigger in triggers:
        numbers = found.get(trigger.type, {}).get("numbers"), trigger.settings.get("numbers")
        if trigger.type in found and both_lists(*numbers):
            found[trigger.type]["numbers"] = [*numbers[0], *numbers[1]]  # type: ignore[misc]
        else:
            place = sum(one.partition(" ")[0] == trigger.type for one in found)
            found[f"{trigger.type} {place + 1}" if place else trigger.type] = dict(trigger.settings)
    return found


def _step(was: StepDocument, now: StepDocument, before: FlowDocument, after: FlowDocument) -> Iterator[str]:
    if was.name != now.name:
        yield f"is now called {now.name or now.id}"
    if was.type != now.type:
        yield f"is now a {_words(now.type).lower()} step"
    else:
        yield from _settings(was.settings, now.settings)
    yield from _lines(was, now, before, after)


def _settings(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if both_lists(was.get("paths"), now.get("paths")):
        yield from describe_paths(was["paths"], now["paths"])
        was, now = ({key: value for key, value in one.items() if key != "paths"} for one in (was, now))
    yield from describe_settings(was, now)


def _lines(was: StepDocument, now: StepDocument, before: FlowDocument, after: FlowDocument) -> Iterator[str]:
    for exit_ in dict.fromkeys([*was.next, *now.next]):
        led, leads = was.next.get(exit_), now.next.get(exit_)
        if led == leads:
            continue
        name = _exit_name(now, exit_)
        if leads is None:
            yield f"{name} no longer leads to {_title(before, led)}"
        elif led is None:
            yield f"{name} now leads to {_title(after, leads)}"
        else:
            yield f"{name} now leads to {_title(after, leads)} instead of {_title(before, led)}"


def _exit_name(step: StepDocument, exit_: str) -> str:
    """What people call an exit: a path's name, or the title of the answer that it is for."""
    names = {str(one.get("id")): path_name(one) for one in _listed(step, "paths")}
    titles = {str(one.get("id")): str(one.get("title")) for key in _ANSWERS for one in _listed(step, key)}
    return {**titles, **names}.get(exit_, _words(exit_))


_ANSWERS = ("buttons", "list")


def _listed(step: StepDocument, key: str) -> Iterator[Mapping[str, Any]]:
    listed = step.settings.get(key)
    yield from (one for one in listed if isinstance(one, Mapping)) if isinstance(listed, list) else ()


def _title(document: FlowDocument, name: StepId | None) -> str:
    step = document.steps.get(name) if name is not None else None
    return f"{_words(step.type)} {step.name or step.id}" if step is not None else str(name)


def _words(identifier: str) -> str:
    return identifier.replace("_", " ").capitalize()
