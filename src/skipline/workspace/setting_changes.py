"""Says what differs between two sets of settings of any step: added and removed parts of lists, values before and
after."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from skipline.base.value_types import shorten, write_plain

_NAMING = ("as", "id", "name", "from", "variable", "source")
"""Keys by which an entry of a list is known again."""


def describe_settings(was: Mapping[str, Any], now: Mapping[str, Any], inside: str = "") -> Iterator[str]:
    """One sentence for each key whose value differs."""
    for key in dict.fromkeys([*was, *now]):
        label = f"{inside}{_label(key)}"
        before, after = was.get(key), now.get(key)
        if before == after and type(before) is type(after):
            continue
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from describe_settings(before, after, f"{label}: ")
        elif both_lists(before, after):
            yield from _entries(label, before, after)  # type: ignore[arg-type]
        elif key not in now:
            yield f"{label} is no longer {_shown(before)}"
        elif key not in was:
            yield f"{label} is now {_shown(after)}"
        else:
            yield f"{label} is {_shown(after)} instead of {_shown(before)}"


def describe_list(before: Sequence[Any], after: Sequence[Any], *, more: str, less: str, order: str) -> Iterator[str]:
    """What was added to a list, what was taken from it, or that its order is another; each begins with the words
    given for it."""
    added = [value for value in after if value not in before]
    removed = [value for value in before if value not in after]
    if added:
        yield f"{more} {in_words(added)}"
    if removed:
        yield f"{less} {in_words(removed)}"
    if not added and not removed and list(before) != list(after):
        yield f"{order} {', '.join(map(_shown, after))}"


def both_lists(before: Any, after: Any) -> bool:
    """Whether both are lists, so that they can be compared part by part."""
    return isinstance(before, list | tuple) and isinstance(after, list | tuple)


def in_words(values: Sequence[Any]) -> str:
    """`a, b and c`."""
    shown = [_shown(value) for value in values]
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def _entries(label: str, before: Sequence[Any], after: Sequence[Any]) -> Iterator[str]:
    key = _key_of([*before, *after])
    words = {"more": f"{label}: now also", "less": f"{label}: no longer", "order": f"{label} in another order:"}
    if key is None:
        yield from describe_list(before, after, **words)
        return
    was, now = {entry[key]: entry for entry in before}, {entry[key]: entry for entry in after}
    yield from describe_list(list(was), list(now), **words)
    for name in now:
        if name in was:
            yield from describe_settings(was[name], now[name], f"{label} {name}: ")


def _key_of(entries: Sequence[Any]) -> str | None:
    """The key that names each of these maps, if there is one; every name once in a list is not asked for."""
    if not entries or not all(isinstance(entry, Mapping) for entry in entries):
        return None
    return next((key for key in _NAMING if all(isinstance(entry.get(key), str) for entry in entries)), None)


def _label(key: str) -> str:
    return str(key).replace("_", " ")


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return shorten(", ".join(f"{_label(key)} {write_plain(part)}" for key, part in value.items()), 60)
    return repr(value) if value == "" else shorten(write_plain(value), 60)
