"""What happened in a story."""

from dataclasses import dataclass, field

from skipline.model.commands import AnyCommand
from skipline.model.queueing import Place
from skipline.model.run import Run


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done for the run, so many seconds after the story began."""

    seconds: float
    command: AnyCommand


@dataclass(slots=True)
class Performance:
    """What happened in a story. Times are in seconds since it began, such as by a call; `place` is where the caller
    waited last, or has a call-back; `troubles` kept it from being played."""

    run: Run | None = None
    deeds: list[Deed] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    place: Place | None = None
    connected_after: float | None = None
    ended_after: float | None = None
    troubles: list[str] = field(default_factory=list)

    def note_answer(self, who: str, seconds: float) -> None:
        """Somebody took the contact."""
        self.reached.append(who)
        if self.connected_after is None:
            self.connected_after = seconds

    @property
    def path(self) -> tuple[str, ...]:
        """Every step taken with its exit, `tier.vip`; a step that the run ended in stands alone."""
        trace = self.run.trace if self.run is not None else ()
        return tuple(f"{entry.step}.{entry.exit}" if entry.exit else str(entry.step) for entry in trace)
