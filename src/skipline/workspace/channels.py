"""Accounts with providers of messages: the part of an entry that is the same for every type, and the part that is its
piece's own. A piece is imported only when an account of its type exists."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any

from pydantic import Field

import skipline.channels
from skipline.flow.fields import Duration, field
from skipline.flow.pieces import Piece
from skipline.model.configuration import HELP_TEXT, Account
from skipline.model.messaging import ChannelSettings
from skipline.workspace.typed_entries import TypedEntries, class_with
from skipline.workspace.values import Name, between

ExpireTime = Annotated[Duration, between(10.0, 7 * 86_400.0)]
HelpText = Annotated[str, Field(max_length=320)]
ResumeTime = Annotated[Duration, between(0.0, 30 * 86_400.0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountForm:
    """The keys that every entry of `channels` may have."""

    name: Name = field(
        label="name", kind="plain", about="what flows call it; it is part of the address that the provider calls"
    )
    type: str = field(label="type", kind="type", about="the provider, such as meta or twilio")
    expire: ExpireTime = field(
        label="expire",
        kind="duration",
        part="limits",
        about="how long a message of ours may wait to be sent before it is given up, 10s to 7d",
        default=3600.0,
    )
    resume_after: ResumeTime = field(
        label="resume_after",
        kind="duration",
        part="limits",
        about="how long flows stay silent after a person wrote in the provider's own app, up to 30d",
        default=43_200.0,
    )
    help_text: HelpText = field(
        label="help_text",
        kind="long_text",
        part="limits",
        about="what an SMS that says HELP is answered with; empty: nothing",
        default=HELP_TEXT,
    )

    def made(self, settings: Mapping[str, Any]) -> Account:
        """The account that is meant, with the settings of its type."""
        return Account(
            name=self.name,
            type=self.type,
            settings=dict(settings),
            messages_expire_seconds=self.expire,
            resume_after_seconds=self.resume_after,
            help_text=self.help_text,
        )


CHANNELS = TypedEntries(Piece("channel", AccountForm), "channel")


def channel_types() -> tuple[str, ...]:
    """The types of account there are. Nothing is imported for it."""
    return tuple(sorted(found.name for found in iter_modules(skipline.channels.__path__) if found.ispkg))


def find_channel(type_: str) -> Piece[ChannelSettings] | None:
    """The piece of a type of account, imported now when it was not before; None: there is none."""
    return _channel_piece(type_) if type_ in channel_types() else None


def build_account(account: Account) -> ChannelSettings:
    """The settings of an account, ready to read and to write; raises `PieceMistakes` when they are not right, and
    `LookupError` for a type that this release does not have."""
    piece = find_channel(account.type)
    if piece is None:
        raise LookupError(f"there is no channel type {account.type}")
    return piece.make(account.settings)


def read_account(entry: Mapping[str, Any]) -> Account:
    """The account that an entry of `channels` means; raises `PieceMistakes` with all that is wrong with it."""
    form, settings = CHANNELS.read(entry, channel_types(), find_channel)
    return form.made(settings)


@cache
def _channel_piece(type_: str) -> Piece[ChannelSettings]:
    module = import_module(f"{skipline.channels.__name__}.{type_}.channel")
    return Piece(type_, class_with("greet", module))
