"""Compares what happened in a story with what was expected, and tells every difference."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from skipline.base.durations import write_duration
from skipline.base.sentence import Sentence, chained, say
from skipline.base.spelling import advice
from skipline.base.value_types import shorten, write_plain
from skipline.model.commands import AskContact, SayText, SendMessage, TellWaiting
from skipline.model.run import Run
from skipline.stories.performance import Performance
from skipline.stories.reading import PlacedStory
from skipline.stories.script import Expectations

ANY_STEPS = "..."


@dataclass(frozen=True, slots=True)
class Verdict:
    """A story, what happened in it, and every difference, a sentence each; none when it went as told."""

    placed: PlacedStory
    performance: Performance
    differences: tuple[str, ...]

    @property
    def has_passed(self) -> bool:
        """Whether everything went as told."""
        return not self.differences


def judge(placed: PlacedStory, performance: Performance) -> Verdict:
    """What is to be said of this performance."""
    differences = list(performance.troubles)
    if performance.run is not None:
        expected = placed.story.expect
        differences += [one for compare in _COMPARISONS for one in compare(expected, performance, performance.run)]
    return Verdict(placed, performance, tuple(differences))


def _path(expected: Expectations, came: Performance, run: Run) -> Iterator[str]:
    if expected.path is None or _fits(expected.path, came.path):
        return
    yield say(
        "the path was {came}; expected {expected}",
        came=_listed(came.path) or say("empty"),
        expected=_listed(expected.path),
    )
    place = next(
        (number for number, one in enumerate(expected.path) if list(came.path[number : number + 1]) != [one]), 0
    )
    if ANY_STEPS not in expected.path[: place + 1] and place < len(run.trace):
        differs = say("it first differs at {step}", step=came.path[place])
        why = run.trace[place].detail.get("why", "")
        yield say("{outer}: {inner}", outer=differs, inner=why) if why else differs


def _fits(expected: Sequence[str], came: Sequence[str]) -> bool:
    """Whether the steps between the gaps (`...`) follow each other in `came`, the first and last at its ends."""
    head, *others = _between_gaps(expected)
    if not others:
        return head == list(came)
    *middle, tail = others
    end = len(came) - len(tail)
    if len(head) > end or list(came[: len(head)]) != head or list(came[end:]) != tail:
        return False
    place = len(head)
    for block in middle:
        found = next(
            (at for at in range(place, end - len(block) + 1) if list(came[at : at + len(block)]) == block), None
        )
        if found is None:
            return False
        place = found + len(block)
    return True


def _between_gaps(expected: Sequence[str]) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for one in expected:
        if one == ANY_STEPS:
            blocks.append([])
        else:
            blocks[-1].append(one)
    return blocks


def _outcome(expected: Expectations, came: Performance, run: Run) -> Iterator[str]:
    if expected.outcome is not None and run.outcome != expected.outcome:
        came_of_it = run.outcome or say("still open")
        yield say("the outcome was {came}; expected {expected}", came=came_of_it, expected=expected.outcome.value)


def _reaches(expected: Expectations, came: Performance, run: Run) -> Iterator[str]:
    if expected.reaches is not None and not any(expected.reaches in target for target in came.reached):
        who = _listed(came.reached) or say("nobody")
        yield say("the caller talked with {who}; expected {expected}", who=who, expected=expected.reaches)


def _wait(expected: Expectations, came: Performance, run: Run) -> Iterator[str]:
    place = came.place
    if place is None:
        if (expected.queue, expected.tier, expected.credit) != (None, None, None):
            yield (
                say("the caller never waited in a queue; expected {queue}", queue=expected.queue)
                if expected.queue
                else say("the caller never waited in a queue; expected one")
            )
        return
    if expected.queue is not None and place.queue != expected.queue:
        yield say("the caller waited in queue {queue}; expected {expected}", queue=place.queue, expected=expected.queue)
    if expected.tier is not None and place.tier != expected.tier:
        if place.tier:
            yield say("the caller waited as {tier}; expected {expected}", tier=place.tier, expected=expected.tier)
        else:
            yield say("the caller waited as no tier; expected {expected}", expected=expected.tier)
    if expected.credit is not None and abs(place.credit_seconds - expected.credit) > 1:
        yield say(
            "{counted} of an earlier wait counted in queue {queue}; expected {expected}",
            counted=write_duration(round(place.credit_seconds)),
            queue=place.queue,
            expected=write_duration(expected.credit),
        )


def _variables(expected: Expectations, came: Performance, run: Run) -> Iterator[str]:
    for name, value in expected.variables.items():
        if name not in run.variables and value is not None:
            yield say(
                "{name} was never set; expected {expected} ({advice})",
                name=name,
                expected=_shown(value),
                advice=advice(name, run.variables),
            )
        elif not matches(run.variables.get(name), value):
            yield _was(name, run.variables.get(name), value)


def _contact(expected: Expectations, came: Performance, run: Run) -> Iterator[str]:
    known = msgspec.to_builtins(run.contact)
    for name, value in expected.contact.items():
        if name not in known:
            yield say("a contact has no {name} ({advice})", name=name, advice=advice(name, known))
        elif not matches(known[name], value):
            yield _was(f"contact.{name}", known[name], value)


def _was(name: str, came: Any, expected: Any) -> Sentence:
    return say("{name} was {came}; expected {expected}", name=name, came=_shown(came), expected=_shown(expected))


def _commands(expected: Expectations, came: Performance, run: Run) -> Iterator[str]:
    done = [(command_name(deed.command), msgspec.to_builtins(deed.command)) for deed in came.deeds]
    after = 0
    for entry in expected.commands:
        ((name, parts),) = entry.items()
        places = [
            place for place in range(after, len(done)) if done[place][0] == name and matches(done[place][1], parts)
        ]
        if not places:
            were = "; ".join(f"{one} {_shown(_told(body))}" for one, body in done[after:]) or say("nothing")
            wanted = chained([name, _shown(parts)], " ")
            yield say("{command} was expected, and what was done is: {were}", command=wanted, were=were)
            return
        after = places[0] + 1


def _says(expected: Expectations, came: Performance, run: Run) -> Iterator[str]:
    said = [words for deed in came.deeds if (words := words_of(deed.command))]
    left = iter(said)
    if not all(any(words in text for text in left) for words in expected.says):
        yield say(
            "the contact was told {said}; expected {expected}", said=_quoted(said), expected=_quoted(expected.says)
        )


def _why(expected: Expectations, came: Performance, run: Run) -> Iterator[str]:
    for step, words in expected.why.items():
        reasons = [str(entry.detail.get("why", "")) for entry in run.trace if entry.step == step]
        if not reasons:
            yield say("{step} was never taken; expected its reason to say {words!r}", step=step, words=words)
        elif not any(words in reason for reason in reasons):
            came_of_it = "; ".join(reasons)
            yield say(
                "the reason of {step} was {reason!r}; expected it to say {words!r}",
                step=step,
                reason=came_of_it,
                words=words,
            )


def _times(expected: Expectations, came: Performance, run: Run) -> Iterator[str]:
    if _is_late(came.connected_after, expected.answered_within):
        limit = write_duration(expected.answered_within or 0)
        if came.connected_after is None:
            yield say("the caller was never answered; expected within {limit}", limit=limit)
        else:
            after = _rounded(came.connected_after)
            yield say("the caller was answered after {seconds}s; expected within {limit}", seconds=after, limit=limit)
    if _is_late(came.ended_after, expected.ends_within):
        limit = write_duration(expected.ends_within or 0)
        if came.ended_after is None:
            yield say("it never ended; expected within {limit}", limit=limit)
        else:
            after = _rounded(came.ended_after)
            yield say("it was over after {seconds}s; expected within {limit}", seconds=after, limit=limit)


def _is_late(seconds: float | None, limit: float | None) -> bool:
    return limit is not None and (seconds is None or seconds > limit)


def _rounded(seconds: float) -> str:
    return f"{round(seconds, 1):g}"


_COMPARISONS: tuple[Callable[[Expectations, Performance, Run], Iterator[str]], ...] = (
    _path,
    _outcome,
    _reaches,
    _wait,
    _variables,
    _contact,
    _commands,
    _says,
    _why,
    _times,
)


def matches(came: Any, expected: Any) -> bool:
    """Whether everything that `expected` names is so in `came`; maps may hold more than is named."""
    if isinstance(expected, Mapping) and isinstance(came, Mapping):
        return all(key in came and matches(came[key], value) for key, value in expected.items())
    if isinstance(expected, list | tuple) and isinstance(came, list | tuple):
        return len(came) == len(expected) and all(map(matches, came, expected))
    if isinstance(came, bool) or isinstance(expected, bool):
        return came is expected
    return bool(came == expected)


def words_of(command: object) -> str:
    """What a command tells the contact, spoken or written."""
    if isinstance(command, AskContact):
        return command.question
    return command.text if isinstance(command, SayText | TellWaiting | SendMessage) else ""


def command_name(command: object) -> str:
    """How a story calls a command: `forward_call` for `ForwardCall`."""
    name = type(command).__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _told(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {key: value for key, value in body.items() if key != "type" and value not in ("", None, {}, ())}


def _shown(value: Any) -> str:
    return say("not set") if value is None else shorten(write_plain(value), 120)


def _listed(parts: Sequence[str]) -> str:
    return ", ".join(parts)


def _quoted(texts: Sequence[str]) -> str:
    return ", ".join(repr(text) for text in texts) or say("nothing")
