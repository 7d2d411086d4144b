"""What may go into the SIP request to a target: shapes of targets and of header names."""

import re

from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Template

_URI = re.compile(r"sips?:[^\s<>\"]+", re.IGNORECASE)
_NUMBER = re.compile(r"\+?\d[\d ().-]{1,24}", re.ASCII)
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_LONGEST = 256

# All other headers are the stack's own, or would change the call itself. RFC 7433 and RFC 3261 section 20.
_ALLOWED = frozenset({"alert-info", "call-info", "priority", "reason", "subject", "user-to-user"})


def check_target(written: str) -> Template:
    """`written` when it has holes or is a target; raises `ValueError` otherwise."""
    if "{{" not in written and not is_target(written.strip()):
        raise WrongValue(
            say("{written!r} is not a target", written=written),
            say("write a SIP URI such as sip:vip@pbx.example.com, or a number"),
        )
    return Template(written)


def is_target(text: str) -> bool:
    """Whether `text` has the shape of a SIP URI or a telephone number."""
    return bool(_URI.fullmatch(text) or _NUMBER.fullmatch(text))


def check_header_name(written: str) -> str:
    """`written` when a flow may set such a header; raises `ValueError` otherwise."""
    lower = written.lower()
    if not _HEADER_NAME.fullmatch(written) or not (lower.startswith("x-") or lower in _ALLOWED):
        raise WrongValue(
            say("a flow cannot set the header {written!r}", written=written),
            say("begin its name with X-, such as X-Order"),
        )
    if lower.startswith("x-skipline-"):
        raise WrongValue(
            say("the header {written} is Skipline's own", written=written), say("choose another name, such as X-Order")
        )
    return written


def one_line(text: str) -> str:
    """`text` without line breaks and control characters, which would begin a header of their own."""
    return _CONTROL.sub(" ", text).strip()[:_LONGEST]
