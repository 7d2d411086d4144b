"""Writes a formula's tree as CEL source in which every number is a double.

CEL keeps whole numbers and fractions apart and refuses to mix them: `points + 1` fails when points came from JSON as
a double, and `7 / 2` is 3. People know one kind of number, so whole literals are written as doubles and functions that
give whole numbers are wrapped.
"""

from bisect import bisect_right
from dataclasses import dataclass
from math import isfinite

from skipline.base.sentence import say
from skipline.expr.errors import ExprMistake
from skipline.expr.functions import GIVING_WHOLE_NUMBERS
from skipline.expr.nodes import (
    Call,
    Chain,
    Choice,
    Constant,
    Item,
    Many,
    Name,
    Node,
    Number,
    Pairs,
    Part,
    Prefix,
    Text,
    path_of,
)

_OWN_NAMES = {"string": "text", "matches": "finds"}
"""CEL's functions that we replace: `string` writes 1200000 as 1.2e+06, `matches` compiles its pattern at each call."""

Pieces = list[tuple[str, int]]
"""Source text with the column it stems from."""


def library_name(name: str) -> str:
    """How the library is told a name, so that a variable may be called `type` or `list` like its own types."""
    return f"v_{name}"


@dataclass(frozen=True, slots=True)
class Written:
    """CEL source, and for its columns those of the formula as a person wrote it."""

    source: str
    starts: tuple[int, ...]
    columns: tuple[int, ...]

    def column(self, column: int) -> int:
        """Where column `column` (from 1) of the source stands in the formula."""
        return self.columns[max(0, bisect_right(self.starts, column) - 1)]


def write(node: Node, *, times: frozenset[int] = frozenset(), is_check: bool = False) -> Written:
    """`node` as CEL.

    `times` are the columns of names that hold times: the data has them as texts or as nothing, because the library
    takes no times inside of maps. With `is_check` the source is only good for the type check: `has(...)` is written
    `true`, because the checker takes a declared dotted name in it for the name's value.
    """
    pieces = _Writer(is_check, times).write(node)
    starts, position = [], 1
    for text, _ in pieces:
        starts.append(position)
        position += len(text)
    return Written("".join(text for text, _ in pieces), tuple(starts), tuple(column for _, column in pieces))


@dataclass(frozen=True, slots=True)
class _Writer:
    is_check: bool
    times: frozenset[int]

    def write(self, node: Node) -> Pieces:
        pieces = self.single(node)
        if node.column in self.times and path_of(node) is not None:
            text = "".join(text for text, _ in pieces)
            return [(f"({text} == null ? dyn(null) : timestamp({text}))", node.column)]
        return pieces

    def single(self, node: Node) -> Pieces:
        match node:
            case Number():
                return [(_double(node), node.column)]
            case Text() | Constant():
                return [(node.written, node.column)]
            case Name():
                return [(library_name(node.name), node.column)]
            case Part():
                return [*self.operand(node.whole), (f".{'?' * node.is_optional}{node.name}", node.column)]
            case Item():
                return self.item(node)
            case Call():
                return self.call(node)
            case _:
                return self.compound(node)

    def compound(self, node: Prefix | Chain | Choice | Many | Pairs) -> Pieces:
        match node:
            case Prefix():
                return [(node.sign, node.column), *self.operand(node.operand)]
            case Chain():
                return self.chain(node)
            case Choice():
                condition, yes, no = (self.operand(part) for part in (node.condition, node.yes, node.no))
                return [*condition, (" ? ", node.column), *yes, (" : ", node.column), *no]
            case Many():
                return [("[", node.column), *self.listed(node.items), ("]", node.column)]
            case Pairs():
                return self.pairs(node)

    def operand(self, node: Node) -> Pieces:
        """`node`, in brackets when it needs them beside a sign or a dot."""
        if not isinstance(node, Chain | Choice | Prefix):
            return self.write(node)
        return [("(", node.column), *self.write(node), (")", node.column)]

    def listed(self, nodes: tuple[Node, ...]) -> Pieces:
        pieces: Pieces = []
        for node in nodes:
            pieces += [(", ", node.column)] if pieces else []
            pieces += self.write(node)
        return pieces

    def item(self, node: Item) -> Pieces:
        opening = f"[{'?' * node.is_optional}"
        key: Pieces = [("dyn(", node.key.column), *self.write(node.key), (")", node.key.column)]
        if isinstance(node.key, Number) and float(_double(node.key)).is_integer():
            key = [(str(int(float(_double(node.key)))), node.key.column)]
        return [*self.operand(node.whole), (opening, node.column), *key, ("]", node.column)]

    def call(self, node: Call) -> Pieces:
        if self.is_check and node.function == "has":
            return [("true", node.column)]
        function = _OWN_NAMES.get(node.function, node.function)
        receiver = [] if node.receiver is None else [*self.operand(node.receiver), (".", node.column)]
        arguments = self.single(node.arguments[0]) if node.function == "has" else self.listed(node.arguments)
        called: Pieces = [*receiver, (f"{function}(", node.column), *arguments, (")", node.column)]
        if node.function not in GIVING_WHOLE_NUMBERS:
            return called
        return [("double(", node.column), *called, (")", node.column)]

    def chain(self, node: Chain) -> Pieces:
        pieces = self.operand(node.first)
        for sign, column, other in node.others:
            operand = self.operand(other)
            if sign == "%":
                whole: Pieces = [("double(int(", column), *pieces, (") % int(", column), *operand, ("))", column)]
                pieces = whole
            else:
                pieces = [*pieces, (f" {sign} ", column), *operand]
        return pieces

    def pairs(self, node: Pairs) -> Pieces:
        pieces: Pieces = [("{", node.column)]
        for number, (key, value) in enumerate(node.pairs):
            if not isinstance(key, Text):
                raise ExprMistake(say("a key of a map should be a text in quotes"), column=key.column)
            pieces += [(", " * (number > 0), key.column), *self.write(key), (": ", key.column), *self.write(value)]
        return [*pieces, ("}", node.column)]


def _double(node: Number) -> str:
    value = float(int(node.written, 16)) if node.written[:2] in ("0x", "0X") else float(node.written)
    if not isfinite(value):
        raise ExprMistake(say("this number is too large"), column=node.column)
    return repr(value)
