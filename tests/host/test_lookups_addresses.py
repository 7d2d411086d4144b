"""Which addresses a source may reach: only resolved ones are judged, so spellings do not matter here."""

import pytest

from skipline.host.lookups.addresses import refusal
from skipline.model.lookup import Reach

OPEN = Reach(is_private_allowed=True)
CLOSED = Reach()

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "193.0.6.139",
    "2606:4700::1111",
    "2a00:1450:400e::8a",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]

PRIVATE = [
    "10.0.0.1",
    "100.64.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.18.0.1",
    "fc00::1",
    "fd12:3456::1",
    "127.0.0.1",
    "127.255.255.254",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
]

NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "169.254.0.1",
    "192.0.0.9",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::127.0.0.1",
    "::a9fe:a9fe",
    "::ffff:169.254.169.254",
    "::ffff:0.0.0.0",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::7f00:1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "3fff::1",
    "5f00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "ff02::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_is_reached(address: str) -> None:
    assert refusal(address, CLOSED) is None
    assert refusal(address, OPEN) is None


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_reached_only_when_allowed(address: str) -> None:
    assert "(allow_private" in (refusal(address, CLOSED) or "")
    assert refusal(address, OPEN) is None


@pytest.mark.parametrize("address", NEVER)
def test_metadata_and_reserved_addresses_are_never_reached(address: str) -> None:
    everything = Reach(is_private_allowed=True, ranges=("0.0.0.0/0", "::/0"))
    assert "is never allowed" in (refusal(address, everything) or "")


@pytest.mark.parametrize(
    ("address", "is_open"),
    [("10.1.2.3", True), ("10.2.0.1", False), ("::ffff:10.1.2.3", True), ("fd12::1", True), ("fd13::1", False)],
)
def test_a_range_opens_itself_and_nothing_more(address: str, is_open: bool) -> None:
    reach = Reach(ranges=("10.1.0.0/16", "fd12::/16"))
    assert (refusal(address, reach) is None) is is_open


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_no_range_opens_this_machine(address: str) -> None:
    assert refusal(address, Reach(ranges=("0.0.0.0/0", "::/0"))) is not None
