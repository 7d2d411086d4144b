"""Messages of one contact, for tests of flows in writing."""

from datetime import datetime
from typing import Any

import msgspec

from skipline.model.contact import Contact
from skipline.model.events import MessageReceived
from skipline.model.ids import ConversationId, MessageId
from skipline.model.message import Channel


def received(text: str, at: datetime, **more: Any) -> MessageReceived:
    """A message to the account `support` on WhatsApp, unless `more` says otherwise."""
    message = MessageReceived(
        at=at,
        conversation=ConversationId("conversation1"),
        message=MessageId(f"message {text}"),
        channel=Channel.WHATSAPP,
        account="support",
        contact=Contact(phone="+31611111111", address="+31611111111"),
        text=text,
    )
    return msgspec.structs.replace(message, **more)
