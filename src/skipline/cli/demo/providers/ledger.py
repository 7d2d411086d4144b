"""What happened at the providers' side, line by line, so that it can be checked afterwards against what we kept."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec


class What(StrEnum):
    """`wrote`: a customer did something; `accepted` and `refused`: a send of ours; `told`: how far it came; `posted`: a
    webhook and what was answered to it; `marked`: a message was marked as read."""

    WROTE = "wrote"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    TOLD = "told"
    POSTED = "posted"
    MARKED = "marked"


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. `id` is the provider's id of the message, `reference` ours; `contact` the customer's own id there;
    `ids` what a webhook told; `status` the HTTP status it was answered with, 0 when it was not."""

    at: datetime
    what: What
    provider: str
    account: str = ""
    id: str = ""
    ids: tuple[str, ...] = ()
    reference: str = ""
    contact: str = ""
    text: str = ""
    state: str = ""
    status: int = 0
    took_ms: float = 0.0


class Ledger:
    """Lines in the order in which they happened, all or the last `most`; `kept` is handed each as it comes, to write it
    to a file say."""

    def __init__(self, kept: Callable[[Line], None] = lambda _: None, most: int | None = None) -> None:
        self.lines: deque[Line] = deque(maxlen=most)
        self._kept = kept

    def note(self, line: Line) -> None:
        """Add a line."""
        self.lines.append(line)
        self._kept(line)

    def of(self, what: What, account: str = "") -> Sequence[Line]:
        """The lines of one kind, of one account or of all."""
        return [line for line in self.lines if line.what is what and account in ("", line.account)]
