"""`skipline serve` from its first line to its last."""

import asyncio
import json
import signal
import socket
import ssl
import stat
from contextlib import closing
from datetime import timedelta

import pytest
from command_line import CALLER, NUMBER, PATIENCE_SECONDS, demo_workspace, run, serving

from skipline.base.clock import system_clock
from skipline.store import Database, agent_states
from skipline.voice.phone import AgentPhone, Manners, Phone

SHOWN_ONCE = "it is shown this once"


@pytest.fixture
async def phone():
    phone = Phone(manners=Manners())
    await phone.start()
    yield phone
    await phone.stop()


async def soon(work):
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await work


def test_it_takes_requests_once_it_says_ready_on_ports_it_chose(tmp_path):
    with serving(tmp_path / "data") as server:
        assert server.ask("/readyz") == (200, {"status": "ready"})
        assert server.ask("/api/v1/flows")[0] == 200
        assert not server.http.endswith(":0")
        assert not server.sip.endswith(":0")
        assert server.stop() == 0


def test_the_first_key_is_shown_at_the_first_start_alone_and_stays_valid(tmp_path):
    data = tmp_path / "data"
    with serving(data) as first:
        key = first.key
        assert first.stop() == 0
    with serving(data) as second:
        assert second.key == ""
        assert second.ask("/api/v1/flows", key)[0] == 200
        assert second.ask("/api/v1/flows", "sk_wrong")[0] == 401
    assert key not in (tmp_path / "serve.log").read_text()


def test_the_command_lines_own_key_is_for_its_owner_and_dies_with_the_server(tmp_path):
    data = tmp_path / "data"
    with serving(data) as first:
        file = data / "server.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        key = json.loads(file.read_text())["key"]
        assert first.ask("/api/v1/flows", key)[0] == 200
        first.stop()
        assert not file.exists()
    with serving(data) as second:
        assert second.ask("/api/v1/flows", key)[0] == 401


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (["--http=nowhere"], {}, ["http", "--http", "SKIPLINE_HTTP", "write HOST:PORT"]),
        (["--http=::1:80"], {}, ["http", "brackets"]),
        (["--http=127.0.0.1:70000"], {}, ["http", "write HOST:PORT"]),
        (["--sip=pbx.example.com:5060"], {}, ["sip", "--sip", "IP address"]),
        ([], {"SKIPLINE_SIP": "127.0.0.1:0,nonsense"}, ["sip", "'nonsense'", "write HOST:PORT"]),
        ([], {"SKIPLINE_DRAIN_SECONDS": "-1"}, ["drain_seconds", "SKIPLINE_DRAIN_SECONDS", "greater than or equal"]),
        ([], {"SKIPLINE_LOG_LEVEL": "loud"}, ["log_level", "debug|info|warning|error"]),
        ([], {"SKIPLINE_RUNS_KEPT_FOR": "1h"}, ["runs_kept_for", "too short", "1d"]),
        ([], {"SKIPLINE_MESSAGES_KEPT_FOR": "7d"}, ["messages_kept_for", "too short", "8d"]),
        ([], {"SKIPLINE_EVENTS_KEPT_FOR": "forever"}, ["events_kept_for", "not a duration"]),
        (["--apply=/nowhere/at/all"], {}, ["/nowhere/at/all", "skipline.yaml"]),
        (["--database=mysql://host/name"], {}, ["mysql", "sqlite:///FOLDER"]),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name_and_the_fix(tmp_path, arguments, environment, words):
    ended = run("serve", "--data", tmp_path / "data", *arguments, **environment)
    assert ended.returncode == 2
    assert ended.stdout == ""
    for word in words:
        assert word in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "data" / "skipline.db").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('htpp = "127.0.0.1:0"', ["htpp", "no such setting", "http"]),
        ("http = 8080", ["http", "`http` in skipline.toml"]),
        ("http = ", ["skipline.toml cannot be read"]),
    ],
)
def test_a_wrong_settings_file_stops_the_start_too(tmp_path, text, words):
    (tmp_path / "skipline.toml").write_text(text)
    ended = run("serve", "--data", tmp_path)
    assert ended.returncode == 2
    for word in words:
        assert word in ended.stderr


def test_a_workspace_with_mistakes_keeps_the_server_from_starting(tmp_path):
    workspace = demo_workspace(tmp_path / "workspace")
    flow = workspace / "flows" / "loyalty.yaml"
    flow.write_text(flow.read_text().replace("start: ", "start: no_such_", 1))
    ended = run("serve", "--data", tmp_path / "data", "--http=127.0.0.1:0", "--sip=127.0.0.1:0", "--apply", workspace)
    assert ended.returncode == 1
    assert "flows/loyalty.yaml:" in ended.stdout
    assert "nothing was applied" in ended.stderr
    assert "ready" not in ended.stdout


def test_one_server_works_in_a_data_folder(tmp_path):
    with serving(tmp_path / "data") as first:
        second = run("serve", "--data", tmp_path / "data", "--http=127.0.0.1:0", "--sip=127.0.0.1:0")
        assert second.returncode == 2
        assert f"in use by process {first.process.pid}" in second.stderr
        assert first.ask("/readyz")[0] == 200


@pytest.mark.parametrize("option", ["http", "sip"])
def test_a_port_that_is_taken_is_named(tmp_path, option):
    kind = socket.SOCK_STREAM if option == "http" else socket.SOCK_DGRAM
    with closing(socket.socket(socket.AF_INET, kind)) as taken:
        taken.bind(("127.0.0.1", 0))
        if option == "http":
            taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        addresses = {"http": "127.0.0.1:0", "sip": "127.0.0.1:0", option: address}
        ended = run("serve", "--data", tmp_path / "data", *(f"--{name}={one}" for name, one in addresses.items()))
    assert ended.returncode == 2
    assert address in ended.stderr
    assert f"--{option}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_setting_comes_from_the_command_line_then_the_environment_then_the_file(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "skipline.toml").write_text('http = "127.0.0.2:0"\nsip = ["127.0.0.2:0"]\nlog_level = "warning"\n')
    with serving(data, "--http=127.0.0.4:0", SKIPLINE_HTTP="127.0.0.3:0", SKIPLINE_SIP="127.0.0.3:0") as server:
        assert server.http.startswith("127.0.0.4:")
        assert server.sip.startswith("127.0.0.3:")
    assert "level=info" not in (tmp_path / "serve.log").read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_server_and_leaves_nothing_running(tmp_path, number):
    with serving(tmp_path / "data") as server:
        assert server.stop(number) == 0
    port = int(server.sip.rpartition(":")[2])
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as tried:
        tried.bind(("127.0.0.1", port))


async def test_sigterm_lets_calls_end_and_takes_no_new_ones(tmp_path, phone):
    line = f"127.0.0.1:{phone.address[1]}"
    with serving(tmp_path / "data", f"--apply={demo_workspace(tmp_path / 'workspace', line)}") as server:
        uri = f"sip:{NUMBER}@{server.sip}"
        call = phone.call(uri, caller=CALLER)
        await soon(call.answered.wait())
        server.process.send_signal(signal.SIGTERM)
        late = await soon(refused(phone, uri))
        assert late.code == 503
        assert server.process.poll() is None
        assert not call.ended.is_set()
        call.hang_up()
        assert await soon(asyncio.to_thread(server.process.wait)) == 0


async def refused(phone, uri):
    """A call that the draining server refuses; those that come before it drains are hung up and tried again."""
    while True:
        call = phone.call(uri, caller=CALLER)
        await asyncio.wait(
            [asyncio.ensure_future(one.wait()) for one in (call.answered, call.ended)],
            return_when=asyncio.FIRST_COMPLETED,
        )
        if call.ended.is_set():
            return call
        call.hang_up()
        await call.ended.wait()


async def test_a_second_sigterm_ends_the_calls_as_well(tmp_path, phone):
    line = f"127.0.0.1:{phone.address[1]}"
    with serving(tmp_path / "data", f"--apply={demo_workspace(tmp_path / 'workspace', line)}") as server:
        call = phone.call(f"sip:{NUMBER}@{server.sip}", caller=CALLER)
        await soon(call.answered.wait())
        server.process.send_signal(signal.SIGTERM)
        await soon(refused(phone, f"sip:{NUMBER}@{server.sip}"))
        server.process.send_signal(signal.SIGTERM)
        assert await soon(asyncio.to_thread(server.process.wait)) == 0
        await soon(call.ended.wait())


async def test_an_agents_phone_registers_over_tls_with_the_secret_of_its_agent(tmp_path):
    (tmp_path / "workspace").mkdir()
    agents = "agents: [{name: Ana, phone: {user: ana, password_secret: ana_sip}}]\n"
    (tmp_path / "workspace" / "skipline.yaml").write_text(agents)
    given = ("--apply", tmp_path / "workspace", "--sip=127.0.0.1:0", "--sip-tls=127.0.0.1:0")
    with serving(tmp_path / "data", *given, SKIPLINE_SECRET_ANA_SIP="correct-horse-battery") as server:
        trusting = ssl.create_default_context(cafile=str(tmp_path / "data" / "tls" / "certificate.pem"))
        host, port = server.tls.split(":")
        address = (host, int(port))
        phone = AgentPhone("ana", "correct-horse-battery", address, transport="tls", tls=trusting)
        await phone.start()
        await soon(phone.registered.wait())
        await phone.stop()


async def test_the_time_that_a_server_is_stopped_is_no_agents(tmp_path):
    (tmp_path / "workspace").mkdir()
    agents = "agents: [{name: Ana, phone: {user: ana, password_secret: ana_sip}}]\n"
    (tmp_path / "workspace" / "skipline.yaml").write_text(agents)
    data, given = tmp_path / "data", ("--apply", tmp_path / "workspace", "--sip=127.0.0.1:0")
    with serving(data, *given, SKIPLINE_SECRET_ANA_SIP="correct-horse-battery") as server:
        host, port = server.sip.split(":")
        phone = AgentPhone("ana", "correct-horse-battery", (host, int(port)))
        await phone.start()
        await soon(phone.registered.wait())
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await asyncio.to_thread(server.ask, "/api/v1/agent_states"))[1][0]["state"] != "available":  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
        assert await asyncio.to_thread(server.stop) == 0
        await phone.stop()
    async with await Database.open(data) as database:
        now = system_clock()
        found = await database.read(agent_states.read_batch, now - timedelta(days=1), now)
    assert "available" in {spell.state for spell in found.spells}
    assert all(spell.ended_at is not None for spell in found.spells)


def test_a_certificate_without_its_key_stops_the_start(tmp_path):
    (tmp_path / "skipline.toml").write_text('tls_certificate = "/etc/hostname"\n')
    ended = run("serve", "--data", tmp_path)
    assert ended.returncode == 2
    assert "setting tls_key" in ended.stderr and "give both, or neither" in ended.stderr
