"""Carries out what runs say to their contacts: it is written down and queued, and answered when a provider took it."""

from collections.abc import Mapping

from skipline.host.carriers import Carrier, NotCarried
from skipline.host.messages.post import MessagePost
from skipline.model.commands import AskContact, Command, Issued, SendMessage
from skipline.model.message import MessageBody
from skipline.store.posting import NoConversation


class MessageCarrier:
    """Carries messages and questions of runs. It may repeat: a command's message is written once, by its id."""

    may_repeat = True

    def __init__(self, post: MessagePost) -> None:
        self._post = post

    async def carry(self, issued: Issued) -> None:
        """Queue what a command says. Raises `NotCarried` when nobody is there to say it to."""
        try:
            await self._post.post_for(issued, body_of(issued.body))
        except (NoConversation, ValueError) as hopeless:
            raise NotCarried(str(hopeless), may_retry=False) from hopeless


def body_of(command: Command) -> MessageBody:
    """What a command of a run says, as a message."""
    if isinstance(command, AskContact):
        return MessageBody(text=command.question, buttons=command.buttons, rows=command.rows)
    if not isinstance(command, SendMessage):
        raise ValueError(f"{type(command).__name__} says nothing to a contact")
    return MessageBody(
        text=command.text,
        buttons=command.buttons,
        rows=command.rows,
        media_url=command.media_url,
        media_kind=command.media_kind,
        template=command.template,
    )


def message_carriers(post: MessagePost) -> Mapping[type[Command], Carrier]:
    """The carriers of what runs say, for every channel of messages."""
    carrier = MessageCarrier(post)
    return {SendMessage: carrier, AskContact: carrier}
