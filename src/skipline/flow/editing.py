"""A flow's text and the document that an editor draws: one from the other, without losing how the text was written."""

from collections.abc import Iterable
from typing import Any

from skipline.base.sentence import say
from skipline.base.yaml_document import YamlMistake
from skipline.base.yaml_editing import change_yaml, edit_yaml
from skipline.base.yaml_lines import read_yaml
from skipline.flow.document import FORMAT
from skipline.flow.ladder import can_climb, climb
from skipline.flow.patches import Document, Patch, PatchRefused, apply_patches, is_document

_STEP_KEYS = ("type", "name", "with", "next", "at")
_TOP_KEYS = ("format", "name", "description", "inputs", "triggers", "start", "steps")


def read_document(text: str) -> Document | None:
    """What a flow's text says, in today's format and with all that an editor expects; None when too little of it can
    be read to draw it."""
    try:
        return _document(read_yaml(text).data)
    except YamlMistake:
        return None


def patch_text(text: str, patches: Iterable[Patch]) -> tuple[str, Document]:
    """The text after changes to its document, and that document. What did not change stays as it was written, comments
    too.

    Raises `PatchRefused`; with the code `unreadable` when the text says too little to be drawn.
    """
    said, before = _read(text)
    try:
        after = apply_patches(before, patches)
        # What was only filled in for the editor stays unwritten.
        unsaid = {key for key in after if key not in said and after[key] == before.get(key)}
        written = _in_order({key: value for key, value in after.items() if key not in unsaid})
        return change_yaml(text, said, written), after
    except (YamlMistake, TypeError, RecursionError):
        sentence = say("With these patches the flow would be too large or too deep.")
        raise PatchRefused("bad_patches", sentence) from None


def write_document(document: Document) -> str:
    """The text of a new flow, in the style of all that we write."""
    return edit_yaml("", _in_order(document))


def _read(text: str) -> tuple[dict[str, Any], Document]:
    try:
        said = read_yaml(text).data
    except YamlMistake:
        said = None
    document = _document(said)
    if document is None:
        raise PatchRefused("unreadable", say("This draft cannot be drawn: put its text right first."))
    return said, document


def _document(said: Any) -> Document | None:
    if not isinstance(said, dict):
        return None
    number = said.get("format")
    if isinstance(number, int) and not isinstance(number, bool) and number != FORMAT:
        if not can_climb(number):
            return None
        said = climb(said)
    whole = {"format": FORMAT, "name": "", "triggers": [], "start": None, "steps": {}}
    document = {**whole, **{key: value for key, value in said.items() if value is not None or key not in whole}}
    return document if is_document(document) else None


def _in_order(document: Document) -> Document:
    """The document with its keys, and those of its steps, in the order in which people read them."""
    ordered = _sorted(document, _TOP_KEYS)
    ordered["steps"] = {key: _sorted(step, _STEP_KEYS) for key, step in document["steps"].items()}
    return ordered


def _sorted(value: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    first = {key: value[key] for key in keys if key in value}
    return {**first, **value}
