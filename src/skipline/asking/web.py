"""What every source on the web has: which addresses it may be at, and how a JSON request to it is made."""

from dataclasses import dataclass
from typing import Any

import msgspec

from skipline.asking.address import Range
from skipline.flow.fields import field
from skipline.model.lookup import HttpRequest, Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """`allow_private` opens private addresses and this machine, `allow` opens private ranges one by one; `verify:
    false` takes any certificate."""

    allow_private: bool = field(label="allow_private", kind="switch", default=False)
    allow: tuple[Range, ...] = field(label="allow", kind="list", default=())
    verify: bool = field(label="verify", kind="switch", default=True)

    def reach(self) -> Reach:
        """Which addresses may be connected to."""
        return Reach(is_private_allowed=self.allow_private, ranges=self.allow)

    def get(self, url: str, headers: dict[str, str]) -> HttpRequest:
        """A request that reads `url`."""
        return HttpRequest(
            url=url,
            headers={"Accept": "application/json", **headers},
            reach=self.reach(),
            is_certificate_checked=self.verify,
        )

    def post(self, url: str, body: Any, headers: dict[str, str]) -> HttpRequest:
        """A request that asks with a JSON body; it only reads, so it may be repeated."""
        return HttpRequest(
            url=url,
            method="POST",
            headers={"Accept": "application/json", "Content-Type": "application/json", **headers},
            body=msgspec.json.encode(body),
            reach=self.reach(),
            is_certificate_checked=self.verify,
            is_repeatable=True,
        )
