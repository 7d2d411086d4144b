"""How much work and memory a formula could ask for, told from its text alone.

Two numbers bound every formula before it runs. `steps`: how many parts are worked out if every list is as long as
lists may be. `growth`: how many times the data's own size joined texts or lists can reach; the evaluation multiplies
it with the size of the data at hand and refuses what would be too much. Searching a text again and again in a loop
counts as growth too.
"""

from dataclasses import dataclass

from skipline.expr.errors import ExprMistake
from skipline.expr.functions import LOOPS
from skipline.expr.nodes import Call, Chain, Many, Name, Node, children

MOST_STEPS = 200_000
LONGEST_LIST = 1_000
# The library goes through at most 10,000 items in one formula; 90 x 90 stays below.
LONGEST_LIST_IN_NESTED_LOOPS = 90
MOST_NESTED_LOOPS = 2
_PATTERN_WEIGHT = 10


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one formula may cost; `longest_list` is how long its lists may be."""

    steps: int
    growth: int
    longest_list: int


def measure(formula: Node) -> Bounds:
    """The bounds of `formula`; raises `ExprMistake` when they are beyond what a call may wait for."""
    nested = _loops(formula)
    longest_list = LONGEST_LIST if nested <= 1 else LONGEST_LIST_IN_NESTED_LOOPS
    meter = _Meter(longest_list, max(1, _count(formula, Name)))
    meter.walk(formula, 1)
    if nested > MOST_NESTED_LOOPS or meter.steps > MOST_STEPS:
        raise ExprMistake("the formula goes through lists inside lists too often", fix="use one loop, or two steps")
    return Bounds(meter.steps, meter.growth, longest_list)


def _loops(node: Node) -> int:
    """The deepest nesting of loops."""
    own = 1 if isinstance(node, Call) and node.function in LOOPS and node.receiver is not None else 0
    if isinstance(node, Call) and own:
        inside = max((_loops(argument) for argument in node.arguments), default=0)
        return max(1 + inside, _loops(node.receiver) if node.receiver is not None else 0)
    return max((_loops(child) for child in children(node)), default=0)


def _count(node: Node, kind: type[Name] | type[Many]) -> int:
    return isinstance(node, kind) + sum(_count(child, kind) for child in children(node))


@dataclass(slots=True)
class _Meter:
    longest_list: int
    names: int
    steps: int = 0
    growth: int = 0

    def walk(self, node: Node, times: int) -> None:
        """Add what `node` costs when it is worked out `times` times."""
        self.steps += times
        if isinstance(node, Chain) and any(sign == "+" for sign, _, _ in node.others):
            self.growth += times * (1 + _count(node, Name)) * len(node.others)
        if isinstance(node, Call) and times > 1 and node.receiver is not None:
            self.growth += times * (_PATTERN_WEIGHT if node.function == "matches" else 1)
        if isinstance(node, Call) and node.function in LOOPS and node.receiver is not None:
            self.walk(node.receiver, times)
            for argument in node.arguments[1:]:
                self.walk(argument, times * self._length(node.receiver))
            return
        for child in children(node):
            self.walk(child, times)

    def _length(self, list_: Node) -> int:
        """At most how many items `list_` has."""
        if isinstance(list_, Many):
            return len(list_.items)
        return self.longest_list * (self.names if _joins(list_) else 1)


def _joins(node: Node) -> bool:
    """Whether lists may be joined somewhere in `node`, which makes them longer than those of the data."""
    return isinstance(node, Chain) or any(_joins(child) for child in children(node))
