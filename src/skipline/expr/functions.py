"""The functions a formula may call. CEL's optional extensions stay away: they can multiply memory."""

import ast
from dataclasses import dataclass

from skipline.base.sentence import either, say
from skipline.base.spelling import advice
from skipline.expr.errors import ExprMistake
from skipline.expr.nodes import Call, Item, Name, Node, Part, Text, children
from skipline.expr.patterns import compiled_pattern

LOOPS = frozenset({"all", "exists", "exists_one", "map", "filter"})
"""Macros that go through a list, naming each item."""

ENDING_OPTIONALS = frozenset({"orValue", "hasValue", "value"})
"""Calls that make a plain value of an optional."""

GIVING_WHOLE_NUMBERS = frozenset(
    {"size", "int"}
    | {f"get{part}" for part in ("FullYear", "Month", "Date", "DayOfMonth", "DayOfWeek", "DayOfYear")}
    | {f"get{part}" for part in ("Hours", "Minutes", "Seconds", "Milliseconds")}
)

_PLAIN = frozenset({"size", "int", "double", "string", "bool", "timestamp", "duration", "dyn", "has"})
_MEMBERS = (
    LOOPS
    | ENDING_OPTIONALS
    | (GIVING_WHOLE_NUMBERS - {"int"})
    | {"matches", "startsWith", "endsWith", "contains", "lower", "upper", "trim"}
)
_OTHER_WORDS = {
    "lowerAscii": "lower",
    "upperAscii": "upper",
    "toLowerCase": "lower",
    "toUpperCase": "upper",
    "len": "size",
    "length": "size",
    "number": "double",
    "float": "double",
    "str": "string",
    "text": "string",
    "any": "exists",
}


@dataclass(frozen=True, slots=True)
class _Shape:
    """How many arguments a call takes, at least and at most."""

    least: int
    most: int


def check_call(call: Call) -> None:
    """Raises `ExprMistake` for a function that does not exist or is not called like this."""
    known = _PLAIN if call.receiver is None else _MEMBERS
    if call.function not in known:
        raise _unknown(call, known)
    shape = _shape_of(call)
    if not shape.least <= len(call.arguments) <= shape.most:
        wanted = either(dict.fromkeys((shape.least, shape.most)))
        sentence = say("`{function}` takes {wanted} values", function=call.function, wanted=wanted)
        raise ExprMistake(sentence, column=call.column)
    if call.function in LOOPS and not isinstance(call.arguments[0], Name):
        raise ExprMistake(
            say("`{function}` names each item first", function=call.function),
            column=call.column,
            fix=say("write list.{function}(item, ...)", function=call.function),
        )
    if call.function == "matches":
        _check_pattern(call)
    if call.function == "has" and not isinstance(call.arguments[0], Part):
        fix = say("write has(contact.name)")
        raise ExprMistake(say("`has` takes a name with a dot"), column=call.column, fix=fix)


def check_optionals(node: Node) -> None:
    """Raises `ExprMistake` for an optional such as `record.?name` that is not made a plain value at once.

    The library crashes the process when an optional is left inside of a result, so that none may go anywhere else.
    """
    if isinstance(node, Call) and node.receiver is not None and node.function in ENDING_OPTIONALS:
        inner = node.receiver
        while isinstance(inner, Part | Item):
            if isinstance(inner, Item):
                check_optionals(inner.key)
            inner = inner.whole
        for child in (inner, *node.arguments):
            check_optionals(child)
        return
    if isinstance(node, Part | Item) and node.is_optional:
        fix = say('write .orValue("...") after it')
        raise ExprMistake(say("this may be nothing at all"), column=node.column, fix=fix)
    for child in children(node):
        check_optionals(child)


def _check_pattern(call: Call) -> None:
    pattern = call.arguments[0]
    if not isinstance(pattern, Text):
        fix = say('write x.matches("^a")')
        raise ExprMistake(say("`matches` needs its pattern written out"), column=pattern.column, fix=fix)
    try:
        compiled_pattern(str(ast.literal_eval(pattern.written)))
    except ExprMistake as mistake:
        raise ExprMistake(mistake.sentence, column=pattern.column, fix=mistake.fix) from None
    except (SyntaxError, ValueError):
        raise ExprMistake(say("this text has a broken escape"), column=pattern.column) from None


def _unknown(call: Call, known: frozenset[str]) -> ExprMistake:
    other_form = _MEMBERS if call.receiver is None else _PLAIN
    if call.function in other_form:
        form = f"x.{call.function}(...)" if call.receiver is None else f"{call.function}(x)"
        sentence = say("`{function}` is not called like this", function=call.function)
        return ExprMistake(sentence, column=call.column, fix=say("write {code}", code=form))
    meant = _OTHER_WORDS.get(call.function)
    fix = say("did you mean {near}?", near=meant) if meant in known else advice(call.function, known)
    sentence = say("there is no function `{function}`", function=call.function)
    return ExprMistake(sentence, column=call.column, fix=fix)


def _shape_of(call: Call) -> _Shape:
    if call.receiver is None:
        return _Shape(1, 1)
    if call.function == "map":
        return _Shape(2, 3)
    if call.function in LOOPS:
        return _Shape(2, 2)
    if call.function in GIVING_WHOLE_NUMBERS:
        return _Shape(0, 0 if call.function == "size" else 1)
    if call.function in ("lower", "upper", "trim", "hasValue", "value"):
        return _Shape(0, 0)
    return _Shape(1, 1)
