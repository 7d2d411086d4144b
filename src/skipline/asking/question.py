"""Puts a caller's values into a question without letting them change the question."""

import json
from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import quote

Encode = Callable[[str], str]


class UrlEncoder:
    """Percent-encodes each hole of a path or query, and remembers when one may not be sent.

    An empty hole would ask about everybody (`/customers/`); a hole `..` would ask another place.
    """

    def __init__(self) -> None:
        self.refusal = ""

    def __call__(self, text: str) -> str:
        if not text.strip():
            self.refusal = self.refusal or "a part of its address has no value"
        elif text.strip() in (".", ".."):
            self.refusal = self.refusal or "a part of its address would lead elsewhere"
        return quote(text.strip(), safe="")


def join_query(path: str, query: Mapping[str, str]) -> str:
    """`path` with the parameters of `query`. Holes are encoded already; here the author's own words are, as far as they
    do not shape the address."""
    parameters = "&".join(f"{quote(name, safe='')}={quote(value, safe='%,:')}" for name, value in query.items())
    encoded = quote(path, safe="/?&=%:@!$'()*+,;")
    return f"{encoded}{'&' if '?' in encoded else '?'}{parameters}" if parameters else encoded


def body_encoder(body: str) -> Encode | None:
    """How holes in `body` are escaped: as it looks like JSON, XML or anything else."""
    start = body.lstrip()[:2]
    # A hole at the very beginning says nothing about what the body is.
    if start == "{{":
        return None
    if start[:1] in ("{", "["):
        return lambda text: json.dumps(text, ensure_ascii=False)[1:-1]
    return escape if start[:1] == "<" else None
