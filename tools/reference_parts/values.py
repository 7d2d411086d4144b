"""Events, commands, the names of conditions, and the bounds of expressions."""

import inspect
import typing
from typing import Any

import msgspec

from reference_parts.kinds import kind_of
from reference_parts.tables import table
from skipline.expr import bounds, carrier, formats, patterns, row_values, syntax, texts, tokens
from skipline.flow.names import QUEUE_TYPES, TYPES
from skipline.flow.run import STEP_BUDGET
from skipline.model import commands, events, live_events
from skipline.model.commands import Command
from skipline.model.events import Event, VoiceEvent


def classes_of(module: Any, base: type[Any]) -> list[type[Any]]:
    """The classes of a module that are a kind of `base`, in the order in which they are written."""
    return [one for one in vars(module).values() if inspect.isclass(one) and issubclass(one, base) and one is not base]


def events_block() -> str:
    """All events, and who tells them."""
    told = [*classes_of(events, Event), *classes_of(live_events, Event)]
    return "\n\n".join(_struct(one, f" Told by the {_teller(one)}.") for one in told)


def commands_block() -> str:
    """All commands, and who carries them out."""
    on_call = typing.get_args(commands.CallCommand)
    return "\n\n".join(
        _struct(one, f" Carried out by the {'voice worker' if one in on_call else 'host'}.")
        for one in classes_of(commands, Command)
    )


def _teller(event: type[Any]) -> str:
    if event in typing.get_args(VoiceEvent):
        return "voice worker"
    return "host" if event is events.LookupAnswered else "centre"


def _struct(struct: type[Any], more: str) -> str:
    rows = [
        (f"`{one.encode_name}`", kind_of(one.type), "always" if one.required else _default(one))
        for one in msgspec.structs.fields(struct)
    ]
    parts = [f"### {struct.__name__}", f"{inspect.getdoc(struct)}{more}"]
    return "\n\n".join([*parts, table(("field", "what it holds", "when left out"), rows)] if rows else parts)


def _default(field: Any) -> str:
    if field.default is msgspec.NODEFAULT or field.default in ("", (), None):
        return "empty"
    return f"{field.default:g}" if isinstance(field.default, float) else str(field.default)


def names_block() -> str:
    """The names that every condition, formula and text may use."""
    names = {**TYPES, **{f"queues.<name>.{part}": kind for part, kind in QUEUE_TYPES.items()}}
    return table(("name", "type"), [(f"`{name}`", kind) for name, kind in names.items()])


def limits_block() -> str:
    """The bounds of conditions, formulas, texts and runs."""
    limits = {
        "characters in a formula": tokens.LONGEST_FORMULA,
        "levels of nesting in a formula": syntax.DEEPEST_NESTING,
        "parts joined by `+`, `*` and the like": syntax.LONGEST_CHAIN,
        "parts joined by `&&` or by `\\|\\|`": syntax.LONGEST_CONDITION,
        "loops inside each other": bounds.MOST_NESTED_LOOPS,
        "items of a list that a formula reads": bounds.LONGEST_LIST,
        "items of a list when loops are inside each other": bounds.LONGEST_LIST_IN_NESTED_LOOPS,
        "characters that a formula's variables hold together": carrier.LONGEST_TEXT,
        "values that a formula's variables hold together": carrier.MOST_VALUES,
        "characters in a pattern": patterns.LONGEST_PATTERN,
        "characters of a text that a pattern looks at": patterns.LONGEST_SUBJECT,
        "values of `is_one_of` and `is_none_of`": row_values.MOST_CHOICES,
        "characters of a text with holes, as written": texts.LONGEST_SOURCE,
        "characters of a text, once filled": texts.LONGEST_RESULT,
        "holes in a text": texts.MOST_HOLES,
        "steps that one run takes": STEP_BUDGET,
    }
    return "\n".join(["| what | at most |", "|---|---|", *(f"| {what} | {most:,} |" for what, most in limits.items())])


FORMATS = tuple(formats.FORMATS)
