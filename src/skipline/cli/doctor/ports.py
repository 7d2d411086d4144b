"""The ports that a server needs: free, held by our own server, or taken by somebody else."""

import errno
import ipaddress
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import aiohttp

from skipline.cli.doctor.finding import Finding, bad, ok, warn
from skipline.cli.settings import split_address
from skipline.voice.sip.address import join_host_port
from skipline.voice.sip.stack import SipStack

MEDIA_PORTS = (20000, 29998)
_SAMPLE_STEP = 50
_FEW_TAKEN_SHARE = 0.05
_ANSWER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the server of the data folder listens, or would: `host:port` each. `is_served` says that it runs."""

    http: str
    sip: tuple[str, ...]
    is_served: bool


async def examine_ports(addresses: Addresses) -> list[Finding]:
    """One finding for each address, and one for the ports of audio."""
    http = await _examine_http(addresses)
    sip = [await _examine_sip(address, addresses.is_served) for address in addresses.sip]
    return [http, *sip, *_examine_reach(addresses.sip), _examine_media_ports()]


async def _examine_http(addresses: Addresses) -> Finding:
    about = f"HTTP port {addresses.http}"
    trouble = try_to_bind(addresses.http, socket.SOCK_STREAM)
    if trouble is None:
        return ok(about, "it is free")
    if trouble.errno == errno.EADDRINUSE and addresses.is_served and await _answers_health(addresses.http):
        return ok(about, "the server of this data folder answers there")
    return explain(about, addresses.http, trouble, "--http")


async def _examine_sip(address: str, is_served: bool) -> Finding:
    about = f"SIP port {address}"
    troubles = [one for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM) if (one := try_to_bind(address, kind))]
    if not troubles:
        return ok(about, "it is free, for UDP and TCP")
    if is_served and len(troubles) == 2 and await _answers_options(address):
        return ok(about, "the server of this data folder answers there")
    return explain(about, address, troubles[0], "--sip")


def try_to_bind(address: str, kind: int) -> OSError | None:
    """What is in the way of listening at `address`; None when nothing is."""
    host, port = split_address(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, kind) as tried:
            if kind == socket.SOCK_STREAM:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
            if kind == socket.SOCK_STREAM:
                tried.listen(1)
    except OSError as trouble:
        return trouble
    return None


def explain(about: str, address: str, trouble: OSError, option: str) -> Finding:
    """Why an address cannot be listened at, and what to do."""
    port = split_address(address)[1]
    match trouble.errno:
        case errno.EADDRINUSE:
            fix = f"see who with `ss -lntup 'sport = :{port}'` and stop it, or give another {option}"
            return bad(about, "another program has it", fix)
        case errno.EADDRNOTAVAIL:
            return bad(about, "this machine has no such address", f"give {option} an address that `ip addr` shows")
        case errno.EACCES:
            return bad(about, "ports below 1024 are not for everyone", f"give {option} a port from 1024 on")
        case _:
            return bad(about, f"it cannot be used ({trouble.strerror})", f"give another {option}")


async def _answers_health(address: str) -> bool:
    timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            session.get(f"http://{_reachable(address)}/healthz") as answer,
        ):
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _answers_options(address: str) -> bool:
    target = _reachable(address)
    stack = SipStack([("::1" if target.startswith("[") else "127.0.0.1", 0)], on_invite=lambda _: None)
    await stack.start()
    try:
        return await stack.ask_options(f"sip:{target}", _ANSWER_SECONDS)
    finally:
        await stack.stop()


def _reachable(address: str) -> str:
    """The address, or loopback for a wildcard."""
    host, port = split_address(address)
    return join_host_port({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port)  # noqa: S104 - not bound


def _examine_reach(sip: Iterable[str]) -> Iterator[Finding]:
    hosts = [ipaddress.ip_address(split_address(address)[0]) for address in sip]
    if hosts and all(host.is_loopback for host in hosts):
        yield warn(
            "SIP addresses",
            "only this machine can call: SIP listens on loopback",
            "for a carrier or telephones, give --sip the address that they reach this machine by, such as "
            "192.0.2.10:5060",
        )


def _examine_media_ports() -> Finding:
    low, high = MEDIA_PORTS
    about, sample = f"audio ports {low}-{high}", range(low, high, _SAMPLE_STEP)
    taken = [port for port in sample if try_to_bind(f"0.0.0.0:{port}", socket.SOCK_DGRAM) is not None]
    if len(taken) <= _FEW_TAKEN_SHARE * len(sample):
        return ok(about, f"{len(sample) - len(taken)} of {len(sample)} ports tried are free")
    return warn(
        about,
        f"{len(taken)} of {len(sample)} ports tried are taken by this or another program",
        "keep other programs off these ports, and open them in the firewall for UDP",
    )
