"""Look-ups that cannot hurt a call: always answered, always in time, whatever the source does."""

from skipline.host.lookups.last_known import LastKnown, NothingKept
from skipline.host.lookups.lookups import Lookups
from skipline.host.lookups.wire import Wire

__all__ = ["LastKnown", "Lookups", "NothingKept", "Wire"]
