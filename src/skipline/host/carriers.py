"""Who carries out the commands of runs that outlive a process. A channel that opens adds its carriers here."""

from collections.abc import Mapping
from typing import Protocol

from skipline.model.commands import Command, Issued
from skipline.model.durable import Outgoing
from skipline.model.events import Reply

ANY_CHANNEL = ""


class NotCarried(Exception):
    """A command could not be carried out: `str()` says why, `may_retry` whether trying again later may help."""

    def __init__(self, why: str, *, may_retry: bool = True) -> None:
        super().__init__(why)
        self.may_retry = may_retry


class Carrier(Protocol):
    """Carries out one kind of command, such as messages of one channel."""

    may_repeat: bool

    async def carry(self, issued: Issued) -> Reply | None:
        """Carry out a command; gives the event that answers it, None when it comes later or nobody waits for one.

        Raises `NotCarried`. The command's id is the same at each try: hand it on where the other side honours it.
        """


class Carriers:
    """The carriers there are now. A run's commands go by the channel on which its conversation is."""

    def __init__(self) -> None:
        self._by_channel: dict[str, Mapping[type[Command], Carrier]] = {}

    def add(self, channel: str, carriers: Mapping[type[Command], Carrier]) -> None:
        """Carry out these commands on this channel from now on, or on every one that has no carrier of its own
        (`ANY_CHANNEL`); the channel's earlier carriers go."""
        self._by_channel[channel] = dict(carriers)

    def remove(self, channel: str) -> None:
        """Carry nothing out on this channel any more; harmless when nothing was."""
        self._by_channel.pop(channel, None)

    def find(self, outgoing: Outgoing) -> Carrier | None:
        """Who carries a command out; None: nobody."""
        kind, own = type(outgoing.issued.body), self._by_channel.get(outgoing.channel, {})
        return own.get(kind) or self._by_channel.get(ANY_CHANNEL, {}).get(kind)
