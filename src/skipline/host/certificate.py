"""The certificate for SIP over TLS: one of the operator's, or one that the server makes for itself.

Telephones mostly take any certificate until they are told to check it, so a server's own is enough to keep passwords
and numbers from the network's eyes. Phones that check need one from an authority they know.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

_YEARS_OF_DAYS = timedelta(days=3650)
_KEY_BITS = 2048
"""RSA: older telephones know nothing else."""


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Two PEM files; the certificate's may hold the whole chain."""

    certificate: Path
    key: Path


def own_certificate(data: Path, hosts: Iterable[str], now: datetime) -> CertificateFiles:
    """The certificate that this server made for itself, in the folder `tls` of its data folder, made now when there is
    none. `hosts` are the IP addresses that it is for."""
    folder = data / "tls"
    files = CertificateFiles(folder / "certificate.pem", folder / "key.pem")
    if not (files.certificate.exists() and files.key.exists()):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(files, hosts, now)
    return files


def _make(files: CertificateFiles, hosts: Iterable[str], now: datetime) -> None:
    # These modules are large, and a server needs them once in its life.
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Skipline")])
    addresses = [x509.IPAddress(ipaddress.ip_address(host)) for host in dict.fromkeys(hosts)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEARS_OF_DAYS)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("skipline.internal"), *addresses]), critical=False)
        .sign(key, hashes.SHA256())
    )
    files.key.touch(mode=0o600)
    plain = serialization.NoEncryption()
    files.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
