"""The only place that knows cel-expr-python, the C++ implementation of CEL."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_optional

from skipline.expr.errors import ExprMistake, FormulaFailed
from skipline.expr.values import write_text
from skipline.expr.writing import Written

_MEMBERS: Mapping[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper, "trim": str.strip}
_NULLABLE = {
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
    environment = _environment(tuple(sorted((name, _NULLABLE.get(kind, "dyn")) for name, kind in kinds.items())))
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
    text, anything = cel.Type.STRING, cel.Type.DYN
    members = [
        cel.FunctionDecl(name, [cel.Overload(f"{name}_text", text, [text], is_member=True, impl=impl)])
        for name, impl in _MEMBERS.items()
    ]
    return [*members, cel.FunctionDecl("text", [cel.Overload("text_any", text, [anything], False, _as_text)])]


def _as_text(value: Any) -> str:
    plain = value.plain_value() if hasattr(value, "plain_value") else value
    return write_text(plain)


_WHERE = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_NO_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '\((.*)\)'")
_AT_RUN_TIME = re.compile(r"No matching overloads found : ([^ (]*)\((.*)\)")
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
    where = _WHERE.search(message)
    if where is None:
        return ExprMistake(_plain(message))
    column = written.column(int(where[2])) if where[1] == "1" else None
    overload = _NO_OVERLOAD.search(where[3])
    if overload is not None:
        return ExprMistake(_misfit(overload[1], overload[2]), column=column)
    return ExprMistake(_plain(where[3]), column=column)


def _failure(message: str) -> str:
    overload = _AT_RUN_TIME.search(message)
    if overload is not None:
        return _misfit(overload[1], overload[2])
    missing = re.search(r'Key not found in map : "(.*)"', message)
    if missing is not None:
        return f"there is no `{missing[1]}`"
    return _plain(message)


def _misfit(operator: str, kinds: str) -> str:
    sign = {"_?_:_": "? :", "_[_]": "[ ]", "@in": "in"}.get(operator, operator.strip("_"))
    return f"`{sign}` does not work with {' and '.join(_kind_word(kind) for kind in kinds.split(', '))}"


def _kind_word(kind: str) -> str:
    for pattern, word in _WORDS:
        if pattern.search(kind):
            return word
    return kind


def _plain(message: str) -> str:
    """A message of the library without its status codes and drawings."""
    line = next(iter(message.splitlines()), "") or "it cannot be worked out"
    return re.sub(r"^(ERROR: )?([A-Z_]{5,}: )+|\s*\[[A-Z_]+\]$|\s*\(in container ''\)", "", line)
