"""Says what differs between two versions of a flow, in sentences that need no knowledge of files:
`Branch How loyal?: Silver now also takes bronze`."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from skipline.base.sentence import say
from skipline.flow.document import FlowDocument, StepDocument, TriggerDocument
from skipline.flow.reading import read_flow
from skipline.model.flow_version import FlowContent
from skipline.model.ids import StepId
from skipline.workspace.files import flow_file
from skipline.workspace.path_changes import describe_paths, path_name
from skipline.workspace.piece_words import (
    labels_of_step,
    labels_of_trigger,
    name_of_exit,
    name_of_step_type,
    name_of_trigger_type,
    step_type_inside_a_sentence,
)
from skipline.workspace.setting_changes import Told, both_lists, describe_list, describe_settings

_CALLS: Mapping[str, Told] = {
    "more": lambda numbers: say("it now also takes calls to {numbers}", numbers=numbers),
    "less": lambda numbers: say("it no longer takes calls to {numbers}", numbers=numbers),
    "order": lambda numbers: say("its numbers in another order: {numbers}", numbers=numbers),
}
_NOTHING_THAT_COUNTS = say("only how it is written changed")


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
        return (_changed(Part.FLOW, say("its text changed")),)
    only_written = (_changed(Part.FLOW, _NOTHING_THAT_COUNTS),) if was.text != now.text else ()
    return tuple(_changes(before, after)) or only_written


def _changes(before: FlowDocument, after: FlowDocument) -> Iterator[FlowChange]:
    """What starts the flow, which steps there are, what they do, where they lead."""
    if before.name != after.name:
        yield _changed(
            Part.FLOW, say("the flow is called {name} instead of {before}", name=after.name, before=before.name)
        )
    if before.description != after.description:
        yield _changed(Part.FLOW, say("its description changed"))
    yield from (_changed(Part.START, one) for one in _triggers(before.triggers, after.triggers))
    if before.start != after.start:
        starts, started = _title(after, after.start), _title(before, before.start)
        yield _changed(Part.START, say("it starts with {step} instead of {before}", step=starts, before=started))
    for name in [name for name in before.steps if name not in after.steps]:
        yield FlowChange(Part.STEP, ChangeKind.REMOVED, say("{step} is gone", step=_title(before, name)), name)
    for name, step in after.steps.items():
        if name not in before.steps:
            yield FlowChange(Part.STEP, ChangeKind.ADDED, say("{step} is new", step=_title(after, name)), name)
        else:
            title = _title(before, name)
            for one in _step(before.steps[name], step, before, after):
                yield FlowChange(Part.STEP, ChangeKind.CHANGED, say("{outer}: {inner}", outer=title, inner=one), name)


def _changed(part: Part, sentence: str) -> FlowChange:
    return FlowChange(part, ChangeKind.CHANGED, sentence)


def _triggers(before: tuple[TriggerDocument, ...], after: tuple[TriggerDocument, ...]) -> Iterator[str]:
    was, now = _by_type(before), _by_type(after)
    for type_ in [type_ for type_ in was if type_ not in now]:
        yield say("{trigger} no longer starts it", trigger=name_of_trigger_type(*type_))
    for type_, settings in now.items():
        if type_ not in was:
            yield say("{trigger} starts it too", trigger=name_of_trigger_type(*type_))
            continue
        had, has = was[type_].pop("numbers", []), settings.pop("numbers", [])
        if both_lists(had, has):
            yield from describe_list(had, has, **_CALLS)
        name = name_of_trigger_type(*type_)
        yield from describe_settings(was[type_], settings, name, labels_of_trigger(type_[0]))


def _by_type(triggers: tuple[TriggerDocument, ...]) -> dict[tuple[str, int], dict[str, Any]]:
    """The triggers by type and number, the first of a type is 1; lists of numbers are one list."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for trigger in triggers:
        first = found.get((trigger.type, 1), {})
        numbers = first.get("numbers"), trigger.settings.get("numbers")
        if both_lists(*numbers):
            first["numbers"] = [*numbers[0], *numbers[1]]  # type: ignore[misc]
        else:
            number = 1 + sum(type_ == trigger.type for type_, _ in found)
            found[trigger.type, number] = dict(trigger.settings)
    return found


def _step(was: StepDocument, now: StepDocument, before: FlowDocument, after: FlowDocument) -> Iterator[str]:
    if was.name != now.name:
        yield say("is now called {name}", name=now.name or now.id)
    if was.type != now.type:
        yield say("is now a {type} step", type=step_type_inside_a_sentence(now.type))
    else:
        yield from _settings(was.type, was.settings, now.settings)
    yield from _lines(was, now, before, after)


def _settings(type_: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    if both_lists(was.get("paths"), now.get("paths")):
        yield from describe_paths(was["paths"], now["paths"])
        was, now = ({key: value for key, value in one.items() if key != "paths"} for one in (was, now))
    yield from describe_settings(was, now, labels=labels_of_step(type_))


def _lines(was: StepDocument, now: StepDocument, before: FlowDocument, after: FlowDocument) -> Iterator[str]:
    for exit_ in dict.fromkeys([*was.next, *now.next]):
        led, leads = was.next.get(exit_), now.next.get(exit_)
        if led == leads:
            continue
        name = _exit_name(now, exit_)
        if leads is None:
            yield say("{exit} no longer leads to {step}", exit=name, step=_title(before, led))
        elif led is None:
            yield say("{exit} now leads to {step}", exit=name, step=_title(after, leads))
        else:
            steps = {"step": _title(after, leads), "before": _title(before, led)}
            yield say("{exit} now leads to {step} instead of {before}", exit=name, **steps)


def _exit_name(step: StepDocument, exit_: str) -> str:
    """What people call an exit: a path's name, or the title of the answer that it is for."""
    names = {str(one.get("id")): path_name(one) for one in _listed(step, "paths")}
    titles = {str(one.get("id")): str(one.get("title")) for key in _ANSWERS for one in _listed(step, key)}
    return {**titles, **names}.get(exit_) or name_of_exit(step.type, exit_)


_ANSWERS = ("buttons", "list")


def _listed(step: StepDocument, key: str) -> Iterator[Mapping[str, Any]]:
    listed = step.settings.get(key)
    yield from (one for one in listed if isinstance(one, Mapping)) if isinstance(listed, list) else ()


def _title(document: FlowDocument, name: StepId | None) -> str:
    step = document.steps.get(name) if name is not None else None
    if step is None:
        return str(name)
    return say("{type} {name}", type=name_of_step_type(step.type), name=step.name or step.id)
