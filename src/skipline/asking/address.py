"""Which place on the web a source is, and which places a flow can reach from there."""

import re
from ipaddress import ip_network
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator

from skipline.base.sentence import say
from skipline.base.wrong_value import WrongValue

_UNSAFE = re.compile(r"[\x00-\x20\x7f\\#]|[^\x00-\x7f]")


def _base_url(written: str) -> str:
    parts = urlsplit(written)
    if parts.scheme not in ("http", "https") or not parts.hostname or _UNSAFE.search(written):
        raise WrongValue(
            say("{written!r} is not a web address", written=written),
            say("write one such as https://api.example.com/v1"),
        )
    if parts.username is not None:
        raise WrongValue(
            say("the address has a user or password in it"), say("keep the password as a secret and name it in `auth`")
        )
    if parts.query or written.endswith("?"):
        raise WrongValue(
            say("{written!r} has a query", written=written), say("put it into the step's `path` or `query`")
        )
    if _port_mistake(written):
        raise WrongValue(
            say("{written!r} has no port that exists", written=written), say("write 1 to 65535 after the colon")
        )
    return written.rstrip("/")


def _port_mistake(written: str) -> bool:
    try:
        return urlsplit(written).port == 0
    except ValueError:
        return True


BaseUrl = Annotated[str, AfterValidator(_base_url)]
"""An absolute http or https address without credentials, query or a slash at its end."""


def _range(written: str) -> str:
    try:
        return str(ip_network(written))
    except ValueError:
        raise WrongValue(
            say("{written!r} is not a range of addresses", written=written),
            say("write one such as 10.1.0.0/16, with no bits after the prefix"),
        ) from None


Range = Annotated[str, AfterValidator(_range)]
"""A CIDR range, or one address."""


def join(base_url: str, path: str) -> str:
    """The address of `path` below `base_url`; raises `ValueError` when it would leave it."""
    if path and path[0] not in "/?":
        path = f"/{path}"
    if _UNSAFE.search(path) or path.startswith("//"):
        raise WrongValue(say("the path has characters that no path may have"))
    segments = unquote(path.partition("?")[0]).split("/")
    if any(segment in (".", "..") for segment in segments):
        raise WrongValue(say("the path leads out of the source's address"))
    return f"{base_url}{path}"


def origin_of(url: str) -> str:
    """Scheme, host and port of an address (RFC 6454 section 6.1), the usual port left out; empty for what is no plain
    web address, such as one with a user in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or "\\" in url:
        return ""
    usual = 443 if parts.scheme == "https" else 80
    return f"{parts.scheme}://{parts.hostname.lower()}" + ("" if port in (None, usual) else f":{port}")
