"""What WhatsApp takes, whoever hands it on: Cloud API, "Interactive messages" and "Templates"."""

from collections.abc import Sequence
from typing import Any

from skipline.asking.wording import needed_within
from skipline.model.message import Button, MessageBody
from skipline.model.messaging import CannotWrite, Outbound

SECONDS_PER_CONTACT, BURST_PER_CONTACT = 6.0, 10
"""To one contact a message every 6 seconds in the mean, of which some may go at once."""
LONGEST_QUESTION = 1_024
_MOST_BUTTONS, _LONGEST_BUTTON, _LONGEST_BUTTON_ID = 3, 20, 256
_MOST_ROWS, _LONGEST_ROW, _LONGEST_ROW_ID, _LONGEST_DESCRIPTION = 10, 24, 200, 72
_LONGEST_VALUE = 1_024


def is_window_over(message: Outbound) -> bool:
    """Whether the time in which we may write freely is over when this request is made."""
    return message.window_ends_at is not None and message.at is not None and message.at >= message.window_ends_at


def interactive_of(body: MessageBody, list_label: str) -> dict[str, Any] | None:
    """The question with its choices as buttons when they fit, else as a list that `list_label` opens; None when they
    fit neither and are to be written out, so that a flow says the same everywhere."""
    choices = body.buttons or body.rows
    if len(body.text) > LONGEST_QUESTION or not _are_told_apart(choices):
        return None
    if body.buttons and _fit(choices, _MOST_BUTTONS, _LONGEST_BUTTON, _LONGEST_BUTTON_ID, 0):
        buttons = [{"type": "reply", "reply": {"id": one.id, "title": one.title}} for one in choices]
        return _asked("button", body.text, {"buttons": buttons})
    if _fit(choices, _MOST_ROWS, _LONGEST_ROW, _LONGEST_ROW_ID, _LONGEST_DESCRIPTION):
        return _asked("list", body.text, {"button": list_label, "sections": [{"rows": [_row(one) for one in choices]}]})
    return None


def template_value(name: str, number: int, value: str) -> str:
    """Value `number` of the template `name` as WhatsApp takes it: on one line. Raises `CannotWrite` for an empty one,
    which WhatsApp refuses."""
    line = " ".join(value.split())
    if not line:
        raise CannotWrite(f"value {number} of the template {name} is empty: give it a text, such as a dash")
    return needed_within(line, _LONGEST_VALUE, f"value {number} of the template {name}")


def _are_told_apart(choices: Sequence[Button]) -> bool:
    """WhatsApp refuses two that are the same, in id or in title."""
    return len({one.id for one in choices}) == len(choices) == len({one.title for one in choices})


def _fit(choices: Sequence[Button], most: int, title: int, id_: int, description: int) -> bool:
    return 0 < len(choices) <= most and all(
        one.title.strip() and len(one.title) <= title and 0 < len(one.id) <= id_ and len(one.description) <= description
        for one in choices
    )


def _row(one: Button) -> dict[str, str]:
    return {"id": one.id, "title": one.title} | ({"description": one.description} if one.description else {})


def _asked(type_: str, text: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": type_, "body": {"text": text}, "action": action}}
