"""The demo's queues at one moment, gathered for people who watch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from skipline.cli.demo.stage import Demo
from skipline.model.queueing import AgentState, EntryState, Estimate
from skipline.queue.lists import AgentStanding, WaitingEntry

_MOST_SHOWN = 100
_NO_TARGET_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingNow:
    """Somebody who waits. `target_seconds` is their tier's; `urgency` is the share of it that they have used up."""

    who: str
    tier: str
    queue: str
    agent: str
    waited_seconds: float
    target_seconds: float
    estimate: Estimate | None

    @property
    def urgency(self) -> float:
        """1 when the target is used up."""
        return self.waited_seconds / self.target_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class TierNow:
    """Who waits of a tier. `estimate` is the wait of somebody of this tier who came now."""

    name: str
    target_seconds: float
    waiting: int
    longest_seconds: float
    estimate: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentNow:
    """An agent and what they do; `since` is when they began to talk."""

    name: str
    state: AgentState
    doing: str
    queues: tuple[str, ...]
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """All queues together, `waiting` with the most urgent first."""

    tiers: Sequence[TierNow]
    waiting: Sequence[WaitingNow]
    agents: Sequence[AgentNow]


async def look(demo: Demo) -> Moment:
    """How the queues stand now."""
    configuration = demo.server.services.workspace.configuration
    targets = {tier.name: tier.target_seconds for tier in configuration.tiers}
    waiting: list[WaitingNow] = []
    estimates: dict[str, Estimate] = {}
    office = demo.server.services.host.office
    agents = await office.agents()
    ringing = {entry: one.agent for one in agents for entry in one.entries if one.state is AgentState.RESERVED}
    for queue in configuration.queues:
        for entry in await office.waiting(queue.name, _MOST_SHOWN):
            estimate = await office.estimate(entry.entry)
            waiting.append(_waiting(entry, targets, ringing.get(entry.entry, ""), estimate))
        for tier in await office.tiers(queue.name):
            if tier.estimate is not None:
                estimates.setdefault(tier.tier, tier.estimate)
    waiting.sort(key=lambda one: one.urgency, reverse=True)
    tiers = [_tier(name, target, waiting, estimates.get(name)) for name, target in targets.items()]
    return Moment(tiers=tiers, waiting=waiting, agents=[_agent(demo, one) for one in agents])


def _waiting(entry: WaitingEntry, targets: dict[str, float], agent: str, estimate: Estimate | None) -> WaitingNow:
    return WaitingNow(
        who=entry.contact_name or entry.contact_phone or "withheld",
        tier=entry.tier,
        queue=entry.queue,
        agent=agent if entry.state is EntryState.RESERVED else "",
        waited_seconds=entry.waited_seconds + entry.credit_seconds,
        target_seconds=targets.get(entry.tier, _NO_TARGET_SECONDS),
        estimate=estimate,
    )


def _tier(name: str, target_seconds: float, waiting: Sequence[WaitingNow], estimate: Estimate | None) -> TierNow:
    own = [one.waited_seconds for one in waiting if one.tier == name]
    return TierNow(
        name=name,
        target_seconds=target_seconds,
        waiting=len(own),
        longest_seconds=max(own, default=0.0),
        estimate=estimate,
    )


def _writing_agent(demo: Demo, standing: AgentStanding) -> AgentNow:
    """An agent who has conversations, or is offered one."""
    chats = [chat for one in standing.entries if (chat := demo.chats.row_of(one)) is not None]
    names = ", ".join(chat.name for chat in chats)
    is_offered = standing.state is AgentState.RESERVED
    began = [chat.answered_at for chat in chats if chat.answered_at is not None and not is_offered]
    return AgentNow(
        name=standing.agent,
        state=standing.state,
        doing=f"is offered {names}" if is_offered else f"writes with {names}",
        queues=standing.queues,
        since=min(began, default=None),
    )


def _agent(demo: Demo, standing: AgentStanding) -> AgentNow:
    row = next((row for one in standing.entries if (row := demo.watch.row_of(one)) is not None), None)
    if standing.entries and row is None:
        return _writing_agent(demo, standing)
    who = row.name if row is not None else ""
    doing = {
        AgentState.OFFLINE: "no phone is registered",
        AgentState.AVAILABLE: "ready",
        AgentState.RESERVED: f"rings for {who}",
        AgentState.ENGAGED: f"talks with {who}",
        AgentState.WRAP_UP: "wraps up",
        AgentState.AWAY: f"away: {standing.reason}",
    }[standing.state]
    is_talking = row is not None and standing.state is AgentState.ENGAGED
    return AgentNow(
        name=standing.agent,
        state=standing.state,
        doing=doing,
        queues=standing.queues,
        since=row.answered_at if row is not None and is_talking else None,
    )
