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
_LONGEST = 100
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_QUESTION = frozenset("?\u00bf")
_SILENT = ("Cc", "Cf", "Cn", "Co", "Cs", "Mn", "P", "S", "Z")
"""Categories (Unicode, chapter 4.5) of what may stand around a word and says nothing: phones put quotation marks, signs
without width and emoji there by themselves."""


def read_wish(text: str, channel: Channel, *, is_opted_out: bool) -> Wish | None:
    """What a whole message wishes; None when it is a message like any other. Wanting messages again means something
    only to those who stopped them; to them a `yes` by SMS is as good."""
    said = _word_of(text)
    is_sms = channel is Channel.SMS
    if said in (_STOP if is_sms else _UNMISTAKABLE):
        return Wish.STOP
    if is_opted_out and (said in _RESUME or (is_sms and said == "yes")):
        return Wish.RESUME
    return Wish.HELP if is_sms and said in _HELP else None


def _word_of(text: str) -> str:
    """A message as it is compared: what does not sound is gone around it, and nothing of it matters but the letters. A
    question mark stays: who asks "stop?" may want to know what it does."""
    if len(text) > _LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES)
    seen = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    first = next((place for place, sign in enumerate(seen) if not _is_silent(sign)), len(seen))
    last = next((place for place in range(len(seen), first, -1) if not _is_silent(seen[place - 1])), first)
    return " ".join(seen[first:last].split())


def _is_silent(sign: str) -> bool:
    return sign not in _QUESTION and unicodedata.category(sign).startswith(_SILENT)
