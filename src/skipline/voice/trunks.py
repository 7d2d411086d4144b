"""Which carrier a call came from, which of our numbers it is for, and the whole as a `Call`."""

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from skipline.model.call import Call
from skipline.model.configuration import Trunk, VoiceConfiguration
from skipline.model.ids import CallId
from skipline.voice.identity import read_identity, split_addresses, user_of
from skipline.voice.sip.address import join_host_port, parse_address, parse_uri
from skipline.voice.sip.events import Invite
from skipline.voice.telephone import normalise_number

_MOST_HEADERS = 50
_MOST_CHARACTERS = 1000

Addresses = Mapping[str, Sequence[str]]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class TrunkBook:
    """The trunks and live numbers of one configuration, ready to be asked about each call.

    `addresses_of` maps a host name used by a trunk to its IP addresses; see `names_to_resolve`.
    """

    def __init__(
        self, configuration: VoiceConfiguration, addresses_of: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.trunks = {trunk.name: trunk for trunk in configuration.trunks}
        self.live_numbers = frozenset(configuration.live_numbers)
        found = [
            (network, trunk)
            for trunk in configuration.trunks
            for host in trunk_hosts(trunk)
            for network in _networks(host, addresses_of or {})
        ]
        # The narrowest network first: an address of its own beats the range that it lies in.
        self._networks = sorted(found, key=lambda pair: pair[0].max_prefixlen - pair[0].prefixlen)

    def find_trunk(self, source: str) -> Trunk | None:
        """The trunk that calls from the address `source`, or None for a stranger."""
        try:
            address = ipaddress.ip_address(source)
        except ValueError:
            return None
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return next((trunk for network, trunk in self._networks if address in network), None)

    def is_live(self, number: str) -> bool:
        """Whether a published flow owns `number`."""
        return number in self.live_numbers

    def read_call(self, invite: Invite, trunk: Trunk, *, id: CallId, now: datetime) -> Call:  # noqa: A002
        """The call that `invite` brings over `trunk`."""
        region = trunk.default_region
        identity = read_identity(invite.headers, is_trusted=trunk.is_trusted, region=region)
        return Call(
            id=id,
            arrived_at=now,
            from_=identity.number,
            to=called_number(invite, trunk, self.live_numbers),
            trunk=trunk.name,
            caller_name=identity.name,
            is_withheld=identity.is_withheld,
            attestation=identity.attestation,
            diverted_from=diverted_from(invite, region),
            headers=own_headers(invite),
            source=join_host_port(*invite.source),
        )


def trunk_hosts(trunk: Trunk) -> list[str]:
    """Every host that a trunk calls from: its own list, its server and the registrar."""
    servers = [trunk.server, trunk.register.server if trunk.register else ""]
    return [*trunk.hosts, *(_host_of(server) for server in servers if server)]


def names_to_resolve(trunks: Iterable[Trunk]) -> set[str]:
    """The host names among the trunks' hosts, which somebody who may ask DNS must turn into addresses."""
    hosts = {host for trunk in trunks for host in trunk_hosts(trunk)}
    return {host for host in hosts if host and not _networks(host, {})}


def _host_of(server: str) -> str:
    try:
        return parse_uri(server if server.lower().startswith(("sip:", "sips:")) else f"sip:{server}").host
    except ValueError:
        return ""


def _networks(host: str, addresses_of: Addresses) -> list[Network]:
    try:
        return [ipaddress.ip_network(host.strip("[]"), strict=False)]
    except ValueError:
        return [ipaddress.ip_network(address) for address in addresses_of.get(host, ())]


def called_number(invite: Invite, trunk: Trunk, live_numbers: frozenset[str]) -> str:
    """Our number that was called, by the trunk's `did_source`.

    `auto` takes the first of P-Called-Party-ID, Request-URI and To that is a live number. When none is, the trunk's
    default number serves the call: no paying customer is refused for the format of a header.
    """
    candidates = [normalise_number(user, trunk.default_region, live_numbers) for user in _called_users(invite, trunk)]
    live = next((number for number in candidates if number in live_numbers), "")
    return live or trunk.default_number or next((number for number in candidates if number), "")


def _called_users(invite: Invite, trunk: Trunk) -> list[str]:
    rule = trunk.did_source.lower()
    if rule.startswith("header:"):
        return _header_users(invite, rule.removeprefix("header:").strip())
    by_rule = {
        "p-called-party-id": _header_users(invite, "p-called-party-id"),
        "ruri": [_user(invite.request_uri)],
        "to": [_user(invite.to_uri)],
    }
    return by_rule.get(rule) or [user for users in by_rule.values() for user in users]


def _header_users(invite: Invite, name: str) -> list[str]:
    """The user of each address in a header; a bare number in a vendor's own header counts too."""
    values = invite.headers.get(name, [])
    return [user_of(address) or address.uri for address in split_addresses(values)]


def _user(uri: str) -> str:
    return user_of(parse_address(f"<{uri}>"))


def diverted_from(invite: Invite, region: str) -> str:
    """Who forwarded the call to us: the latest Diversion (RFC 5806), else the first of a History-Info (RFC 7044)."""
    diversions = split_addresses(invite.headers.get("diversion", []))
    history = split_addresses(invite.headers.get("history-info", []))
    latest = diversions[:1] or (history[:1] if len(history) > 1 else [])
    return normalise_number(user_of(latest[0]), region) if latest else ""


def own_headers(invite: Invite) -> dict[str, str]:
    """The caller's X- headers, bounded in number and length."""
    own = [(name, values) for name, values in invite.headers.items() if name.startswith("x-")]
    return {name: ", ".join(values)[:_MOST_CHARACTERS] for name, values in own[:_MOST_HEADERS]}
