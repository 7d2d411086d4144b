"""A webhook's delivery as it is shown to who draws the flow."""

from datetime import datetime
from typing import Any

import msgspec


class PayloadValue(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a body: the JSON pointer (RFC 6901) that leads to it, the type that fits it, and the value, cut when
    it is long. A list is shown by itself too, without its value."""

    pointer: str
    type: str
    value: Any = None


class DeliveryReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one delivery. `id` is the sender's; `run` is what it started.

    `code` and `reason` say why it was refused. `values` are those of a body whose signature was right, `is_cut` says
    that there were more.
    """

    webhook: str
    received_at: datetime
    is_accepted: bool
    id: str = ""
    run: str = ""
    code: str = ""
    reason: str = ""
    content_type: str = ""
    bytes: int = 0
    values: tuple[PayloadValue, ...] = ()
    is_cut: bool = False
