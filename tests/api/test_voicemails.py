"""What callers leave is found, heard in parts, kept from those whom it does not concern, and deleted with its file."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from api_client import Client, client_of
from centre_room import CALLER, NUMBER, arrived, ended
from e2e_room import eventually
from inside_server import Inside, inside, workspace_files
from sign_in_room import browser_of, signed_in
from store_values import BEN, NOON
from voicemail_values import MESSAGE_HZ, make_voicemail, record
from yarl import URL

from skipline.model.access import Role
from skipline.model.commands import HangUp, LeaveQueue, RecordVoicemail, WaitInQueue
from skipline.model.events import VoicemailRecorded, WaitEnded
from skipline.model.ids import CallId
from skipline.store import api_keys, voicemails
from skipline.voice.phone import pitch
from skipline.voice.wav import read_wav

FLOW = f"""
format: 1
name: Loyalty line
triggers: [{{type: incoming_call, numbers: ["{NUMBER}"]}}]
start: wait
steps:
  wait: {{type: add_to_queue, with: {{queue: vip}}, next: {{overflowed: message, failed: message}}}}
  message: {{type: voicemail, with: {{greeting: ""}}}}
"""
QUEUES = """
queues: [{name: vip, overflow: {nobody_signed_in: true}}, {name: general}]
agents: [{name: ana, queues: [vip]}, {name: ben, queues: [general]}]
"""
FILES = workspace_files(flow=FLOW, more=QUEUES)


async def _keep(room: Inside, *left: Any, kept_by: str = "", is_there: bool = True) -> list[bytes]:
    for one in left:
        await room.database.write(voicemails.keep, one, kept_by or room.services.voicemails.place)
    return [record(_folder(room), one) for one in left if is_there]


def _folder(room: Inside) -> Path:
    return Path(room.services.voicemails.place.partition(":")[2])


async def _client_for(room: Inside, client: Client, role: Role) -> Client:
    made = await room.database.write(api_keys.create, role, room.services.clock(), room.services.ids, role=role)
    return Client(client.session, client.url, made.token)


async def _listen(client: Client, id_: str, range_: str = "") -> tuple[int, dict[str, str], bytes]:
    """The answer to whoever would hear a voicemail."""
    headers = {"Authorization": f"Bearer {client.token}"} if client.token else {}
    address = URL(f"{client.url}/api/v1/voicemails/{id_}/audio", encoded=True)
    async with client.session.get(address, headers=headers | ({"Range": range_} if range_ else {})) as answer:
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, await answer.read()


async def test_a_message_is_found_as_soon_as_it_was_left(tmp_path: Path, place: Path | str) -> None:
    async with inside(tmp_path / "data", FILES, place=place) as room, client_of(room) as client:
        room.worker.tell(arrived())
        wait, _ = await room.worker.order(WaitInQueue)
        await room.worker.order(LeaveQueue)
        room.worker.tell(WaitEnded(at=room.services.clock(), call=CallId("call1"), command=wait.command))
        order, _ = await room.worker.order(RecordVoicemail)
        sound = record(_folder(room), make_voicemail(1))
        file, at = make_voicemail(1).file, room.services.clock()
        left = VoicemailRecorded(at=at, call=CallId("call1"), command=order.command, file=file, seconds=2.04)
        room.worker.tell(left)
        await room.worker.order(HangUp)
        await room.records.settle()
        (found,) = (await client.get("/voicemails"))["voicemails"]
        assert found.pop("at").startswith(at.isoformat()[:19])
        assert found == {
            "id": file.removesuffix(".wav"),
            "file": file,
            "seconds": 2.0,
            "whereabouts": "here",
            "server": "",
            "phone": CALLER,
            "contact_name": "",
            "queue": "vip",
            "call": "call1",
            "run": "call1",
            "flow": "loyalty",
            "version": 1,
        }
        assert (await _listen(client, found["id"]))[2] == sound
        room.worker.tell(ended())
        run = await eventually(lambda: _ended_run(client), "the run is over")
        assert (run["outcome"], run["trace"][-1]["detail"]["file"]) == ("voicemail", file)


async def _ended_run(client: Client) -> Any:
    answer = await client.send("GET", "/runs/call1")
    return answer.body if answer.body["ended_at"] else None


async def test_a_list_is_asked_for_as_runs_are(tmp_path: Path) -> None:
    async with inside(tmp_path, FILES) as room, client_of(room) as client:
        ana, ben = make_voicemail(1, queue="vip"), make_voicemail(2, phone=BEN, name="Ben", after_seconds=60)
        await _keep(room, ana, ben)
        for query, expected in {
            "": [ben, ana],
            "contact=ana": [ana],
            f"contact={BEN[-4:]}": [ben],
            "queue=vip": [ana],
            "queue=nothing": [],
            "flow=loyalty": [ben, ana],
            f"run={ben.run}": [ben],
            f"after={NOON.isoformat()}": [ben],
            f"before={(NOON + timedelta(seconds=1)).isoformat()}": [ana],
        }.items():
            found = await client.get(f"/voicemails?{query}")
            assert [one["id"] for one in found["voicemails"]] == [one.id for one in expected], query
        first = await client.get("/voicemails?limit=1")
        second = await client.get(f"/voicemails?limit=1&cursor={first['next_cursor']}")
        assert [one["voicemails"][0]["id"] for one in (first, second)] == [ben.id, ana.id]
        assert second["next_cursor"] is None
        assert (await client.send("GET", "/voicemails?cursor=mine")).status == 422


async def test_a_voicemail_is_heard_whole_and_in_parts_and_kept_nowhere(tmp_path: Path) -> None:
    async with inside(tmp_path, FILES) as room, client_of(room) as client:
        left = make_voicemail(1)
        (sound,) = await _keep(room, left)
        status, headers, heard = await _listen(client, left.id)
        assert (status, heard) == (200, sound)
        assert abs((pitch(read_wav(heard).samples) or 0) - MESSAGE_HZ) < 15
        assert headers["content-type"] == "audio/wav"
        assert headers["content-disposition"] == 'inline; filename="voicemail-20300501-120000.wav"'
        assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
        assert headers["accept-ranges"] == "bytes"
        for range_, part in (("bytes=0-99", sound[:100]), ("bytes=200-", sound[200:]), ("bytes=-50", sound[-50:])):
            status, headers, heard = await _listen(client, left.id, range_)
            assert (status, heard) == (206, part)
            begin = len(sound) - 50 if range_ == "bytes=-50" else int(range_[6:].partition("-")[0])
            assert headers["content-range"] == f"bytes {begin}-{begin + len(part) - 1}/{len(sound)}"
        status, headers, _ = await _listen(client, left.id, f"bytes={len(sound)}-")
        assert (status, headers["content-range"]) == (416, f"bytes */{len(sound)}")


async def test_nobody_hears_what_does_not_concern_them(tmp_path: Path) -> None:
    async with inside(tmp_path, FILES) as room, client_of(room) as client:
        left = make_voicemail(1, queue="vip")
        await _keep(room, left)
        for role in Role:
            other = await _client_for(room, client, role)
            hears = role in (Role.OWNER, Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR)
            assert (await _listen(other, left.id))[0] == (200 if hears else 403), role
            listed = await other.send("GET", "/voicemails")
            assert listed.status == (200 if hears else 403), role
            if hears:
                assert listed.body["voicemails"][0]["phone"] == left.phone
        for role in (Role.AUDITOR, Role.EDITOR, Role.AGENT):
            other = await _client_for(room, client, role)
            assert (await other.send("DELETE", f"/voicemails/{left.id}")).status == 403
        stranger = Client(client.session, client.url, "sk_wrong")
        assert (await _listen(stranger, left.id))[0] == 401


async def test_agents_hear_what_was_left_after_waiting_in_their_queues(tmp_path: Path) -> None:
    async with inside(tmp_path, FILES) as room, client_of(room) as client, browser_of(client) as browser:
        theirs, others, closed = (
            make_voicemail(number, queue=queue) for number, queue in enumerate(("vip", "general", ""))
        )
        await _keep(room, theirs, others, closed)
        ana = await signed_in(room, browser, "ana", Role.AGENT, "ana")
        found = (await ana.send("GET", "/voicemails")).body["voicemails"]
        assert [(one["id"], one["phone"]) for one in found] == [(theirs.id, theirs.phone)]
        assert (await ana.send("GET", "/voicemails?queue=general")).body["voicemails"] == []
        assert (await ana.send("GET", f"/voicemails/{theirs.id}")).status == 200
        assert (await _listen(ana.client, theirs.id))[0] == 200
        for one in (others, closed, make_voicemail(9)):
            for path in ("", "/audio"):
                refused = await ana.send("GET", f"/voicemails/{one.id}{path}")
                assert (refused.status, refused.code) == (403, "not_yours")
        assert (await ana.send("DELETE", f"/voicemails/{theirs.id}")).status == 403


async def test_a_deleted_voicemail_is_gone_with_its_file_and_the_audit_says_who_did_it(
    tmp_path: Path, place: Path | str
) -> None:
    async with inside(tmp_path / "data", FILES, place=place) as room, client_of(room) as client:
        left, other = make_voicemail(1), make_voicemail(2)
        await _keep(room, left, other)
        assert (await client.send("DELETE", f"/voicemails/{left.id}")).status == 204
        assert [file.name for file in _folder(room).iterdir()] == [other.file]
        assert [one["id"] for one in (await client.get("/voicemails"))["voicemails"]] == [other.id]
        for method, path in (("DELETE", ""), ("GET", ""), ("GET", "/audio")):
            answer = await client.send(method, f"/voicemails/{left.id}{path}")
            assert (answer.status, answer.code) == (404, "not_found")
        (told,) = (await client.get("/audit?what=voicemail_deleted"))["entries"]
        assert (told["about"], told["who"], told["detail"]["run"]) == (left.id, "tests", left.run)


async def test_a_file_that_is_not_here_is_told_so_in_words(tmp_path: Path) -> None:
    async with inside(tmp_path, FILES) as room, client_of(room) as client:
        away, gone = make_voicemail(1), make_voicemail(2, after_seconds=1)
        await _keep(room, away, kept_by="centre-2:/var/lib/skipline/voicemail", is_there=False)
        await _keep(room, gone, is_there=False)
        found = (await client.get("/voicemails"))["voicemails"]
        assert [(one["whereabouts"], one["server"]) for one in found] == [("gone", ""), ("elsewhere", "centre-2")]
        for one, why in ((away, "on the disk of the server centre-2"), (gone, "somebody deleted or moved it")):
            answer = await client.send("GET", f"/voicemails/{one.id}/audio")
            assert (answer.status, answer.code) == (404, "voicemail_not_here")
            assert why in answer.body["detail"]
        answer = await client.ask("GET", f"/api/v1/voicemails/{away.id}/audio", extra={"Accept-Language": "es"})
        assert "centre-2, que atendió la llamada" in answer.body["detail"]
        refused = await client.send("DELETE", f"/voicemails/{away.id}")
        assert (refused.status, refused.code) == (409, "voicemail_not_here")
        assert (await client.send("DELETE", f"/voicemails/{gone.id}")).status == 204


_LEADING_AWAY = ("../secret.wav", "/etc/passwd", ".unfinished-1", "..", "a/b.wav", "link.wav", "", "sub")


async def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    async with inside(tmp_path, FILES) as room, client_of(room) as client:
        folder = _folder(room)
        (folder / "sub").mkdir(parents=True)
        (folder.parent / "secret.wav").write_bytes(b"secret")
        (folder / ".unfinished-1").write_bytes(b"secret")
        (folder / "link.wav").symlink_to(folder.parent / "secret.wav")
        for number, file in enumerate(_LEADING_AWAY):
            planted = msgspec.structs.replace(make_voicemail(number), file=file)
            await _keep(room, planted, is_there=False)
            assert (await _listen(client, planted.id))[0] == 404, file
            assert (await client.send("DELETE", f"/voicemails/{planted.id}")).status == 204
        for id_ in ("..%2fsecret", "%2e%2e%2fsecret.wav", "%00"):
            assert (await _listen(client, id_))[0] == 404, id_
        assert (folder.parent / "secret.wav").read_bytes() == b"secret"
        assert sorted(file.name for file in folder.iterdir()) == [".unfinished-1", "link.wav", "sub"]
