"""How a message's words are made to fit what a channel can show."""

from collections.abc import Sequence

from skipline.model.message import Button
from skipline.model.messaging import CannotWrite


def numbered(text: str, choices: Sequence[Button]) -> str:
    """`text` with the choices written out and numbered, for channels that have nothing to tap. What the contact types
    back, the number or the words, is the answer."""
    lines = [f"{number}. {one.title}{_described(one)}" for number, one in enumerate(choices, 1)]
    return "\n".join(part for part in (text, *lines) if part)


def cut(text: str, most: int) -> str:
    """`text` in no more than `most` characters, with a sign that something is missing."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def cut_bytes(text: str, most: int) -> str:
    """`text` in no more than `most` bytes of UTF-8, cut between characters, with a sign that something is missing."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= most:
        return encoded.decode()
    return f"{encoded[: most - 3].decode('utf-8', 'ignore').rstrip()}…"


def needed_within(text: str, most: int, what: str, unit: str = "characters", size: int | None = None) -> str:
    """`text`, when it is not longer than `most`; raises `CannotWrite` with how long it is and what to do."""
    length = len(text) if size is None else size
    if length > most:
        raise CannotWrite(f"{what} has {length} {unit} and may have {most}: shorten it")
    return text


def needed_link(url: str) -> str:
    """The address of a file, when a provider can fetch it; raises `CannotWrite` for what is none."""
    if not url.startswith(("https://", "http://")) or not url.isprintable() or " " in url:
        raise CannotWrite("the file's address is none: write one that begins with https:// and is open to the provider")
    return url


def _described(choice: Button) -> str:
    return f" - {choice.description}" if choice.description else ""
