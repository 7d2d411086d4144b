"""What steps that lead to a queue have in common: the place that they ask for, the keys, and how a stay ended.

They work on every channel: whoever carries the command knows how the contact is spoken to.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from skipline.base.patterns import is_audio_name, is_language_tag
from skipline.base.sentence import say
from skipline.base.value_types import shorten, write_plain
from skipline.base.wrong_value import WrongValue
from skipline.flow.fields import Duration, Template, field
from skipline.flow.outcome import Context, Go, Kept
from skipline.model.events import QueueEnd, QueueEnded
from skipline.model.queueing import Medium, Place, Preference, SkillNeed

ANSWERED, OVERFLOWED, FAILED = "answered", "overflowed", "failed"
QUEUE_EXITS = (ANSWERED, OVERFLOWED, FAILED)
AT_ONCE = (OVERFLOWED, FAILED)
"""The exits that may be taken without any wait."""

_KEY = re.compile(r"[0-9*#]", re.ASCII)
_EXIT = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_LONGEST_TIER = 60


def _check_key(written: str) -> str:
    if not _KEY.fullmatch(written):
        raise WrongValue(
            say("{written!r} is not a key of a telephone", written=written),
            say("write one of 0 to 9, * or #, in quotes"),
        )
    return written


def _check_exit(written: str) -> str:
    if written in QUEUE_EXITS or not _EXIT.fullmatch(written):
        taken = ", ".join(QUEUE_EXITS)
        raise WrongValue(
            say("{written!r} cannot be a key's exit", written=written),
            say("use small letters, digits and _, but not {taken}", taken=taken),
        )
    return written


def _check_audio(written: str) -> Template:
    if written and "{{" not in written and not is_audio_name(written):
        raise WrongValue(
            say("{written!r} is not the name of a sound", written=written),
            say("use letters, digits, _ and -, without .wav"),
        )
    return Template(written)


Key = Annotated[str, AfterValidator(_check_key)]
KeyExit = Annotated[str, AfterValidator(_check_exit)]
Music = Annotated[Template, AfterValidator(_check_audio)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSkill:
    """A skill at a least level. After `until` of waiting it is no longer asked for; left out, it always is."""

    skill: str = field(label="skill", kind="skill")
    level: Annotated[int, Field(ge=1, le=5)] = field(label="level", kind="number", default=1)
    until: Duration | None = field(label="until", kind="duration", default=None)


AskedSkills = tuple[
    Annotated[AskedSkill, BeforeValidator(lambda one: {"skill": one} if isinstance(one, str) else one)], ...
]
"""A skill's name alone stands for level 1."""


def ask_place(
    ctx: Context,
    queue: str,
    *,
    tier: Template,
    target_seconds: float | None = None,
    skills: Iterable[AskedSkill] = (),
    preferences: Iterable[Preference] = (),
    keeps_wait: bool = True,
    is_for_call: bool = False,
) -> Place:
    """The place in `queue` for this contact: for a call when they are on one, or `is_for_call`. The tier that a step
    names is the contact's from now on."""
    named = shorten(ctx.text(tier).strip(), _LONGEST_TIER) if tier else ""
    if named:
        ctx.set("contact.tier", named)
    credit = ctx.seconds_waited() if keeps_wait else 0.0
    place = Place(
        queue=queue,
        tier=ctx.contact.tier,
        target_seconds=target_seconds,
        needs=tuple(SkillNeed(skill=one.skill, level=one.level, until_seconds=one.until) for one in skills),
        preferences=tuple(preferences),
        credit_seconds=credit,
        medium=Medium.CALL if ctx.is_on_call or is_for_call else Medium.MESSAGE,
    )
    ctx.explain(_asked(place), queue=queue, tier=place.tier)
    return place


def prefer(ctx: Context, names: Iterable[Template], seconds: float) -> Preference | None:
    """The preference for those of these agents whom there are, whether or not they take the queue from others too; None
    when there is nobody."""
    found = []
    for written in names:
        name = ctx.text(written).strip()
        agent = ctx.agent(name) if name else None
        if agent is not None:
            found.append(agent.name)
        elif name:
            ctx.explain(f"there is no agent {shorten(name, 40)}")
    agents = tuple(dict.fromkeys(found))
    return Preference(agents=agents, seconds=seconds) if agents else None


def kept_tier(tier: Template) -> Iterator[Kept]:
    """What such a step keeps: the contact's tier, when it names one."""
    if tier:
        yield Kept("contact.tier", "text")


def language_of(ctx: Context, written: Template) -> str:
    """The language that is written, else the contact's; English when it is none, for it may come from a look-up."""
    wanted = ctx.text(written).strip() or ctx.contact.language
    return wanted if is_language_tag(wanted) else "en"


def music_of(ctx: Context, written: Template) -> str:
    """The sound to play while waiting; empty for the queue's own. A value from outside leads to no other file."""
    wanted = ctx.text(written).strip()
    if wanted and not is_audio_name(wanted):
        ctx.explain(f"{shorten(wanted, 40)!r} is not the name of a sound, so the queue's own music is played")
        return ""
    return wanted


def leave_queue(ctx: Context, reply: QueueEnded, keys: Mapping[str, str]) -> Go:
    """Leave by how the stay ended, with the reason and the figures in the trace."""
    ctx.explain(
        _ending(reply),
        queue=reply.queue,
        entry=reply.entry,
        agent=reply.agent,
        waited_seconds=round(reply.waited_seconds, 1),
        talk_seconds=round(reply.talk_seconds, 1),
    )
    if reply.end is QueueEnd.KEY:
        return Go(keys.get(reply.key, FAILED))
    return Go(reply.end.value)


def _asked(place: Place) -> str:
    tier = f" as {place.tier}" if place.tier else ""
    skills = ", ".join(f"{one.skill} at level {one.level} or more" for one in place.needs)
    credit = f", having waited {write_plain(round(place.credit_seconds))} s before" if place.credit_seconds else ""
    first = ", then ".join(
        f"{' and '.join(one.agents)} for {write_plain(round(one.seconds))} s" for one in place.preferences
    )
    return (
        f"queue {place.queue}{tier}{credit}"
        + (f", for somebody with {skills}" if skills else "")
        + (f", offered to {first} first" if first else "")
    )


def _ending(reply: QueueEnded) -> str:
    waited = f"after {reply.waited_seconds:.1f} s"
    match reply.end:
        case QueueEnd.ANSWERED:
            return (
                f"{reply.agent or 'somebody'} answered {waited}, talked for {write_plain(round(reply.talk_seconds))} s"
            )
        case QueueEnd.KEY:
            return f"pressed {reply.key} {waited}"
        case QueueEnd.OVERFLOWED:
            return f"the queue gave up {waited}" + (f": {reply.reason.rstrip('.')}" if reply.reason else "")
        case QueueEnd.FAILED:
            return f"nobody could wait there: {reply.reason.rstrip('.') or 'the queue is not to be reached'}"
