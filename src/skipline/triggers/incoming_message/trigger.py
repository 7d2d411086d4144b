"""A message to one of our accounts starts the flow."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import AfterValidator

from skipline.asking.opt_out import Wish, read_wish
from skipline.base.plain_words import begins_with_words, plain_words
from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import field
from skipline.flow.outcome import Start
from skipline.model.events import Event, MessageReceived
from skipline.model.message import Channel
from skipline.model.run import StartedBy

_LONGEST = 60
_MOST_WORDS = 9
_WHOLE = _MOST_WORDS + 1


def _keyword(written: str) -> str:
    words = plain_words(written)
    if not words or len(words) > _LONGEST or words.count(" ") >= _MOST_WORDS:
        raise WrongValue(
            say("{written!r} cannot be a keyword", written=written),
            say(
                "write one to {most} words, {longest} characters at most",
                most=_MOST_WORDS,
                longest=_LONGEST,
            ),
        )
    return written


Keyword = Annotated[str, AfterValidator(_keyword)]


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage:
    """`channels` empty: all that the accounts carry. `referral` holds what must be told of where the contact came from;
    an empty value takes any. Of several flows that take a message, the one that asks for most gets it."""

    group: ClassVar[str] = "start"
    channel: ClassVar[str] = "message"

    accounts: tuple[str, ...] = field(label="accounts", kind="accounts")
    channels: tuple[Channel, ...] = field(label="channels", kind="choices", default=())
    keywords: tuple[Keyword, ...] = field(label="keywords", kind="keywords", default=())
    whole_message: bool = field(label="whole_message", kind="switch", default=False)
    first_contact: bool = field(label="first_contact", kind="switch", default=False)
    referral: dict[str, str] = field(label="referral", kind="map", default_factory=dict)

    def match(self, event: Event) -> Start | None:
        """Who wrote, when the message is for one of the accounts and is as the trigger wants it."""
        if not isinstance(event, MessageReceived) or not self._concerns(event):
            return None
        closeness = self._closeness(plain_words(event.text))
        if self.keywords and not closeness:
            return None
        return Start(
            contact=event.contact,
            message=event,
            rank=100 * closeness + 10 * bool(self.referral) + self.first_contact,
            started_by=StartedBy(
                type="incoming_message",
                details={
                    "account": event.account,
                    "channel": event.channel.value,
                    "conversation": event.conversation,
                    "message": event.message,
                },
            ),
        )

    def claims(self) -> Iterator[str]:
        """The messages that are this flow's alone while it is live: `support/sms`, `support/sms#orders`."""
        wanted = [f"#{'=' * self.whole_message}{plain_words(one)}" for one in self.keywords] or [""]
        more = "&first" * self.first_contact
        more += "".join(f"&{name}={value}".casefold() for name, value in sorted(self.referral.items()))
        for account in self.accounts:
            for channel in self.channels or Channel:
                yield from (f"{account}/{channel.value}{one}{more}" for one in wanted)

    def unheard(self) -> Iterator[tuple[int, str]]:
        """The keywords that never come to a flow, by their place: with them contacts want no more messages."""
        channels = self.channels or tuple(Channel)
        for place, word in enumerate(self.keywords):
            if all(read_wish(word, channel, is_opted_out=False) is Wish.STOP for channel in channels):
                yield place, word

    def _concerns(self, event: MessageReceived) -> bool:
        return (
            event.account in self.accounts
            and (not self.channels or event.channel in self.channels)
            and (event.is_first_contact or not self.first_contact)
            and all(_is_told(event.referral.get(name), value) for name, value in self.referral.items())
        )

    def _closeness(self, words: str) -> int:
        """How well the best of the keywords fits: 0 not at all, more the more words it has, most when it is all."""
        return max((self._fit(words, plain_words(one)) for one in self.keywords), default=0)

    def _fit(self, words: str, keyword: str) -> int:
        if words == keyword:
            return _WHOLE
        if self.whole_message or not begins_with_words(words, keyword):
            return 0
        return keyword.count(" ") + 1


def _is_told(told: str | None, wanted: str) -> bool:
    return told is not None and (not wanted or plain_words(told) == plain_words(wanted))
