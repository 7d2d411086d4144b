"""A file of a message on its way from the provider into our storage."""

import msgspec

from skipline.model.conversation import MediaRecord
from skipline.model.ids import MessageId
from skipline.model.messaging import Attachment


class MediaFile(msgspec.Struct, frozen=True, kw_only=True):
    """The `position`-th file of a message, counted from 0. `attempts` counts this try to fetch it."""

    message: MessageId
    position: int
    account: str
    attachment: Attachment
    record: MediaRecord
    attempts: int
