"""SIP and tel URIs and the addresses around them, read tolerantly because strangers write them."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

_NAME_ADDRESS = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*?))\s*<([^<>]*)>(.*)', re.DOTALL)


@dataclass(frozen=True, slots=True)
class SipUri:
    """A `sip:`, `sips:` or `tel:` URI. `user` is decoded and without its own parameters, which are in `user_params`
    (RFC 3261 section 19.1.1, e.g. `npdi` and `rn`). An IPv6 `host` has no brackets here."""

    scheme: str
    user: str
    host: str
    port: int | None = None
    params: dict[str, str] = field(default_factory=dict)
    user_params: dict[str, str] = field(default_factory=dict)

    @property
    def transport(self) -> str:
        """`udp` or `tcp` as the URI asks, `udp` when it does not ask, anything else as written in lower case."""
        return self.params.get("transport", "udp").lower()


@dataclass(frozen=True, slots=True)
class Address:
    """A name, a URI and header parameters, as in From, To, Contact and P-Asserted-Identity."""

    name: str
    uri: str
    params: dict[str, str]


def parse_uri(text: str) -> SipUri:
    """Read `text`; raises `ValueError` with a sentence when it is no SIP or tel URI."""
    scheme, colon, rest = text.strip().partition(":")
    scheme = scheme.lower()
    if not colon or scheme not in ("sip", "sips", "tel"):
        raise ValueError(f"{text!r} is not a SIP address: write it like sip:name@host:5060")
    if scheme == "tel":
        number, _, params = rest.partition(";")
        return SipUri(scheme, unquote(number), "", None, {}, parse_params(params))
    user, at, host_part = rest.rpartition("@")
    host_port, _, params = host_part.partition("?")[0].partition(";")
    host, port = _split_host(host_port, text)
    user_text, _, user_params = user.partition(";")
    plain_user = unquote(user_text.partition(":")[0]) if at else ""
    return SipUri(scheme, plain_user, host, port, parse_params(params), parse_params(user_params))


def _split_host(text: str, whole: str) -> tuple[str, int | None]:
    host, colon, port = text.strip(), "", ""
    if host.startswith("["):
        host, _, after = host[1:].partition("]")
        colon, port = after[:1], after[1:]
    elif host.count(":") == 1:
        host, colon, port = host.partition(":")
    if not host or (colon and not (port.isdecimal() and port.isascii() and 0 < int(port[:6]) < 65536)):
        raise ValueError(f"{whole!r} has no usable host and port")
    return host.lower(), int(port) if colon else None


def parse_params(text: str) -> dict[str, str]:
    """`a=1;b` as `{"a": "1", "b": ""}`; names in lower case, quotes taken off."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name.strip():
            found[name.strip().lower()] = value.strip().strip('"')
    return found


def parse_address(text: str) -> Address:
    """Read `"Name" <uri>;params` or a bare `uri;params`. What cannot be understood is kept as the URI."""
    match = _NAME_ADDRESS.match(text)
    if match is None:
        uri, _, params = text.strip().partition(";")
        return Address("", uri.strip(), parse_params(params))
    name = re.sub(r"\\(.)", r"\1", match[1]) if match[1] is not None else match[2].strip()
    return Address(name, match[3].strip(), parse_params(match[4]))


def join_host_port(host: str, port: int) -> str:
    """`host:port`, with brackets around an IPv6 host."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def bracket(host: str) -> str:
    """`host` as it stands inside a URI: an IPv6 address gets brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
