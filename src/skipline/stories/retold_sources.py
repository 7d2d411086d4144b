"""What sources said in a run, as a story tells it: the kept values are put back where they were found."""

from collections.abc import Iterator, Mapping
from typing import Any

from skipline.base.json_pointer import MISSING, find, split_pointer
from skipline.flow.masks import MASK
from skipline.model.run import TraceEntry

_WORDS = {"stale": "stale", "not_found": "not_found", "timeout": "timeout", "error": "error"}
_NOT_FOUND, _NOTHING_CAME = 404, 0

Settings = Mapping[str, Any]
Line = dict[str, Any]


def retold_answers(entry: TraceEntry, settings: Settings, masked: set[str]) -> Iterator[tuple[str, Line]]:
    """Each source that a step asked, with what it said; names of values that are masked are added to `masked`."""
    for command in entry.detail.get("commands", ()):
        match command.get("name"):
            case "LookUp":
                yield str(command["source"]), _look_up(entry, settings, settings, masked)
            case "LookUpAll":
                for asked in command["lookups"]:
                    yield str(asked["source"]), _look_up(entry, settings, _part_for(asked, settings), masked)
            case "SendRequest":
                yield str(command["source"]), _request(entry, settings, masked)


def _look_up(entry: TraceEntry, settings: Settings, asked: Settings, masked: set[str]) -> Line:
    status = str(entry.detail.get("status", "ok"))
    if status in ("not_found", "timeout", "error"):
        return {"does": _WORDS[status]}
    answer = _answer(entry, asked, masked)
    found_when = str(asked.get("found_when") or "")
    if found_when and find(answer, split_pointer(found_when)) in (MISSING, None):
        answer = _put(answer, split_pointer(found_when), True)
    return {"answer": answer, **({"does": "stale"} if status == "stale" else {})}


def _request(entry: TraceEntry, settings: Settings, masked: set[str]) -> Line:
    code = int(entry.detail.get("code", _NOTHING_CAME))
    if entry.exit == "done":
        return {"answer": _answer(entry, settings, masked), "code": code}
    return {"does": "timeout"} if code == _NOTHING_CAME else {"does": "error", "code": code}


def _part_for(asked: Mapping[str, Any], settings: Settings) -> Settings:
    """The settings of one of several sources that were asked together."""
    more = [one for one in settings.get("also") or () if isinstance(one, Mapping)]
    return next((one for one in (settings, *more) if one.get("source") == asked["source"]), {})


def _answer(entry: TraceEntry, asked: Settings, masked: set[str]) -> Any:
    kept: Mapping[str, Any] = entry.detail.get("output", {})
    answer: Any = {}
    for one in asked.get("keep") or ():
        name, value = str(one.get("as", "")), kept.get(one.get("as"))
        if value == MASK:
            masked.add(name)
        elif value is not None:
            answer = _put(answer, split_pointer(str(one.get("from", ""))), value)
    return answer


def _put(inside: Any, names: tuple[str, ...], value: Any) -> Any:
    """`inside` with `value` at a place; what stands in the way makes room."""
    if not names:
        return value
    name, *others = names
    if name.isdecimal() and not (isinstance(inside, dict) and inside):
        items = list(inside) if isinstance(inside, list) else []
        items += [None] * (int(name) + 1 - len(items)) if int(name) < 100 else []
        if int(name) < len(items):
            items[int(name)] = _put(items[int(name)], tuple(others), value)
        return items
    before = inside if isinstance(inside, dict) else {}
    return {**before, name: _put(before.get(name), tuple(others), value)}
