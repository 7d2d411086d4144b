"""Plays the cases of a piece: `cases.json` in its folder, each a sentence, what is given and what is expected.

Every case: `case` (the sentence) and `with` (the settings). `mistakes` lists words that the complaints about the
settings must have; otherwise:

- a step: `variables`, `contact`, `call` (null: none), `message` (instead of a call), `tables`, `hours`, `agents`, `now`
  are given, `replies` are the answers in turn (`{"type": "TimeIsUp"}` when none comes), and `expect` names what matters
  of `exit`, `commands`, `variables`, `contact`, `lookup`, `why`, `outcome` and `detail`;
- a trigger: `event` (a call), `webhook`, `schedule` or `message` is given; `expect` is what it starts with, or null;
- a source: `question` (and `secrets`) or `response` is given; `expect` is the request or the answer, or `refused`.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

import skipline
from skipline.base.yaml_lines import dump_yaml
from skipline.flow.loading import compile_flow, load_flow
from skipline.flow.mistakes import PieceMistakes
from skipline.flow.pieces import Piece
from skipline.flow.run import Turn, freeze_run, resume_run, start_run, thaw_run
from skipline.model.call import Call
from skipline.model.configuration import Hours, Table
from skipline.model.contact import Contact
from skipline.model.events import CallArrived, Event, MessageReceived, Reply, ScheduleDue, WebhookReceived
from skipline.model.ids import CallId, RunId
from skipline.model.lookup import HttpResponse, Question
from skipline.model.queueing import Agent
from skipline.model.run import Run, TraceEntry
from skipline.workspace.reading import all_pieces
from skipline.workspace.sources import source_pieces

PACKAGE = Path(skipline.__file__).parent
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
_CALL = {"id": "call1", "arrived_at": NOW, "from": "+31611111111", "to": "+31201234567"}
_MESSAGE = {
    "at": NOW,
    "conversation": "conversation1",
    "message": "message1",
    "channel": "whatsapp",
    "account": "support",
    "contact": {"phone": "+31611111111"},
}
Case = dict[str, Any]


def pieces_by_folder() -> dict[str, Piece[Any]]:
    """Every piece there is, by its folder below the package."""
    catalogue = all_pieces()
    rooms: dict[str, Mapping[str, Piece[Any]]] = {
        "steps": catalogue.steps,
        "triggers": catalogue.triggers,
        "sources": source_pieces(),
    }
    return {f"{room}/{name}": piece for room, found in rooms.items() for name, piece in found.items()}


def all_cases() -> Iterator[tuple[str, Case]]:
    """Every case, with the folder of its piece."""
    for folder in pieces_by_folder():
        for case in json.loads((PACKAGE / folder / "cases.json").read_text(encoding="utf-8")):
            yield folder, case


def play_case(folder: str, case: Case) -> None:
    """Play one case; an assertion fails when anything is not as expected."""
    piece = pieces_by_folder()[folder]
    if "mistakes" in case:
        _expect_mistakes(piece, case)
    else:
        {"steps": _play_step, "triggers": _play_trigger, "sources": _play_source}[folder.split("/")[0]](piece, case)


def assert_holds(actual: Any, expected: Any, place: str = "") -> None:
    """`expected` may leave out keys of maps; a text that begins with `~` must only occur; all else must be equal."""
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for key, value in expected.items():
            assert key in actual, f"{place}: no {key!r} in {actual}"
            assert_holds(actual[key], value, f"{place}.{key}")
    elif isinstance(expected, list) and isinstance(actual, list | tuple):
        assert len(actual) == len(expected), f"{place}: {actual} instead of {expected}"
        for number, pair in enumerate(zip(actual, expected, strict=True)):
            assert_holds(*pair, f"{place}.{number}")
    elif isinstance(expected, str) and expected.startswith("~"):
        assert expected[1:] in str(actual), f"{place}: {actual!r} has no {expected[1:]!r}"
    else:
        assert actual == expected, f"{place}: {actual!r} instead of {expected!r}"


def _expect_mistakes(piece: Piece[Any], case: Case) -> None:
    try:
        made = piece.make(case["with"])
    except PieceMistakes as found:
        complaints = [f"{'.'.join(map(str, one.path))}: {one.sentence} ({one.fix})" for one in found.mistakes]
        for words in case["mistakes"]:
            assert any(words in complaint for complaint in complaints), f"{words!r} is not in {complaints}"
        assert len(complaints) == len(case["mistakes"]), complaints
    else:
        raise AssertionError(f"there is nothing wrong with {made}")


def _play_step(piece: Piece[Any], case: Case) -> None:
    run, commands = _run_step(piece.type, case)
    expected = case["expect"]
    entry = next((one for one in run.trace if one.step == "it"), None)
    seen = {
        "commands": commands,
        "variables": run.variables,
        "lookup": run.variables.get("lookup"),
        "contact": msgspec.to_builtins(run.contact),
        "outcome": run.outcome,
        **(_seen_in_trace(entry) if entry is not None else {"exit": None}),
    }
    assert_holds(seen, expected, case["case"])


def _seen_in_trace(entry: TraceEntry) -> dict[str, Any]:
    return {"exit": entry.exit, "why": entry.detail.get("why", ""), "detail": entry.detail}


def _run_step(type_: str, case: Case) -> tuple[Run, list[Any]]:
    tables = {one["name"]: msgspec.convert(one, Table) for one in case.get("tables", ())}
    hours = {one["name"]: msgspec.convert(one, Hours) for one in case.get("hours", ())}
    begun_at = datetime.fromisoformat(case["now"]) if "now" in case else NOW
    loaded = load_flow(_flow_around(type_, case), "case.yaml", all_pieces())
    agents = {one["name"]: msgspec.convert(one, Agent) for one in case.get("agents", ())}
    flow = compile_flow(loaded, 1, tables, hours, agents=agents)
    message, call = _brought_by(case)
    contact = msgspec.convert({"phone": "+31611111111", **case.get("contact", {})}, Contact)
    run = Run(
        id=RunId("run1"),
        flow=flow.name,
        version=1,
        started_at=begun_at,
        contact=contact,
        call=call,
        message=message,
    )
    turn = start_run(flow, run, begun_at)
    commands = _commands_of(turn)
    for written in case.get("replies", ()):
        run = thaw_run(freeze_run(run))
        now = run.wait_until if written["type"] == "TimeIsUp" and run.wait_until else begun_at
        commands += _commands_of(resume_run(flow, run, _reply(written, run), now))
    return thaw_run(freeze_run(run)), commands


def _brought_by(case: Case) -> tuple[MessageReceived | None, Call | None]:
    """The message or call by which the contact comes, if any."""
    if "message" in case:
        return msgspec.convert({**_MESSAGE, **case["message"]}, MessageReceived), None
    brought = case.get("call", {})
    return None, None if brought is None else msgspec.convert({**_CALL, **brought}, Call)


def _flow_around(type_: str, case: Case) -> str:
    """A sound flow with the step in it: variables are set before, and every exit leads to an end."""
    settings = case["with"]
    step = all_pieces().steps[type_].make(settings)
    own = getattr(step, "own_exits", None)
    exits = own() if own else step.exits
    steps = {
        "it": {"type": type_, "with": settings, "next": dict.fromkeys(exits, "end")},
        "end": {"type": "hang_up"},
    }
    if not exits:
        steps = {"it": {"type": type_, "with": settings}}
    if case.get("variables"):
        given = {"type": "set_variables", "with": {"values": case["variables"]}, "next": {"done": "it"}}
        steps = {"given": given, **steps}
    trigger: dict[str, Any] = {"type": "incoming_call", "numbers": ["+31201234567"]}
    if "message" in case:
        trigger = {"type": "incoming_message", "accounts": ["support"]}
    return dump_yaml({"format": 1, "name": "Case", "triggers": [trigger], "start": next(iter(steps)), "steps": steps})


def _commands_of(turn: Turn) -> list[Any]:
    """What the step under test wants done; the hang-up at the flow's end is not its doing."""
    return [msgspec.to_builtins(issued.body) for issued in turn.commands]


def _reply(written: Case, run: Run) -> Reply | None:
    if written["type"] == "TimeIsUp":
        return None
    whole = {"at": NOW, "call": CallId("call1"), "command": run.waiting_for, **written}
    reply: Reply = msgspec.convert(whole, Reply)
    return reply


def _play_trigger(piece: Piece[Any], case: Case) -> None:
    start = piece.make(case["with"]).match(_event(case))
    if case["expect"] is None:
        assert start is None, case["case"]
        return
    contact = msgspec.to_builtins(start.contact)
    seen = {"contact": contact, "variables": dict(start.variables), "rank": start.rank}
    if start.started_by is not None:
        seen["started_by"] = msgspec.to_builtins(start.started_by)
    assert_holds(seen, case["expect"], case["case"])
    if "event" in case:
        assert start.call == msgspec.convert({**_CALL, **case["event"]}, Call)


def _event(case: Case) -> Event:
    if "webhook" in case:
        return msgspec.convert({"at": NOW, **case["webhook"]}, WebhookReceived)
    if "schedule" in case:
        return msgspec.convert({"at": NOW, **case["schedule"]}, ScheduleDue)
    if "message" in case:
        return msgspec.convert({**_MESSAGE, **case["message"]}, MessageReceived)
    return CallArrived(at=NOW, call=msgspec.convert({**_CALL, **case["event"]}, Call))


def _play_source(piece: Piece[Any], case: Case) -> None:
    settings, expected = piece.make(case["with"]), case["expect"]
    if "response" in case:
        response = case["response"]
        body = response.get("body", "")
        seen = settings.understand(HttpResponse(**{**response, "body": body.encode()}))
    else:
        try:
            seen = settings.ask(msgspec.convert(case["question"], Question), case.get("secrets", {}).__getitem__)
        except (ValueError, LookupError) as refusal:
            assert_holds({"refused": str(refusal)}, expected, case["case"])
            return
    plain = msgspec.structs.asdict(seen) | ({"body": seen.body.decode()} if hasattr(seen, "body") else {})
    assert_holds({name: _plain(value) for name, value in plain.items()}, expected, case["case"])


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value, enc_hook=str)  # a sentence is a text here
