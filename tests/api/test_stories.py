"""Stories kept with a flow and played on its draft."""

from pathlib import Path
from typing import Any

from api_client import client_of
from centre_room import FLOW, VIP
from inside_server import inside, workspace_files

GOLD: dict[str, Any] = {
    "story": "gold callers reach the VIP line",
    "sources": {"loyalty": {"answer": {"loyalty_status": "gold"}}},
    "expect": {"outcome": "answered"},
}
WRONG = {"story": "nobody is there", "sources": {"loyalty": "not_found"}, "expect": {"reaches": "nobody@nowhere"}}
TEXT = """\
# What the night team relies on
stories:
  - story: gold callers reach the VIP line  # always
    sources: {loyalty: {answer: {loyalty_status: gold}}}
    expect: {outcome: answered}
"""
NEWER = FLOW.replace(VIP, "sip:vip2@127.0.0.1:5071")


async def test_stories_are_kept_and_changed_without_losing_comments(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        assert (await client.get("/flows/loyalty/stories"))["revision"] == 0
        saved = await client.send("PUT", "/flows/loyalty/stories", {"text": TEXT, "revision": 0})
        assert (saved.body["stories"], saved.body["author"], saved.body["revision"]) == ([GOLD], "tests", 1)
        more = await client.send("PUT", "/flows/loyalty/stories", {"stories": [GOLD, WRONG], "revision": 1})
        assert more.body["text"].startswith(TEXT)
        assert more.body["stories"] == [GOLD, WRONG]
        stale = await client.send("PUT", "/flows/loyalty/stories", {"stories": [], "revision": 1})
        assert (stale.status, stale.code) == (409, "stories_changed")
        assert (await client.ask("DELETE", "/api/v1/flows/loyalty/stories?revision=2")).status == 204
        assert (await client.get("/flows/loyalty/stories"))["stories"] == []


async def test_stories_pass_change_or_fail_on_the_draft(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        nothing = (await client.send("POST", "/flows/loyalty/stories/play", {})).body
        assert nothing == {"passed": 0, "changed": 0, "failed": 0, "stories": []}
        await client.send("PUT", "/flows/loyalty/stories", {"stories": [GOLD, WRONG]})
        live = (await client.send("POST", "/flows/loyalty/stories/play", {})).body
        assert [one["came"] for one in live["stories"]] == ["passed", "failed"]
        assert "expected nobody@nowhere" in live["stories"][1]["differences"][0]
        await client.send("PUT", "/flows/loyalty/draft", {"text": NEWER})
        draft = (await client.send("POST", "/flows/loyalty/stories/play", {})).body
        assert (draft["passed"], draft["changed"], draft["failed"]) == (0, 1, 1)
        told = f"who is reached is sip:vip2@127.0.0.1:5071; live it is {VIP}"
        assert draft["stories"][0]["differences"] == [told]
        heard = await client.ask("POST", "/api/v1/flows/loyalty/stories/play", json={}, extra={"Accept-Language": "es"})
        assert [one["differences"] for one in heard.body["stories"]] == [
            [f"se llega a: sip:vip2@127.0.0.1:5071; en la versión activa: {VIP}"],
            ["quien llama habló con: sip:general@127.0.0.1:5073; se esperaba nobody@nowhere"],
        ]
        same = (await client.send("POST", "/flows/loyalty/stories/play", {"text": FLOW})).body
        assert [one["came"] for one in same["stories"]] == ["passed", "failed"]
        wrong = await client.send("POST", "/flows/loyalty/stories/play", {"text": "format: 1\n"})
        assert (wrong.status, wrong.code) == (422, "has_mistakes")


async def test_a_file_that_is_only_begun_is_kept(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        saved = await client.send("PUT", "/flows/loyalty/stories", {"text": "# soon\n", "revision": 0})
        assert (saved.status, saved.body["text"], saved.body["stories"]) == (200, "# soon\n", [])
        more = await client.send("PUT", "/flows/loyalty/stories", {"stories": [GOLD], "revision": 1})
        assert more.body["stories"] == [GOLD]


async def test_stories_that_cannot_be_read_are_not_kept(tmp_path: Path) -> None:
    refused: list[tuple[dict[str, Any], str]] = [
        ({"text": "stories: [a"}, "has_mistakes"),
        ({"stories": [{"sorces": {}}]}, "has_mistakes"),
        ({"text": "flow: other\nstories: [{story: x}]\n"}, "bad_story"),
        ({"stories": [{"story": "x", "at": float("inf")}]}, "bad_story"),
        ({}, "not_understood"),
        ({"text": TEXT, "stories": []}, "not_understood"),
    ]
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        for wish, code in refused:
            answer = await client.send("PUT", "/flows/loyalty/stories", wish)
            assert (answer.status, answer.code) == (422, code), wish
        unknown = await client.send("PUT", "/flows/other/stories", {"stories": []})
        assert (unknown.status, unknown.code) == (404, "not_found")
        assert (await client.ask("GET", "/api/v1/flows/other/stories")).status == 404
        assert (await client.send("POST", "/flows/other/stories/play", {})).status == 404


async def test_stories_that_are_kept_are_exported_and_applied_with_their_flow(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        await client.send("PUT", "/flows/loyalty/stories", {"text": TEXT})
        await client.send("POST", "/flows", {"name": "Begun", "key": "begun"})
        await client.send("PUT", "/flows/begun/stories", {"stories": [GOLD]})
        files = (await client.get("/workspace"))["files"]
        assert (files["flows/loyalty.story.yaml"], "flows/begun.story.yaml" in files) == (TEXT, False)
        assert (await client.send("POST", "/workspace/apply", {"files": files})).body["changes"] == []
        newer = files | {"flows/loyalty.story.yaml": TEXT.replace("always", "at night")}
        told = (await client.send("POST", "/workspace/apply", {"files": newer})).body
        assert told["changes"] == ["keeps other stories of flow loyalty"]
        without = {path: text for path, text in files.items() if not path.endswith(".story.yaml")}
        assert (await client.send("POST", "/workspace/apply", {"files": without})).body["changes"] == []
        kept = await client.get("/flows/loyalty/stories")
        assert ("at night" in kept["text"], kept["revision"], kept["author"]) == (True, 2, "tests")


async def test_a_workspace_with_a_broken_story_is_refused_whole_and_stories_of_other_names_stay_outside(
    tmp_path: Path,
) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        files = (await client.get("/workspace"))["files"]
        broken = files | {"flows/loyalty.story.yaml": "stories:\n  - strory: nobody\n"}
        refused = await client.send("POST", "/workspace/apply", {"files": broken})
        found = refused.body["issues"][0]
        assert (refused.status, found["file"], found["line"]) == (422, "flows/loyalty.story.yaml", 2)
        other = files | {"flows/loyalty.night.story.yaml": TEXT, "flows/loyalty.story.yaml": "flow: other\n" + TEXT}
        assert (await client.send("POST", "/workspace/apply", {"files": other})).body["changes"] == []
        assert (await client.get("/flows/loyalty/stories"))["revision"] == 0
