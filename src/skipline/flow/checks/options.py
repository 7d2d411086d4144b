"""Answers to choose from that no phone shows as they are written: too many, too long, or two that look the same."""

from collections.abc import Iterator

from skipline.base.plain_words import bare_words
from skipline.base.sentence import say
from skipline.flow.inspection import Inspection
from skipline.flow.issue import Issue, Severity
from skipline.flow.mistakes import Path
from skipline.flow.written import FieldValue, field_values


def check(inspection: Inspection) -> Iterator[Issue]:
    """Codes `too_many_options`, `same_option` and, as a warning, `long_title`. Looks at fields of kind `options`."""
    for path, piece in inspection.drawing.pieces():
        for one in field_values(piece):
            if one.kind == "options":
                where = (*path, *one.path)
                yield from _too_many(inspection, one, where)
                yield from _too_long(inspection, one, where)
                yield from _the_same(inspection, one, where)


def _too_many(inspection: Inspection, one: FieldValue, path: Path) -> Iterator[Issue]:
    most = int(one.field["most"])
    if len(one.value) > most:
        sentence = say(
            "`{key}` has {count} answers, and phones show {most}", key=one.path[-1], count=len(one.value), most=most
        )
        is_short = one.path[-1] == "buttons"
        fix = say("use a `list`, which has room for ten") if is_short else say("ask in two steps")
        yield inspection.drawing.issue((*path, most), "too_many_options", sentence, fix)


def _too_long(inspection: Inspection, one: FieldValue, path: Path) -> Iterator[Issue]:
    limits = {"title": one.field.get("longest"), "description": one.field.get("longest_description")}
    for place, option in enumerate(one.value):
        for name, longest in limits.items():
            text = getattr(option, name)
            if longest is not None and "{{" not in text and len(text) > longest:
                sentence = say(
                    "{text!r} has {count} characters; phones show {longest}, so it is cut",
                    text=text,
                    count=len(text),
                    longest=longest,
                )
                fix = say("write {longest} characters or less", longest=longest)
                where = (*path, place, name)
                yield inspection.drawing.issue(where, "long_title", sentence, fix, Severity.WARNING)


def _the_same(inspection: Inspection, one: FieldValue, path: Path) -> Iterator[Issue]:
    """Whoever types a title means the first that has it, and two exits cannot have one name."""
    seen: set[str] = set()
    for place, option in enumerate(one.value):
        names = {f"id {option.id}", f"title {bare_words(option.title)}"}
        if names & seen:
            sentence = say(
                "`{title}` cannot be told from another answer of `{key}`", title=option.title, key=one.path[-1]
            )
            fix = say("give each answer an `id` and a `title` of its own")
            yield inspection.drawing.issue((*path, place), "same_option", sentence, fix)
        seen |= names
