"""Says what differs between two sets of settings of any step: added and removed parts of lists, values before and
after."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from skipline.base.sentence import all_of, chained, say
from skipline.base.value_types import shorten, write_plain
from skipline.workspace.piece_words import NO_LABELS, Labels

_NAMING = ("as", "id", "name", "from", "variable", "source")
"""Keys by which an entry of a list is known again."""

_LONGEST_VALUE = 60
Told = Callable[[str], str]


def describe_settings(
    was: Mapping[str, Any], now: Mapping[str, Any], inside: str = "", labels: Labels = NO_LABELS
) -> Iterator[str]:
    """One sentence for each key whose value differs. `inside` is what holds the settings, `labels` what their keys
    are called."""
    for key in dict.fromkeys([*was, *now]):
        label = say("{outer}: {inner}", outer=inside, inner=labels.of(key)) if inside else labels.of(key)
        before, after = was.get(key), now.get(key)
        if before == after and type(before) is type(after):
            continue
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from describe_settings(before, after, label, labels.inside(key))
        elif both_lists(before, after):
            yield from _entries(label, before, after, labels.inside(key))  # type: ignore[arg-type]
        elif key not in now:
            yield say("{label} is no longer {value}", label=label, value=_shown(before))
        elif key not in was:
            yield say("{label} is now {value}", label=label, value=_shown(after))
        else:
            yield say("{label} is {value} instead of {before}", label=label, value=_shown(after), before=_shown(before))


def describe_list(before: Sequence[Any], after: Sequence[Any], *, more: Told, less: Told, order: Told) -> Iterator[str]:
    """What was added to a list, what was taken from it, or that its order is another; each makes a sentence of the
    values it is about."""
    added = [value for value in after if value not in before]
    removed = [value for value in before if value not in after]
    if added:
        yield more(in_words(added))
    if removed:
        yield less(in_words(removed))
    if not added and not removed and list(before) != list(after):
        yield order(chained(map(_shown, after)))


def both_lists(before: Any, after: Any) -> bool:
    """Whether both are lists, so that they can be compared part by part."""
    return isinstance(before, list | tuple) and isinstance(after, list | tuple)


def in_words(values: Sequence[Any]) -> str:
    """`a, b and c`."""
    return all_of(map(_shown, values))


def _entries(label: str, before: Sequence[Any], after: Sequence[Any], labels: Labels) -> Iterator[str]:
    key = _key_of([*before, *after])
    words: dict[str, Told] = {
        "more": lambda values: say("{label}: now also {values}", label=label, values=values),
        "less": lambda values: say("{label}: no longer {values}", label=label, values=values),
        "order": lambda values: say("{label} in another order: {values}", label=label, values=values),
    }
    if key is None:
        yield from describe_list(before, after, **words)
        return
    was, now = {entry[key]: entry for entry in before}, {entry[key]: entry for entry in after}
    yield from describe_list(list(was), list(now), **words)
    for name in now:
        if name in was:
            yield from describe_settings(was[name], now[name], say("{label} {name}", label=label, name=name), labels)


def _key_of(entries: Sequence[Any]) -> str | None:
    """The key that names each of these maps, if there is one; every name once in a list is not asked for."""
    if not entries or not all(isinstance(entry, Mapping) for entry in entries):
        return None
    return next((key for key in _NAMING if all(isinstance(entry.get(key), str) for entry in entries)), None)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return _short(chained(chained([NO_LABELS.of(key), _plain(part)], " ") for key, part in value.items()))
    return repr(value) if value == "" else _short(_plain(value))


def _plain(value: Any) -> str:
    """A value as people write it, see `write_plain`."""
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    return say("nothing") if value is None else write_plain(value)


def _short(text: str) -> str:
    """`text` as it is while it is short: a sentence that is cut stays English."""
    shortened = shorten(text, _LONGEST_VALUE)
    return text if shortened == text else shortened
