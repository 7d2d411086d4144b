"""Says what differs between the paths of a branch, as those who drew it would: who is taken where now."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from skipline.base.value_types import shorten, write_plain
from skipline.workspace.setting_changes import in_words

_ALLOWING, _FORBIDDING = frozenset({"is", "is_one_of"}), frozenset({"is_not", "is_none_of"})
Rows = Sequence[Any]
Path = Mapping[str, Any]


def describe_paths(before: Sequence[Any], after: Sequence[Any]) -> Iterator[str]:
    """The differences between two lists of paths, which are matched by their ids."""
    was, now = _by_id(before), _by_id(after)
    for name in [name for name in was if name not in now]:
        yield f"path {path_name(was[name])} is gone"
    for name, path in now.items():
        if name not in was:
            yield f"path {path_name(path)} is new: {_conditions(path)}"
        else:
            yield from _path(was[name], path)
    common = [name for name in was if name in now]
    if common != [name for name in now if name in was]:
        yield f"its paths are tried in another order: {', '.join(map(path_name, now.values()))}"


def path_name(path: Path) -> str:
    """What people call a path."""
    return str(path.get("name") or path.get("id", "?"))


def _by_id(paths: Sequence[Any]) -> dict[str, Path]:
    return {str(path.get("id", "?")): path for path in paths if isinstance(path, Mapping)}


def _path(was: Path, now: Path) -> Iterator[str]:
    name = path_name(was)
    if name != path_name(now):
        yield f"path {name} is now called {path_name(now)}"
    yield from (f"{name} {one}" for one in _rows(_listed(was, "all"), _listed(now, "all"), "asks for"))
    yield from (f"{name} {one}" for one in _rows(_listed(was, "any"), _listed(now, "any"), "takes"))
    if was.get("formula") != now.get("formula"):
        yield f"{name} {_formula(was.get('formula'), now.get('formula'))}"


def _rows(before: Rows, after: Rows, verb: str) -> Iterator[str]:
    """Rows about the same variable are compared with each other, in their order."""
    for variable in dict.fromkeys(_variable(row) for row in (*before, *after)):
        was = [row for row in before if _variable(row) == variable]
        now = [row for row in after if _variable(row) == variable]
        for old, new in zip_longest([row for row in was if row not in now], [row for row in now if row not in was]):
            yield from _row(old, new, verb)


def _row(was: Any, now: Any, verb: str) -> Iterator[str]:
    old, new = (str(row.get("operator")) if isinstance(row, Mapping) else "" for row in (was, now))
    if was is None:
        yield f"now also {verb} {_told(now)}"
    elif now is None:
        yield f"no longer {verb} {_told(was)}"
    elif {old, new} <= _ALLOWING:
        yield from _values(was, now, "takes")
    elif {old, new} <= _FORBIDDING:
        yield from _values(was, now, "leaves out")
    else:
        yield f"now {verb} {_told(now)} instead of {_told(was)}"


def _values(was: Mapping[str, Any], now: Mapping[str, Any], verb: str) -> Iterator[str]:
    before, after = _listed(was, "value"), _listed(now, "value")
    added = [value for value in after if value not in before]
    removed = [value for value in before if value not in after]
    if added and not (removed and len(after) == len(added)):
        yield f"now also {verb} {in_words(added)}"
    elif added:
        yield f"now {verb} {in_words(added)} instead of {in_words(removed)}"
        return
    if removed:
        yield f"no longer {verb} {in_words(removed)}"
    if was.get("match_case", False) != now.get("match_case", False):
        yield "now minds upper and lower case" if now.get("match_case") else "no longer minds upper and lower case"


def _formula(was: Any, now: Any) -> str:
    if not now:
        return f"no longer asks for the formula {shorten(str(was))}"
    return f"now asks for the formula {shorten(str(now))}" + (f" instead of {shorten(str(was))}" if was else "")


def _conditions(path: Path) -> str:
    parts = [_told(row) for row in _listed(path, "all")]
    either = " or ".join(_told(row) for row in _listed(path, "any"))
    formula = shorten(str(path["formula"])) if path.get("formula") else ""
    return " and ".join(filter(None, [*parts, either, formula])) or "no condition"


def _told(row: Any) -> str:
    """A row as people say it: `orders is at least 5`."""
    if not isinstance(row, Mapping):
        return shorten(write_plain(row))
    operator = str(row.get("operator", "")).replace("_", " ")
    verb = (
        operator
        if operator.split()[0:1] in (["is"], ["matches"], ["contains"], ["starts"], ["ends"])
        else f"is {operator}"
    )
    values = [write_plain(value) for value in _listed(row, "value")]
    return " ".join(
        filter(
            None, [_variable(row), verb, shorten(" and ".join(values) if operator == "between" else ", ".join(values))]
        )
    )


def _variable(row: Any) -> str:
    return str(row.get("variable", "?")) if isinstance(row, Mapping) else "?"


def _listed(owner: Mapping[str, Any], key: str) -> list[Any]:
    value = owner.get(key)
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]
