"""Drafts, differences and tries through the API."""

from pathlib import Path

from api_client import Client, client_of
from centre_room import FLOW, VIP
from inside_server import inside, workspace_files

NEWER = FLOW.replace(VIP, "sip:vip2@127.0.0.1:5071")
WRONG = FLOW.replace("source: loyalty", "source: loyality")


async def test_a_draft_is_saved_published_and_gone(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        saved = await client.send("PUT", "/flows/loyalty/draft", {"text": NEWER, "revision": 0})
        assert (saved.body["revision"], saved.body["author"], saved.body["based_on"]) == (1, "tests", 1)
        assert (await client.get("/flows/loyalty"))["text"] == FLOW
        different = await client.get("/flows/loyalty/differences")
        assert (different["before"], different["after"]) == (1, None)
        assert any("sip:vip2@127.0.0.1:5071" in sentence for sentence in different["sentences"])
        spanish = await client.ask("GET", "/api/v1/flows/loyalty/differences", extra={"Accept-Language": "es"})
        assert (
            "Desviar llamada «to_vip»: Destinos, en orden: ahora también sip:vip2@127.0.0.1:5071"
            in spanish.body["sentences"]
        )
        assert [one["sentence"] for one in spanish.body["changes"]] == spanish.body["sentences"]
        published = await client.send("POST", "/flows/loyalty/publish", {"note": "a new line"})
        assert (published.status, published.body["version"], published.body["text"]) == (200, 2, NEWER)
        assert published.body["note"] == "a new line"
        gone = await client.ask("GET", "/api/v1/flows/loyalty/draft")
        assert (gone.status, gone.code) == (404, "draft_unknown")
        assert (await client.get("/flows/loyalty/differences?before=1&after=2"))["sentences"] == different["sentences"]


async def test_a_draft_with_mistakes_is_kept_and_not_published(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        await client.send("PUT", "/flows/loyalty/draft", {"text": WRONG})
        refused = await client.send("POST", "/flows/loyalty/publish", {})
        assert (refused.status, refused.code) == (422, "has_mistakes")
        assert (await client.get("/flows/loyalty/draft"))["text"] == WRONG
        assert (await client.ask("DELETE", "/api/v1/flows/loyalty/draft")).status == 204
        assert (await client.send("POST", "/flows/loyalty/publish", {})).code == "draft_unknown"


async def test_two_editors_do_not_overwrite_each_other(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        await client.send("PUT", "/flows/loyalty/draft", {"text": "a", "revision": 0})
        refused = await client.send("PUT", "/flows/loyalty/draft", {"text": "b", "revision": 0})
        assert (refused.status, refused.code) == (409, "draft_changed")
        told = {language: await _told(client, language) for language in ("en-GB", "zh, en;q=0.5", "id")}
        assert told == {
            "en-GB": "There is no version 9.",
            "zh, en;q=0.5": "没有版本 9。",
            "id": "Tidak ada versi 9.",
        }
        wish = {"text": "b", "revision": 0}
        heard = await client.ask("PUT", "/api/v1/flows/loyalty/draft", json=wish, extra={"Accept-Language": "pt-BR"})
        assert heard.body["detail"].startswith("tests alterou o rascunho nesse meio-tempo e ele está na revisão 1: ")


async def _told(client: Client, language: str) -> str:
    answer = await client.ask("GET", "/api/v1/flows/loyalty/differences?before=9", extra={"Accept-Language": language})
    return str(answer.body["detail"])


async def test_names_and_versions_that_are_none_are_refused(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        assert (await client.send("PUT", "/flows/a%20b/draft", {"text": ""})).code == "bad_name"
        assert (await client.ask("GET", "/api/v1/flows/other/differences")).code == "not_found"
        assert (await client.ask("GET", "/api/v1/flows/loyalty/differences?before=9")).code == "not_found"


async def test_a_story_is_tried_on_a_text(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        story = {"sources": {"loyalty": {"answer": {"loyalty_status": "gold"}}}, "expect": {"outcome": "abandoned"}}
        came = (await client.send("POST", "/flows/loyalty/try", {"text": NEWER, "story": story})).body
        assert came["reached"] == ["sip:vip2@127.0.0.1:5071"]
        assert came["differences"] == ["the outcome was answered; expected abandoned"]
        assert [one["command"] for one in came["commands"]][:2] == ["look_up", "say_text"]
        assert [entry["step"] for entry in came["trace"]] == [one.partition(".")[0] for one in came["path"]]
        live = (await client.send("POST", "/flows/loyalty/try", {"story": story})).body
        assert live["reached"] == [VIP]
        assert await client.get("/runs") == {"runs": [], "next_cursor": None}


async def test_a_try_with_mistakes_says_which(tmp_path: Path) -> None:
    async with inside(tmp_path, workspace_files()) as room, client_of(room) as client:
        assert (await client.send("POST", "/flows/loyalty/try", {"text": WRONG, "story": {}})).code == "has_mistakes"
        wrong = await client.send("POST", "/flows/loyalty/try", {"story": {"sorces": {}}})
        assert (wrong.code, wrong.body["mistakes"][0]["path"]) == ("bad_story", ["sorces"])
        assert (await client.send("POST", "/flows/other/try", {"story": {}})).code == "not_found"
