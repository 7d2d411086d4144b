"""Offer the contact to the one who looks after them, then to a deputy and a team, then to the whole queue."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from skipline.flow.fields import Duration, Template, field
from skipline.flow.outcome import Context, Kept, StepOutcome, Wait
from skipline.flow.queue_steps import (
    AT_ONCE,
    QUEUE_EXITS,
    AskedSkills,
    Key,
    KeyExit,
    Music,
    ask_place,
    kept_tier,
    language_of,
    leave_queue,
    music_of,
    prefer,
)
from skipline.model.commands import EnterQueue
from skipline.model.events import QueueEnded, Reply
from skipline.model.queueing import Preference


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectOwner:
    """`owner`, `deputy` and `team` name agents; each alone is asked for its time, and who is not known or not there is
    left out. The contact waits in one place all the time, so nothing of the wait is lost."""

    exits: ClassVar[tuple[str, ...]] = QUEUE_EXITS
    seldom_exits: ClassVar[tuple[str, ...]] = AT_ONCE
    at_once: ClassVar[tuple[str, ...]] = AT_ONCE
    group: ClassVar[str] = "route"
    serves_caller: ClassVar[bool] = True
    channels: ClassVar[tuple[str, ...]] = ("call", "message")

    owner: Template = field(label="owner", kind="agent")
    owner_time: Duration = field(label="owner_time", kind="duration", default=20.0)
    deputy: Template = field(label="deputy", kind="agent", default=Template(""))
    deputy_time: Duration = field(label="deputy_time", kind="duration", default=20.0)
    team: tuple[Template, ...] = field(label="team", kind="agents", default=())
    team_time: Duration = field(label="team_time", kind="duration", default=20.0)
    queue: str = field(label="queue", kind="queue")
    tier: Template = field(label="tier", kind="tier", default=Template(""))
    target: Duration | None = field(label="target", kind="duration", default=None)
    skills: AskedSkills = field(label="skills", kind="skills", default=())
    keys: dict[Key, KeyExit] = field(label="keys", kind="keys", default_factory=dict)
    music: Music = field(label="music", kind="audio", default=Template(""))
    language: Template = field(label="language", kind="language", default=Template(""))
    keeps_wait: bool = field(label="keeps_wait", kind="switch", default=True)

    def own_exits(self) -> tuple[str, ...]:
        """Those of every queue, and one for each key."""
        return (*QUEUE_EXITS, *dict.fromkeys(self.keys.values()))

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Wait, then leave by how it ended."""
        if isinstance(reply, QueueEnded):
            return leave_queue(ctx, reply, self.keys)
        preferences = tuple(self._preferences(ctx))
        if not preferences:
            ctx.explain("nobody looks after this contact, so all agents of the queue are asked")
        place = ask_place(
            ctx,
            self.queue,
            tier=self.tier,
            target_seconds=self.target,
            skills=self.skills,
            preferences=preferences,
            keeps_wait=self.keeps_wait,
        )
        music, language = music_of(ctx, self.music), language_of(ctx, self.language)
        ctx.do(EnterQueue(place=place, keys=dict(self.keys), music=music, language=language, reasons=ctx.reasons()))
        return Wait()

    def keeps(self) -> Iterator[Kept]:
        """The contact's tier, when the step names one."""
        return kept_tier(self.tier)

    def _preferences(self, ctx: Context) -> Iterator[Preference]:
        """Who is asked first, one after the other; nobody is asked twice."""
        asked: set[tuple[str, ...]] = set()
        for names, seconds in (
            ((self.owner,), self.owner_time),
            ((self.deputy,), self.deputy_time),
            (self.team, self.team_time),
        ):
            found = prefer(ctx, names, seconds)
            if found is not None and found.agents not in asked:
                asked.add(found.agents)
                yield found
