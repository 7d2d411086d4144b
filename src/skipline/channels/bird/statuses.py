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


def remedy_of(code: str) -> Remedy:
    """What to do about a message that Bird took and then could not bring, by the family of its failure code: 12xxx are
    Bird's own faults, 14xxx and 15xxx those of the account or the network."""
    return Remedy.RETRY_ONCE if len(code) == 5 and code.startswith("12") else Remedy.NEVER
