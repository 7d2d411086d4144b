"""What Bird and MessageBird call the stages of a message, and what can be done about a failure they tell of later."""

from types import MappingProxyType

from skipline.model.message import SendState
from skipline.model.messaging import Remedy

BIRD_STATES = MappingProxyType(
    {
        "scheduled": SendState.QUEUED,
        "accepted": SendState.QUEUED,
        "processing": SendState.QUEUED,
        "sent": SendState.SENT,
        "delivered": SendState.DELIVERED,
        "read": SendState.READ,
        "rejected": SendState.FAILED,
        "skipped": SendState.FAILED,
        "sending_failed": SendState.FAILED,
        "delivery_failed": SendState.FAILED,
    }
)
"""Of the Channels API: "Message status and interactions"."""

MESSAGEBIRD_STATES = MappingProxyType(
    {
        "scheduled": SendState.QUEUED,
        "buffered": SendState.QUEUED,
        "pending": SendState.QUEUED,
        "accepted": SendState.QUEUED,
        "sent": SendState.SENT,
        "transmitted": SendState.SENT,
        "delivered": SendState.DELIVERED,
        "read": SendState.READ,
        "expired": SendState.FAILED,
        "rejected": SendState.FAILED,
        "failed": SendState.FAILED,
        "delivery_failed": SendState.FAILED,
    }
)
"""Of MessageBird's SMS and Conversations APIs."""


_WINDOW_OVER = frozenset({"131047", "470"})
"""WhatsApp's own numbers for a message that came more than 24 hours after the contact's last."""


def remedy_of(code: str, source_code: str = "") -> Remedy:
    """What to do about a message that was taken and then could not be brought. `source_code` is the network's own; of
    Bird's codes 12xxx are its own faults, 14xxx and 15xxx those of the account or the network."""
    if source_code in _WINDOW_OVER or code in _WINDOW_OVER:
        return Remedy.TEMPLATE
    return Remedy.RETRY_ONCE if len(code) == 5 and code.startswith("12") else Remedy.NEVER
