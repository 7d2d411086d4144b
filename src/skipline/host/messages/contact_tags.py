"""Writes down the tags that flows give to people who write."""

from collections.abc import Mapping

from skipline.host.carriers import Carrier, NotCarried
from skipline.model.commands import Command, Issued, TagContact
from skipline.store import contact_tags
from skipline.store.database import Database
from skipline.store.posting import NoConversation


class TagCarrier:
    """Carries out tags. It may repeat: a tag that is there is not put on twice."""

    may_repeat = True

    def __init__(self, database: Database) -> None:
        self._database = database

    async def carry(self, issued: Issued) -> None:
        """Change the contact's record. Raises `NotCarried` when there is no conversation."""
        order = issued.body
        assert isinstance(order, TagContact)  # noqa: S101 - its carrier is asked for nothing else
        try:
            await self._database.write(contact_tags.change, issued.run, order.add, order.remove)
        except NoConversation as hopeless:
            raise NotCarried(str(hopeless), may_retry=False) from hopeless


def tag_carriers(database: Database) -> Mapping[type[Command], Carrier]:
    """The carriers of tags, for every channel of messages."""
    return {TagContact: TagCarrier(database)}
