"""The names that conditions, formulas and texts may use, and what is known of their types."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from skipline.base.sentence import say
from skipline.base.spelling import advice
from skipline.expr.errors import ExprMistake
from skipline.expr.functions import LOOPS
from skipline.expr.kind_words import a_kind
from skipline.expr.nodes import Call, Name, Node, Part, children, path_of

KINDS = frozenset({"map", "text", "number", "boolean", "time", "list", "any"})
_WITHOUT_PARTS = frozenset({"text", "number", "boolean", "time"})

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """A name that a formula reads, with all its parts and their columns."""

    path: Path
    columns: tuple[int, ...]


def uses_of(node: Node, local: frozenset[str] = frozenset()) -> Iterator[Use]:
    """Every use of a name from outside, left to right; `local` are the names that loops have made."""
    path = path_of(node, with_optionals=True)
    if path is not None and isinstance(node, Name | Part):
        if path[0] not in local:
            yield Use(path, _columns(node))
        return
    if isinstance(node, Call) and node.function in LOOPS and node.receiver is not None:
        yield from uses_of(node.receiver, local)
        own = node.arguments[0]
        local = local | {own.name} if isinstance(own, Name) else local
        for argument in node.arguments[1:]:
            yield from uses_of(argument, local)
        return
    for child in children(node):
        yield from uses_of(child, local)


def _columns(node: Node) -> tuple[int, ...]:
    columns = [node.column]
    while isinstance(node, Part):
        node = node.whole
        columns.append(node.column)
    return tuple(reversed(columns))


class Names:
    """Declared names. A dotted one, such as `contact.phone`, tells a part's type; as soon as one part of a name is
    declared, only declared parts of it may be used."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        wrong = sorted(set(kinds.values()) - KINDS)
        if wrong:
            raise ValueError(f"{wrong[0]} is not a type of variable")
        self._kinds = {tuple(name.split(".")): kind for name, kind in kinds.items()}
        self._parts: dict[Path, set[str]] = {}
        for path in self._kinds:
            for length in range(len(path)):
                self._parts.setdefault(path[:length], set()).add(path[length])

    def check(self, path: Path, columns: tuple[int, ...] = ()) -> None:
        """Raises `ExprMistake` when `path` cannot exist, with the column of the part that is wrong."""
        for length in range(len(path)):
            whole, part = path[:length], path[length]
            known = self._parts.get(whole)
            column = columns[length] if columns else None
            if known is None:
                self._check_part(whole, part, column)
                return
            if part not in known:
                raise self._unknown(whole, part, known, column)

    def kind(self, path: Path) -> str:
        """The type of `path` as far as it is known, else `any`."""
        return self._kinds.get(path, "map" if path in self._parts else "any")

    def plain_kind(self, path: Path) -> str | None:
        """The type of a plain path that `check` lets pass, as far as it is known, else `any`. None: it stands for
        parts alone, and is no value by itself."""
        for length in range(len(path), 0, -1):
            kind = self._kinds.get(path[:length])
            if kind is not None:
                return kind if length == len(path) and kind in _WITHOUT_PARTS else "any"
        return None

    def declared(self) -> Mapping[str, str]:
        """All names with their types, dotted ones included."""
        return {".".join(path): kind for path, kind in self._kinds.items()}

    def _check_part(self, whole: Path, part: str, column: int | None) -> None:
        kind = self._kinds.get(whole, "any")
        if kind in _WITHOUT_PARTS:
            names = {"whole": ".".join(whole), "kind": a_kind(kind), "part": part}
            raise ExprMistake(say("{whole} is {kind} and has no part `{part}`", **names), column=column)

    def _unknown(self, whole: Path, part: str, known: set[str], column: int | None) -> ExprMistake:
        if whole:
            sentence = say("{whole} has no part `{part}`", whole=".".join(whole), part=part)
            names = {".".join((*whole, name)) for name in known}
            return ExprMistake(sentence, column=column, fix=advice(".".join((*whole, part)), names))
        return ExprMistake(say("no variable is called `{name}`", name=part), column=column, fix=advice(part, known))


def shortest(paths: set[Path]) -> frozenset[Path]:
    """`paths` without those that lie inside another one: what has to be handed over to work a formula out."""
    return frozenset(path for path in paths if not any(path[:length] in paths for length in range(1, len(path))))
