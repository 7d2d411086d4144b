"""Guesses what the world could say to lead a run down a certain way: answers that make conditions true, callers that
tables know, times at which offices are closed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from skipline.expr.rows import Operator, Row
from skipline.flow.drawing import Drawing, channels_of
from skipline.flow.loading import inner_flows_of
from skipline.flow.outcome import CALL, MESSAGE
from skipline.flow.row_logic import paths_in
from skipline.flow.written import Mark, field_values, marked_values
from skipline.model.configuration import Configuration, Hours
from skipline.model.opening import State, opening_at
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
_HOURS_OF_A_WEEK = 7 * 24
_DAYS_OF_A_YEAR = 366
_MOST_ROWS_OF_A_TABLE = 5
_PHONE = re.compile(r"\+\d{6,15}", re.ASCII)
_LITERAL = re.compile(r"\"([^\"\\]*)\"|'([^'\\]*)'|(?<![\w.])(\d+(?:\.\d+)?)(?![\w.])")
_COMPARED = re.compile(r"(\w+)\s*(==|>=|<=|>|<)\s*(\"[^\"]*\"|'[^']*'|[\d.]+)")
_STEPS = {">": 1.0, "<": -1.0}
_OTHER = "something else"

Drawings = Sequence[Drawing]
"""A flow, and behind it those that it runs inside itself."""


def opening_stories(drawings: Drawings, configuration: Configuration) -> Iterator[Story]:
    """What may begin the first of these flows and make a difference, the plainest first."""
    drawing, moments = drawings[0], _other_moments(drawings, configuration)
    channels = set(channels_of(drawing).values())
    is_for_writers = _is_for_writers(drawing, channels)
    if is_for_writers:
        yield from _letters(drawing)
        yield from (Story(story="?", at=moment, writer=Writer()) for moment in moments)
    if CALL in channels or (not channels and not is_for_writers):
        yield from _calls(drawings, configuration, moments)
    for trigger in drawing.triggers.values():
        if isinstance(trigger, Webhook):
            yield from _deliveries(drawings, configuration, trigger, moments)
        elif isinstance(trigger, Schedule):
            yield from _moments(trigger, moments)


def _other_moments(drawings: Drawings, configuration: Configuration) -> tuple[datetime, ...]:
    """Times at which offices may be as they are not on a Monday at noon."""
    fields = (one for drawing in drawings for _, piece in drawing.pieces() for one in field_values(piece))
    named = {one.value for one in fields if one.kind == "hours"}
    told = (moment for hours in configuration.hours if hours.name in named for moment in _moments_of(hours))
    return tuple(dict.fromkeys([_SUNDAY_NIGHT, _CHRISTMAS_NOON, *told]))


def _moments_of(hours: Hours) -> Iterator[datetime]:
    """The first moment that we come by of each state which these hours have."""
    missing = set(State)
    for moment in _moments_to_try(hours):
        if (state := opening_at(hours, moment).state) in missing:
            missing.remove(state)
            yield moment
        if not missing:
            return


def _moments_to_try(hours: Hours) -> Iterator[datetime]:
    """Each hour of a week, then the noons of its special days, in the office's own time."""
    zone = ZoneInfo(hours.zone)
    yield from (MONDAY_NOON + timedelta(hours=ahead) for ahead in range(_HOURS_OF_A_WEEK))
    days = [date.fromisoformat(one.date) for one in hours.exceptions]
    if hours.holidays:
        days += [MONDAY_NOON.date() + timedelta(days=ahead) for ahead in range(_DAYS_OF_A_YEAR)]
    yield from (datetime.combine(day, time(12), zone).astimezone(UTC) for day in days)


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


def _deliveries(
    drawings: Drawings, configuration: Configuration, webhook: Webhook, moments: Sequence[datetime]
) -> Iterator[Story]:
    """Bodies in which each value that a path asks for stands where it is kept from, and callers that tables know."""
    names = {keep.as_ for keep in webhook.keep}
    bodies = [_answer(webhook.keep, wanted) for wanted in _wishes(drawings, names)]
    phones = _phones(drawings, configuration) if webhook.phone_from else []
    known = [_put(bodies[0], webhook.phone_from.split("/")[1:], phone) for phone in phones]
    for body in [*bodies, *known, {}]:
        for moment in (MONDAY_NOON, *moments) if body is bodies[0] else (MONDAY_NOON,):
            yield Story(story="?", at=moment, webhook=Delivered(payload=body, name=webhook.name))


def _moments(schedule: Schedule, moments: Sequence[datetime]) -> Iterator[Story]:
    for moment in (MONDAY_NOON, *moments):
        yield Story(story="?", schedule=Planned(at=schedule.next_after(moment)))


def _calls(drawings: Drawings, configuration: Configuration, moments: Sequence[datetime]) -> Iterator[Story]:
    plain = Story(story="?")
    yield plain
    for moment in moments:
        yield replace(plain, at=moment)
    yield replace(plain, caller=Caller(withheld=True))
    for phone in _phones(drawings, configuration):
        yield replace(plain, caller=Caller(phone=phone))


def possible_lines(drawings: Drawings, source: str) -> list[SourceLine]:
    """What a source could say: what makes each path of each branch true, each value by itself, nothing, trouble."""
    steps = [step for drawing in drawings for step in drawing.steps.values()]
    keeps = [keep for step in steps for keep in _kept_from(step, source)]
    answers = [_answer(keeps, wanted) for wanted in _wishes(drawings, {keep.as_ for keep in keeps})]
    lines = [SourceLine(answer=answer) for answer in answers]
    return [*lines, SourceLine(does="not_found"), SourceLine(does="error"), SourceLine(does="timeout")]


def texts_asked_for(drawings: Drawings) -> list[str]:
    """Texts for which some condition holds, whatever it is about."""
    return [example for row in _rows(drawings) for example in examples(row) if isinstance(example, str)]


def _phones(drawings: Drawings, configuration: Configuration) -> list[str]:
    """Numbers that conditions and tables know, and a few strangers for those who draw lots."""
    rows = [row for row in _rows(drawings) if row.variable in ("contact.phone", "call.from")]
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


def _kept_from(step: object, source: str) -> Iterator[Any]:
    """What a step keeps of this source's answers: objects with `from_` and `as_`."""
    for asked in (step, *getattr(step, "also", ())):
        if getattr(asked, "source", None) == source:
            yield from getattr(asked, "keep", ())


def _wishes(drawings: Drawings, names: set[str]) -> Iterator[dict[str, Any]]:
    """Sets of values worth trying, by variable."""
    seen: list[dict[str, Any]] = []
    other_names = dict(_other_names(drawings))
    for wish in [{}, *_wishes_of_paths(drawings), *_single_wishes(drawings)]:
        called = {other_names.get(name, name): value for name, value in wish.items()} | wish
        known = _by_variable(called, names)
        if known not in seen:
            seen.append(known)
            yield known


def _by_variable(wish: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    """The wish for these variables; one for a part of a variable (`orders.0.total`) is one for the whole."""
    known: dict[str, Any] = {}
    for name, value in wish.items():
        whole, *parts = [name] if name in names else name.split(".")
        if whole in names:
            known[whole] = _put(known.get(whole), parts, value)
    return known


def _other_names(drawings: Drawings) -> Iterator[tuple[str, str]]:
    """What a variable that came out of a flow inside is called there."""
    for drawing in drawings:
        for step in inner_flows_of(drawing):
            yield from ((one.as_, one.from_) for one in getattr(drawing.steps[step], "keep", ()))


def _wishes_of_paths(drawings: Drawings) -> Iterator[dict[str, Any]]:
    for step in (step for drawing in drawings for step in drawing.steps.values()):
        for _, paths in paths_in(step):
            for path in paths:
                for row in path.any_ or (None,):
                    rows = [*path.all_, *([row] if row is not None else [])]
                    yield {one.variable: next(iter(examples(one)), None) for one in rows} | _in_formula(path.formula)


def _single_wishes(drawings: Drawings) -> Iterator[dict[str, Any]]:
    for row in _rows(drawings):
        for example in examples(row):
            yield {row.variable: example}


def _in_formula(formula: str) -> dict[str, Any]:
    """A name and a literal that stand beside each other: `loyalty_status == "gold"` asks for gold."""
    found: dict[str, Any] = {}
    for name, sign, value in _COMPARED.findall(formula):
        literal = _LITERAL.fullmatch(value)
        text, other, number = literal.groups() if literal else ("", "", "")
        found[name] = float(number) + _STEPS.get(sign, 0.0) if number else text or other
    return found


def _rows(drawings: Drawings) -> Iterator[Row]:
    for _, piece in (one for drawing in drawings for one in drawing.pieces()):
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
