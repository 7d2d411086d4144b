"""An entry's place in a line."""

import sys
from typing import TYPE_CHECKING

from skipline.queue.instants import Instant

if TYPE_CHECKING:
    from skipline.queue.stay import Stay

Spot = tuple[Instant, str, "Stay"]
"""Effective arrival, entry id, and whose it is. Ids differ, so stays are never compared."""

NOBODY: Spot = (sys.maxsize, "", None)  # type: ignore[assignment]
"""The head of an empty line: later than everybody, and never handed out."""
