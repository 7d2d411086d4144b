"""The messages that belong to one live flow, as text: `support/sms`, with `#orders` for those with a keyword."""

from skipline.base.sentence import say


def said_of(claim: str) -> str:
    """A claim in words, for people."""
    place, _, more = claim.partition("#")
    keyword, _, others = more.partition("&")
    place, _, without = place.partition("&")
    account, _, channel = place.partition("/")
    names = {"account": account, "channel": channel}
    if others or without:
        messages = say("messages of the same kind to `{account}` on {channel}", **names)
    else:
        messages = say("messages to `{account}` on {channel}", **names)
    if not keyword:
        return messages
    return say("{messages} with the keyword `{keyword}`", messages=messages, keyword=keyword.removeprefix("="))
