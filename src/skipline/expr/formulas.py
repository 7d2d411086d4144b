"""Formulas: CEL, checked when a flow is loaded, bounded when it runs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from skipline.base.sentence import say
from skipline.base.value_types import shorten
from skipline.expr.bounds import Bounds, measure
from skipline.expr.carrier import Carrier
from skipline.expr.errors import ExprMistake, FormulaFailed
from skipline.expr.functions import check_call, check_optionals
from skipline.expr.kind_words import a_kind
from skipline.expr.names import Names, Path, shortest, uses_of
from skipline.expr.nodes import Call, Node, children, path_of
from skipline.expr.values import as_boolean, as_number, as_time, plain, write_text, write_time
from skipline.expr.writing import write

if TYPE_CHECKING:
    from skipline.expr.cel import Program

Warn = Callable[[str], None]
"""Takes a sentence for the trace."""

MOST_BYTES = 20_000_000
_KEYWORDS = frozenset({"false", "in", "null", "true"})
"""What CEL takes for the name of no part."""
_ANSWERS = {"any": say("a value"), "boolean": say("yes or no"), "null": say("nothing")}


class Formula:
    """A formula, compiled once. `names` are the names it uses, with their parts, such as `contact.phone`."""

    __slots__ = ("_evaluate", "_wants", "names", "source")

    def __init__(
        self, source: str, names: frozenset[str], evaluate: Callable[[Mapping[str, Any]], Any], wants: str | None
    ) -> None:
        self.source = source
        self.names = names
        self._evaluate = evaluate
        self._wants = wants

    def value(self, variables: Mapping[str, Any]) -> Any:
        """The value as plain JSON data (times as RFC 3339 texts). Raises `FormulaFailed` and nothing else."""
        value = plain(self._evaluate(variables))
        return value if self._wants is None else _wanted(value, self._wants)


def make_formula(source: str, node: Node, names: Names, wants: str | None) -> Formula:
    """The formula `node`, read from `source`. Raises `ExprMistake`."""
    _check_calls(node)
    check_optionals(node)
    uses = tuple(uses_of(node))
    for use in uses:
        names.check(use.path, use.columns)
    used = frozenset(".".join(use.path) for use in uses)
    path = path_of(node)
    bounds = measure(node)
    _check_result(_kind_of(node, path, names), wants)
    if path is not None:
        return Formula(source, used, lambda variables: _read(variables, path), wants)
    paths = shortest({use.path for use in uses})
    times = frozenset(use.columns[-1] for use in uses if names.kind(use.path) == "time")
    from skipline.expr.cel import compile_program

    program = compile_program(write(node, times=times), frozenset(path[0] for path in paths))
    reads = tuple(Read(path, names.kind(path), _copies(bounds, path)) for path in paths)
    return Formula(source, used, _evaluation(program, reads, bounds), wants)


def _kind_of(node: Node, path: Path | None, names: Names) -> str:
    """The type of the result. A plain path, which is what most formulas are, needs no CEL: its library takes 10 MB, so
    it is loaded by the first that does."""
    if path is not None and _KEYWORDS.isdisjoint(path) and (kind := names.plain_kind(path)) is not None:
        return kind
    from skipline.expr.cel import check_types

    return check_types(write(node, is_check=True), names.declared())


def _copies(bounds: Bounds, path: Path) -> int:
    """How often the value at `path` is copied, its parts included."""
    return sum(copies for read, copies in bounds.copies.items() if read[: len(path)] == path)


def _check_calls(node: Node) -> None:
    if isinstance(node, Call):
        check_call(node)
    for child in children(node):
        _check_calls(child)


def _check_result(kind: str, wants: str | None) -> None:
    if wants is None or wants == "any" or kind in ("any", wants):
        return
    if wants == "text" and kind in ("number", "boolean", "time"):
        return
    sentence = say("the formula gives {given}, and {wanted} is needed here", given=_answer(kind), wanted=_answer(wants))
    raise ExprMistake(sentence)


def _answer(kind: str) -> str:
    return _ANSWERS.get(kind, a_kind(kind))


def _read(variables: Mapping[str, Any], path: Path) -> Any:
    """A plain path needs no CEL, and is what most holes are."""
    value: Any = variables
    for length, name in enumerate(path):
        if not isinstance(value, Mapping):
            raise FormulaFailed(f"`{'.'.join(path[:length])}` has no parts")
        if name not in value:
            raise FormulaFailed(f"there is no `{'.'.join(path[: length + 1])}`")
        value = value[name]
    return value


@dataclass(frozen=True, slots=True)
class Read:
    """A value that a formula needs, its type, and how often the formula copies it at most."""

    path: Path
    kind: str
    copies: int


def _evaluation(program: "Program", reads: tuple[Read, ...], bounds: Bounds) -> Callable[[Mapping[str, Any]], Any]:
    """Hands over only what the formula reads, so that a large record costs no more than its parts in use."""

    def evaluate(variables: Mapping[str, Any]) -> Any:
        carrier = Carrier(bounds.longest_list)
        data: dict[str, Any] = {}
        needed = bounds.own_characters
        for read in reads:
            before = carrier.size
            _pick(variables, read.path, read.kind, data, carrier)
            needed += (carrier.size - before) * read.copies
        if needed > MOST_BYTES:
            raise FormulaFailed("the formula would copy more than a call can wait for")
        return program(data)

    return evaluate


def _pick(variables: Mapping[str, Any], path: Path, kind: str, data: dict[str, Any], carrier: Carrier) -> None:
    """Copy the value at `path` into `data`, with the maps around it; a part that is missing stays missing."""
    value: Any = variables
    for name in path[:-1]:
        if not isinstance(value, Mapping) or name not in value:
            return
        value = value[name]
        if not isinstance(value, Mapping):
            data[name] = carrier.carry(value)
            return
        data = data.setdefault(name, {})
    if isinstance(value, Mapping) and path[-1] in value:
        data[path[-1]] = carrier.carry(value[path[-1]], kind)


def _wanted(value: Any, wants: str) -> Any:
    """`value` as the wanted type; raises `FormulaFailed`."""
    read = _READ[wants](value) if wants in _READ else value
    is_right = {"list": isinstance(value, list), "map": isinstance(value, dict)}.get(wants, read is not None)
    if wants != "any" and not is_right:
        given = "nothing" if value is None else repr(shorten(write_text(value), 40))
        raise FormulaFailed(f"the formula gave {given}, which is not {_answer(wants)}")
    return read


def _time_text(value: Any) -> str | None:
    moment = as_time(value)
    return None if moment is None else write_time(moment)


def _number(value: Any) -> Any:
    number = as_number(value)
    return None if number is None else plain(number)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "boolean": as_boolean,
    "number": _number,
    "time": _time_text,
    "text": lambda value: None if value is None else write_text(value),
}
