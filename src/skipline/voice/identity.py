"""Who calls: the caller's number, name and privacy from the headers that carriers use for them.

P-Asserted-Identity (RFC 3325) and Remote-Party-ID say who the network believes it is, so they count only when they
come from a trusted trunk; From says whatever the caller likes. A display name never identifies anybody.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skipline.model.call import Attestation
from skipline.voice.sip.address import Address, SipUri, parse_address, parse_uri
from skipline.voice.telephone import normalise_number

_WITHHELD_USERS = frozenset({"anonymous", "restricted", "unavailable", "private", "unknown", "withheld"})
_SPLIT = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)')
_ATTESTATIONS = {
    "tn-validation-passed": Attestation.FULL,
    "tn-validation-passed-a": Attestation.FULL,
    "tn-validation-passed-b": Attestation.PARTIAL,
    "tn-validation-passed-c": Attestation.GATEWAY,
    "tn-validation-failed": Attestation.FAILED,
    "tn-validation-failed-a": Attestation.FAILED,
    "tn-validation-failed-b": Attestation.FAILED,
    "tn-validation-failed-c": Attestation.FAILED,
}

Headers = Mapping[str, Sequence[str]]
"""Header lines by lower-case name, as in `Invite.headers`."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller. `number` may be known although it `is_withheld`: good for routing, not for showing."""

    number: str
    name: str
    is_withheld: bool
    attestation: Attestation


def read_identity(headers: Headers, *, is_trusted: bool, region: str = "") -> Identity:
    """The caller as the headers tell; `is_trusted` says whether the network's own words may be believed."""
    sender = _first(headers, "from")
    asserted = _asserted(headers) if is_trusted else []
    is_withheld = _is_withheld(headers, sender, asserted)
    known = [one for one in asserted if _number(one, region)]
    best = next((one for one in known if _number(one, region).lstrip("+").isdecimal()), known[0] if known else None)
    number = _number(best or sender, region)
    name = "" if is_withheld else sender.name or (best.name if best else "")
    attestation = _attestation(headers, [*asserted, sender]) if is_trusted else Attestation.NONE
    return Identity(number, name[:200], is_withheld, attestation)


def split_addresses(values: Sequence[str]) -> list[Address]:
    """Every address of a header that may hold several in a line."""
    return [parse_address(part) for value in values for part in _SPLIT.split(value) if part.strip()]


def user_of(address: Address) -> str:
    """The user part of an address, empty when it has none or is no address."""
    uri = _uri(address)
    return uri.user if uri else ""


def _uri(address: Address) -> SipUri | None:
    try:
        return parse_uri(address.uri)
    except ValueError:
        return None


def _first(headers: Headers, name: str) -> Address:
    values = headers.get(name) or ("",)
    return parse_address(values[0])


def _asserted(headers: Headers) -> list[Address]:
    return split_addresses([*headers.get("p-asserted-identity", ()), *headers.get("remote-party-id", ())])


def _number(address: Address, region: str) -> str:
    uri = _uri(address)
    if uri is None or _is_anonymous(uri):
        return ""
    return normalise_number(uri.user, region)


def _is_anonymous(uri: SipUri) -> bool:
    return uri.host.endswith("anonymous.invalid") or uri.user.lower() in _WITHHELD_USERS


def _is_withheld(headers: Headers, sender: Address, asserted: Sequence[Address]) -> bool:
    wishes = {word.strip().lower() for value in headers.get("privacy", ()) for word in re.split("[;,]", value)}
    if wishes & {"id", "user"}:
        return True
    # Remote-Party-ID has its own parameter for it (draft-ietf-sip-privacy-04).
    if any(one.params.get("privacy", "off").lower() in ("full", "uri") for one in asserted):
        return True
    uri = _uri(sender)
    return uri is not None and _is_anonymous(uri)


def _attestation(headers: Headers, addresses: Sequence[Address]) -> Attestation:
    for word in _verification_words(headers, addresses):
        found = _ATTESTATIONS.get(word.strip().lower())
        if found is not None:
            return found
    indicator = (headers.get("p-attestation-indicator") or ("",))[0].strip().upper()
    return Attestation(indicator) if indicator in ("A", "B", "C") else Attestation.NONE


def _verification_words(headers: Headers, addresses: Sequence[Address]) -> list[str]:
    """`verstat` stands inside the user part, among the URI's parameters or after the `>`, as each carrier likes."""
    words = []
    for address in addresses:
        uri = _uri(address)
        places = [address.params] if uri is None else [address.params, uri.user_params, uri.params]
        words += [place["verstat"] for place in places if "verstat" in place]
    return [*words, *headers.get("x-twilio-verstat", ())]
