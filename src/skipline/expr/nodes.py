"""The parts of a formula once it was read: a tree of frozen values, each with its column in the source."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was written."""

    written: str
    column: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it was written, with its quotes."""

    written: str
    column: int


@dataclass(frozen=True, slots=True)
class Constant:
    """`true`, `false` or `null`."""

    written: str
    column: int


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, or an item that a loop has named."""

    name: str
    column: int


@dataclass(frozen=True, slots=True)
class Part:
    """`whole.name`, or `whole.?name` which is an optional."""

    whole: "Node"
    name: str
    column: int
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """`whole[key]`, or `whole[?key]` which is an optional."""

    whole: "Node"
    key: "Node"
    column: int
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """`function(arguments)`, or `receiver.function(arguments)`."""

    function: str
    receiver: "Node | None"
    arguments: tuple["Node", ...]
    column: int


@dataclass(frozen=True, slots=True)
class Prefix:
    """`!operand` or `-operand`."""

    sign: str
    operand: "Node"
    column: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Operands joined by signs of one strength, read from the left: `a + b - c`."""

    first: "Node"
    others: tuple[tuple[str, int, "Node"], ...]
    column: int


@dataclass(frozen=True, slots=True)
class Choice:
    """`condition ? yes : no`."""

    condition: "Node"
    yes: "Node"
    no: "Node"
    column: int


@dataclass(frozen=True, slots=True)
class Many:
    """A list written out."""

    items: tuple["Node", ...]
    column: int


@dataclass(frozen=True, slots=True)
class Pairs:
    """A map written out."""

    pairs: tuple[tuple["Node", "Node"], ...]
    column: int


Node = Number | Text | Constant | Name | Part | Item | Call | Prefix | Chain | Choice | Many | Pairs


def path_of(node: Node, *, with_optionals: bool = False) -> tuple[str, ...] | None:
    """The names of a plain path such as `contact.phone`, or None for anything else."""
    names: list[str] = []
    while isinstance(node, Part) and (with_optionals or not node.is_optional):
        names.append(node.name)
        node = node.whole
    if not isinstance(node, Name):
        return None
    return (node.name, *reversed(names))


def children(node: Node) -> tuple[Node, ...]:
    """The parts directly below `node`, in the order they are written."""
    match node:
        case Part(whole=whole):
            return (whole,)
        case Item(whole=whole, key=key):
            return (whole, key)
        case Call(receiver=receiver, arguments=arguments):
            return arguments if receiver is None else (receiver, *arguments)
        case Prefix(operand=operand):
            return (operand,)
        case Number() | Text() | Constant() | Name():
            return ()
        case _:
            return _joined(node)


def _joined(node: Chain | Choice | Many | Pairs) -> tuple[Node, ...]:
    match node:
        case Chain(first=first, others=others):
            return (first, *(operand for _, _, operand in others))
        case Choice(condition=condition, yes=yes, no=no):
            return (condition, yes, no)
        case Many(items=items):
            return items
        case Pairs(pairs=pairs):
            return tuple(part for pair in pairs for part in pair)
