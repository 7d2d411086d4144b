"""The certificate that a server makes for itself."""

import asyncio
import ssl
import stat
from datetime import UTC, datetime
from pathlib import Path

from registrar_room import PASSWORDS, registrar_room

from skipline.host.certificate import own_certificate
from skipline.host.voice_process import VoiceSettings, with_found_ports
from skipline.voice.phone import AgentPhone
from skipline.voice.sip.tls import Certificate, TlsSettings


def test_it_is_made_once_and_its_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    files = own_certificate(tmp_path, ["127.0.0.1"], datetime.now(UTC))
    made = files.certificate.read_bytes(), files.key.read_bytes()
    assert stat.S_IMODE(files.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(files.key.parent.stat().st_mode) == 0o700
    again = own_certificate(tmp_path, ["127.0.0.1"], datetime.now(UTC))
    assert (again.certificate.read_bytes(), again.key.read_bytes()) == made


async def test_a_phone_that_was_given_it_to_trust_checks_it_and_registers(tmp_path: Path) -> None:
    files = own_certificate(tmp_path, ["127.0.0.1", "127.0.0.1"], datetime.now(UTC))
    tls = TlsSettings([("127.0.0.1", 0)], server=Certificate(files.certificate, files.key).context)
    async with registrar_room(tls=tls) as room:
        trusting = ssl.create_default_context(cafile=str(files.certificate))
        results = [
            await result_of(room.stack.tls_addresses[0], one) for one in (trusting, ssl.create_default_context())
        ]
    assert results == [True, False], "and one that knows no such authority stays away"


async def result_of(address: tuple[str, int], tls: ssl.SSLContext) -> bool:
    """Whether a phone that trusts this could register."""
    phone = AgentPhone("ana", PASSWORDS["ana"], address, transport="tls", tls=tls)
    await phone.start()
    async with asyncio.timeout(10):
        while phone.result is None:  # noqa: ASYNC110 - looks at what the phone was told
            await asyncio.sleep(0.02)
    await phone.stop()
    return phone.result.is_registered


def test_ports_that_were_found_are_asked_for_again(tmp_path: Path) -> None:
    asked = VoiceSettings(tmp_path, ("127.0.0.1:0", "[::1]:5060"), tmp_path / "log", tls=("127.0.0.1:0",))
    found = with_found_ports(asked, ["127.0.0.1:7000", "[::1]:5060"], ["127.0.0.1:7001"])
    assert (list(found.sip), list(found.tls)) == (["127.0.0.1:7000", "[::1]:5060"], ["127.0.0.1:7001"])
    assert with_found_ports(asked, [], []) == asked
