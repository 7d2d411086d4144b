"""The only place that knows cel-expr-python, the C++ implementation of CEL."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_optional

from skipline.expr.cel_messages import failure_of, mistake_of
from skipline.expr.errors import FormulaFailed
from skipline.expr.patterns import compiled_pattern
from skipline.expr.values import write_text
from skipline.expr.writing import Written, library_name

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
    environment = _environment(
        tuple(sorted((library_name(name), _CHECKED_TYPES.get(kind, "dyn")) for name, kind in kinds.items()))
    )
    try:
        result: str = environment.compile(written.source).return_type().name()
    except (RuntimeError, TypeError) as error:
        raise mistake_of(str(error), written) from None
    return _RESULTS.get(result, "list" if result.startswith("LIST") else "map" if result.startswith("MAP") else "any")


def compile_program(written: Written, roots: frozenset[str]) -> Program:
    """The formula ready to run; it will read only the names `roots`."""
    environment = _environment(tuple((library_name(name), "dyn") for name in sorted(roots)))
    try:
        expression = environment.compile(written.source)
    except (RuntimeError, TypeError) as error:
        raise mistake_of(str(error), written) from None

    def work_out(data: Mapping[str, Any]) -> Any:
        try:
            result = expression.eval(data={library_name(name): value for name, value in data.items()})
            if result.type() == cel.Type.ERROR:
                raise FormulaFailed(failure_of(str(result.value())))
            return result.plain_value()
        except FormulaFailed:
            raise
        except Exception as error:  # a C++ exception may come as any class; a formula must never hurt a run
            raise FormulaFailed(failure_of(str(error))) from None

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
