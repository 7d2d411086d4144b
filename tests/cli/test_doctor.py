"""`skipline doctor`: what it finds on a sound place, and what it says about each thing that is wrong."""

import asyncio
import os
import resource
import socket
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from command_line import demo_workspace, run, serving
from raw_sip import RawParty, digest_is_right, header
from self_signed import self_signed_files

from skipline.cli.demo.agents import AGENT_TONES
from skipline.cli.doctor.command import _of_folder
from skipline.cli.doctor.finding import Finding, Verdict, bad, has_bad, ok, warn
from skipline.cli.doctor.folder import (
    examine_database,
    examine_folder,
    examine_secrets,
    read_secrets,
)
from skipline.cli.doctor.machine import (
    WANTED_BUFFER_BYTES,
    examine_buffers,
    examine_clock,
    examine_clock_keeping,
    examine_file_limit,
    examine_libc,
)
from skipline.cli.doctor.phones import examine_certificate, examine_phones, examine_tls
from skipline.cli.doctor.ports import Addresses, examine_ports
from skipline.cli.doctor.trunks import examine_trunks
from skipline.cli.settings import read_settings
from skipline.model.configuration import Configuration, Registration, Source, Trunk
from skipline.model.queueing import Agent, AgentPhone
from skipline.store import secrets
from skipline.store.errors import UnusablePlace
from skipline.store.folder import FolderLock, find_holder
from skipline.store.vault import Vault
from skipline.voice.phone import Phone
from skipline.workspace.secret_users import find_secret_users

NOW = datetime(2026, 1, 2, tzinfo=UTC)
_NEEDED = [
    *(f"{name}_sip" for name in AGENT_TONES),
    *(f"whatsapp_{one}" for one in ("app_secret", "verify_token", "access_token")),
]
SECRETS = {f"SKIPLINE_SECRET_{name.upper()}": "correct-horse-battery" for name in _NEEDED}
LANGUAGES = ("en", "es", "pt", "zh", "id")


def lines_of(output):
    """The verdict and the subject of each line that is no fix."""
    lines = [line for line in output.splitlines() if ": " in line and not line.startswith(" ")]
    return {line[6:].split(":", 1)[0]: line[:4].strip() for line in lines}


@pytest.fixture
def data(tmp_path):
    """A data folder at rest, with the demo company's workspace in it."""
    ended = run("apply", demo_workspace(tmp_path / "workspace"), "--data", tmp_path / "data")
    assert ended.returncode == 0, ended.stderr
    return tmp_path / "data"


def test_it_examines_everything_and_is_content_with_a_running_server(data):
    with serving(data) as server:
        ended = run("doctor", "--data", data, "--sip", server.sip, **SECRETS)
    found = lines_of(ended.stdout)
    assert ended.returncode == 0, ended.stdout
    for about in ("system", "clock", "codec PCMU", "codec PCMA", "data folder", "database", "secrets", "trunk carrier"):
        assert found[about] == "ok", about
    assert [found[f"speech in {language}"] for language in LANGUAGES] == ["ok"] * 5
    assert f"ok    HTTP port {server.http}: the server of this data folder answers there" in ended.stdout
    assert f"SIP port {server.sip}: the server of this data folder answers there" in ended.stdout
    assert ended.stdout.rstrip().endswith(", 0 bad")


def test_what_is_bad_is_told_with_the_fix_and_by_the_status(data):
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ended = run("doctor", "--data", data, "--http=127.0.0.1:0", "--sip", address, **SECRETS)
    assert ended.returncode == 1
    assert f"bad   SIP port {address}: another program has it\n      fix: see who with `ss" in ended.stdout
    assert ", 1 bad" in ended.stdout


def test_a_wrong_setting_is_named_as_by_serve():
    ended = run("doctor", "--sip=nonsense")
    assert (ended.returncode, "--sip" in ended.stderr) == (2, True)


def test_a_finding_is_a_line_and_its_fix():
    assert str(ok("disk", "8 GB are free")) == "ok    disk: 8 GB are free"
    assert str(bad("disk", "it is full", "make room")) == "bad   disk: it is full\n      fix: make room"
    assert not has_bad([ok("a", "b"), warn("a", "b", "c")])
    assert has_bad([ok("a", "b"), bad("a", "b", "c")])


@pytest.mark.parametrize(
    ("finding", "verdict", "words"),
    [
        (examine_libc("glibc", "2.36"), Verdict.OK, "glibc 2.36"),
        (examine_libc("", ""), Verdict.BAD, "no wheel"),
        (examine_file_limit(65536), Verdict.OK, "65,536"),
        (examine_file_limit(resource.RLIM_INFINITY), Verdict.OK, "none"),
        (examine_file_limit(1024), Verdict.WARN, "LimitNOFILE"),
        (examine_file_limit(64), Verdict.BAD, "ulimit"),
        (examine_buffers(WANTED_BUFFER_BYTES, WANTED_BUFFER_BYTES), Verdict.OK, "4,096 KB"),
        (examine_buffers(WANTED_BUFFER_BYTES, 212_992), Verdict.WARN, "net.core.wmem_max"),
        (examine_clock(NOW, None, 0.0), Verdict.OK, "2026-01-02"),
        (examine_clock(NOW, NOW + timedelta(seconds=5), 0.001), Verdict.OK, "2026-01-02"),
        (examine_clock(NOW, NOW + timedelta(hours=1), 0.0), Verdict.BAD, "3,600 s before"),
        (examine_clock(NOW, None, -0.5), Verdict.BAD, "stepped by -500 ms"),
        (examine_clock_keeping(True), Verdict.OK, "synchronised"),
        (examine_clock_keeping(False), Verdict.WARN, "chrony"),
        (examine_clock_keeping(None), Verdict.WARN, "cannot be told"),
    ],
)
def test_the_machine_is_judged_by_what_calls_need(finding, verdict, words):
    assert finding.verdict is verdict
    assert words in f"{finding.sentence} {finding.fix}"
    assert bool(finding.fix) is (verdict is not Verdict.OK)


@pytest.mark.parametrize(
    ("address", "words"),
    [("192.0.2.1:5060", "no such address"), ("127.0.0.1:0", "it is free")],
)
async def test_addresses_are_tried(address, words):
    findings = await examine_ports(Addresses("127.0.0.1:0", (address,), is_served=False))
    assert words in next(one for one in findings if one.about.startswith("SIP port")).sentence


async def test_a_port_that_our_own_server_should_have_but_does_not_answer_on_is_bad():
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        taken.close()
    with closing(socket.create_server(("127.0.0.1", 0))) as mute:
        address = f"127.0.0.1:{mute.getsockname()[1]}"
        findings = await examine_ports(Addresses(address, ("127.0.0.1:0",), is_served=True))
    assert (findings[0].verdict, findings[0].sentence) == (Verdict.BAD, "another program has it")


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    [finding] = examine_folder(tmp_path / "data")
    assert finding.verdict is Verdict.WARN
    assert not (tmp_path / "data").exists()


def test_a_folder_open_to_others_is_told(tmp_path):
    tmp_path.chmod(0o755)
    assert next(iter(examine_folder(tmp_path))).fix == f"run `chmod 700 {tmp_path}`"


def test_a_database_is_sound_damaged_foreign_old_or_absent(data, tmp_path):
    file = data / "skipline.db"
    assert examine_database(tmp_path) is None
    assert is_verdict(examine_database(data), Verdict.OK)
    execute(file, "UPDATE alembic_version SET version_num = '9999'")
    newer = examine_database(data)
    assert is_verdict(newer, Verdict.BAD)
    assert "newer Skipline" in newer.sentence
    execute(file, "ALTER TABLE alembic_version RENAME TO other")
    assert "another program" in examine_database(data).sentence
    file.write_bytes(b"garbage " * 1000)
    assert is_verdict(examine_database(data), Verdict.BAD)


def is_verdict(finding: Finding | None, verdict: Verdict) -> bool:
    return finding is not None and finding.verdict is verdict


def execute(file, statement):
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement)
        connection.commit()


def test_each_secret_that_somebody_needs_is_looked_for(data):
    configuration = Configuration(
        trunks=(
            Trunk(name="one", user="me", password_secret="one_password"),
            Trunk(name="two", register=Registration(server="127.0.0.1", user="me", password_secret="two-password")),
        ),
        sources=(
            Source(
                name="crm",
                type="http",
                settings={"base_url": "https://crm.example.com", "auth": {"type": "bearer", "secret": "crm_token"}},
            ),
        ),
    )
    users = find_secret_users(configuration)
    assert users == {
        "one_password": (("trunks", "one"),),
        "two-password": (("trunks", "two"),),
        "crm_token": (("sources", "crm"),),
    }
    known = read_secrets(data, users, {"SKIPLINE_SECRET_TWO_PASSWORD": "x"})
    findings = list(examine_secrets(users, known))
    assert [one.about for one in findings] == ["secret crm_token", "secret one_password"]
    assert "SKIPLINE_SECRET_CRM_TOKEN" in findings[0].fix
    assert findings[0].sentence.startswith("source crm needs it")
    assert [one.verdict for one in examine_secrets(users, dict.fromkeys(users))] == [Verdict.OK]


def test_looking_at_secrets_makes_no_master_key(data):
    (data / "master.key").unlink(missing_ok=True)
    assert read_secrets(data, (), {}) == {}
    assert not (data / "master.key").exists()


def test_a_vault_whose_key_is_gone_is_told_and_gets_no_other(data):
    with sa.create_engine(f"sqlite:///{data / 'skipline.db'}").begin() as transaction:
        secrets.put(transaction, Vault.open(data, {}), "crm_token", "s3cret", NOW)
    (data / "master.key").unlink()
    with pytest.raises(UnusablePlace, match=r"neither SKIPLINE_MASTER_KEY nor .*master\.key is there"):
        read_secrets(data, (), {})
    assert not (data / "master.key").exists()


def test_a_database_that_servers_share_is_looked_into_as_one_in_a_folder(postgres, tmp_path, monkeypatch):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    data, url = tmp_path / "data", postgres.make_database()
    settings = read_settings(data=data, database=url)
    empty = {one.about: one for one in asyncio.run(_all_of_folder(settings, data))}
    assert empty["database"].verdict is Verdict.BAD
    assert "skipline migrate" in empty["database"].sentence
    assert run("migrate", "--database", url).returncode == 0
    workspace = demo_workspace(tmp_path / "workspace")
    assert run("apply", workspace, "--data", data, SKIPLINE_DATABASE=url).returncode == 0
    found = {one.about: one.verdict for one in asyncio.run(_all_of_folder(settings, data))}
    assert (found["database"], found["secrets"]) == (Verdict.OK, Verdict.OK)
    assert "trunk carrier" in found


async def _all_of_folder(settings, data):
    return [one async for one in _of_folder(settings, data)]


@pytest.fixture
async def carrier():
    phone = Phone()
    await phone.start()
    yield f"127.0.0.1:{phone.address[1]}"
    await phone.stop()


async def test_a_trunk_that_answers_is_told_from_one_that_does_not(carrier):
    trunks = [
        Trunk(name="alive", server=carrier),
        Trunk(name="silent", server="127.0.0.1:9"),
        Trunk(name="incoming", hosts=("192.0.2.0/24",)),
        Trunk(name="misspelt", hosts=("no.such.host.invalid",)),
    ]
    found = {one.about: one for one in await examine_trunks(trunks, {})}
    assert found["trunk alive"].verdict is Verdict.OK
    assert "answers OPTIONS over udp" in found["trunk alive"].sentence
    assert found["trunk silent"].verdict is Verdict.WARN
    assert found["trunk incoming"].verdict is Verdict.OK
    assert found["trunk misspelt"].verdict is Verdict.BAD
    assert "no.such.host.invalid" in found["trunk misspelt"].sentence


async def test_a_registration_is_asked_for_without_being_changed(carrier):
    register = Registration(server=carrier, user="me", password_secret="word")
    trunk = Trunk(name="carrier", register=register)
    [unasked] = await examine_trunks([trunk], {})
    assert (unasked.verdict, "SKIPLINE_SECRET_WORD" in unasked.fix) == (Verdict.WARN, True)
    [refused] = await examine_trunks([trunk], {"word": "x"})
    assert refused.verdict is Verdict.BAD
    assert "refused with 405" in refused.sentence


async def test_where_a_registrar_sends_our_calls_is_told(carrier):
    port = int(carrier.rpartition(":")[2])
    registrar = RawParty(("127.0.0.1", port))
    register = Registration(server=f"127.0.0.1:{registrar.port}", user="me", password_secret="word")
    asking = asyncio.create_task(examine_trunks([Trunk(name="carrier", register=register)], {"word": "s3cret"}))
    first = await registrar.expect("REGISTER")
    assert "\r\nContact:" not in first
    assert "\r\nExpires:" not in first
    registrar.reply(first, 401, "Unauthorized", extra='WWW-Authenticate: Digest realm="carrier",nonce="abc"\r\n')
    second = await registrar.expect("REGISTER")
    assert digest_is_right(header(second, "Authorization"), "s3cret", "REGISTER")
    registrar.reply(second, 200, "OK", extra="Contact: <sip:me@192.0.2.1>;expires=300\r\n")
    [found] = await asking
    registrar.close()
    assert found.verdict is Verdict.OK
    assert "sip:me@192.0.2.1" in found.sentence


def test_the_holder_of_a_folder_is_found_without_taking_it(tmp_path):
    assert find_holder(tmp_path) is None
    with FolderLock(tmp_path):
        assert find_holder(tmp_path) == str(os.getpid())
    assert find_holder(tmp_path) is None


def test_a_phone_whose_password_can_be_guessed_is_told():
    agents = [
        Agent(name=one, phone=AgentPhone(user=one, password_secret=one)) for one in ("ana", "ben", "christopher1")
    ]
    words = {"ana": "tZ4mQ8wLr2Xc", "ben": "short", "christopher1": "1rehpotsirhc"}
    assert [one.about for one in examine_phones(agents, words)] == ["phone ben", "phone christopher1"]
    assert [one.verdict for one in examine_phones(agents[:1], words)] == [Verdict.OK]
    assert not list(examine_phones([Agent(name="dee")], {}))


def test_a_certificate_is_good_running_out_over_or_unusable(tmp_path):
    certificate, key = self_signed_files(tmp_path)
    now = datetime.now(UTC)
    found = [examine_certificate(certificate, key, now - timedelta(days=days)) for days in (100, 3, -3)]
    assert [one.verdict for one in found] == [Verdict.OK, Verdict.WARN, Verdict.BAD]
    key.write_text("nothing")
    assert "cannot be used" in examine_certificate(certificate, key, now).sentence


def test_the_port_for_tls_is_tried_when_it_is_asked_for(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        settings = read_settings(data=tmp_path, sip_tls=(address,))
        assert [one.verdict for one in examine_tls(settings, is_served=False, now=NOW)] == [Verdict.BAD]
        assert [one.verdict for one in examine_tls(settings, is_served=True, now=NOW)] == [Verdict.OK]
    assert not list(examine_tls(read_settings(data=tmp_path), is_served=False, now=NOW))
