"""Answers to choose from: tapped on a message, typed instead, or keyed in by their number on a call.

Where a channel has no buttons the one that carries the message writes the titles out, numbered from 1; so a number
stands for the option at that place everywhere.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator

from skipline.base.plain_words import bare_words
from skipline.base.sentence import say
from skipline.base.value_types import shorten
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Template, field
from skipline.flow.outcome import Context
from skipline.model.message import Button

MOST_BUTTONS, LONGEST_BUTTON = 3, 20
MOST_ROWS, LONGEST_ROW, LONGEST_DESCRIPTION = 10, 24, 72
"""What WhatsApp takes, which has the narrowest limits that fit all channels (Cloud API, interactive messages)."""

OTHER, SILENCE = "other", "silence"
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_TAKEN = frozenset({"answered", OTHER, SILENCE})


def _check_id(written: str) -> str:
    if written in _TAKEN or not _ID.fullmatch(written):
        taken = ", ".join(sorted(_TAKEN))
        raise WrongValue(
            say("{written!r} cannot name an answer", written=written),
            say("use small letters, digits and _, but not {taken}", taken=taken),
        )
    return written


OptionId = Annotated[str, AfterValidator(_check_id)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer: `id` is its exit and what may be kept, `title` what the contact sees; `description` stands below it
    in a list."""

    id: OptionId = field(label="option_id", kind="id")
    title: Template = field(label="option_title")
    description: Template = field(label="option_description", default=Template(""))


def buttons_field() -> Any:
    """The field of a piece for answers on buttons."""
    return field(label="buttons", kind="options", default=(), most=MOST_BUTTONS, longest=LONGEST_BUTTON)


def list_field() -> Any:
    """The field of a piece for answers in a list."""
    return field(
        label="list",
        kind="options",
        default=(),
        most=MOST_ROWS,
        longest=LONGEST_ROW,
        longest_description=LONGEST_DESCRIPTION,
    )


def check_one_kind(buttons: tuple[Option, ...], rows: tuple[Option, ...]) -> None:
    """Raises `ValueError` when a message would have both."""
    if buttons and rows:
        raise WrongValue(say("a message has `buttons` or a `list`, not both"), say("remove one of them"))


def shown(ctx: Context, options: Iterable[Option], longest: int) -> tuple[Button, ...]:
    """The options with their holes filled, no longer than `longest` each."""
    return tuple(
        Button(
            id=one.id,
            title=shorten(ctx.text(one.title), longest) or one.id,
            description=shorten(ctx.text(one.description), LONGEST_DESCRIPTION),
        )
        for one in options
    )


def spoken(options: Iterable[Button]) -> str:
    """The options as a caller hears them, each after the key that stands for it: `1: Orders. 2: Returns.`"""
    return " ".join(f"{number}: {one.title}." for number, one in enumerate(options, start=1))


def chosen(options: tuple[Button, ...], text: str, choice: str) -> Button | None:
    """The option that an answer means: the one that was tapped, or whose title, id or number was typed. Case, space,
    punctuation around it and diacritics do not count."""
    tapped = next((one for one in options if choice and one.id == choice), None)
    if tapped is not None:
        return tapped
    said = bare_words(text).removeprefix("#")
    if said.isdecimal():
        place = int(said[:3]) - 1
        return options[place] if 0 <= place < len(options) else None
    return next((one for one in options if said and said in (bare_words(one.title), bare_words(one.id))), None)
