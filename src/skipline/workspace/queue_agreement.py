"""Checks that queues, skills and agents agree with each other and with the tiers."""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any

import msgspec

from skipline.base.sentence import Sentence, say
from skipline.base.spelling import nearest
from skipline.flow.issue import Issue, Severity
from skipline.flow.mistakes import Mistake, Path
from skipline.workspace.agreement import written_names
from skipline.workspace.sections import ReadSections

_BY_TIER = ("reserves", "head_starts", "shares")


def find_queue_disagreements(read: ReadSections) -> Iterator[Issue]:
    """Codes `unknown_queue`, `unknown_tier`, `unknown_skill`, `overflow_circle` and `duplicate_phone_user`; and
    warnings `missing_queue` and `queue_without_agents`."""
    mistakes = chain(_misspelt_queues(read), _unknown_tiers(read), _unknown_skills(read), _circles(read), _phones(read))
    for mistake in mistakes:
        yield read.issue(mistake)
    for warning in chain(_missing_queues(read), _queues_without_agents(read)):
        yield msgspec.structs.replace(read.issue(warning), severity=Severity.WARNING)


def _placed(read: ReadSections, section: str) -> Iterator[tuple[int, Any]]:
    """Each entry of a section that could be read, with its place in the file's list."""
    return zip(read.positions.get(section, ()), getattr(read.configuration, section), strict=True)


def _misspelt_queues(read: ReadSections) -> Iterator[Mistake]:
    for name, path, queues in _unknown_queues(read):
        if nearest(name, queues) is not None:
            yield from _unknown("queue", name, queues, path)


def _missing_queues(read: ReadSections) -> Iterator[Mistake]:
    """No mistake: a company may name a queue before it has it, and meanwhile each contact's flow decides."""
    for name, path, queues in _unknown_queues(read):
        if nearest(name, queues) is None:
            sentence = (
                say("there is no queue `{queue}` yet, so contacts leave by `overflowed` instead", queue=name)
                if path[0] == "queues"
                else say("there is no queue `{queue}` yet, so the agent takes the others", queue=name)
            )
            yield Mistake(path, "missing_queue", sentence, say("add it under `queues`"))


def _unknown_queues(read: ReadSections) -> Iterator[tuple[str, Path, set[str]]]:
    queues = written_names(read, "queues")
    if queues is None:
        return
    named: list[tuple[str, Path]] = [
        (name, ("agents", position, "queues", place))
        for position, agent in _placed(read, "agents")
        for place, name in enumerate(agent.queues)
    ]
    named += [(queue.overflow.to, ("queues", at, "overflow", "to")) for at, queue in _placed(read, "queues")]
    for name, path in named:
        if name and name not in queues:
            yield name, path, queues


def _unknown_tiers(read: ReadSections) -> Iterator[Mistake]:
    tiers = written_names(read, "tiers")
    for position, queue in _placed(read, "queues"):
        for key in _BY_TIER:
            for name in getattr(queue, key):
                yield from _unknown("tier", name, tiers, ("queues", position, key, name))


def _unknown_skills(read: ReadSections) -> Iterator[Mistake]:
    """A workspace without `skills` lets agents have any."""
    skills = written_names(read, "skills")
    for position, agent in _placed(read, "agents") if skills else ():
        for name in agent.skills:
            yield from _unknown("skill", name, skills, ("agents", position, "skills", name))


def _unknown(word: str, name: str, known: set[str] | None, path: Path) -> Iterator[Mistake]:
    if known is not None and name not in known:
        near = nearest(name, known)
        unknown, fix = _WORDS[word]
        if near is not None:
            fix = say("did you mean {near}? else {add}", near=near, add=fix)
        yield Mistake(path, f"unknown_{word}", unknown(name), fix)


_WORDS: Mapping[str, tuple[Callable[[str], Sentence], Sentence]] = {
    "queue": (lambda name: say("there is no queue `{name}`", name=name), say("add it under `queues`")),
    "tier": (lambda name: say("there is no tier `{name}`", name=name), say("add it under `tiers`")),
    "skill": (lambda name: say("there is no skill `{name}`", name=name), say("add it under `skills`")),
}


def _circles(read: ReadSections) -> Iterator[Mistake]:
    to = {queue.name: queue.overflow.to for queue in read.configuration.queues if queue.overflow.to}
    told: set[str] = set()
    for position, queue in _placed(read, "queues"):
        circle = _circle_from(queue.name, to)
        if circle and not told & set(circle):
            told |= set(circle)
            way = " -> ".join([*circle, circle[0]])
            sentence = say("{way}: contacts would overflow in a circle", way=way)
            fix = say("take `to` out of one of them, so that its flow decides")
            yield Mistake(("queues", position, "overflow", "to"), "overflow_circle", sentence, fix)


def _circle_from(start: str, to: Mapping[str, str]) -> list[str]:
    """The queues from `start` back to it; none when the way ends, or leads round without it."""
    way = [start]
    while (following := to.get(way[-1])) is not None and following not in way:
        way.append(following)
    return way if following == start else []


def _phones(read: ReadSections) -> Iterator[Mistake]:
    owners: dict[str, str] = {}
    for position, agent in _placed(read, "agents"):
        if agent.phone is None:
            continue
        owner = owners.setdefault(agent.phone.user.casefold(), agent.name)
        if owner != agent.name:
            sentence = say("the phone of {owner} registers as {user} already", owner=owner, user=agent.phone.user)
            fix = say("give each agent's phone a user of its own")
            yield Mistake(("agents", position, "phone", "user"), "duplicate_phone_user", sentence, fix)


def _queues_without_agents(read: ReadSections) -> Iterator[Mistake]:
    if read.issues:
        return  # an agent with a mistake is missing here
    taken = {name for agent in read.configuration.agents for name in agent.queues}
    for position, queue in _placed(read, "queues"):
        if queue.name not in taken:
            sentence = say(
                "no agent takes contacts of queue `{queue}`, so whoever comes there waits in vain", queue=queue.name
            )
            fix = say("name it under `queues` of an agent")
            yield Mistake(("queues", position), "queue_without_agents", sentence, fix)
