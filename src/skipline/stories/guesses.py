"""Guesses what the world could say to lead a run down a certain way: answers that make conditions true, callers that
tables know, times at which offices are closed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from skipline.expr.rows import Operator, Row
from skipline.flow.drawing import Drawing, channels_of
from skipline.flow.outcome import CALL, MESSAGE
from skipline.flow.row_logic import paths_in
from skipline.flow.written import Mark, marked_values
from skipline.model.configuration import Configuration
from skipline.stories.letters import first_letter, message_triggers
from skipline.stories.script import (
    MONDAY_NOON,
    SOMEBODY,
    Caller,
    Delivered,
    Planned,
    SourceLine,
    Story,
    Writer,
)
from skipline.triggers.schedule.trigger import Schedule
from skipline.triggers.webhook.trigger import Webhook

_SUNDAY_NIGHT = datetime(2026, 5, 10, 3, 0, tzinfo=UTC)
_CHRISTMAS_NOON = datetime(2026, 12, 25, 12, 0, tzinfo=UTC)
_MOST_ROWS_OF_A_TABLE = 5
_PHONE = re.compile(r"\+\d{6,15}", re.ASCII)
_LITERAL = re.compile(r"\"([^\"\\]*)\"|'([^'\\]*)'|(?<![\w.])(\d+(?:\.\d+)?)(?![\w.])")
_OTHER = "something else"


def opening_stories(drawing: Drawing, configuration: Configuration) -> Iterator[Story]:
    """What may begin the flow and make a difference, the plainest first."""
    channels = set(channels_of(drawing).values())
    is_for_writers = _is_for_writers(drawing, channels)
    if is_for_writers:
        yield from _letters(drawing)
    if CALL in channels or (not channels and not is_for_writers):
        yield from _calls(drawing, configuration)
    for trigger in drawing.triggers.values():
        if isinstance(trigger, Webhook):
            yield from _deliveries(drawing, configuration, trigger)
        elif isinstance(trigger, Schedule):
            yield from _moments(trigger)


def _letters(drawing: Drawing) -> Iterator[Story]:
    """Messages that each trigger takes, one keyword each, and one whose answer does not arrive."""
    for trigger in message_triggers(drawing.triggers.values()):
        for word in trigger.keywords or ("",):
            first = first_letter(Writer(text=word), [trigger], MONDAY_NOON)
            yield Story(
                story="?",
                writer=Writer(
                    text=word,
                    account=first.account,
                    channel=first.channel,
                    first_contact=first.is_first_contact or None,
                    referral=first.referral,
                ),
            )
    yield Story(story="?", writer=Writer())
    yield Story(story="?", writer=Writer(reads=False))


def _is_for_writers(drawing: Drawing, channels: set[str]) -> bool:
    """Whether a flow can serve who writes: one that messages start, or that nothing starts and needs no call."""
    if channels or drawing.document.inputs:
        return MESSAGE in channels
    needed = [getattr(step, "channels", ()) for step in drawing.steps.values()]
    return any(MESSAGE in one for one in needed) and all(MESSAGE in one for one in needed if one)


def _deliveries(drawing: Drawing, configuration: Configuration, webhook: Webhook) -> Iterator[Story]:
    """Bodies in which each value that a path asks for stands where it is kept from, and callers that tables know."""
    names = {keep.as_ for keep in webhook.keep}
    bodies = [_answer(webhook.keep, wanted) for wanted in _wishes(drawing, names)]
    phones = _phones(drawing, configuration) if webhook.phone_from else []
    known = [_put(bodies[0], webhook.phone_from.split("/")[1:], phone) for phone in phones]
    for body in [*bodies, *known, {}]:
        for moment in (MONDAY_NOON, _SUNDAY_NIGHT, _CHRISTMAS_NOON) if body is bodies[0] else (MONDAY_NOON,):
            yield Story(story="?", at=moment, webhook=Delivered(payload=body, name=webhook.name))


def _moments(schedule: Schedule) -> Iterator[Story]:
    for moment in (MONDAY_NOON, _SUNDAY_NIGHT, _CHRISTMAS_NOON):
        yield Story(story="?", schedule=Planned(at=schedule.next_after(moment)))


def _calls(drawing: Drawing, configuration: Configuration) -> Iterator[Story]:
    plain = Story(story="?")
    yield plain
    for moment in (_SUNDAY_NIGHT, _CHRISTMAS_NOON):
        yield replace(plain, at=moment)
    yield replace(plain, caller=Caller(withheld=True))
    for phone in _phones(drawing, configuration):
        yield replace(plain, caller=Caller(phone=phone))


def possible_lines(drawing: Drawing, source: str) -> list[SourceLine]:
    """What a source could say: what makes each path of each branch true, each value by itself, nothing, trouble."""
    keeps = [keep for step in drawing.steps.values() for keep in _kept_from(step, source)]
    answers = [_answer(keeps, wanted) for wanted in _wishes(drawing, {keep.as_ for keep in keeps})]
    lines = [SourceLine(answer=answer) for answer in answers]
    return [*lines, SourceLine(does="not_found"), SourceLine(does="error"), SourceLine(does="timeout")]


def texts_asked_for(drawing: Drawing) -> list[str]:
    """Texts for which some condition holds, whatever it is about."""
    return [example for row in _rows(drawing) for example in examples(row) if isinstance(example, str)]


def _phones(drawing: Drawing, configuration: Configuration) -> list[str]:
    """Numbers that conditions and tables know, and a few strangers for those who draw lots."""
    rows = [row for row in _rows(drawing) if row.variable in ("contact.phone", "call.from")]
    found = [_whole_number(row, str(example)) for row in rows for example in examples(row)]
    for table in configuration.tables:
        found += [str(row.get(table.key)) for row in table.rows[:_MOST_ROWS_OF_A_TABLE]]
    strangers = [f"{SOMEBODY[:-2]}{number:02}" for number in range(8)]
    return list(dict.fromkeys(phone for phone in [*found, *strangers] if _PHONE.fullmatch(phone)))


def _whole_number(row: Row, part: str) -> str:
    """A number that begins, or ends, with what the row asks for."""
    missing = max(0, len(SOMEBODY) - len(part))
    if row.operator is Operator.STARTS_WITH:
        return part + SOMEBODY[-missing:] if missing else part
    return SOMEBODY[:missing] + part if row.operator is Operator.ENDS_WITH else part


def _kept_from(step: object, source: str) -> Sequence[Any]:
    """What a step keeps of this source's answers: objects with `from_` and `as_`."""
    return getattr(step, "keep", ()) if getattr(step, "source", None) == source else ()


def _wishes(drawing: Drawing, names: set[str]) -> Iterator[dict[str, Any]]:
    """Sets of values worth trying, by variable."""
    seen: list[dict[str, Any]] = []
    for wish in [{}, *_wishes_of_paths(drawing), *_single_wishes(drawing)]:
        known = {name: value for name, value in wish.items() if name in names}
        if known not in seen:
            seen.append(known)
            yield known


def _wishes_of_paths(drawing: Drawing) -> Iterator[dict[str, Any]]:
    for step in drawing.steps.values():
        for _, paths in paths_in(step):
            for path in paths:
                for row in path.any_ or (None,):
                    rows = [*path.all_, *([row] if row is not None else [])]
                    yield {one.variable: next(iter(examples(one)), None) for one in rows} | _in_formula(path.formula)


def _single_wishes(drawing: Drawing) -> Iterator[dict[str, Any]]:
    for row in _rows(drawing):
        for example in examples(row):
            yield {row.variable: example}


def _in_formula(formula: str) -> dict[str, Any]:
    """A name and a literal that stand beside each other: `loyalty_status == "gold"` asks for gold."""
    found: dict[str, Any] = {}
    for name, value in re.findall(r"(\w+)\s*(?:==|>=|<=)\s*(\"[^\"]*\"|'[^']*'|[\d.]+)", formula):
        literal = _LITERAL.fullmatch(value)
        text, other, number = literal.groups() if literal else ("", "", "")
        found[name] = float(number) if number else text or other
    return found


def _rows(drawing: Drawing) -> Iterator[Row]:
    for _, piece in drawing.pieces():
        for one in marked_values(piece):
            if one.mark is Mark.ROW:
                yield one.value


def examples(row: Row) -> list[Any]:
    """Values for which a row holds, as far as they can be guessed."""
    values = [value for value in (row.value if isinstance(row.value, tuple) else (row.value,)) if value is not None]
    match row.operator:
        case Operator.IS_NOT | Operator.IS_NONE_OF | Operator.IS_SET:
            return [_OTHER]
        case Operator.IS_NOT_SET:
            return [None]
        case Operator.IS_TRUE | Operator.IS_FALSE:
            return [row.operator is Operator.IS_TRUE]
        case Operator.GREATER_THAN | Operator.LESS_THAN:
            step = 1 if row.operator is Operator.GREATER_THAN else -1
            return [number + step for value in values if (number := _number(value)) is not None]
        case Operator.BEFORE | Operator.AFTER:
            days = 1 if row.operator is Operator.AFTER else -1
            return [_shifted(str(value), days) for value in values]
    return values


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _shifted(written: str, days: int) -> str:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = MONDAY_NOON
    return (moment + timedelta(days=days)).isoformat()


def _answer(keeps: Sequence[Any], wanted: Mapping[str, Any]) -> Any:
    """An answer in which each kept value stands where it is looked for."""
    answer: Any = {}
    for keep in keeps:
        value = wanted.get(keep.as_, _plain_value(str(keep.type)))
        if value is not None:
            answer = _put(answer, keep.from_.split("/")[1:], value)
    return answer


def _plain_value(type_: str) -> Any:
    return {"number": 1, "boolean": False, "time": "2026-05-01T12:00:00Z", "list": []}.get(type_, "something")


def _put(whole: Any, names: list[str], value: Any) -> Any:
    """`whole` with `value` at the JSON pointer that `names` are; lists are made where a name is a number."""
    if not names:
        return value
    name, rest = names[0].replace("~1", "/").replace("~0", "~"), names[1:]
    if name.isdecimal() and isinstance(whole, list | None | dict) and not (isinstance(whole, dict) and whole):
        items = list(whole or ())[: int(name) + 1]
        items += [{}] * (int(name) + 1 - len(items))
        items[int(name)] = _put(items[int(name)], rest, value)
        return items
    before = whole if isinstance(whole, dict) else {}
    return {**before, name: _put(before.get(name, {}), rest, value)}
