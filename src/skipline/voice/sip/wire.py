"""Between the bytes of a SIP message and the text that the parser works on.

Header text is UTF-8, or Latin-1 where it is not (old exchanges write names so). A body is kept as one character per
byte, so that Content-Length counts what it should (RFC 3261 section 20.14 counts octets). Line breaks that only Python
knows would split a header in two, so they become spaces. `read_body` and `write_body` turn such a body into real text
and back.
"""

import re

MAX_MESSAGE_BYTES = 65_536
MAX_HEADERS = 200

_PYTHON_ONLY_BREAKS = str.maketrans(dict.fromkeys("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", " "))
_ODD_ASCII = re.compile(rb"[\x0b\x0c\x1c-\x1e]")
_NEEDED_FOR_REPLY = re.compile(
    r"^(via|v|from|f|to|t|call-id|i|cseq)[ \t]*:[ \t]*(.*?)[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_LENGTH = re.compile(r"^(?:content-length|l)[ \t]*:[ \t]*(.*?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_LONG_NAMES = {"v": "Via", "f": "From", "t": "To", "i": "Call-ID"}


def read_wire(data: bytes) -> str:
    """The text of a message as the parser wants it."""
    if data.isascii() and not _ODD_ASCII.search(data):
        return data.decode("ascii")
    head, gap, body = data.partition(b"\r\n\r\n")
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    return text.translate(_PYTHON_ONLY_BREAKS) + gap.decode("ascii") + body.decode("latin-1")


def write_wire(text: str) -> bytes:
    """The bytes of a message that the printer made; the inverse of `read_wire`."""
    if text.isascii():
        return text.encode("ascii")
    head, gap, body = text.partition("\r\n\r\n")
    return (head + gap).encode("utf-8", "replace") + body.encode("latin-1", "replace")


def read_body(body: str) -> str:
    """A body as real text."""
    return body if body.isascii() else body.encode("latin-1", "replace").decode("utf-8", "replace")


def write_body(text: str) -> str:
    """Real text as a body for the printer."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("latin-1")


def has_too_many_headers(text: str) -> bool:
    """Whether the head has more lines than any honest message."""
    end = text.find("\r\n\r\n")
    return text.count("\n", 0, end if end >= 0 else len(text)) > MAX_HEADERS


def has_bad_length(text: str) -> bool:
    """Whether the head says a length that is no number; the parser takes a negative one for a body without end."""
    found = _LENGTH.search(text)
    return found is not None and not (found[1].isascii() and found[1].isdecimal() and len(found[1]) < 8)


def refuse_statelessly(text: str, code: int, reason: str) -> bytes | None:
    """A reply to a request that could not be parsed (RFC 3261 section 8.2.7); None when nothing fits.

    ACK is never answered, nor is a message without the Via that the reply would need.
    """
    head = text.partition("\r\n\r\n")[0]
    first_line = head.partition("\n")[0]
    if first_line.startswith(("SIP/", "ACK ")) or "SIP/" not in first_line:
        return None
    lines: list[str] = []
    for found in _NEEDED_FOR_REPLY.finditer(head[:8192]):
        name = _LONG_NAMES.get(found[1].lower(), found[1].title())
        lines.append(f"{name}: {found[2].strip()}")
    if not any(line.startswith("Via:") for line in lines):
        return None
    return write_wire("\r\n".join([f"SIP/2.0 {code} {reason}", *lines, "Content-Length: 0", "", ""]))
