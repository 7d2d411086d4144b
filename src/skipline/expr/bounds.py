"""How much work and memory a formula could ask for, told from its text before it ever runs.

Two things are bounded. Steps: how many parts are worked out if every list is as long as lists may be; too many are
refused when a flow is loaded. Copies: how often each name is read, joined or searched, again with the longest lists.
The evaluation multiplies them with the size of what the names hold at hand, and refuses what would be too much.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from skipline.base.sentence import say
from skipline.expr.errors import ExprMistake
from skipline.expr.functions import LOOPS
from skipline.expr.names import Path
from skipline.expr.nodes import Call, Chain, Many, Name, Node, Part, Text, children, path_of

MOST_STEPS = 200_000
LONGEST_LIST = 1_000
# The library goes through at most 10,000 items in one formula; 90 x 90 stays below.
LONGEST_LIST_IN_NESTED_LOOPS = 90
MOST_NESTED_LOOPS = 2
_PATTERN_WEIGHT = 10


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one formula may cost: how long its lists may be, how often each name's value is copied, and how many
    characters of its own texts are."""

    longest_list: int
    copies: Mapping[Path, int]
    own_characters: int


def measure(formula: Node) -> Bounds:
    """The bounds of `formula`; raises `ExprMistake` when they are beyond what a call may wait for."""
    nested = _loops(formula)
    longest_list = LONGEST_LIST if nested <= 1 else LONGEST_LIST_IN_NESTED_LOOPS
    meter = _Meter(longest_list, max(1, _count_names(formula)))
    meter.walk(formula, _Around())
    if nested > MOST_NESTED_LOOPS or meter.steps > MOST_STEPS:
        fix = say("use one loop, or two steps")
        raise ExprMistake(say("the formula goes through lists inside lists too often"), fix=fix)
    return Bounds(longest_list, dict(meter.copies), meter.own_characters)


def _loops(node: Node) -> int:
    """The deepest nesting of loops."""
    if isinstance(node, Call) and node.function in LOOPS and node.receiver is not None:
        inside = max((_loops(argument) for argument in node.arguments), default=0)
        return max(1 + inside, _loops(node.receiver))
    return max((_loops(child) for child in children(node)), default=0)


def _count_names(node: Node) -> int:
    return isinstance(node, Name) + sum(_count_names(child) for child in children(node))


@dataclass(frozen=True, slots=True)
class _Item:
    """The name that a loop gives to each item: what the whole list copies once, and how often the loop's body runs."""

    of_list: Counter[Path]
    times: int


@dataclass(frozen=True, slots=True)
class _Around:
    """Where a part stands: how often it is worked out, how often each working out copies it, and the loops' names."""

    times: int = 1
    factor: int = 1
    items: Mapping[str, _Item] = field(default_factory=dict)

    def weighed(self, factor: int) -> "_Around":
        return _Around(self.times, self.factor * max(1, factor), self.items)


@dataclass(slots=True)
class _Meter:
    longest_list: int
    names: int
    steps: int = 0
    own_characters: int = 0
    copies: Counter[Path] = field(default_factory=Counter)

    def walk(self, node: Node, around: _Around) -> None:
        """Add what `node` costs where it stands."""
        self.steps += around.times
        path = path_of(node, with_optionals=True)
        if path is not None and isinstance(node, Name | Part):
            self.read(path, around)
        elif isinstance(node, Call) and node.function in LOOPS and node.receiver is not None:
            self.loop(node, node.receiver, around)
        elif not _is_plain_size(node):
            self.own_characters += len(node.written) * around.times * around.factor if isinstance(node, Text) else 0
            for child in children(node):
                self.walk(child, around.weighed(_weight(node)))

    def read(self, path: Path, around: _Around) -> None:
        """A name is read. An item of a list stands for its share of the list, so that all items cost one list."""
        item = around.items.get(path[0])
        if item is None:
            self.copies[path] += around.times * around.factor
            return
        for source, amount in item.of_list.items():
            self.copies[source] += amount * max(1, around.times // item.times) * around.factor

    def loop(self, node: Call, list_: Node, around: _Around) -> None:
        before = self.copies.copy()
        self.walk(list_, around)
        times = around.times * self.length(list_)
        own = node.arguments[0]
        items = dict(around.items)
        if isinstance(own, Name):
            items[own.name] = _Item(self.copies - before, max(1, times))
        for argument in node.arguments[1:]:
            self.walk(argument, _Around(times, around.factor, items))

    def length(self, list_: Node) -> int:
        """At most how many items `list_` has."""
        if isinstance(list_, Many):
            return len(list_.items)
        return self.longest_list * (self.names if _joins(list_) else 1)


def _weight(node: Node) -> int:
    """How often working out `node` copies or goes through what is below it."""
    if isinstance(node, Chain):
        return sum(sign == "+" for sign, _, _ in node.others)
    return _PATTERN_WEIGHT if isinstance(node, Call) and node.function == "matches" else 1


def _is_plain_size(node: Node) -> bool:
    """Whether `node` only asks how long a named list or text is, which copies nothing."""
    if not isinstance(node, Call) or node.function != "size":
        return False
    return all(path_of(child) is not None for child in children(node))


def _joins(node: Node) -> bool:
    """Whether lists may be joined somewhere in `node`, which makes them longer than those of the data."""
    return isinstance(node, Chain) or any(_joins(child) for child in children(node))
