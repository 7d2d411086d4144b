"""The messages that belong to one live flow, as text: `support/sms`, with `#orders` for those with a keyword."""


def said_of(claim: str) -> str:
    """A claim in words, for people."""
    place, _, more = claim.partition("#")
    keyword, _, others = more.partition("&")
    place, _, without = place.partition("&")
    account, _, channel = place.partition("/")
    with_keyword = f" with the keyword `{keyword.removeprefix('=')}`" if keyword else ""
    such = " of the same kind" if others or without else ""
    return f"messages{such} to `{account}` on {channel}{with_keyword}"
