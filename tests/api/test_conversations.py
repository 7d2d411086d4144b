"""Conversations over the API: looked through, taken, answered, handed on, closed."""

from pathlib import Path

import pytest
from channel_folder import add_letters
from desk_company import desk_company

from skipline.model.ids import ContactId
from skipline.store import contact_care

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(autouse=True, scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> None:
    add_letters(tmp_path_factory.mktemp("channels"))


async def test_an_agent_takes_a_conversation_answers_and_closes_it(tmp_path: Path, place: Path | str) -> None:
    async with desk_company(tmp_path / "data", place) as firm:
        conversation = await firm.write_in("Where is my order?")
        await firm.sign_in("ana")
        offer = await firm.offered(conversation, "ana")
        assert (offer["queue"], offer["tier"], offer["contact_name"]) == ("vip", "gold", "Ana")
        taken = await firm.act(conversation, "accept", agent="ana")
        assert (taken["state"], taken["agent"], taken["queue"]["state"]) == ("agent", "ana", "talking")
        assert [one["text"] for one in taken["messages"]] == ["Where is my order?"]
        written = await firm.act(conversation, "messages", agent="ana", text="On its way")
        assert (written["direction"], written["author"], written["state"]) == ("out", "ana", "queued")
        closed = await firm.act(conversation, "close", agent="ana")
        assert (closed["state"], closed["agent"], closed["unread"], closed["entry"]) == ("closed", "", 0, None)

        async def has_asked() -> bool:
            page = await firm.client.get(f"/conversations/{conversation}/messages")
            return bool(page["messages"][0]["author"] == "flow:shop")

        await firm.until(has_asked)
        entry = await firm.client.get(f"/entries/{offer['entry']}")
        assert (entry["conversation"], entry["agent"], entry["state"]) == (conversation, "ana", "connected")


async def test_conversations_are_found_by_what_they_are(tmp_path: Path) -> None:
    async with desk_company(tmp_path) as firm:
        first = await firm.taken("ana", who="+5511987650001")
        second = await firm.write_in(who="+5511987650002")
        get = firm.client.get

        async def ids(query: str) -> list[str]:
            return [one["id"] for one in (await get(f"/conversations?{query}"))["conversations"]]

        assert await ids("") == [second, first]
        assert await ids("state=agent") == await ids("agent=ana") == [first]
        contact = (await firm.read(second))["contact"]["id"]
        assert await ids(f"contact={contact}") == [second]
        other = (await firm.read(first))["contact"]["id"]
        await firm.room.database.write(contact_care.merge, ContactId(other), ContactId(contact), "ana")
        assert await ids(f"contact={contact}") == [second, first]
        assert await ids("account=shop&channel=whatsapp") == [second, first]
        assert await ids("account=other") == await ids("channel=sms") == []
        page = await get("/conversations?limit=1")
        assert [one["id"] for one in page["conversations"]] == [second]
        following = await get(f"/conversations?limit=1&cursor={page['next_cursor']}")
        assert [one["id"] for one in following["conversations"]] == [first]
        assert following["next_cursor"] is None


async def test_messages_are_paged_from_the_newest_back(tmp_path: Path, place: Path | str) -> None:
    async with desk_company(tmp_path / "data", place) as firm:
        conversation = await firm.write_in("0")
        for number in range(1, 6):
            await firm.act(conversation, "notes", text=str(number))
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            page = await firm.client.get(
                f"/conversations/{conversation}/messages?limit=2{cursor and '&cursor='}{cursor}"
            )
            seen += [one["text"] for one in page["messages"]]
            cursor = page["next_cursor"]
        assert seen == ["5", "4", "3", "2", "1", "0"]
        answer = await firm.client.ask("GET", f"/api/v1/conversations/{conversation}/messages?cursor=nonsense")
        assert (answer.status, answer.code) == (422, "cursor_unreadable")


async def test_a_message_with_a_key_is_written_once(tmp_path: Path) -> None:
    async with desk_company(tmp_path) as firm:
        conversation = await firm.taken()
        path, headers = f"/api/v1/conversations/{conversation}/messages", {"Idempotency-Key": "one"}
        answers = [
            await firm.client.ask("POST", path, json={"agent": "ana", "text": "Once"}, extra=headers) for _ in range(3)
        ]
        assert {one.status for one in answers} == {201}
        assert len({one.body["id"] for one in answers}) == 1
        again = await firm.client.ask("POST", path, json={"agent": "ana", "text": "Other words"}, extra=headers)
        assert (again.status, again.code) == (422, "key_reused")
        page = await firm.client.get(f"/conversations/{conversation}/messages")
        assert [one["text"] for one in page["messages"]] == ["Once", "Hello"]


async def test_a_note_is_no_message_to_the_contact(tmp_path: Path) -> None:
    async with desk_company(tmp_path) as firm:
        conversation = await firm.taken()
        note = await firm.act(conversation, "notes", agent="ana", text="Wants a refund")
        assert (note["direction"], note["state"], note["author"]) == ("note", None, "ana")
        found = await firm.client.get(f"/conversations/{conversation}/messages")
        assert [one["direction"] for one in found["messages"]] == ["note", "in"]


async def test_what_cannot_be_done_is_refused_with_its_reason(tmp_path: Path) -> None:
    async with desk_company(tmp_path) as firm:
        conversation = await firm.write_in()
        send = firm.client.send
        for path, wish, status, code in (
            ("/conversations/nowhere/accept", {"agent": "ana"}, 404, "not_found"),
            ("/conversations/nowhere/messages", {"text": "Hello"}, 404, "not_found"),
            ("/conversations/nowhere/close", None, 404, "not_found"),
            (f"/conversations/{conversation}/accept", {"agent": "ana"}, 409, "not_offered"),
            (f"/conversations/{conversation}/decline", {"agent": "ana"}, 409, "not_offered"),
            (f"/conversations/{conversation}/transfer", {"queue": "general"}, 409, "nobody_has_it"),
            (f"/conversations/{conversation}/transfer", {"queue": "nowhere"}, 404, "unknown_queue"),
            (f"/conversations/{conversation}/transfer", {"agent": "nobody"}, 404, "unknown_agent"),
            (f"/conversations/{conversation}/transfer", {}, 422, "not_understood"),
            (f"/conversations/{conversation}/messages", {"text": ""}, 422, "empty_message"),
            ("/agents/nobody/sign_in", None, 404, "not_found"),
        ):
            answer = await send("POST", path, wish)
            assert (path, answer.status, answer.code) == (path, status, code)
        assert (await firm.client.ask("GET", "/api/v1/agents/nobody/offers")).status == 404


async def test_a_conversation_is_handed_on_to_a_queue_and_back_to_an_agent(tmp_path: Path) -> None:
    async with desk_company(tmp_path) as firm:
        conversation = await firm.taken()
        await firm.sign_in("cas")
        await firm.act(conversation, "transfer", queue="general")
        await firm.offered(conversation, "cas")
        await firm.act(conversation, "accept", agent="cas")
        await firm.act(conversation, "transfer", agent="ana")
        assert (await firm.offered(conversation, "ana"))["queue"] == "vip"
        whole = await firm.read(conversation)
        assert any("cas handed it on to vip" in one for one in whole["queue"]["why"])


async def test_a_declined_offer_goes_to_the_next_agent(tmp_path: Path) -> None:
    async with desk_company(tmp_path) as firm:
        conversation = await firm.write_in()
        await firm.sign_in("ana")
        await firm.offered(conversation, "ana")
        await firm.sign_in("ben")
        await firm.act(conversation, "decline", agent="ana", reason="on the phone")
        await firm.offered(conversation, "ben")
        assert await firm.client.get("/agents/ana/offers") == []


async def test_flows_are_silent_while_people_write_and_speak_again_when_told(tmp_path: Path) -> None:
    async with desk_company(tmp_path) as firm:
        conversation = await firm.taken()
        await firm.act(conversation, "close", agent="ana")
        await firm.write_in("Still there?", 2)

        async def waits_again() -> bool:
            return bool((await firm.read(conversation))["state"] == "waiting")

        await firm.until(waits_again)
        await firm.client.send("POST", "/agents/ana/sign_out")
        await firm.act(conversation, "close")
        paused = await firm.act(conversation, "pause", seconds=60)
        assert paused["state"] == "closed"  # nobody has it: there is nothing to be silent about


async def test_a_person_who_writes_in_a_flows_place_silences_it(tmp_path: Path) -> None:
    async with desk_company(tmp_path) as firm:
        conversation = await firm.taken()
        await firm.act(conversation, "close", agent="ana")
        await firm.room.database.write(lambda it: it.exec_driver_sql("UPDATE conversations SET state = 'bot'") and None)
        await firm.act(conversation, "messages", agent="ana", text="One more thing")
        found = await firm.read(conversation)
        assert (found["state"], found["paused_until"] is not None) == ("paused", True)
        assert (await firm.act(conversation, "resume"))["state"] == "bot"
        assert (await firm.act(conversation, "pause"))["state"] == "paused"


async def test_reading_a_conversation_is_said_by_who_reads(tmp_path: Path) -> None:
    async with desk_company(tmp_path) as firm:
        conversation = await firm.taken()
        assert (await firm.read(conversation))["unread"] == 1
        assert (await firm.act(conversation, "read"))["unread"] == 0


async def test_an_agent_without_a_phone_takes_conversations_and_says_so(tmp_path: Path) -> None:
    async with desk_company(tmp_path) as firm:
        await firm.sign_in("ana")
        state = await firm.client.get("/agents/ana/state")
        assert (state["media"], state["is_reachable"], state["state"]) == (["message"], True, "available")
        answer = await firm.client.send("POST", "/agents/ana/sign_out")
        assert (answer.body["media"], answer.body["state"]) == ([], "offline")


async def test_canned_replies_are_kept_found_changed_and_deleted(tmp_path: Path, place: Path | str) -> None:
    async with desk_company(tmp_path / "data", place) as firm:
        put, get = firm.client.send, firm.client.get
        assert (await put("PUT", "/canned_replies/hello", {"text": "Good morning!", "language": "en"})).status == 200
        await put("PUT", "/canned_replies/bye", {"text": "Good bye"})
        await put("PUT", "/canned_replies/bom_dia", {"text": "Bom dia", "language": "pt"})
        assert [one["name"] for one in await get("/canned_replies")] == ["bom_dia", "bye", "hello"]
        assert [one["name"] for one in await get("/canned_replies?search=GOOD&language=en")] == ["bye", "hello"]
        await put("PUT", "/canned_replies/hello", {"text": "Hi"})
        changed = await get("/canned_replies/hello")
        assert (changed["text"], changed["language"], changed["author"]) == ("Hi", "", "tests")
        assert (await put("DELETE", "/canned_replies/hello")).status == 204
        assert (await put("DELETE", "/canned_replies/hello")).code == "not_found"
        assert (await put("PUT", "/canned_replies/bye", {"text": "x", "language": "!"})).code == "not_understood"
        assert (await put("PUT", "/canned_replies/no name", {"text": "x"})).status == 422
