"""Agents' phones: passwords that nobody guesses, and a certificate that encrypts."""

import socket
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from skipline.cli.doctor.finding import Finding, bad, ok, warn
from skipline.cli.doctor.ports import explain, try_to_bind
from skipline.cli.settings import Settings, split_address
from skipline.model.queueing import Agent
from skipline.voice.sip.tls import Certificate

SHORTEST_PASSWORD = 12
_FEW_DAYS = 14


def examine_phones(agents: Iterable[Agent], passwords: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the phones' passwords are worth their name; `passwords` by the names of their secrets."""
    phones = [agent.phone for agent in agents if agent.phone is not None]
    known = [phone for phone in phones if phone.password_secret in passwords]
    weak = [phone for phone in known if not _is_strong(phone.user, passwords[phone.password_secret])]
    for phone in weak:
        yield warn(
            f"phone {phone.user}",
            f"its password is its own name or has fewer than {SHORTEST_PASSWORD} characters, so it can be guessed",
            f"put 20 random letters and digits into the secret {phone.password_secret}, and into the phone",
        )
    if known and not weak:
        yield ok("phones", f"the passwords of all {len(known)} are long enough")


def _is_strong(user: str, password: str) -> bool:
    return len(password) >= SHORTEST_PASSWORD and user.lower() not in (password.lower(), password.lower()[::-1])


def examine_tls(settings: Settings, *, is_served: bool, now: datetime) -> Iterator[Finding]:
    """The ports for SIP over TLS, and the certificate of the settings. Nothing when TLS is not asked for."""
    for address in settings.sip_tls:
        trouble = try_to_bind(address, socket.SOCK_STREAM)
        about = f"SIP over TLS port {address}"
        if trouble is None:
            yield ok(about, "it is free")
        elif is_served and _is_open(address):
            yield ok(about, "the server of this data folder has it")
        else:
            yield explain(about, address, trouble, "--sip-tls")
    if settings.sip_tls and settings.tls_certificate and settings.tls_key:
        yield examine_certificate(settings.tls_certificate, settings.tls_key, now)


def examine_certificate(certificate: Path, key: Path, now: datetime) -> Finding:
    """Whether a certificate and its key can be used, and for how long."""
    about = f"certificate {certificate}"
    try:
        Certificate(certificate, key)
    except OSError as trouble:
        fix = (
            f"give the PEM file of the certificate with its chain, and as tls_key the key that it was made for ({key})"
        )
        return bad(about, f"it cannot be used: {trouble}", fix)
    days = (_end_of(certificate) - now).days
    if days < 0:
        return bad(about, f"it ran out {-days} days ago", "renew it: phones that check certificates cannot connect")
    if days < _FEW_DAYS:
        return warn(about, f"it runs out in {days} days", "renew it; a running server takes the new files up by itself")
    return ok(about, f"it is good for {days} days")


def _end_of(certificate: Path) -> datetime:
    from cryptography import x509  # large, and seldom needed

    return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc


def _is_open(address: str) -> bool:
    try:
        with socket.create_connection(split_address(address), 1.0):
            return True
    except OSError:
        return False
