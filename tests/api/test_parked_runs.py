"""Parked runs through the API: found, understood, released, given up, and all of that on record."""

from pathlib import Path

from api_client import client_of
from inside_server import inside
from parked_room import park_in

WHY = (
    "It failed 5 times and waits for a person to release it or give it up. "
    "The last time: at step keep (set_variables): RuntimeError: this step is broken."
)


async def test_parked_runs_are_found_and_say_why(tmp_path: Path) -> None:
    await park_in(tmp_path, tmp_path, "run1", "run2")
    async with inside(tmp_path) as room, client_of(room) as client:
        listed = (await client.get("/runs?status=parked"))["runs"]
        assert {(one["id"], one["status"], one["outcome"]) for one in listed} == {
            ("run1", "parked", None),
            ("run2", "parked", None),
        }
        assert all(one["problem"].endswith("this step is broken") for one in listed)
        assert (await client.get("/runs?status=waiting"))["runs"] == []
        assert len((await client.get("/runs?status=parked&phone=%2B31612345678&flow=orders&limit=1"))["runs"]) == 1


async def test_a_parked_run_shows_its_step_its_commands_and_no_personal_value(tmp_path: Path) -> None:
    await park_in(tmp_path, tmp_path, "run1")
    async with inside(tmp_path) as room, client_of(room) as client:
        answer = await client.ask("GET", "/api/v1/runs/run1")
        run, standing = answer.body, answer.body["standing"]
        assert run["variables"] == {"order": 17, "pin": "•••"}
        assert "4711" not in answer.text
        assert (standing["status"], standing["why"], standing["attempts"], standing["due_at"]) == (
            "parked",
            WHY,
            5,
            None,
        )
        assert (standing["conversation"], standing["step"]) == ("run1", "keep")
        [command] = standing["commands"]
        assert (command["id"], command["command"], command["attempts"]) == ("run1:1", "say_text", 1)
        assert command["problem"] == "the provider is down"
        [parked] = standing["care"]
        assert (parked["deed"], parked["author"]) == ("parked", "")


async def test_a_released_run_tries_again_and_its_record_tells_who_let_it(tmp_path: Path) -> None:
    await park_in(tmp_path, tmp_path, "run1")
    async with inside(tmp_path) as room, client_of(room) as client:
        released = await client.send("POST", "/runs/run1/release", {"why": " the bank is back "})
        assert released.status == 200
        noted = [(one["deed"], one["author"], one["why"]) for one in released.body["care"]]
        assert noted[1:] == [("released", "tests", "the bank is back")]
        again = await client.send("POST", "/runs/run1/release")
        assert (again.status, again.code) == (409, "run_not_parked")
        assert again.body["detail"].startswith("Run run1 is not parked: it is ")


async def test_giving_up_needs_a_reason_and_ends_the_run_as_failed(tmp_path: Path) -> None:
    await park_in(tmp_path, tmp_path, "run1")
    async with inside(tmp_path) as room, client_of(room) as client:
        for wish in ({}, {"why": " "}, {"why": "x" * 1001}, {"why": "x", "more": 1}):
            refused = await client.send("POST", "/runs/run1/give_up", wish)
            assert (refused.status, refused.code) == (422, "not_understood")
        given_up = await client.send("POST", "/runs/run1/give_up", {"why": "paid by hand"})
        assert (given_up.status, given_up.body["status"], given_up.body["why"]) == (200, "done", "It is over.")
        run = await client.get("/runs/run1")
        assert (run["outcome"], run["ended_at"] is not None) == ("failed", True)
        assert [(one["deed"], one["why"]) for one in run["standing"]["care"]][1:] == [("given_up", "paid by hand")]
        again = await client.send("POST", "/runs/run1/give_up", {"why": "twice"})
        assert (again.status, again.code) == (409, "run_not_parked")
        assert (await client.get("/runs?status=parked"))["runs"] == []


async def test_a_run_that_is_not_there_is_said(tmp_path: Path) -> None:
    async with inside(tmp_path) as room, client_of(room) as client:
        for deed in ("release", "give_up"):
            answer = await client.send("POST", f"/runs/nobody/{deed}", {"why": "x"})
            assert (answer.status, answer.code) == (404, "not_found")
        wrong = await client.ask("GET", "/api/v1/runs?status=lost")
        assert (wrong.status, wrong.code) == (422, "not_understood")
