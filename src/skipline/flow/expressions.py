"""Compiles every text, formula and row of a drawing once, and notes which names each of them uses."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from skipline.expr.errors import ExprMistake
from skipline.expr.formulas import Formula
from skipline.expr.scope import Scope
from skipline.expr.texts import Text
from skipline.flow.compiled import Condition, Expressions
from skipline.flow.drawing import Drawing, kept_by
from skipline.flow.mistakes import Path
from skipline.flow.names import QUEUE_TYPES, TYPES
from skipline.flow.outcome import Step, Trigger
from skipline.flow.written import Mark, Written, marked_values

_QUEUE = re.compile(r"\bqueues\s*\.\s*([A-Za-z_]\w*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Use:
    """A value that uses names of the run; `names` may be dotted, such as `contact.phone`."""

    path: Path
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class BadExpression:
    """A value that cannot be compiled, and why."""

    path: Path
    mark: Mark
    mistake: ExprMistake


@dataclass(frozen=True, slots=True)
class CompiledValues:
    """All expressions of a drawing: ready ones, broken ones, who uses which names, and the types of names."""

    expressions: Expressions
    uses: tuple[Use, ...]
    broken: tuple[BadExpression, ...]
    types: Mapping[str, str]


def kept_types(drawing: Drawing) -> dict[str, str]:
    """The type of each variable that some step keeps, or that is there at the start; `any` where they differ. The
    contact's fields are left out."""
    types: dict[str, str] = {one.name: one.type for one in drawing.document.inputs}
    pieces: list[Step | Trigger] = [*drawing.triggers.values(), *drawing.steps.values()]
    for piece in pieces:
        for kept in kept_by(piece):
            if "." not in kept.name:
                same = types.setdefault(kept.name, str(kept.type)) == str(kept.type)
                types[kept.name] = types[kept.name] if same else "any"
    return types


def known_types(drawing: Drawing) -> dict[str, str]:
    """The type of each name that expressions of this drawing may use."""
    unsure = dict.fromkeys(_names_in_unmade_steps(drawing), "any")
    return {**unsure, **kept_types(drawing), **TYPES, **_queue_types(drawing)}


def compile_values(drawing: Drawing) -> CompiledValues:
    """Compile everything that can be compiled."""
    types = known_types(drawing)
    scope = Scope(types)
    texts: dict[str, Text] = {}
    formulas: dict[str, Formula] = {}
    conditions: dict[int, Condition] = {}
    uses: list[Use] = []
    broken: list[BadExpression] = []
    for path, one in _all_values(drawing):
        try:
            if one.mark is Mark.TEXT:
                texts[one.value] = scope.text(one.value)
                uses.append(Use(path, texts[one.value].names))
            elif one.mark is Mark.FORMULA and one.value:
                formulas[one.value] = scope.formula(one.value, one.field.get("wants"))
                uses.append(Use(path, formulas[one.value].names))
            elif one.mark is Mark.ROW:
                conditions[id(one.value)] = scope.row(one.value)
                uses.append(Use(path, frozenset({one.value.variable})))
        except ExprMistake as mistake:
            broken.append(BadExpression(path, one.mark, mistake))
    return CompiledValues(Expressions(texts, formulas, conditions), tuple(uses), tuple(broken), types)


def _all_values(drawing: Drawing) -> Iterator[tuple[Path, Written]]:
    for path, piece in drawing.pieces():
        for one in marked_values(piece):
            yield (*path, *one.path), one


def _queue_types(drawing: Drawing) -> dict[str, str]:
    """The names below every queue that an expression names. Whether there is such a queue is a check's business: a flow
    that runs is compiled again without its workspace."""
    named = {name for _, one in _all_values(drawing) for name in _queues_in(one)}
    return {f"queues.{name}.{part}": kind for name in named for part, kind in QUEUE_TYPES.items()}


def _queues_in(one: Written) -> Iterator[str]:
    if one.mark is Mark.ROW:
        whole, _, part = one.value.variable.partition(".")
        if whole == "queues" and part:
            yield part.partition(".")[0]
    elif one.mark in (Mark.TEXT, Mark.FORMULA):
        yield from _QUEUE.findall(one.value)


def _names_in_unmade_steps(drawing: Drawing) -> Iterator[str]:
    """Words that may be variables kept by steps with mistakes: calling them unknown too would only confuse."""
    for name, step in drawing.document.steps.items():
        if name not in drawing.steps:
            yield from _identifiers(step.settings)


def _identifiers(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.isidentifier():
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _identifiers(key)
            yield from _identifiers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _identifiers(inner)
