"""What everybody who watches a conversation is told."""

from datetime import datetime

from skipline.model.conversation import Conversation
from skipline.model.ids import MessageId
from skipline.model.live_events import ConversationChanged

NO_MESSAGE = MessageId("")


def conversation_changed(found: Conversation, at: datetime, message: MessageId = NO_MESSAGE) -> ConversationChanged:
    """That a conversation stands as it was found; `message` is the one that is new or changed."""
    return ConversationChanged(
        at=at, conversation=found.id, state=found.state.value, agent=found.agent, message=message
    )
