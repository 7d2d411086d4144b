"""Header lines: reading those of a message, and making clean ones of our own."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sippy.SipGenericHF import SipGenericHF
from sippy.SipHeader import SipHeader

from skipline.voice.sip.wire import read_body

ALLOWED_METHODS = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, REFER, NOTIFY"
SUPPORTED_EXTENSIONS = frozenset({"timer"})

_NAME = re.compile(r"[A-Za-z0-9!%*_+`'~.-]{1,100}")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_OURS = frozenset(
    {"via", "from", "to", "call-id", "cseq", "contact", "route", "record-route", "max-forwards", "content-length"}
    | {"content-type", "authorization", "proxy-authorization", "expires", "session-expires", "min-se", "require"}
    | {"supported", "proxy-require", *"vftimclxk"}  # the letters are short names (RFC 3261 section 7.3.3)
)


class _Plain(SipGenericHF):  # type: ignore[misc]
    """A header that is written as it is, its name in the usual capitals."""

    def getCanName(self, name: str, compact: bool = False) -> str:  # noqa: N802 - sippy's name
        return "-".join(part.capitalize() for part in name.split("-"))


def make_header(name: str, value: str) -> Any:
    """A header line; breaks in `value` become spaces, so that no value can add a line of its own."""
    return SipHeader(name=name, body=_Plain(clean_text(value), name))


def clean_text(value: str) -> str:
    """`value` on one line and of bounded length."""
    return _BREAKS.sub(" ", value)[:4096]


def make_headers(headers: Mapping[str, str]) -> list[Any]:
    """Header lines that a flow asked for. Names that the signalling owns, or that are none, are left out."""
    return [make_header(name, value) for name, value in headers.items() if is_free_name(name)]


def is_free_name(name: str) -> bool:
    """Whether a flow may set this header."""
    return _NAME.fullmatch(name) is not None and name.lower() not in _OURS


def read_headers(message: Any) -> dict[str, list[str]]:
    """All header lines of a message as they came, names in lower case, order kept within a name."""
    found: dict[str, list[str]] = {}
    for header in message.headers:
        found.setdefault(header.name, []).append(raw_value(header))
    return found


def raw_value(header: Any) -> str:
    """The text of a header as it came; what the parser made of it may be written differently."""
    return str(header.body.body if header.body.body is not None else header.body)


def first_value(message: Any, name: str) -> str:
    """The first header called `name`, or an empty text."""
    return next((raw_value(header) for header in message.headers if header.name == name), "")


def option_tags(message: Any, name: str) -> set[str]:
    """The comma-separated words of Supported, Require or Allow, in lower case."""
    values: Iterable[str] = (raw_value(header) for header in message.headers if header.name == name)
    return {word.strip().lower() for value in values for word in value.split(",") if word.strip()}


def sdp_of(message: Any) -> str | None:
    """The session description in a message, also when it is one part of several; None when there is none."""
    body = message.getBody()
    if body is None:
        return None
    text, kind = str(body), body.getType()
    if kind == "application/sdp":
        return read_body(text)
    return read_body(_sdp_part(text, body.mtype.params or {})) or None if kind.startswith("multipart/") else None


def _sdp_part(text: str, params: Mapping[str, str]) -> str:
    boundary = params.get("boundary", "").strip('"')
    for part in text.split(f"--{boundary}") if boundary else ():
        head, _, body = part.partition("\r\n\r\n")
        if "application/sdp" in head.lower():
            return body.removesuffix("\r\n")
    return ""
