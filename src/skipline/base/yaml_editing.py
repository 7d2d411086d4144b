"""Changes what a YAML text says and leaves all that did not change as it was written: comments, quotes, spaces, order.

Only what differs is written anew, in the style of `dump_yaml`; what comes out is read again, and when it does not say
what it should, larger parts are written anew, at last the whole text.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from skipline.base.yaml_document import YamlMistake
from skipline.base.yaml_lines import read_yaml
from skipline.base.yaml_tree import Kind, Node, read_tree, rest_of_line
from skipline.base.yaml_writing import WIDEST_LINE, dump_yaml, entry_lines, inline_text, is_long_text, item_lines

_DEPTHS = (99, 2)
"""How deep changes are made in place: everywhere, or else down to the parts of a part of the top."""

_NAMES = ("id", "name", "as", "type")
"""By these two objects in a list are known to be the same one, changed."""


def edit_yaml(text: str, wanted: Any) -> str:
    """`text`, changed so that `read_yaml` gives `wanted`.

    Raises `YamlMistake` when `text` cannot be read, and when what is wanted could not be, as too large or too deep.
    """
    return change_yaml(text, read_yaml(text).data, wanted)


def change_yaml(text: str, said: Any, wanted: Any) -> str:
    """The same for one who knows already what `text` says."""
    if is_same(said, wanted):
        return text
    tree = read_tree(text)
    for deepest in _DEPTHS if tree is not None else ():
        edited = _Editing(text, deepest).whole(tree, said, wanted)
        if edited is not None and _says(edited, wanted):
            return edited
    anew = dump_yaml(wanted)
    read_yaml(anew)
    return anew


def is_same(one: Any, other: Any) -> bool:
    """Whether two values of plain data are written alike: `true` is not 1, and 1 is 1.0."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(is_same(value, other[key]) for key, value in one.items())
    if _is_list(one) and _is_list(other):
        return len(one) == len(other) and all(map(is_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _says(text: str, wanted: Any) -> bool:
    try:
        found = read_yaml(text)
    except YamlMistake:
        return False
    return not found.mistakes and is_same(found.data, wanted)


class _Part(NamedTuple):
    """What becomes of one entry of a map or item of a list: what stands before it, and itself."""

    lead: str
    body: str


class _Editing:
    """One attempt. Texts that it makes stand for `text[node.start:node.end]`; None: write it anew, key and all."""

    def __init__(self, text: str, deepest: int) -> None:
        self._text, self._deepest = text, deepest

    def whole(self, tree: Node | None, said: Any, wanted: Any) -> str | None:
        changed = self._value(tree, said, wanted, 0) if tree is not None else None
        if tree is None or changed is None:
            return None
        return self._text[: tree.start] + changed + self._text[tree.end :]

    def _value(self, node: Node, said: Any, wanted: Any, depth: int) -> str | None:
        if is_same(said, wanted):
            return self._text[node.start : node.end]
        if depth >= self._deepest:
            return None
        if node.kind is Kind.MAP and isinstance(wanted, Mapping) and wanted and node.children:
            is_odd = len({one.text for one in node.keys}) < len(node.keys)
            if is_odd:
                return None
            return self._inline(node, said, wanted, depth) if node.is_inline else self._map(node, said, wanted, depth)
        if node.kind is Kind.LIST and _is_list(wanted) and wanted and node.children:
            return self._inline(node, said, wanted, depth) if node.is_inline else self._list(node, said, wanted, depth)
        return self._scalar(node, wanted)

    def _scalar(self, node: Node, wanted: Any) -> str | None:
        is_plain_data = not isinstance(wanted, Mapping) and not _is_list(wanted)
        if node.kind is not Kind.SCALAR or not node.is_inline or node.start == node.end:
            return None
        if not is_plain_data or is_long_text(wanted):
            return None
        if node.style == "'" and isinstance(wanted, str) and wanted.isprintable():
            return "'" + wanted.replace("'", "''") + "'"
        if node.style == '"' and isinstance(wanted, str) and wanted.isprintable() and not {'"', "\\"} & set(wanted):
            return f'"{wanted}"'
        return inline_text(wanted)

    def _map(self, node: Node, said: Any, wanted: Mapping[str, Any], depth: int) -> str:
        place = {key.text: number for number, key in enumerate(node.keys)}
        parts: list[_Part] = []
        order = _order(list(place), list(wanted))
        for name in order:
            if name not in place:
                lines = entry_lines(name, wanted[name], node.column)
                parts.append(_Part("\n" + " " * node.column, "\n".join(lines).lstrip(" ")))
                continue
            number = place[name]
            body = self._entry(node, number, said[name], wanted[name], depth)
            parts.append(_Part(self._lead(node, number), body))
        kept = {place[name] for name in order if name in place}
        return self._joined(node, parts, [one for one in range(len(node.children)) if one not in kept])

    def _list(self, node: Node, said: Sequence[Any], wanted: Sequence[Any], depth: int) -> str:
        pairs = _pairs(said, wanted)
        parts: list[_Part] = []
        for value, number in zip(wanted, pairs, strict=True):
            if number is None:
                lines = item_lines(value, node.column)
                parts.append(_Part("\n" + " " * node.column, "\n".join(lines).lstrip(" ")))
            else:
                body = self._entry(node, number, said[number], value, depth)
                parts.append(_Part(self._lead(node, number), body))
        return self._joined(node, parts, [one for one in range(len(node.children)) if one not in pairs])

    def _entry(self, node: Node, number: int, said: Any, wanted: Any, depth: int) -> str:
        """One entry or item, from its key or dash to the comment at its end."""
        child, start = node.children[number], self._start(node, number)
        rest = self._text[child.end : rest_of_line(self._text, child.end)]
        value = self._value(child, said, wanted, depth + 1)
        is_anew = value is None or self._is_too_wide(child, value) or self._is_ours(node, number, said)
        if value is not None and not (is_anew and not is_same(said, wanted)):
            return self._text[start : child.start] + value + rest
        first, *others = _fresh(node, number, wanted)
        comment = rest or _comment_in(self._text[start : child.start])
        return "\n".join([first.lstrip(" ") + comment, *others])

    def _is_ours(self, node: Node, number: int, said: Any) -> bool:
        """Whether a map or list on one line stands as we write it; it is written so when it has changed, too."""
        child = node.children[number]
        if child.kind is Kind.SCALAR or not child.is_inline:
            return False
        return _fresh(node, number, said) == [" " * node.column + self._text[self._start(node, number) : child.end]]

    def _is_too_wide(self, child: Node, value: str) -> bool:
        """Whether a map or list that was made longer stands better on lines of its own."""
        if child.kind is Kind.SCALAR or not child.is_inline or "\n" in value:
            return False
        was = child.column + child.end - child.start
        return child.column + len(value) > (WIDEST_LINE if was <= WIDEST_LINE else 2 * WIDEST_LINE) and (
            child.column + len(value) > was
        )

    def _inline(self, node: Node, said: Any, wanted: Any, depth: int) -> str:
        """A map in braces or a list in brackets."""
        parts: list[tuple[int | None, str]] = []
        if isinstance(wanted, Mapping):
            place = {key.text: number for number, key in enumerate(node.keys)}
            for name in _order(list(place), list(wanted)):
                if name in place:
                    head = self._text[node.keys[place[name]].start : node.children[place[name]].start]
                    value = self._inner(node.children[place[name]], said[name], wanted[name], depth)
                    parts.append((place[name], head + value))
                else:
                    parts.append((None, inline_text({name: wanted[name]})[1:-1]))
        else:
            for value, number in zip(wanted, _pairs(said, wanted), strict=True):
                is_new = number is None
                child = None if number is None else self._inner(node.children[number], said[number], value, depth)
                parts.append((number, inline_text(value) if is_new or child is None else child))
        return self._bracketed(node, parts)

    def _inner(self, child: Node, said: Any, wanted: Any, depth: int) -> str:
        changed = self._value(child, said, wanted, depth + 1)
        return inline_text(wanted) if changed is None else changed

    def _bracketed(self, node: Node, parts: list[tuple[int | None, str]]) -> str:
        starts, ends = node.starts, [child.end for child in node.children]
        written = self._text[node.start : starts[0]]
        for position, (number, body) in enumerate(parts):
            before = parts[position - 1][0] if position else None
            if position:
                follows = number is not None and before is not None and number == before + 1
                written += self._text[ends[before] : starts[number]] if follows else ", "  # type: ignore[index]
            written += body
        return written + self._text[ends[-1] : node.end]

    def _start(self, node: Node, number: int) -> int:
        """Where an entry begins: its key, or its dash, which stands in the column of its list."""
        if node.kind is Kind.MAP:
            return node.keys[number].start
        if number == 0:
            return node.start
        at = rest_of_line(self._text, node.children[number - 1].end)
        while True:
            at = self._text.index("\n", at) + 1
            if self._text[at : at + node.column + 1] == " " * node.column + "-":
                return at + node.column

    def _lead(self, node: Node, number: int) -> str:
        """What stands between an entry and the one before: the end of its line, comments, spaces."""
        if number == 0:
            return ""
        before = rest_of_line(self._text, node.children[number - 1].end)
        return self._text[before : self._start(node, number)]

    def _joined(self, node: Node, parts: list[_Part], removed: list[int]) -> str:
        """The parts under each other. The first stands where the first stood; comments of what moved there go above
        it, or below where there is no room above."""
        orphans = "".join(_before_blank_line(self._lead(node, number)) for number in removed)
        first, *others = parts
        written = first.body
        if "#" in first.lead:
            above = first.lead.strip() + "\n" + " " * node.column
            is_own_line = not self._text[self._text.rfind("\n", 0, node.start) + 1 : node.start].strip()
            written = above + first.body if is_own_line else first.body + "\n" + first.lead.strip("\n").rstrip(" ")
        for lead, body in others:
            written += (lead or "\n" + " " * node.column) + body
        return written + orphans


def _fresh(node: Node, number: int, value: Any) -> list[str]:
    """The lines of an entry or item as we write it."""
    if node.kind is Kind.MAP:
        return entry_lines(node.keys[number].text, value, node.column)
    return item_lines(value, node.column)


def _order(had: list[str], wanted: list[str]) -> list[str]:
    """The keys that are wanted: those that were there as they stood, each new one behind its neighbour."""
    order = [name for name in had if name in wanted]
    for number, name in enumerate(wanted):
        if name not in order:
            before = wanted[number - 1] if number else None
            order.insert(order.index(before) + 1 if before is not None else 0, name)
    return order


def _pairs(said: Sequence[Any], wanted: Sequence[Any]) -> list[int | None]:
    """For each wanted item the one that it was before: the very same, one of the same name, one at the same place."""
    pairs: list[int | None] = [None] * len(wanted)
    taken: set[int] = set()
    for is_it in (is_same, _has_same_name):
        for position, value in enumerate(wanted):
            if pairs[position] is None:
                places = sorted(range(len(said)), key=lambda place, at=position: abs(place - at))  # type: ignore[misc]
                found = next((one for one in places if one not in taken and is_it(said[one], value)), None)
                if found is not None:
                    pairs[position] = found
                    taken.add(found)
    for position in range(min(len(said), len(wanted))):
        if pairs[position] is None and position not in taken:
            pairs[position] = position
    return pairs


def _has_same_name(one: Any, other: Any) -> bool:
    if not (isinstance(one, Mapping) and isinstance(other, Mapping)):
        return False
    name = next((name for name in _NAMES if name in one), None)
    return name is not None and name in other and is_same(one[name], other[name])


def _before_blank_line(lead: str) -> str:
    """The comments above something that are set off from it by an empty line, and so are not about it."""
    lines = lead.split("\n")
    blank = max((number for number, line in enumerate(lines[1:-1], 1) if not line.strip()), default=0)
    kept = "\n".join(lines[:blank])
    return kept if "#" in kept else ""


def _comment_in(head: str) -> str:
    """The comment behind a key whose value begins on the next line."""
    line = head.split("\n", 1)[0]
    return f"  {line[line.index(' #') + 1 :].rstrip()}" if " #" in line else ""


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)
