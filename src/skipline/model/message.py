"""Words of messages that flows, providers and people share."""

from enum import StrEnum

import msgspec


class Channel(StrEnum):
    """The medium that a message travels on."""

    WHATSAPP = "whatsapp"
    SMS = "sms"
    INSTAGRAM = "instagram"
    MESSENGER = "messenger"


class MessageKind(StrEnum):
    """What a contact did."""

    TEXT = "text"
    MEDIA = "media"
    CHOICE = "choice"
    LOCATION = "location"
    CONTACTS = "contacts"
    REACTION = "reaction"
    ORDER = "order"
    EDIT = "edit"
    REVOKE = "revoke"
    UNSUPPORTED = "unsupported"


class SendState(StrEnum):
    """How far a message of ours came. A later one never gives way to an earlier one; failed is final unless it was
    delivered."""

    QUEUED = "queued"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"


_STATES = tuple(SendState)
_SEEN = frozenset({SendState.DELIVERED, SendState.READ, SendState.PLAYED})


def furthest(before: SendState | None, told: SendState) -> SendState:
    """How far a message came that was at `before` when `told` is told, in whatever order things are told: states only
    climb; failed is final, unless the message was delivered."""
    if before is None or before == told:
        return told
    if SendState.FAILED in (before, told):
        return next((one for one in (before, told) if one in _SEEN), SendState.FAILED)
    return max(before, told, key=_STATES.index)


class Button(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to tap. `id` comes back; where a channel has no buttons the titles are written out, numbered."""

    id: str
    title: str
    description: str = ""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A text that the provider approved beforehand, with the values for its holes, in order."""

    name: str
    language: str
    values: tuple[str, ...] = ()


class MessageBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a message of ours says. At most one of `buttons` (up to three), `rows` (a list of up to ten) and
    `media_url`; `media_kind` is image, video, audio or document. Outside the time in which a provider lets us write
    freely `template` goes instead, and nothing without one."""

    text: str = ""
    buttons: tuple[Button, ...] = ()
    rows: tuple[Button, ...] = ()
    media_url: str = ""
    media_kind: str = ""
    template: Template | None = None
