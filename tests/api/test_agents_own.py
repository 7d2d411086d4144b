"""An agent who is signed in does with their own what they must, and with what is another's nothing."""

from pathlib import Path
from typing import Any

import pytest
from channel_folder import add_letters
from desk_company import desk_company
from sign_in_room import Browser, browser_of, signed_in

from skipline.api.live_topics import may_hear, topic_of
from skipline.base.clock import system_clock
from skipline.model.access import Actor, Role
from skipline.model.ids import ConversationId
from skipline.model.live_events import ConversationChanged

pytestmark = pytest.mark.timeout(60)

_DEEDS = {
    "messages": {"text": "Hello"},
    "notes": {"text": "Hello"},
    "transfer": {"queue": "general"},
    "close": None,
    "read": None,
    "pause": None,
    "resume": None,
}


@pytest.fixture(autouse=True, scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> None:
    add_letters(tmp_path_factory.mktemp("channels"))


async def _reached(browser: Browser, method: str, path: str, body: object = None) -> str:
    """How a request ended: its status, and why it was refused."""
    answer = await browser.send(method, path, body)
    return str(answer.status) if answer.status < 400 else f"{answer.status} {answer.code}"


async def test_what_is_another_agents_is_out_of_reach(tmp_path: Path, place: Path | str) -> None:
    async with desk_company(tmp_path / "data", place) as firm, browser_of(firm.client) as browser:
        ana = await signed_in(firm.room, browser, "ana", Role.AGENT, "ana")
        theirs = await firm.taken("ben")
        contact = (await firm.read(theirs))["contact"]["id"]
        refused = {
            await _reached(ana, method, path, body)
            for method, path, body in (
                ("GET", f"/conversations/{theirs}", None),
                ("GET", f"/conversations/{theirs}/messages", None),
                ("GET", f"/conversations/{theirs}/messages/x/media/0", None),
                *(("POST", f"/conversations/{theirs}/{deed}", wish) for deed, wish in _DEEDS.items()),
                ("GET", f"/contacts/{contact}", None),
                ("PATCH", f"/contacts/{contact}", {"name": "Mine"}),
                ("GET", "/contacts", None),
                ("GET", "/agents/ben/offers", None),
                *(("POST", f"/agents/ben/{deed}", None) for deed in ("pause", "ready", "sign_in", "sign_out")),
                *(("POST", f"/conversations/{theirs}/{deed}", {"agent": "ben"}) for deed in ("accept", "decline")),
            )
        }
        assert refused == {"403 not_yours"}
        assert await _reached(ana, "POST", f"/conversations/{theirs}/accept", {"agent": "ana"}) == "409 not_offered"
        assert (await ana.send("GET", "/conversations")).body["conversations"] == []
        assert (await ana.send("GET", "/conversations?agent=ben")).body["conversations"] == []
        assert (await firm.read(theirs))["agent"] == "ben"


async def test_what_is_their_own_they_take_answer_and_close(tmp_path: Path, place: Path | str) -> None:
    async with desk_company(tmp_path / "data", place) as firm, browser_of(firm.client) as browser:
        ana = await signed_in(firm.room, browser, "ana", Role.AGENT, "ana")
        conversation = await firm.write_in()
        assert await _reached(ana, "POST", "/agents/ana/sign_in") == "200"
        await firm.offered(conversation, "ana")
        assert len((await ana.send("GET", "/agents/ana/offers")).body) == 1
        assert await _reached(ana, "GET", f"/conversations/{conversation}") == "200"
        assert await _reached(ana, "POST", f"/conversations/{conversation}/accept", {"agent": "ana"}) == "200"
        contact = (await ana.send("GET", f"/conversations/{conversation}")).body["contact"]["id"]
        assert await _reached(ana, "PATCH", f"/contacts/{contact}", {"name": "Olga"}) == "200"
        written = await ana.send("POST", f"/conversations/{conversation}/messages", {"text": "On its way"})
        assert (written.status, written.body["author"]) == (201, "ana")
        as_ben = {"agent": "ben", "text": "Not me"}
        assert await _reached(ana, "POST", f"/conversations/{conversation}/messages", as_ben) == "403 not_yours"
        assert len((await ana.send("GET", "/conversations")).body["conversations"]) == 1
        assert await _reached(ana, "POST", f"/conversations/{conversation}/close") == "200"
        assert await _reached(ana, "GET", f"/conversations/{conversation}") == "403 not_yours"


async def test_an_agent_hears_of_their_own_and_of_no_call(tmp_path: Path) -> None:
    async with desk_company(tmp_path) as firm, browser_of(firm.client) as browser:
        ana = await signed_in(firm.room, browser, "ana", Role.AGENT, "ana")
        ticket = (await ana.send("POST", "/live/tickets")).body["ticket"]
        topics = "agents,offers,conversations,entries,calls"
        url = f"{firm.client.url}/api/v1/live?ticket={ticket}&topics={topics}"
        async with ana.client.session.ws_connect(url) as socket:
            assert (await socket.receive_json())["data"]["kind"] == "subscribed"
            await firm.taken("ben")
            await firm.client.send("POST", "/agents/ben/pause")  # or he would be offered the next one, too
            await firm.taken("ana", who="+5511987650009")
            heard: list[dict[str, Any]] = []
            while not any(one.get("agent") == "ana" and one.get("state") == "agent" for one in heard):
                heard.append((await socket.receive_json(timeout=10))["data"])
            assert {one["agent"] for one in heard} == {"ana"}


def test_what_names_no_agent_is_for_those_who_see_all() -> None:
    now, id_ = system_clock(), ConversationId("c1")
    facts = (
        ConversationChanged(at=now, conversation=id_, state="agent", agent="ben"),
        ConversationChanged(at=now, conversation=id_, state="waiting", agent=""),
    )
    ana, nobody = (Actor(id="1", name="x", role=Role.AGENT, agent=agent) for agent in ("ana", ""))
    boss = Actor(id="2", name="y", role=Role.SUPERVISOR)
    for fact in facts:
        assert [may_hear(one, fact, topic_of(fact)[0]) for one in (ana, nobody, boss)] == [False, False, True]


async def test_an_agent_who_is_shut_out_is_offered_nothing(tmp_path: Path) -> None:
    async with desk_company(tmp_path) as firm, browser_of(firm.client) as browser:
        ana = await signed_in(firm.room, browser, "ana", Role.AGENT, "ana")
        assert await _reached(ana, "POST", "/agents/ana/sign_in") == "200"
        (user,) = await firm.client.get("/users")
        assert (await firm.client.send("PATCH", f"/users/{user['id']}", {"is_disabled": True})).status == 200
        assert (await firm.client.get("/agents/ana/state"))["media"] == []
        assert await _reached(ana, "GET", "/agents/ana/offers") == "401 unauthorised"
