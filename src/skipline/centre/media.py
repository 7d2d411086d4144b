"""Whether a file that a contact sent may be shown to agents, and as what. What we cannot tell is kept aside and not
served."""

import struct
from hashlib import sha256

import msgspec

from skipline.base.file_types import HTML, SVG, UNKNOWN, is_active, sniff
from skipline.base.pictures import BrokenPicture, dimensions, without_traces

MEGABYTE = 1024 * 1024
MOST_BYTES = 25 * MEGABYTE
"""The largest file that is fetched at all. WhatsApp lets documents be larger; a whole one is in memory for a moment."""
_MOST_OF_KIND = {"image": 10 * MEGABYTE, "sticker": MEGABYTE, "audio": 16 * MEGABYTE}
_MOST_PIXELS = 50_000_000
_FAMILIES = {
    "image": ("image/",),
    "sticker": ("image/",),
    "audio": ("audio/", "video/"),
    "video": ("video/", "image/gif"),
}
_END_OF_ZIP = b"PK\x05\x06"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it may be served: its true type and its bytes without traces. `problem` says why it is kept aside
    instead."""

    type: str
    data: bytes
    problem: str = ""


def look_at(data: bytes, kind: str, told_type: str = "", told_sha256: str = "") -> Seen:
    """Judge a file by its bytes. `kind` and the rest are what the provider said of it."""
    type_ = sniff(data)
    problem = _problem(data, type_, kind, told_type, told_sha256)
    if problem:
        return Seen(type=type_, data=data, problem=problem)
    try:
        problem, clean = _oversized(data, type_), without_traces(data, type_)
    except BrokenPicture as broken:
        return Seen(type=type_, data=data, problem=f"it is no whole picture: {broken}")
    problem = problem or _hidden(clean, type_)
    return Seen(type=type_, data=data if problem else clean, problem=problem)


def _problem(data: bytes, type_: str, kind: str, told_type: str, told_sha256: str) -> str:
    most = _MOST_OF_KIND.get(kind, MOST_BYTES)
    if len(data) > most:
        return f"it is larger than {most // MEGABYTE} MB"
    if told_sha256 and sha256(data).hexdigest() != told_sha256.lower():
        return "it is not the file that the provider announced"
    if type_ == UNKNOWN:
        return "it is of no type that is known here"
    if type_ in (HTML, SVG):
        return f"it may run in a browser ({type_})"
    if _is_other_family(type_, kind, told_type):
        return f"it is called {told_type or kind}, and is {type_}"
    return ""


def _is_other_family(type_: str, kind: str, told_type: str) -> bool:
    if kind in _FAMILIES:
        return not type_.startswith(_FAMILIES[kind])
    told = told_type.partition("/")[0]
    seen = type_.partition("/")[0]
    return told in ("image", "audio", "video") and seen != told


def _hidden(data: bytes, type_: str) -> str:
    """Files that are two things at once: which one depends on who opens them."""
    if type_.startswith(("image/", "audio/")) and is_active(data):
        return f"it is {type_}, with something in it that a browser may run"
    if type_ != "application/pdf" and b"%PDF-" in data[:1024]:
        return f"it is {type_} and a PDF at once"
    is_archive = type_.startswith("application/vnd.") or type_ == "application/zip"
    if not is_archive and _ends_as_zip(data):
        return f"it is {type_} and a ZIP archive at once"
    return ""


def _ends_as_zip(data: bytes) -> bool:
    """Whether an archive's directory ends here (APPNOTE.TXT section 4.3.16): programs look for it from behind."""
    tail = data[-(65_535 + 22) :]
    at = tail.rfind(_END_OF_ZIP)
    if at < 0 or at + 22 > len(tail):
        return False
    (comment,) = struct.unpack("<H", tail[at + 20 : at + 22])
    return at + 22 + int(comment) <= len(tail)


def _oversized(data: bytes, type_: str) -> str:
    size = dimensions(data, type_)
    if size is None or size[0] * size[1] <= _MOST_PIXELS:
        return ""
    return f"it is {size[0]} by {size[1]} pixels large, which no screen can show"
