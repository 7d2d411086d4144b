"""Have the contact wait in a queue until an agent takes them."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class AddToQueue:
    """`tier` is kept as the contact's tier; `target` counts instead of its target. `keys` maps what a caller may press
    to an exit. `prefer` names an agent who alone is asked for `prefer_for`."""

    exits: ClassVar[tuple[str, ...]] = QUEUE_EXITS
    seldom_exits: ClassVar[tuple[str, ...]] = AT_ONCE
    at_once: ClassVar[tuple[str, ...]] = AT_ONCE
    group: ClassVar[str] = "route"
    serves_caller: ClassVar[bool] = True
    channels: ClassVar[tuple[str, ...]] = ("call", "message")

    queue: str = field(label="queue", kind="queue")
    tier: Template = field(label="tier", kind="tier", default=Template(""))
    target: Duration | None = field(label="target", kind="duration", default=None)
    skills: AskedSkills = field(label="skills", kind="skills", default=())
    prefer: Template = field(label="prefer", kind="agent", default=Template(""))
    prefer_for: Duration = field(label="prefer_for", kind="duration", default=30.0)
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
        first = prefer(ctx, (self.prefer,), self.prefer_for)
        place = ask_place(
            ctx,
            self.queue,
            tier=self.tier,
            target_seconds=self.target,
            skills=self.skills,
            preferences=(first,) if first is not None else (),
            keeps_wait=self.keeps_wait,
        )
        ctx.do(
            EnterQueue(
                place=place,
                keys=dict(self.keys),
                music=music_of(ctx, self.music),
                language=language_of(ctx, self.language),
                reasons=ctx.reasons(),
            )
        )
        # No limit here: the queue says how long to wait, and the centre tells of the end of every stay.
        return Wait()

    def keeps(self) -> Iterator[Kept]:
        """The contact's tier, when the step names one."""
        return kept_tier(self.tier)
