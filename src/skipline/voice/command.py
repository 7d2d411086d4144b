"""What a voice worker is started with, and its way to an orderly end."""

import argparse
import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import structlog

from skipline.base.clock import system_clock
from skipline.base.ids import time_ordered_ids
from skipline.voice.sip.tls import Certificate
from skipline.voice.speech import Speech
from skipline.voice.speech.espeak import Espeak
from skipline.voice.worker import Worker, WorkerSettings

SIGNAL_DRAIN_SECONDS = 30.0
"""After a first SIGTERM calls may go on for this long; a second one ends them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a worker to its end; 0 when it was drained, 2 when it could not start."""
    given = read_arguments(arguments)
    _log_to_stderr()
    try:
        settings = settings_of(given)
    except OSError as problem:
        sys.stderr.write(f"the certificate {given.certificate} and its key {given.key} cannot be used: {problem}\n")
        return 2
    try:
        asyncio.run(_run(settings, speech_of(given.speech_url)))
    except OSError as problem:
        addresses = ", ".join(f"{host}:{port}" for host, port in (*settings.sip, *settings.tls))
        sys.stderr.write(f"the voice worker cannot listen on {addresses}: {problem}; give it another --sip address\n")
        return 2
    return 0


def read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line; a wrong one ends the process with a sentence."""
    parser = argparse.ArgumentParser(prog="python -m skipline.voice", description="Skipline's voice worker.")
    parser.add_argument("--socket", type=Path, required=True, help="UNIX socket to listen on for the centre")
    parser.add_argument("--cache", type=Path, required=True, help="folder for prompts that were made once")
    parser.add_argument("--sip", type=_address, action="append", required=True, help="HOST:PORT, may be repeated")
    parser.add_argument("--tls", type=_address, action="append", default=[], help="HOST:PORT for TLS, may be repeated")
    parser.add_argument("--certificate", type=Path, help="certificate for TLS, PEM")
    parser.add_argument("--key", type=Path, help="its key, PEM")
    parser.add_argument("--speech-url", default="", help="speech engine to post texts to; espeak-ng when left out")
    parser.add_argument("--media-address", action="append", default=[], help="IP address for audio, one of each family")
    parser.add_argument("--media-ports", type=_ports, default=(20000, 29998), help="LOW-HIGH for audio")
    given = parser.parse_args(arguments)
    if given.tls and not (given.certificate and given.key):
        parser.error("--tls needs --certificate and --key")
    return given


def settings_of(given: argparse.Namespace) -> WorkerSettings:
    """The worker's settings of a command line. Raises `OSError` when its certificate cannot be used."""
    return WorkerSettings(
        socket=given.socket,
        sip=given.sip,
        cache=given.cache,
        media_addresses=given.media_address or media_addresses([host for host, _ in given.sip]),
        media_ports=given.media_ports,
        tls=given.tls,
        certificate=Certificate(given.certificate, given.key) if given.tls else None,
    )


def speech_of(url: str) -> Speech:
    """The speech engine behind `url`, or the one that comes along when it is empty."""
    if not url:
        return Espeak()
    # Its HTTP client is large, and few workers need one.
    from skipline.voice.speech.http import HttpSpeech, HttpSpeechSettings

    return HttpSpeech(HttpSpeechSettings(url=url))


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdecimal()) or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not an address: write HOST:PORT, such as 0.0.0.0:5060")
    return host.strip("[]"), int(port)


def _ports(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    if not (low.isdecimal() and high.isdecimal() and 1024 <= int(low) < int(high) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a range of ports: write LOW-HIGH, such as 20000-29998")
    return int(low), int(high)


def media_addresses(hosts: Sequence[str]) -> list[str]:
    """One address of each family for audio: those that SIP listens on, or this machine's own for a wildcard."""
    found: dict[bool, str] = {}
    for host in hosts:
        is_ipv6 = ":" in host
        found.setdefault(is_ipv6, _own_address(is_ipv6) if host in ("0.0.0.0", "::") else host)  # noqa: S104
    return list(found.values())


def _own_address(is_ipv6: bool) -> str:
    """The address that this machine uses towards the outside; connecting a UDP socket sends nothing."""
    family, outside, loopback = (
        (socket.AF_INET6, "2001:db8::1", "::1") if is_ipv6 else (socket.AF_INET, "192.0.2.1", "127.0.0.1")
    )
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((outside, 9))
        except OSError:
            return loopback
        address: str = probe.getsockname()[0]
        return address


async def _run(settings: WorkerSettings, speech: Speech) -> None:
    worker = Worker(settings, speech=speech, clock=system_clock, ids=time_ordered_ids)
    has_signal = False

    def on_signal() -> None:
        nonlocal has_signal
        worker.drain(0 if has_signal else SIGNAL_DRAIN_SECONDS)
        has_signal = True

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    await worker.run()


def _log_to_stderr() -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
