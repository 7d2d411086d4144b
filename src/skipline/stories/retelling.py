"""A run that happened, told as a story: who came and when, what the sources said, what agents and targets did.

Played on another version, it shows whether that contact would go the same way.

Told from the run's trace, so what was masked when it was written down cannot be told: `masked` names it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from skipline.flow.masks import MASK
from skipline.model.call import Attestation, Call
from skipline.model.ids import StepId
from skipline.model.run import Outcome, Run, TraceEntry
from skipline.stories.retold_sources import Line, Settings, retold_answers
from skipline.stories.script import OTHERS

_ANSWERED, _WAYS_OF_TARGETS = "answered", ("busy", "no_answer", "failed")
_SOME_ANSWER = "0"
"""What is said in place of a masked answer: it is none of those to choose from."""

_RINGS_SECONDS = 4.0
"""Who was taken sooner than that found an agent who was free."""


@dataclass(frozen=True, slots=True)
class Retold:
    """A story in the words of a story file, the steps that the run took (`tier.vip`), and the variables whose values
    are masked and therefore missing."""

    story: dict[str, Any]
    path: tuple[str, ...]
    masked: tuple[str, ...]


@dataclass(slots=True)
class _Teller:
    """Gathers what the world around the run did, step by step."""

    run: Run
    steps: Mapping[str, Mapping[str, Any]]
    masked: set[str] = field(default_factory=set)
    sources: dict[str, list[Line]] = field(default_factory=dict)
    answers: list[Any] = field(default_factory=list)
    targets: dict[str, list[Line]] = field(default_factory=dict)
    agents: dict[str, list[Line]] = field(default_factory=dict)
    queues: dict[str, Line] = field(default_factory=dict)
    presses: list[Line] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def tell(self) -> None:
        """Go through the trace."""
        for entry in self.run.trace:
            settings = self.steps.get(entry.step, {}).get("with") or {}
            for source, line in retold_answers(entry, settings, self.masked):
                self.sources.setdefault(source, []).append(line)
            self._read_queues(entry)
            done = [str(one.get("name")) for one in entry.detail.get("commands", ())]
            if asked := done.count("AskContact"):
                # The last answer counts; those before it led to the question once more.
                self.answers += [{}] * (asked - 1) + [self._answer(entry, settings)]
            for command in dict.fromkeys(done):
                self._take(command, entry, settings)
        if self.run.outcome is Outcome.ABANDONED and self.run.ended_at is not None:
            self.more["hangs_up_after"] = _seconds((self.run.ended_at - self.run.started_at).total_seconds())

    def _take(self, command: str, entry: TraceEntry, settings: Settings) -> None:
        match command:
            case "ForwardCall":
                self._forward(entry)
            case "EnterQueue":
                self._wait(entry, settings)
            case "RecordVoicemail" if entry.exit == "nothing":
                self.more["voicemail"] = "0s"

    def _read_queues(self, entry: TraceEntry) -> None:
        """How busy queues were, as far as the step looked."""
        for name, value in entry.detail.get("input", {}).items():
            whole, _, rest = name.partition(".")
            queue, _, part = rest.rpartition(".")
            if whole == "queues" and queue and isinstance(value, int | float):
                self.queues.setdefault(queue, {})[part] = _seconds(value) if part.endswith("wait") else value

    def _answer(self, entry: TraceEntry, settings: Settings) -> Any:
        """What the contact said, or that they said nothing."""
        ids = [one.get("id") for one in settings.get("buttons") or settings.get("list") or () if isinstance(one, dict)]
        if entry.exit in ids:
            return str(ids.index(entry.exit) + 1) if self.run.call is not None else {"tap": entry.exit}
        said = entry.detail.get("output", {}).get(settings.get("keep_as"))
        if said == MASK:
            self.masked.add(str(settings.get("keep_as")))
            said = _SOME_ANSWER
        return said if said and entry.exit != "silence" else {}

    def _forward(self, entry: TraceEntry) -> None:
        called, last = [str(one) for one in entry.detail.get("targets", ())], str(entry.detail.get("target", ""))
        is_answered = entry.exit == _ANSWERED or (not entry.exit and self.run.outcome is Outcome.ANSWERED)
        for target in called:
            if is_answered and target == (last or called[-1]):
                who = {} if entry.exit else {"hangs_up": "caller"}
                self.targets.setdefault(target, []).append({"does": _ANSWERED, **self._talk(entry), **who})
                return
            does = entry.exit if entry.exit in _WAYS_OF_TARGETS else "busy" if is_answered else "no_answer"
            self.targets.setdefault(target, []).append({"does": does})

    def _wait(self, entry: TraceEntry, settings: Settings) -> None:
        waited = float(entry.detail.get("waited_seconds") or 0.0)
        keys = {exit_: key for key, exit_ in (settings.get("keys") or {}).items()}
        press = {"key": str(keys[entry.exit]), "after": _seconds(waited)} if entry.exit in keys else {"key": ""}
        self.presses.append(press)
        agent, is_over = str(entry.detail.get("agent") or ""), self.run.outcome is Outcome.ABANDONED
        if entry.exit == "failed":
            self.queues.setdefault(str(entry.detail.get("queue", "")), {})["does"] = "failed"
        elif agent and (entry.exit == _ANSWERED or (not entry.exit and not is_over)):
            came = (entry.at - self.run.started_at).total_seconds() + waited - _RINGS_SECONDS
            ready = {"ready_after": _seconds(came)} if waited > _RINGS_SECONDS and agent not in self.agents else {}
            who = {} if entry.exit else {"hangs_up": "caller"}
            self.agents.setdefault(agent, []).append({"does": _ANSWERED, **ready, **self._talk(entry), **who})
        self.agents.setdefault(OTHERS, [{"does": "away"}])

    def _talk(self, entry: TraceEntry) -> Line:
        seconds = entry.detail.get("talk_seconds")
        return {"talks": _seconds(seconds)} if isinstance(seconds, int | float) and seconds > 0 else {}


def retell(run: Run, document: Mapping[str, Any] | None) -> Retold:
    """The story of a run on the version that `document` is. What flows inside it asked is told too, but for the values
    that they kept."""
    teller = _Teller(run, {} if document is None else document["steps"])
    teller.tell()
    while teller.presses and not teller.presses[-1]["key"]:
        teller.presses.pop()
    lists = {"sources": teller.sources, "targets": teller.targets, "agents": teller.agents}
    told: dict[str, Any] = {name: {key: _short(lines) for key, lines in found.items()} for name, found in lists.items()}
    told |= {"queues": teller.queues, "answers": teller.answers, "presses": teller.presses}
    story = {**dict(_beginning(run)), **{name: found for name, found in told.items() if found}, **teller.more}
    return Retold(story, path_of(run), tuple(sorted(teller.masked)))


def path_of(run: Run) -> tuple[str, ...]:
    """Every step taken with its exit, `tier.vip`; a step that the run ended in stands alone."""
    return tuple(f"{entry.step}.{entry.exit}" if entry.exit else StepId(entry.step) for entry in run.trace)


def _beginning(run: Run) -> Iterator[tuple[str, Any]]:
    if run.started_by is not None and run.started_by.type == "schedule":
        yield "schedule", {"at": run.started_by.details.get("planned_at", run.started_at.isoformat())}
        return
    yield "at", run.started_at.isoformat()
    if run.call is not None:
        yield "caller", _caller(run.call)
    elif run.started_by is not None and run.started_by.type == "webhook":
        yield "webhook", {"name": run.started_by.details.get("name", "")}
    else:
        yield "writer", _writer(run)


def _caller(call: Call) -> Line:
    told = {"phone": call.from_, "name": call.caller_name, "to": call.to, "diverted_from": call.diverted_from}
    found: Line = {name: value for name, value in told.items() if value}
    if call.attestation is not Attestation.NONE:
        found["attestation"] = call.attestation.value
    return {"withheld": True, **found} if call.is_withheld else found


def _writer(run: Run) -> Line:
    details = run.started_by.details if run.started_by is not None else {}
    read = (entry.detail.get("input", {}).get("message.text") for entry in run.trace)
    text = run.message.text if run.message is not None else next((one for one in read if one), "")
    told = {"phone": run.contact.phone, "name": run.contact.name, "text": text}
    known = {name: details.get(name, "") for name in ("account", "channel")}
    return {name: value for name, value in {**told, **known}.items() if value}


def _short(lines: list[Line]) -> Any:
    """One line instead of a list of equal ones."""
    return lines[0] if all(one == lines[0] for one in lines) else lines


def _seconds(value: float) -> str:
    return f"{max(0.0, value):.1f}s"
