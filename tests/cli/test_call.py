"""`skipline call` against a running server, with a telephone where its flow forwards to."""

import asyncio
import re

import pytest
from command_line import CALLER, NUMBER, PATIENCE_SECONDS, demo_workspace, run, serving
from sipp_runner import free_port

from skipline.cli.call import describe_heard
from skipline.voice.phone import Manners, Phone, Stretch, loudness
from skipline.voice.tones import tone


@pytest.fixture(scope="module")
def line():
    """The port that every test's telephone has, so that one server serves them all."""
    return free_port()


@pytest.fixture
async def phone(line):
    phone = Phone(("127.0.0.1", line), manners=Manners(ring_seconds=0.2, sound=tone(1000, 1.0)))
    await phone.start()
    yield phone
    await phone.stop()


@pytest.fixture(scope="module")
def server(line, tmp_path_factory):
    folder = tmp_path_factory.mktemp("call")
    workspace = demo_workspace(folder / "workspace", f"127.0.0.1:{line}")
    with serving(folder / "data", f"--apply={workspace}") as server:
        yield server


async def call(server, *more, to=NUMBER):
    return await asyncio.to_thread(run, "call", "--from", CALLER, "--to", to, "--via", server.sip, *more)


def moments(output):
    """What was told, in order, each with its milliseconds."""
    found = [re.fullmatch(r" *(\d+) ms  (.+)", line) for line in output.splitlines()]
    return [(int(one[1]), one[2]) for one in found if one]


def steps(output):
    """What was told, in order, without the first audio: it comes between any of the others, or not at all."""
    return [what for _, what in moments(output) if what != "first audio heard"]


async def test_an_answered_call_is_told_moment_by_moment(server, phone):
    ended = await call(server, "--digits", "1,2#", "--talk", "0.5")
    told = moments(ended.stdout)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert steps(ended.stdout) == [
        f"called sip:{NUMBER}@{server.sip}",
        "100 Trying",
        "180 Ringing",
        "200 answered",
        "pressed 1",
        "pressed 2#",
        "hung up",
    ]
    times = [at for at, _ in told]
    assert (times[0], sorted(times)) == (0, times)
    assert "first audio heard" in ended.stdout
    assert re.search(r"answered; heard .*\b(999|1000|1001) Hz for", ended.stdout)
    assert phone.calls[0].digits == ["1", "2", "#"]
    assert CALLER in phone.calls[0].invite.from_uri


async def test_the_other_side_hears_a_tone_and_may_hang_up_first(server, phone):
    phone.manners = Manners(talk_seconds=1.0)
    ended = await call(server, "--talk", PATIENCE_SECONDS)
    assert ended.returncode == 0
    assert steps(ended.stdout)[-1] == "the other side hung up"
    assert loudness(phone.calls[0].heard) > 1000


async def test_a_call_over_tcp_does_as_well(server, phone):
    ended = await call(server, "--tcp", "--talk", "0")
    assert (ended.returncode, steps(ended.stdout)[-1]) == (0, "hung up")


async def test_a_number_that_nobody_owns_is_not_answered(server):
    ended = await call(server, to="+31209999999")
    assert ended.returncode == 1
    assert steps(ended.stdout)[-1] == "404 Not Found"
    assert ended.stdout.endswith("not answered: 404 Not Found\n")


async def test_a_call_that_rings_too_long_is_given_up(server, phone):
    phone.manners = Manners(answers=False)
    ended = await call(server, "--ring", "1")
    assert ended.returncode == 1
    assert "180 Ringing" in ended.stdout
    assert "not answered: 408 Ring time over" in ended.stdout


async def test_a_sip_address_is_called_as_it_stands(phone):
    host, port = phone.address
    arguments = ("--from", "me", "--to", "sip:anybody@elsewhere.example", "--via", f"{host}:{port}", "--talk", "0")
    ended = await asyncio.to_thread(run, "call", *arguments)
    assert ended.returncode == 0
    assert phone.calls[0].invite.request_uri == "sip:anybody@elsewhere.example"


def test_where_nobody_listens_the_call_is_not_answered():
    ended = run("call", "--from", "1", "--to", "2", "--via", "127.0.0.1:9")
    assert ended.returncode == 1
    assert "not answered: 503 Nobody listens there" in ended.stdout
    assert ended.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--via=nowhere"], ["--via", "write HOST:PORT"]),
        (["--via=127.0.0.1:0"], ["--via", "127.0.0.1:5060"]),
        (["--via=::1:5060"], ["--via", "brackets"]),
        (["--via=no.such.host.invalid:5060"], ["--via", "no.such.host.invalid", "not known"]),
        (["--digits=1;2"], ["--digits", "'1;2'", "commas"]),
        (["--to=sip:"], ["could not be placed"]),
        (["--talk=-1"], ["--talk"]),
    ],
)
def test_a_wrong_option_is_named_with_the_fix(arguments, words):
    given = ["call", "--from=1", *arguments]
    ended = run(*given, *([] if "--to" in arguments[0] else ["--to=2"]))
    assert ended.returncode == 2
    for word in words:
        assert word in ended.stderr
    assert "Traceback" not in ended.stderr


def test_what_was_heard_is_told_in_words():
    heard = (Stretch(0.0, 0.3, 0.0), Stretch(0.3, 2.3, 440.2), Stretch(2.3, 3.0, None))
    assert describe_heard(heard) == "silence for 0.3 s, 440 Hz for 2.0 s, speech or music for 0.7 s"
    assert describe_heard(()) == "nothing"
