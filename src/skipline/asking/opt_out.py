"""The words with which contacts want no more messages, want them again, or ask what this is.

The words of SMS are those that carriers and CTIA's guidelines ask for, as Twilio, Telnyx and AWS list them. On other
channels `cancel`, `end` or `help` are as likely answers to a question, so only what cannot mean anything else counts.
"""

import unicodedata
from enum import StrEnum

from skipline.model.message import Channel


class Wish(StrEnum):
    """What a contact wants of an account."""

    STOP = "stop"
    RESUME = "resume"
    HELP = "help"


_UNMISTAKABLE = frozenset({"stop", "stopall", "stop all", "unsubscribe", "optout", "opt-out", "opt out"})
_STOP = _UNMISTAKABLE | {"end", "quit", "cancel", "revoke", "arret", "arrêt", "td", "remove"}
_RESUME = frozenset({"start", "unstop"})
_HELP = frozenset({"help", "info"})
_AROUND = " \t\r\n.!,;:\"'"


def read_wish(text: str, channel: Channel, *, is_opted_out: bool) -> Wish | None:
    """What a whole message wishes; None when it is a message like any other. Wanting messages again means something
    only to those who stopped them; to them a `yes` by SMS is as good."""
    said = " ".join(unicodedata.normalize("NFKC", text).casefold().strip(_AROUND).split())
    is_sms = channel is Channel.SMS
    if said in (_STOP if is_sms else _UNMISTAKABLE):
        return Wish.STOP
    if is_opted_out and (said in _RESUME or (is_sms and said == "yes")):
        return Wish.RESUME
    return Wish.HELP if is_sms and said in _HELP else None
