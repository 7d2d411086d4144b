"""Which addresses a source may connect to.

A company's own API often lives on a private address, so those can be opened; the machine's neighbours that hand out
credentials (link-local, cloud metadata) and addresses that are no host at all never are. The list is our own: the
standard library's `is_global` calls 224.0.0.1, 192.88.99.1 and `64:ff9b::7f00:1` global. Only resolved addresses are
judged, never texts, since `127.1`, `2130706433` and `0x7f.1` all resolve to loopback.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from skipline.base.sentence import say
from skipline.model.lookup import Reach

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def _networks(*written: str) -> tuple[Network, ...]:
    return tuple(ip_network(one) for one in written)


_LOOPBACK = _networks("127.0.0.0/8", "::1/128")

_PRIVATE = _networks(
    "10.0.0.0/8",
    "100.64.0.0/10",  # RFC 6598, shared by carriers and overlay networks
    "172.16.0.0/12",
    "192.168.0.0/16",
    "198.18.0.0/15",  # RFC 2544, test networks
    "fc00::/7",
)

_NEVER = _networks(
    "0.0.0.0/8",
    "100.100.100.200/32",  # metadata of Alibaba Cloud, inside RFC 6598
    "168.63.129.16/32",  # the host agent of Azure, a public address
    "169.254.0.0/16",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "2001::/23",  # RFC 2928, with Teredo, which hides an IPv4 address
    "2001:db8::/32",
    "2002::/16",  # 6to4, which hides an IPv4 address
    "3fff::/20",
    "fd00:ec2::/32",  # metadata of Amazon, inside fc00::/7
    "fd20:ce::/32",  # metadata of Google, inside fc00::/7
)

_GLOBAL_UNICAST_6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


def refusal(text: str, reach: Reach) -> str | None:
    """Why the address `text` may not be connected to under `reach`; None when it may."""
    address = _unwrapped(ip_address(text.partition("%")[0]))
    if _is_within(address, _NEVER):
        return say("the address {address} is never allowed", address=address)
    if _is_within(address, _LOOPBACK):
        if reach.is_private_allowed:
            return None
        return say("the address {address} is this machine itself (allow_private)", address=address)
    if _is_within(address, _PRIVATE):
        if _is_opened(address, reach):
            return None
        return say("the address {address} is private (allow_private or allow)", address=address)
    if address.version == 6 and address not in _GLOBAL_UNICAST_6:
        return say("the address {address} is never allowed", address=address)
    return None


def is_loopback(text: str) -> bool:
    """Whether the address is this machine itself, however it is written."""
    return _is_within(_unwrapped(ip_address(text.partition("%")[0])), _LOOPBACK)


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv4-mapped (RFC 4291) or NAT64 (RFC 6052) address stands for, else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address


def _is_opened(address: Address, reach: Reach) -> bool:
    return reach.is_private_allowed or _is_within(address, _networks(*reach.ranges))


def _is_within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
