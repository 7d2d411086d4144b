"""What the writer of a story writes, and whether what we write reaches them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from skipline.base.sentence import say
from skipline.centre.sending import Unsendable, body_at
from skipline.flow.options import chosen
from skipline.flow.outcome import Trigger
from skipline.model.commands import AskContact, SendMessage
from skipline.model.contact import Contact
from skipline.model.conversation import Conversation
from skipline.model.events import MessageReceived
from skipline.model.ids import ContactId, ConversationId, MessageId
from skipline.model.message import Channel, MessageBody, MessageKind
from skipline.model.sending import Content, Sending
from skipline.stories.script import AnswerLine, Story, Writer
from skipline.triggers.incoming_message.trigger import IncomingMessage

CONVERSATION = ConversationId("conversation1")
SOME_ACCOUNT = "account1"
SOME_WORDS = "Hello"


def message_triggers(triggers: Iterable[Trigger]) -> list[IncomingMessage]:
    """The triggers that messages concern."""
    return [one for one in triggers if isinstance(one, IncomingMessage)]


@dataclass
class Letters:
    """The messages of one writer. `gaps` tells what the story should have said otherwise."""

    story: Story
    first: MessageReceived
    gaps: list[str] = field(default_factory=list)
    _count: int = 1

    def answer(self, asked: AskContact, line: AnswerLine, at: datetime) -> MessageReceived:
        """What the writer writes, or taps, when they are asked something."""
        text, choice = line.text, ""
        if line.tap:
            options = asked.buttons or asked.rows
            option = chosen(options, line.tap, line.tap)
            if option is None:
                gap = say(
                    "the writer taps {tap}, and the answers of {question!r} are: {there}",
                    tap=line.tap,
                    question=asked.question,
                    there=", ".join(one.title for one in options) or say("none to tap"),
                )
                self.gaps.append(gap)
            text, choice = (option.title, option.id) if option is not None else (line.tap, "")
        self._count += 1
        return msgspec.structs.replace(
            self.first,
            at=at,
            message=MessageId(f"message{self._count}"),
            kind=_kind(choice, line.media),
            text=text,
            choice=choice,
            media=tuple(line.media),
            is_first_contact=False,
            referral={},
        )

    def problem_of(self, body: SendMessage | AskContact, last_received_at: datetime, now: datetime) -> str:
        """Why a message of ours does not reach the writer; empty when it does."""
        writer = self.story.writer or Writer()
        if not writer.reads:
            return "messages do not reach this writer"
        judged = body_at(self._sending(body, now), self._conversation(writer, last_received_at), now)
        return judged.problem if isinstance(judged, Unsendable) else ""

    def _sending(self, body: SendMessage | AskContact, now: datetime) -> Sending:
        if isinstance(body, AskContact):
            message = MessageBody(text=body.question)
        else:
            message = MessageBody(text=body.text, media_url=body.media_url, template=body.template)
        return Sending(
            id=0,
            owner="",
            message=MessageId(""),
            conversation=CONVERSATION,
            account=self.first.account,
            content=Content(body=message, author=""),
            expires_at=now,
        )

    def _conversation(self, writer: Writer, last_received_at: datetime) -> Conversation:
        is_always_open = self.first.channel is Channel.SMS
        return Conversation(
            id=CONVERSATION,
            contact=ContactId(""),
            account=self.first.account,
            channel=self.first.channel,
            provider_id="",
            opened_at=last_received_at,
            window_ends_at=None if is_always_open else last_received_at + timedelta(seconds=writer.window),
            last_received_at=last_received_at,
        )


def first_letter(writer: Writer, triggers: Iterable[Trigger], at: datetime) -> MessageReceived:
    """The message with which a story begins; what it does not say is as the flow's first message trigger wants it."""
    wanted = next(iter(message_triggers(triggers)), IncomingMessage(accounts=(SOME_ACCOUNT,)))
    text = writer.text or next(_words(writer, wanted))
    return MessageReceived(
        at=at,
        conversation=CONVERSATION,
        message=MessageId("message1"),
        channel=writer.channel or next(iter(wanted.channels), Channel.WHATSAPP),
        account=writer.account or next(iter(wanted.accounts), SOME_ACCOUNT),
        contact=Contact(phone=writer.phone, address=writer.phone, name=writer.name),
        kind=_kind("", writer.media),
        text=text,
        media=tuple(writer.media),
        is_first_contact=wanted.first_contact if writer.first_contact is None else writer.first_contact,
        referral=writer.referral or {name: value or "any" for name, value in wanted.referral.items()},
    )


def _words(writer: Writer, wanted: IncomingMessage) -> Iterator[str]:
    yield from wanted.keywords
    yield "" if writer.media else SOME_WORDS


def _kind(choice: str, media: Iterable[str]) -> MessageKind:
    if choice:
        return MessageKind.CHOICE
    return MessageKind.MEDIA if tuple(media) else MessageKind.TEXT
