"""Delivery receipts: what became of a message that a carrier took (SMPP 3.4 section 5.3.2.31 and appendix B).

Most carriers write `id:... stat:DELIVRD err:000` into the text, some use optional parameters, some both. The parameters
win, because their form is not a matter of taste.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType

from skipline.model.message import SendState

RECEIPT = 0x04
_KIND_BITS = 0x3C
_NOTICES = frozenset({RECEIPT, 0x08, 0x20})
"""Message types of esm_class: a receipt, the phone's own, and one on the way (section 5.2.12)."""

_STATES = MappingProxyType(
    {
        "ENROUTE": SendState.SENT,
        "DELIVRD": SendState.DELIVERED,
        "DELIVERED": SendState.DELIVERED,
        "EXPIRED": SendState.FAILED,
        "DELETED": SendState.FAILED,
        "UNDELIV": SendState.FAILED,
        "UNDELIVERABLE": SendState.FAILED,
        "ACCEPTD": SendState.SENT,
        "ACCEPTED": SendState.SENT,
        "UNKNOWN": SendState.UNCERTAIN,
        "REJECTD": SendState.FAILED,
        "REJECTED": SendState.FAILED,
        "FAILED": SendState.FAILED,
    }
)
_NUMBERED = (
    "SCHEDULED",
    "ENROUTE",
    "DELIVRD",
    "EXPIRED",
    "DELETED",
    "UNDELIV",
    "ACCEPTD",
    "UNKNOWN",
    "REJECTD",
    "SKIPPED",
)
_ID = re.compile(r"\bid:\s*([^\s:]{1,65})(?=\s|$)", re.IGNORECASE)
_STAT = re.compile(r"\bstat:\s*([A-Za-z]{3,20})", re.IGNORECASE)
_ERR = re.compile(r"\berr:\s*([A-Za-z0-9]{1,10})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of the message `id`, as the carrier writes it. `code` is the network's own and empty for none."""

    id: str
    word: str
    state: SendState
    code: str = ""


def is_receipt(esm_class: int) -> bool:
    """Whether a deliver_sm of this class tells of a message of ours."""
    return esm_class & _KIND_BITS in _NOTICES


def read_receipt(text: str, id_: str = "", state: int | None = None, network_error: bytes = b"") -> Receipt | None:
    """The receipt in a text and in its optional parameters; None when it says too little."""
    named = id_ or _first(_ID, text)
    word = _NUMBERED[state] if state is not None and 0 < state < len(_NUMBERED) else _first(_STAT, text).upper()
    kind = _STATES.get(word[:11]) or _STATES.get(word[:7])
    if not named or kind is None:
        return None
    code = str(int.from_bytes(network_error[1:3], "big")) if len(network_error) == 3 else _first(_ERR, text)
    return Receipt(named, word, kind, code.lstrip("0") if kind is SendState.FAILED else "")


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""
