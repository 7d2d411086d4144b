"""A trunk's test through the API: what the worker found out, and why it could not."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
from api_client import client_of
from centre_room import arrived, call_from
from fake_worker import FakeWorker
from inside_server import inside, workspace_files

from skipline.model.trunk_examination import TrunkExamination

FOUND = TrunkExamination(at=datetime(2030, 5, 1, tzinfo=UTC), since=datetime(2030, 5, 1, tzinfo=UTC), listens_at=())
SIGNED = 'trunks: [{name: carrier, hosts: ["127.0.0.1"], server: "10.0.0.5", user: us, password_secret: sip_pw}]'


def signed_in() -> dict[str, str]:
    files = workspace_files()
    lines = files["skipline.yaml"].splitlines()
    return {**files, "skipline.yaml": "\n".join(SIGNED if one.startswith("trunks:") else one for one in lines)}


async def test_a_test_says_what_was_found_and_what_is_missing(tmp_path: Path) -> None:
    worker = FakeWorker()
    worker.examination = FOUND
    async with inside(tmp_path, signed_in(), worker=worker) as room, client_of(room) as client:
        answer = await client.send("POST", "/trunks/carrier/test")
        assert answer.status == 200, answer.text
        assert (answer.body["trunk"], answer.body["verdict"]) == ("carrier", "bad")
        told = {one["code"]: one for one in answer.body["findings"]}
        assert list(told) == ["secret_missing", "no_server", "no_call_yet"]
        assert told["secret_missing"]["values"]["secret"] == "sip_pw"
        await room.services.secrets.put("sip_pw", "hush")
        call = msgspec.structs.replace(call_from(), arrived_at=room.services.clock())
        room.host.take(arrived(call))
        await room.records.settle()
        again = (await client.send("POST", "/trunks/carrier/test")).body["findings"]
        assert [one["code"] for one in again] == ["no_server", "last_call"]
        assert datetime.fromisoformat(again[1]["values"]["at"]) == call.arrived_at


async def test_a_trunk_that_cannot_be_tested_says_why(tmp_path: Path) -> None:
    worker = FakeWorker()
    async with inside(tmp_path, workspace_files(), worker=worker) as room, client_of(room) as client:
        assert (await client.send("POST", "/trunks/nobody/test")).status == 404
        unknown = await client.send("POST", "/trunks/carrier/test")
        assert (unknown.status, unknown.code) == (503, "voice_unavailable")


async def test_a_worker_of_another_version_is_not_asked_what_it_would_not_understand(tmp_path: Path) -> None:
    worker = FakeWorker()
    worker.version, worker.examination = "0.0.1", FOUND
    async with inside(tmp_path, workspace_files(), worker=worker) as room, client_of(room) as client:
        refused = await client.send("POST", "/trunks/carrier/test")
        assert (refused.status, refused.code) == (503, "voice_unavailable")
        assert "0.0.1" in refused.body["detail"]
        assert worker.connections == 1
