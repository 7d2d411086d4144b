"""The only place that knows cel-expr-python, the C++ implementation of CEL."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_optional

from skipline.expr.errors import ExprMistake, FormulaFailed
from skipline.expr.patterns import compiled_pattern
from skipline.expr.values import write_text
from skipline.expr.writing import Written

_MEMBERS: Mapping[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper, "trim": str.strip}
_CHECKED_TYPES = {
    "text": "google.protobuf.StringValue",
    "number": "google.protobuf.DoubleValue",
    "boolean": "google.protobuf.BoolValue",
    "time": "google.protobuf.Timestamp",
}
_RESULTS = {
    "STRING": "text",
    "DOUBLE": "number",
    "INT": "number",
    "BOOL": "boolean",
    "TIMESTAMP": "time",
    "DURATION": "duration",
    "NULL": "null",
    "string_wrapper": "text",
    "double_wrapper": "number",
    "bool_wrapper": "boolean",
    "wrapper(string)": "text",
    "wrapper(double)": "number",
    "wrapper(bool)": "boolean",
}

Program = Callable[[Mapping[str, Any]], Any]
"""Works a formula out for some data; raises `FormulaFailed` and nothing else."""


def check_types(written: Written, kinds: Mapping[str, str]) -> str:
    """The type of the result (`any` when it is known only later). Raises `ExprMistake` when types do not fit."""
    environment = _environment(tuple(sorted((name, _CHECKED_TYPES.get(kind, "dyn")) for name, kind in kinds.items())))
    try:
        result: str = environment.compile(written.source).return_type().name()
    except (RuntimeError, TypeError) as error:
        raise _mistake(str(error), written) from None
    return _RESULTS.get(result, "list" if result.startswith("LIST") else "map" if result.startswith("MAP") else "any")


def compile_program(written: Written, roots: frozenset[str]) -> Program:
    """The formula ready to run; it will read only the names `roots`."""
    environment = _environment(tuple((name, "dyn") for name in sorted(roots)))
    try:
        expression = environment.compile(written.source)
    except (RuntimeError, TypeError) as error:
        raise _mistake(str(error), written) from None

    def work_out(data: Mapping[str, Any]) -> Any:
        try:
            result = expression.eval(data=data)
            if result.type() == cel.Type.ERROR:
                raise FormulaFailed(_failure(str(result.value())))
            return result.plain_value()
        except FormulaFailed:
            raise
        except Exception as error:  # a C++ exception may come as any class; a formula must never hurt a run
            raise FormulaFailed(_failure(str(error))) from None

    return work_out


@lru_cache(maxsize=256)
def _environment(variables: tuple[tuple[str, str], ...]) -> cel.Env:
    return cel.NewEnv(
        variables={name: cel.Type(signature) for name, signature in variables},
        extensions=[ext_optional.ExtOptional()],
        functions=_own_functions(),
    )


@lru_cache(maxsize=1)
def _own_functions() -> list[cel.FunctionDecl]:
    text = cel.Type.STRING
    printable = (text, cel.Type.DOUBLE, cel.Type.BOOL, cel.Type.TIMESTAMP, cel.Type.DURATION)
    members = [
        cel.FunctionDecl(name, [cel.Overload(f"{name}_text", text, [text], is_member=True, impl=impl)])
        for name, impl in _MEMBERS.items()
    ]
    return [
        *members,
        cel.FunctionDecl(
            "text", [cel.Overload(f"text_{one.name()}", text, [one], impl=write_text) for one in printable]
        ),
        cel.FunctionDecl(
            "finds", [cel.Overload("finds_text", cel.Type.BOOL, [text, text], is_member=True, impl=_finds)]
        ),
    ]


def _finds(text: str, pattern: str) -> bool:
    return compiled_pattern(pattern).is_in(text)


_WHERE = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_NO_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\((.*)\)'")
_AT_RUN_TIME = re.compile(r"No matching overloads found : (?:\((?P<receiver>[^)]*)\))?([^ (]*)(?:\((.*)\))?")
_WORDS = (
    (
        re.compile(r"(google\.protobuf\.)?StringValue|string_wrapper|wrapper\(string\)|\bstring\b", re.IGNORECASE),
        "a text",
    ),
    (re.compile(r"double_wrapper|wrapper\(double\)|\bdouble\b|\bu?int(64)?\b", re.IGNORECASE), "a number"),
    (re.compile(r"bool_wrapper|wrapper\(bool\)|\bbool\b", re.IGNORECASE), "yes or no"),
    (re.compile(r"(google\.protobuf\.)?\btimestamp\b", re.IGNORECASE), "a time"),
    (re.compile(r"(google\.protobuf\.)?\bduration\b", re.IGNORECASE), "a duration"),
    (re.compile(r"\bnull(_type)?\b", re.IGNORECASE), "nothing"),
    (re.compile(r"\blist(\([^)]*\))?", re.IGNORECASE), "a list"),
    (re.compile(r"\bmap(\([^)]*\))?", re.IGNORECASE), "a map"),
    (re.compile(r"\bdyn\b", re.IGNORECASE), "a value"),
)


def _mistake(message: str, written: Written) -> ExprMistake:
    if "recursion depth" in message:
        return ExprMistake("the formula joins or nests too many parts", fix="split it in two")
    where = _WHERE.search(message)
    if where is None:
        return ExprMistake(_plain(message))
    column = written.column(int(where[2])) if where[1] == "1" else None
    overload = _NO_OVERLOAD.search(where[3])
    if overload is not None:
        return ExprMistake(_misfit(overload[1], overload[2]), column=column)
    used = re.search(r"expression of type '(.*)' cannot be the (operand|range)", where[3])
    if used is not None:
        lack = "has no parts" if used[2] == "operand" else "has no items to go through"
        return ExprMistake(f"{_kind_word(used[1])} {lack}", column=column)
    return ExprMistake(_plain(where[3]), column=column)


def _failure(message: str) -> str:
    if "budget" in message:
        return "the formula goes through too many items"
    overload = _AT_RUN_TIME.search(message)
    if overload is not None:
        kinds = (overload["receiver"], overload[3])
        return _misfit(overload[2], ", ".join(kind for kind in kinds if kind))
    index = re.search(r"index=(-?\d+) size=(\d+)", message)
    if index is not None:
        return f"the list has {index[2]} items and none with number {index[1]}"
    missing = re.search(r'Key not found in map : "(.*)"', message)
    if missing is not None:
        return f"there is no `{missing[1]}`"
    return _plain(message)


def _misfit(operator: str, kinds: str) -> str:
    words = [_kind_word(kind) for kind in re.split(r", (?![^(]*\))", kinds)]
    if operator == "_?_:_":
        return f"both sides of `? :` should be of one type, not {' and '.join(words[-2:])}"
    sign = {"_[_]": "[ ]", "_[?_]": "[ ]", "@in": "in", "text": "string", "finds": "matches"}.get(
        operator.strip("."), operator
    )
    return f"`{sign.strip('_.')}` does not work with {' and '.join(words)}"


def _kind_word(kind: str) -> str:
    for pattern, word in _WORDS:
        if pattern.search(kind):
            return word
    return kind


def _plain(message: str) -> str:
    """A message of the library without its status codes and drawings."""
    line = next(iter(message.splitlines()), "") or "it cannot be worked out"
    return re.sub(r"^(ERROR: )?([A-Z_]{5,}: )+|\s*\[[A-Z_]+\]$|\s*\(in container ''\)", "", line)
