"""A run's path in a few words, such as `Gold & platinum → VIP care`: what was decided, and where the contact came."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from skipline.flow.editing import read_document
from skipline.flow.exits import Exit, exits_in
from skipline.flow.pieces import Catalogue
from skipline.model.record import PassedStep

_DECIDES, _FINISHES = "decide", "finish"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPart:
    """One part of a path. With an `exit` it is a decision and `label` says which way; without, it is where the contact
    came to and `label` is the step's own name, empty when it has none."""

    step: str
    type: str
    exit: str
    label: str


@dataclass(frozen=True, slots=True)
class FlowWords:
    """What a version of a flow calls its steps and their exits."""

    names: Mapping[str, str]
    exits: Mapping[str, Iterable[Exit]]


NO_WORDS = FlowWords({}, {})


def read_flow_words(text: str, catalogue: Catalogue) -> FlowWords:
    """The words of a flow's text; none when it cannot be drawn."""
    document = read_document(text)
    if document is None:
        return NO_WORDS
    names = {str(key): str(step.get("name") or "") for key, step in document["steps"].items()}
    return FlowWords(names, exits_in(document, {}, catalogue))


def path_in_words(steps: Iterable[PassedStep], words: FlowWords, catalogue: Catalogue) -> tuple[PathPart, ...]:
    """What was decided on the way, and then the last step that gave the contact anything; else the very last one."""
    passed = tuple(steps)
    decided = [_decision(one, words) for one in passed if one.exit and _is_decision(one, catalogue)]
    served = [one for one in passed if _serves(one, catalogue)]
    last = served[-1:] or passed[-1:]
    return (*decided, *(_end(one, words) for one in last if served or not one.exit or not decided))


def _decision(one: PassedStep, words: FlowWords) -> PathPart:
    label = next((exit_.label for exit_ in words.exits.get(one.step, ()) if exit_.name == one.exit), one.exit)
    return PathPart(step=one.step, type=one.type, exit=one.exit, label=label)


def _end(one: PassedStep, words: FlowWords) -> PathPart:
    return PathPart(step=one.step, type=one.type, exit="", label=words.names.get(one.step, ""))


def _is_decision(one: PassedStep, catalogue: Catalogue) -> bool:
    """Whether somebody drew this way out, or the step is there to decide."""
    made = _made(one, catalogue)
    return made is not None and (getattr(made, "group", "") == _DECIDES or one.exit not in made.exits)


def _serves(one: PassedStep, catalogue: Catalogue) -> bool:
    made = _made(one, catalogue)
    return made is not None and getattr(made, "group", "") != _FINISHES and bool(getattr(made, "serves_caller", False))


def _made(one: PassedStep, catalogue: Catalogue) -> Any:
    piece = catalogue.steps.get(one.type)
    return None if piece is None else piece.made_class
