"""What customers see on their phones: the conversation from their side."""

import asyncio
from collections import defaultdict
from datetime import datetime

import msgspec


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to tap; `id` is what goes back. `is_row`: it is one of a list."""

    id: str
    title: str
    description: str = ""
    is_row: bool = False


class Bubble(msgspec.Struct, frozen=True, kw_only=True):
    """A message as a customer sees it. `is_ours` when the customer wrote it themselves; `id` is the provider's."""

    id: str
    at: datetime
    text: str = ""
    is_ours: bool = False
    choices: tuple[Choice, ...] = ()
    media_url: str = ""
    template: str = ""
    reference: str = ""


class Handset:
    """One customer's phone, with the conversation it has with one account."""

    def __init__(self, account: str, contact: str, name: str = "") -> None:
        self.account, self.contact, self.name = account, contact, name
        self.bubbles: list[Bubble] = []
        self._changed = asyncio.Event()

    def show(self, bubble: Bubble) -> None:
        """Add a message; whoever waits for one is woken."""
        self.bubbles.append(bubble)
        self._changed.set()
        self._changed = asyncio.Event()

    def received(self) -> list[Bubble]:
        """What the company wrote."""
        return [bubble for bubble in self.bubbles if not bubble.is_ours]

    async def more_than(self, number: int) -> list[Bubble]:
        """All messages, once there are more than `number`."""
        while len(self.bubbles) <= number:
            await self._changed.wait()
        return self.bubbles

    async def receives(self, text: str) -> Bubble:
        """The first message of the company's that has `text` in it, once it is there."""
        seen = 0
        while True:
            found = next((one for one in self.bubbles[seen:] if not one.is_ours and text in one.text), None)
            if found is not None:
                return found
            seen = len(self.bubbles)
            await self.more_than(seen)


class Handsets:
    """Every customer's phone, by account and by the customer's id there."""

    def __init__(self) -> None:
        self._all: dict[tuple[str, str], Handset] = {}
        self.names: defaultdict[str, str] = defaultdict(str)

    def of(self, account: str, contact: str) -> Handset:
        """A customer's phone; a new one the first time."""
        return self._all.setdefault((account, contact), Handset(account, contact, self.names[contact]))
