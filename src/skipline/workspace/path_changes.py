"""Says what differs between the paths of a branch, as those who drew it would: who is taken where now."""

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum, auto
from functools import reduce
from itertools import zip_longest
from typing import Any

from skipline.base.sentence import all_of, chained, say
from skipline.base.value_types import shorten, write_plain
from skipline.workspace.setting_changes import in_words

_ALLOWING, _FORBIDDING = frozenset({"is", "is_one_of"}), frozenset({"is_not", "is_none_of"})
_LONGEST_VALUES = 80
Rows = Sequence[Any]
Path = Mapping[str, Any]


class _Does(Enum):
    """What a path does with what it has in its rows."""

    ASK_FOR = auto()
    TAKE = auto()
    LEAVE_OUT = auto()


def describe_paths(before: Sequence[Any], after: Sequence[Any]) -> Iterator[str]:
    """The differences between two lists of paths, which are matched by their ids."""
    was, now = _by_id(before), _by_id(after)
    for name in [name for name in was if name not in now]:
        yield say("path {path} is gone", path=path_name(was[name]))
    for name, path in now.items():
        if name not in was:
            yield say("path {path} is new: {conditions}", path=path_name(path), conditions=_conditions(path))
        else:
            yield from _path(was[name], path)
    common = [name for name in was if name in now]
    if common != [name for name in now if name in was]:
        yield say("its paths are tried in another order: {paths}", paths=", ".join(map(path_name, now.values())))


def path_name(path: Path) -> str:
    """What people call a path."""
    return str(path.get("name") or path.get("id", "?"))


def _by_id(paths: Sequence[Any]) -> dict[str, Path]:
    return {str(path.get("id", "?")): path for path in paths if isinstance(path, Mapping)}


def _path(was: Path, now: Path) -> Iterator[str]:
    name = path_name(was)
    if name != path_name(now):
        yield say("path {path} is now called {name}", path=name, name=path_name(now))
    yield from _rows(name, _listed(was, "all"), _listed(now, "all"), _Does.ASK_FOR)
    yield from _rows(name, _listed(was, "any"), _listed(now, "any"), _Does.TAKE)
    if was.get("formula") != now.get("formula"):
        yield _formula(name, was.get("formula"), now.get("formula"))


def _rows(path: str, before: Rows, after: Rows, does: _Does) -> Iterator[str]:
    """Rows about the same variable are compared with each other, in their order."""
    for variable in dict.fromkeys(_variable(row) for row in (*before, *after)):
        was = [row for row in before if _variable(row) == variable]
        now = [row for row in after if _variable(row) == variable]
        for old, new in zip_longest([row for row in was if row not in now], [row for row in now if row not in was]):
            yield from _row(path, old, new, does)


def _row(path: str, was: Any, now: Any, does: _Does) -> Iterator[str]:
    old, new = (str(row.get("operator")) if isinstance(row, Mapping) else "" for row in (was, now))
    if was is None:
        yield _more(path, does, _told(now))
    elif now is None:
        yield _less(path, does, _told(was))
    elif {old, new} <= _ALLOWING:
        yield from _values(path, was, now, _Does.TAKE)
    elif {old, new} <= _FORBIDDING:
        yield from _values(path, was, now, _Does.LEAVE_OUT)
    else:
        yield _instead(path, does, _told(now), _told(was))


def _values(path: str, was: Mapping[str, Any], now: Mapping[str, Any], does: _Does) -> Iterator[str]:
    before, after = _listed(was, "value"), _listed(now, "value")
    added = [value for value in after if value not in before]
    removed = [value for value in before if value not in after]
    if added and not (removed and len(after) == len(added)):
        yield _more(path, does, in_words(added))
    elif added:
        yield _instead(path, does, in_words(added), in_words(removed))
        return
    if removed:
        yield _less(path, does, in_words(removed))
    if was.get("match_case", False) != now.get("match_case", False):
        minds = now.get("match_case")
        yield (
            say("{path} now minds upper and lower case", path=path)
            if minds
            else say("{path} no longer minds upper and lower case", path=path)
        )


def _more(path: str, does: _Does, what: str) -> str:
    match does:
        case _Does.ASK_FOR:
            return say("{path} now also asks for {what}", path=path, what=what)
        case _Does.TAKE:
            return say("{path} now also takes {what}", path=path, what=what)
        case _Does.LEAVE_OUT:
            return say("{path} now also leaves out {what}", path=path, what=what)


def _less(path: str, does: _Does, what: str) -> str:
    match does:
        case _Does.ASK_FOR:
            return say("{path} no longer asks for {what}", path=path, what=what)
        case _Does.TAKE:
            return say("{path} no longer takes {what}", path=path, what=what)
        case _Does.LEAVE_OUT:
            return say("{path} no longer leaves out {what}", path=path, what=what)


def _instead(path: str, does: _Does, what: str, before: str) -> str:
    match does:
        case _Does.ASK_FOR:
            return say("{path} now asks for {what} instead of {before}", path=path, what=what, before=before)
        case _Does.TAKE:
            return say("{path} now takes {what} instead of {before}", path=path, what=what, before=before)
        case _Does.LEAVE_OUT:
            return say("{path} now leaves out {what} instead of {before}", path=path, what=what, before=before)


def _formula(path: str, was: Any, now: Any) -> str:
    before, after = shorten(str(was)), shorten(str(now))
    if not now:
        return say("{path} no longer asks for the formula {formula}", path=path, formula=before)
    if not was:
        return say("{path} now asks for the formula {formula}", path=path, formula=after)
    return say("{path} now asks for the formula {formula} instead of {before}", path=path, formula=after, before=before)


def _conditions(path: Path) -> str:
    parts = [_told(row) for row in _listed(path, "all")]
    choice = [_told(row) for row in _listed(path, "any")]
    if choice:
        parts.append(reduce(lambda one, other: say("{one} or {other}", one=one, other=other), choice))
    if path.get("formula"):
        parts.append(shorten(str(path["formula"])))
    given = [part for part in parts if part]
    if not given:
        return say("no condition")
    return reduce(lambda one, other: say("{one} and {other}", one=one, other=other), given)


def _told(row: Any) -> str:
    """A row as people say it: `orders is at least 5`."""
    if not isinstance(row, Mapping):
        return shorten(write_plain(row))
    operator = str(row.get("operator", ""))
    values = [write_plain(value) for value in _listed(row, "value")]
    listed = all_of(values) if operator == "between" and values else ", ".join(values)
    shown = listed if len(listed) <= _LONGEST_VALUES else shorten(listed)
    return chained(filter(None, [_variable(row), _OPERATORS.get(operator, _plain(operator)), shown]), " ")


def _plain(operator: str) -> str:
    """An operator that nobody knows; what it would be called if it were one."""
    words = operator.replace("_", " ")
    return words if words.split()[0:1] in (["is"], ["matches"], ["contains"], ["starts"], ["ends"]) else f"is {words}"


_OPERATORS = {
    "is": say("is"),
    "is_not": say("is not"),
    "is_one_of": say("is one of"),
    "is_none_of": say("is none of"),
    "contains": say("contains"),
    "starts_with": say("starts with"),
    "ends_with": say("ends with"),
    "matches": say("matches"),
    "greater_than": say("is greater than"),
    "at_least": say("is at least"),
    "less_than": say("is less than"),
    "at_most": say("is at most"),
    "between": say("is between"),
    "is_set": say("is set"),
    "is_not_set": say("is not set"),
    "is_true": say("is true"),
    "is_false": say("is false"),
    "before": say("is before"),
    "after": say("is after"),
}


def _variable(row: Any) -> str:
    return str(row.get("variable", "?")) if isinstance(row, Mapping) else "?"


def _listed(owner: Mapping[str, Any], key: str) -> list[Any]:
    value = owner.get(key)
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]
