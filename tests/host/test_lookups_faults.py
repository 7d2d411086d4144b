"""Whatever a source does, the answer is in time and its reason says what happened."""

import asyncio
from pathlib import Path

import pytest
from faulty_server import (
    CUSTOMER,
    Fault,
    FaultyServer,
    answers,
    drips_body,
    drips_head,
    endless_headers,
    gzip_bomb,
    hangs,
    never_ends,
    resets,
    sends,
)
from lookup_room import look_up, open_lookups, source_at
from self_signed import self_signed_context

from skipline.host.lookups.finding import Terms
from skipline.model.commands import LookUp
from skipline.model.events import LookupStatus

LIMIT_SECONDS = 0.5
FAR_TOO_LATE_MS = 2000

FAULTS: dict[str, tuple[Fault, LookupStatus, str]] = {
    "hangs after accept": (hangs, LookupStatus.TIMEOUT, "did not answer within 500 ms"),
    "one byte at a time": (drips_body, LookupStatus.TIMEOUT, "began to answer but did not finish within 500 ms"),
    "head drips": (drips_head, LookupStatus.TIMEOUT, "did not answer within 500 ms"),
    "404": (answers(b"{}", status="404 Not Found"), LookupStatus.NOT_FOUND, "answered 404"),
    "500": (answers(b"{}", status="500 Oh No"), LookupStatus.ERROR, "answered 500"),
    "garbage": (answers(b"<html>"), LookupStatus.ERROR, "answered 200 with something that is not JSON"),
    "nested too deep": (answers(b"[" * 200_000), LookupStatus.ERROR, "answered 200 with something that is not JSON"),
    "5 MB": (answers(b" " * 5 * 1024 * 1024), LookupStatus.ERROR, "the answer was refused: it is larger than 2 MB"),
    "endless": (never_ends, LookupStatus.ERROR, "the answer was refused: it is larger than 2 MB"),
    "gzip bomb": (gzip_bomb, LookupStatus.ERROR, "the answer was refused: it is larger than 2 MB"),
    "not gzip": (
        answers(b"plain", headers="content-encoding: gzip\r\n"),
        LookupStatus.ERROR,
        "the answer was refused: it cannot be unpacked",
    ),
    "brotli": (
        answers(b"packed", headers="content-encoding: br\r\n"),
        LookupStatus.ERROR,
        "the answer was refused: it is packed in a way that was not asked for",
    ),
    "reset": (resets, LookupStatus.ERROR, "closed the connection before it answered"),
    "closes at once": (sends(b""), LookupStatus.ERROR, "closed the connection before it answered"),
    "breaks off": (
        sends(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n" + CUSTOMER),
        LookupStatus.ERROR,
        "broke off in the middle of its answer",
    ),
    "not HTTP": (sends(b"SSH-2.0-OpenSSH_9.9\r\n"), LookupStatus.ERROR, "something that is not HTTP"),
    "endless headers": (endless_headers, LookupStatus.ERROR, "something that is not HTTP"),
    "redirect to metadata": (
        answers(b"", status="302 Found", headers="location: http://169.254.169.254/latest/meta-data/\r\n"),
        LookupStatus.ERROR,
        "answered 302",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_every_fault_is_answered_in_time_with_its_reason(name: str) -> None:
    fault, status, reason = FAULTS[name]
    async with FaultyServer(fault) as server, open_lookups(source_at(server.url)) as lookups:
        answered = await look_up(lookups)
    assert answered.status is status
    assert reason in answered.reason
    assert answered.reason.startswith("loyalty ")
    assert answered.value is None
    assert answered.took_ms < FAR_TOO_LATE_MS


@pytest.mark.parametrize("name", FAULTS)
async def test_the_same_source_serves_again_after_each_fault(name: str) -> None:
    async with FaultyServer(FAULTS[name][0]) as server, open_lookups(source_at(server.url)) as lookups:
        await look_up(lookups)
        server.fault = answers(CUSTOMER)
        answered = await look_up(lookups, "/customers/2")
    assert answered.status is LookupStatus.OK
    assert answered.value == {"loyalty_status": "platinum", "orders": 214}


async def test_a_source_that_is_down_is_said_to_refuse() -> None:
    async with FaultyServer(hangs) as server:
        url = server.url
    async with open_lookups(source_at(url)) as lookups:
        answered = await look_up(lookups)
    assert (answered.status, answered.reason) == (LookupStatus.ERROR, "loyalty refused the connection")


async def test_a_certificate_that_nobody_trusts_is_refused(tmp_path: Path) -> None:
    tls = self_signed_context(tmp_path)
    async with FaultyServer(answers(CUSTOMER), tls, "localhost") as server, open_lookups(source_at(server.url)) as room:
        answered = await look_up(room)
    assert answered.status is LookupStatus.ERROR
    assert answered.reason == "loyalty has a certificate that is not trusted: self-signed certificate"
    assert not server.requests


async def test_a_source_may_waive_the_certificate_check(tmp_path: Path) -> None:
    tls = self_signed_context(tmp_path)
    server = FaultyServer(answers(CUSTOMER), tls, "localhost")
    async with server, open_lookups(source_at(server.url, verify=False)) as lookups:
        answered = await look_up(lookups)
    assert answered.status is LookupStatus.OK


async def test_tls_against_a_plain_server_fails_with_a_reason() -> None:
    async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, open_lookups(source_at(url)) as lookups:
        answered = await look_up(lookups)
    assert answered.reason == "loyalty could not agree on TLS with us"


async def test_a_header_with_a_line_break_is_not_sent() -> None:
    async with FaultyServer(answers(CUSTOMER)) as server, open_lookups(source_at(server.url)) as lookups:
        answered = await look_up(lookups, headers={"X-Name": "Eve\r\nX-Admin: yes"})
    assert answered.status is LookupStatus.ERROR
    assert not server.requests


@pytest.mark.parametrize("name", ["Host", "Content-Length", "Transfer-Encoding", "Connection"])
async def test_a_flow_cannot_choose_host_or_framing(name: str) -> None:
    async with FaultyServer(answers(CUSTOMER)) as server, open_lookups(source_at(server.url)) as lookups:
        answered = await look_up(lookups, headers={name: "elsewhere"})
    assert answered.reason.startswith(f"loyalty cannot be asked: a source cannot set the header '{name}'")
    assert not server.requests


def test_a_flow_cannot_wait_longer_than_the_ceiling() -> None:
    terms = Terms.agreed(LookUp(source="loyalty", time_limit_seconds=3600.0), source_at("http://127.0.0.1:1"))
    assert terms.limit_seconds == 8


async def test_a_source_that_is_gone_from_the_workspace_is_an_answer_too() -> None:
    async with open_lookups() as lookups:
        answered = await look_up(lookups)
    assert (answered.status, answered.reason) == (LookupStatus.ERROR, "there is no source named loyalty")


async def test_an_environment_proxy_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    async with FaultyServer(answers(CUSTOMER)) as server, FaultyServer(answers(b"{}")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        async with open_lookups(source_at(server.url)) as lookups:
            answered = await look_up(lookups)
    assert answered.status is LookupStatus.OK
    assert proxy.connections == 0
