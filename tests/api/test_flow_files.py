"""Flows that leave as files, come in as files, and are thrown away while nobody ever met them."""

from pathlib import Path

from api_client import client_of
from centre_room import FLOW
from inside_server import inside, workspace_files

COMMENTED = "# Ours since 2019\n" + FLOW.replace("start: ", "start:   ", 1)
WRONG = FLOW.replace("source: loyalty", "source: loyality")


async def test_a_flow_is_downloaded_as_it_is_written(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        live = await client.ask("GET", "/api/v1/flows/loyalty/file")
        assert (live.status, live.text) == (200, FLOW)
        assert live.headers["content-disposition"] == 'attachment; filename="loyalty.yaml"'
        await client.send("PUT", "/flows/loyalty/draft", {"text": COMMENTED})
        assert (await client.ask("GET", "/api/v1/flows/loyalty/file")).text == COMMENTED
        assert (await client.ask("GET", "/api/v1/flows/nobody/file")).code == "not_found"


async def test_a_file_is_read_with_its_findings_and_nothing_is_kept(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        told = (await client.send("POST", "/flows/read", {"text": WRONG, "file": "loyalty.yaml"})).body
        assert (told["key"], told["name"], told["document"]["start"]) == ("loyalty_2", "Loyalty line", "look_up")
        found = next(one for one in told["issues"] if one["severity"] == "error")
        assert WRONG.splitlines()[found["line"] - 1].endswith("source: loyality")
        assert (found["file"], found["code"]) == ("loyalty.yaml", "unknown_source")
        assert [one["flow"] for one in await client.get("/flows")] == ["loyalty"]


async def test_what_is_no_flow_is_told_with_its_line_and_a_fix_and_begins_none(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        broken = (await client.send("POST", "/flows/read", {"text": "name: x\nsteps: [\n", "file": "x.yaml"})).body
        issue = broken["issues"][0]
        assert (broken["document"], broken["key"], issue["code"], issue["line"]) == (None, "x", "bad_yaml", 3)
        assert issue["fix"]
        other = (await client.send("POST", "/flows/read", {"text": "- a\n- b\n"})).body
        assert (other["document"], bool(other["issues"][0]["sentence"])) == (None, True)
        begun = await client.send("POST", "/flows", {"name": "X", "text": "steps: ["})
        assert (begun.status, begun.code) == (422, "unreadable")


async def test_a_file_with_mistakes_and_comments_becomes_a_draft_as_it_is(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        text = "# by hand\n" + WRONG
        same = (await client.send("POST", "/flows", {"name": "Loyalty line", "text": text, "key": "second"})).body
        assert (same["flow"], same["live_version"]) == ("second", None)
        assert any(one["is_error"] for one in same["issues"])
        assert (await client.get("/flows/second/draft"))["text"] == text
        await client.send("POST", "/flows", {"name": "Copy", "text": text, "key": "third"})
        assert (await client.get("/flows/third/draft"))["text"] == text.replace("name: Loyalty line", "name: Copy", 1)
        assert (
            await client.send("POST", "/flows", {"name": "x", "text": text, "key": "loyalty"})
        ).code == "flow_exists"


async def test_a_flow_that_was_never_published_can_be_deleted_and_no_other(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        begun = (await client.send("POST", "/flows", {"name": "Trial"})).body
        await client.send("PUT", "/flows/trial/stories", {"text": "stories: []\n"})
        await client.send("PUT", "/flows/trial/draft", {"text": FLOW, "revision": begun["revision"]})
        stale = await client.ask("DELETE", "/api/v1/flows/trial?revision=1")
        assert (stale.status, stale.code) == (409, "draft_changed")
        assert (await client.ask("DELETE", "/api/v1/flows/trial?revision=2")).status == 204
        assert [one["flow"] for one in await client.get("/flows")] == ["loyalty"]
        assert (await client.ask("GET", "/api/v1/flows/trial/stories")).code == "not_found"
        assert (await client.ask("DELETE", "/api/v1/flows/trial")).code == "not_found"
        published = await client.ask("DELETE", "/api/v1/flows/loyalty")
        assert (published.status, published.code) == (409, "flow_published")
        assert (await client.get("/flows/loyalty"))["is_live"]


async def test_every_template_is_drawn_before_one_is_chosen(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        templates = {one["template"]: one for one in await client.get("/templates?language=id")}
        assert list(templates) == ["loyalty_line", "opening_hours", "call_back", "empty"]
        assert templates["opening_hours"]["document"]["steps"]["closed"]["with"]["language"] == "id"
        for name, one in templates.items():
            begun = (await client.send("POST", "/flows", {"name": "", "template": name, "language": "id"})).body
            assert begun.get("code") == "not_understood", "a flow has a name"
            begun = (await client.send("POST", "/flows", {"name": "N", "template": name, "language": "id"})).body
            assert one["document"] == {**begun["document"], "name": ""}
            assert one["exits"] == begun["exits"]


async def test_differences_tell_what_they_are_about_and_who_made_them(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        ring = {"op": "replace", "path": ["steps", "to_vip", "with", "ring_time"], "value": "25s"}
        step = {"op": "add", "path": ["steps", "bye"], "value": {"type": "hang_up"}}
        name = {"op": "replace", "path": ["name"], "value": "Gold line"}
        at = {"op": "add", "path": ["steps", "to_vip", "at"], "value": [1, 2]}
        way = {"op": "add", "path": ["steps", "to_vip", "next", "busy"], "value": "bye"}
        for revision, patches in enumerate(([ring], [step, name, way], [at])):
            sent = await client.send("POST", "/flows/loyalty/patches", {"revision": revision, "patches": patches})
            assert sent.status == 200, sent.text
        told = await client.get("/flows/loyalty/differences")
        assert told["sentences"] == [one["sentence"] for one in told["changes"]]
        found = {(one["part"], one["step"]): (one["kind"], one["author"]) for one in told["changes"]}
        assert found == {
            ("flow", ""): ("changed", "tests"),
            ("step", "to_vip"): ("changed", "tests"),
            ("step", "bye"): ("added", "tests"),
        }
        times = [one["at"] for one in told["changes"]]
        assert all(times)
        await client.send("POST", "/flows/loyalty/publish", {})
        versions = await client.get("/flows/loyalty/differences?before=2&after=1")
        gone = [one for one in versions["changes"] if one["kind"] == "removed"]
        assert [(one["step"], one["author"], one["at"]) for one in gone] == [("bye", "", None)]
