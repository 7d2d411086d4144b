"""Random companies and random days at their queues, for `queue_fuzz`. Times are milliseconds since `NOON`."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

import queue_model as model

from skipline.model import queueing
from skipline.model.configuration import Tier
from skipline.model.ids import EntryId
from skipline.model.queue_events import QueuesConfigured
from skipline.model.queueing import Agent, Entry, Medium, Overflow, Place, Policy, Preference, Queue, SkillNeed

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
QUEUES, SKILLS, AGENTS = ("vip", "help", "sales"), ("dutch", "tech"), ("ana", "ben", "carl", "dora", "eva")
TIERS = {"gold": 10_000, "silver": 20_000, "bronze": 60_000}

Company = tuple[QueuesConfigured, list[model.Rules], list[model.Tier], list[model.ModelAgent]]


def at(ms: int) -> datetime:
    """A moment of the scenario."""
    return NOON + timedelta(milliseconds=ms)


def random_company(rng: Random, now: int) -> Company:
    """The same queues, tiers and agents for the real queue and for the model."""
    names = rng.sample(QUEUES, rng.choice((1, 1, 2, 3)))
    same = rng.choice(list(Policy)) if rng.random() < 0.6 else None
    queues = [random_queue(rng, name, same or rng.choice(list(Policy))) for name in names]
    tiers = [random_tier(rng, name) for name in list(TIERS)[: rng.choice((1, 2, 3, 3))]]
    agents = [random_agent(rng, name, names) for name in rng.sample(AGENTS, rng.randint(1, len(AGENTS)))]
    event = QueuesConfigured(at=at(now), queues=tuple(queues), tiers=tuple(tiers), agents=tuple(agents))
    return event, [plain_queue(one) for one in queues], [plain_tier(one) for one in tiers], [*map(plain_agent, agents)]


def random_tier(rng: Random, name: str) -> Tier:
    target = TIERS[name] / 1000
    return Tier(name=name, target_seconds=target, max_wait_seconds=rng.choice((None, 0, 3 * target)))


def random_queue(rng: Random, name: str, policy: Policy) -> Queue:
    some = rng.random
    return Queue(
        name=name,
        policy=policy,
        fair_lane=rng.choice((0, 1, 2, 3, 10)),
        reserves={rng.choice(("gold", "silver")): rng.randint(1, 2)} if some() < 0.25 else {},
        head_starts={"gold": rng.choice((5.0, 30.0)), "silver": 3.5} if some() < 0.5 else {},
        shares={rng.choice(("gold", "silver")): rng.choice((0.25, 0.5))} if some() < 0.2 else {},
        offer_seconds=rng.choice((5.0, 15.0)),
        misses=rng.choice((0, 1, 2)),
        wrap_up_seconds=rng.choice((0.0, 0.0, 4.0)),
        overflow=random_overflow(rng),
    )


def random_overflow(rng: Random) -> Overflow:
    if rng.random() < 0.7:
        return Overflow()
    return Overflow(
        after_seconds=rng.choice((None, 20.0, 45.0)),
        wait_exceeds_seconds=rng.choice((None, None, 25.0)),
        when_nobody_is_signed_in=rng.random() < 0.3,
        most_waiting=rng.choice((None, None, 0, 2)),
        to=rng.choice(("", *QUEUES)),
    )


def random_agent(rng: Random, name: str, names: list[str]) -> Agent:
    queues = tuple(sorted({rng.choice(names), *rng.sample(QUEUES, rng.randint(0, 2))}))
    skills = {skill: rng.randint(1, 3) for skill in SKILLS if rng.random() < 0.5}
    most, beside = rng.choice((0, 1, 3)), rng.choice((0, 0, 1))
    return Agent(name=name, queues=queues, skills=skills, most_chats=most, chats_during_call=beside)


def random_entry(rng: Random, number: int, now: int, queues: Iterable[str]) -> tuple[Entry, dict[str, object]]:
    """An entry, and what the model's one is made of; it may have joined earlier than now."""
    joined = now - rng.choice((0, 0, 0, 500, 7_000))
    needs = tuple(
        SkillNeed(skill=skill, level=rng.randint(1, 3), until_seconds=rng.choice((None, 5.0, 12.0)))
        for skill in rng.choices(SKILLS, k=rng.choice((0, 0, 0, 1, 2)))
    )
    preferences = tuple(
        Preference(agents=tuple(rng.sample(AGENTS, rng.randint(1, 2))), seconds=rng.choice((4.0, 10.0)))
        for _ in range(rng.choice((0, 0, 0, 1, 2)))
    )
    medium = rng.choice((Medium.CALL, Medium.CALL, Medium.MESSAGE))
    place = Place(
        queue=rng.choice([*queues, *queues, *queues, *queues, *queues, *QUEUES]),
        tier=rng.choice((*TIERS, *TIERS, "")),
        target_seconds=rng.choice((None, None, None, 15.0)),
        needs=needs,
        preferences=preferences,
        credit_seconds=rng.choice((0.0, 0.0, 0.0, 6.5, 30.0)),
        medium=medium,
    )
    entry = Entry(id=EntryId(f"e{number}"), joined_at=at(joined), place=place)
    return entry, plain_entry(entry, joined)


def plain_entry(entry: Entry, joined: int) -> dict[str, object]:
    place = entry.place
    return {
        "id": entry.id,
        "tier": place.tier,
        "own_target": ms(place.target_seconds),
        "joined": joined,
        "credit": ms(place.credit_seconds),
        "medium": str(place.medium),
        "needs": tuple(model.Need(one.skill, one.level, ms(one.until_seconds)) for one in place.needs),
        "preferences": tuple((one.agents, ms(one.seconds)) for one in place.preferences),
    }


def plain_queue(queue: Queue) -> model.Rules:
    overflow = queue.overflow
    return model.Rules(
        name=queue.name,
        policy=str(queue.policy),
        fair_lane=queue.fair_lane,
        reserves=queue.reserves,
        head_starts={tier: ms(lead) or 0 for tier, lead in queue.head_starts.items()},
        shares={tier: Fraction(share) for tier, share in queue.shares.items()},
        offer=ms(queue.offer_seconds) or 0,
        misses=queue.misses,
        wrap_up=ms(queue.wrap_up_seconds) or 0,
        after=ms(overflow.after_seconds),
        exceeds=ms(overflow.wait_exceeds_seconds),
        deserted=overflow.when_nobody_is_signed_in,
        most=overflow.most_waiting,
        to=overflow.to,
    )


def plain_tier(tier: Tier) -> model.Tier:
    return model.Tier(tier.name, ms(tier.target_seconds) or 0, ms(tier.max_wait_seconds))


def plain_agent(agent: queueing.Agent) -> model.ModelAgent:
    return model.ModelAgent(agent.name, agent.queues, agent.skills, agent.most_chats, agent.chats_during_call)


def ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
