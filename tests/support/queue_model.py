"""The queue's rules once more, as slowly and plainly as they can be told: every decision looks at every entry and every
agent. The real queue must decide the same; see `queue_fuzz`.

Times are whole milliseconds. Nothing here knows lines, heaps or counters.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

CALL, MESSAGE = "call", "message"
REFUSED_MS, UNREACHABLE_MS, ESTIMATE_EVERY_MS, SPARED_MS = 60_000, 30_000, 15_000, 5_000
IN_HAND = ("reserved", "connected", "wrapping")


@dataclass
class Rules:
    name: str
    policy: str = "target_ratio"
    fair_lane: int = 10
    reserves: dict[str, int] = field(default_factory=dict)
    head_starts: dict[str, int] = field(default_factory=dict)
    shares: dict[str, Fraction] = field(default_factory=dict)
    offer: int = 15_000
    misses: int = 2
    wrap_up: int = 0
    after: int | None = None
    exceeds: int | None = None
    deserted: bool = False
    most: int | None = None
    to: str = ""
    is_open: bool = True


@dataclass
class Tier:
    name: str
    target: int
    max_wait: int | None = None


@dataclass
class Need:
    skill: str
    level: int
    until: int | None


@dataclass
class Ask:
    """What an entry asked for when it was last placed."""

    needs: dict[str, int]
    preferred: tuple[str, ...]
    refused: frozenset[str]


@dataclass
class ModelEntry:
    id: str
    queue: Rules
    tier: str
    own_target: int | None
    joined: int
    credit: int
    medium: str
    needs: tuple[Need, ...] = ()
    preferences: tuple[tuple[tuple[str, ...], int], ...] = ()
    state: str = "waiting"
    ask: Ask | None = None
    stage: int = 0
    stage_began: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    is_new: bool = True
    spared_until: int = 0
    came_from: frozenset[str] = frozenset()
    waited: int = 0
    wait_began: int = 0
    left: int = 0
    rang: int = 0
    talk: int = 0
    wrap_began: int | None = None
    offers: int = 0
    misses: int = 0
    agent: str = ""
    due: int | None = None

    @property
    def since(self) -> int:
        return self.joined - self.credit

    @property
    def waits_since(self) -> int:
        return self.wait_began - self.waited

    @property
    def has_agent(self) -> bool:
        return self.state in ("connected", "wrapping")


@dataclass
class ModelOffer:
    entry: ModelEntry
    agent: ModelAgent
    made: int
    expires: int
    state: str = "pending"
    is_lane: bool = False


@dataclass
class ModelAgent:
    name: str
    queues: tuple[str, ...]
    skills: dict[str, int]
    most_chats: int
    chats_during_call: int
    media: frozenset[str] = frozenset()
    pause: str = ""
    aside: str = ""
    for_misses: bool = False
    aside_until: int | None = None
    misses: int = 0
    idle_since: int = 0
    removed: bool = False
    shown: tuple[str, str] = ("offline", "")

    @property
    def reachable(self) -> bool:
        return bool(self.media)

    @property
    def present(self) -> bool:
        return self.reachable and not self.pause and not self.aside and not self.removed

    @property
    def signed_in(self) -> bool:
        return self.reachable and not self.for_misses and not self.removed

    def there(self) -> There:
        """For what they are present, and for what they are signed in."""
        nothing: frozenset[str] = frozenset()
        return (self.media if self.present else nothing, self.media if self.signed_in else nothing)


There = tuple[frozenset[str], frozenset[str]]
Profile = tuple[tuple[str, ...], tuple[tuple[str, int], ...]]


class Model:
    """Give it what happened, by the name of the event; `told` holds what was decided since the last one."""

    def __init__(self) -> None:
        self.tiers: dict[str, Tier] = {}
        self.queues: dict[str, Rules] = {}
        self.agents: dict[str, ModelAgent] = {}
        self.entries: dict[str, ModelEntry] = {}
        self.offers: list[ModelOffer] = []
        self.lanes: dict[Profile, int] = {}
        self.told: list[tuple[object, ...]] = []
        self.now = 0
        self.loose: list[ModelEntry] = []
        self.placed: list[ModelEntry] = []
        self.freed: dict[str, ModelAgent] = {}

    # What is derived, each time anew.

    def rank(self, tier: str) -> int:
        names = list(self.tiers)
        return names.index(tier) if tier in names else len(names)

    def tier_of(self, entry: ModelEntry) -> Tier:
        last = list(self.tiers.values())[-1] if self.tiers else Tier("", 60_000)
        return self.tiers.get(entry.tier, last)

    def target(self, entry: ModelEntry) -> int:
        return self.tier_of(entry).target if entry.own_target is None else entry.own_target

    def max_wait(self, entry: ModelEntry) -> int | None:
        cap = self.tier_of(entry).max_wait
        if entry.queue.policy == "fifo" or cap == 0:
            return None
        return 10 * self.target(entry) if cap is None else cap

    def overdue(self, entry: ModelEntry) -> bool:
        cap = self.max_wait(entry)
        return cap is not None and self.now >= entry.since + cap

    def urgency(self, entry: ModelEntry) -> Fraction:
        return Fraction(self.now - entry.since, self.target(entry))

    def key(self, entry: ModelEntry) -> tuple[object, ...]:
        tail = (self.rank(entry.tier), entry.since, entry.id)
        cap = self.max_wait(entry)
        if cap is not None and self.now >= entry.since + cap:
            return (0, entry.since + cap, *tail)
        figure = {
            "target_ratio": -self.urgency(entry),
            "due_time": entry.since + self.target(entry),
            "strict": self.rank(entry.tier),
            "reserve": self.rank(entry.tier),
            "head_start": entry.since - entry.queue.head_starts.get(entry.tier, 0),
            "fifo": entry.since,
        }[entry.queue.policy]
        return (1, figure, *tail)

    def serves(self, agent: ModelAgent, queue: Rules) -> bool:
        return not agent.removed and queue.is_open and queue.name in agent.queues

    def profile(self, agent: ModelAgent) -> Profile:
        if agent.removed:
            return (), ()
        return tuple(sorted(name for name in set(agent.queues) if name in self.queues)), tuple(
            sorted(agent.skills.items())
        )

    def breadth(self, agent: ModelAgent) -> int:
        queues, skills = self.profile(agent)
        return len(queues) + len(skills)

    def load(self, agent: ModelAgent, medium: str) -> int:
        held = [one for one in self.entries.values() if one.has_agent and one.agent == agent.name]
        held += [one.entry for one in self.offers if one.state == "pending" and one.agent is agent]
        return sum(1 for one in held if one.medium == medium)

    def has_room(self, agent: ModelAgent, medium: str) -> bool:
        calls, chats = self.load(agent, CALL), self.load(agent, MESSAGE)
        if not agent.present or medium not in agent.media:
            return False
        if medium == CALL:
            return calls == 0 and (chats == 0 or chats <= min(agent.chats_during_call, agent.most_chats))
        return chats < (min(agent.chats_during_call, agent.most_chats) if calls else agent.most_chats)

    def is_ready(self, agent: ModelAgent, medium: str) -> bool:
        return agent.name not in self.freed and self.has_room(agent, medium)

    def ready(self, queue: Rules, medium: str) -> list[ModelAgent]:
        return [one for one in self.agents.values() if self.serves(one, queue) and self.is_ready(one, medium)]

    def fits(self, agent: ModelAgent, entry: ModelEntry) -> bool:
        """By queue and skills, whether busy or not."""
        assert entry.ask is not None
        return self.serves(agent, entry.queue) and all(
            agent.skills.get(skill, 0) >= level for skill, level in entry.ask.needs.items()
        )

    def may_take(self, agent: ModelAgent, entry: ModelEntry) -> bool:
        assert entry.ask is not None
        if entry.ask.preferred:
            return agent.name in entry.ask.preferred and agent.name not in entry.ask.refused
        if not self.fits(agent, entry):
            return False
        others = (
            one
            for one in self.agents.values()
            if one.present and entry.medium in one.media and one.name not in entry.ask.refused and self.fits(one, entry)
        )
        return agent.name not in entry.ask.refused or not any(others)

    def kept(self, entry: ModelEntry) -> int:
        reserves, rank = entry.queue.reserves, self.rank(entry.tier)
        return sum(count for tier, count in reserves.items() if tier in self.tiers and self.rank(tier) < rank)

    def waiting(self) -> list[ModelEntry]:
        return [one for one in self.entries.values() if one.state == "waiting" and one.ask is not None]

    # The two choices.

    def pick_agent(self, entry: ModelEntry) -> ModelAgent | None:
        assert entry.ask is not None
        if entry.ask.preferred:
            named = [self.agents[name] for name in entry.ask.preferred if name in self.agents]
            able = [one for one in named if self.may_take(one, entry) and self.has_room(one, entry.medium)]
            return able[0] if able else None
        ready = self.ready(entry.queue, entry.medium)
        kept = self.kept(entry)
        if kept and len(ready) <= kept and not self.overdue(entry):
            return None
        able = [one for one in ready if self.may_take(one, entry)]
        return min(able, key=self.agent_key, default=None)

    def agent_key(self, agent: ModelAgent) -> tuple[object, ...]:
        load = self.load(agent, CALL) + self.load(agent, MESSAGE)
        return self.breadth(agent), load, agent.idle_since, agent.name

    def pick_entry(self, agent: ModelAgent) -> tuple[ModelEntry, str] | None:
        able = [one for one in self.waiting() if self.has_room(agent, one.medium) and self.may_take(agent, one)]
        if not able:
            return None
        if self.lane_due(agent):
            laned = [one for one in able if one.queue.fair_lane > 0]
            if laned:
                return min(laned, key=lambda one: (one.since, self.rank(one.tier), one.id)), "lane"
        able = [one for one in able if not self.is_held(agent, one)]
        overdue = [one for one in able if self.overdue(one)]
        if overdue:
            return min(overdue, key=self.key), "overdue"
        owed = [one for one in able if self.is_owed(one)]
        able = owed or able
        if not able:
            return None
        return self.first(able), "policy"

    def first(self, entries: list[ModelEntry]) -> ModelEntry:
        """By its policy; of several policies the firsts, by urgency."""
        policies = {one.queue.policy for one in entries}
        firsts = [min((one for one in entries if one.queue.policy == policy), key=self.key) for policy in policies]
        return min(firsts, key=lambda one: (-self.urgency(one), self.rank(one.tier), one.since, one.id))

    def is_held(self, agent: ModelAgent, entry: ModelEntry) -> bool:
        kept = self.kept(entry)
        if not kept or self.overdue(entry) or (entry.ask is not None and entry.ask.preferred):
            return False
        ready = self.ready(entry.queue, entry.medium)
        itself = 1 if self.serves(agent, entry.queue) and agent not in ready else 0
        return len(ready) + itself <= kept

    def is_owed(self, entry: ModelEntry) -> bool:
        share = entry.queue.shares.get(entry.tier, Fraction(0))
        alike = [one for one in self.entries.values() if one.queue.name == entry.queue.name and one.tier == entry.tier]
        in_hand = sum(1 for one in alike if one.state in IN_HAND)
        present = sum(1 for one in self.agents.values() if one.present and self.serves(one, entry.queue))
        return share > 0 and in_hand < share * present

    def lane_every(self, agent: ModelAgent) -> int:
        lanes = [self.queues[name].fair_lane for name in self.profile(agent)[0]]
        return min((lane for lane in lanes if lane > 0), default=0)

    def lane_due(self, agent: ModelAgent) -> bool:
        every = self.lane_every(agent)
        return every > 0 and self.lanes.get(self.profile(agent), 0) + 1 >= every

    # Offers.

    def make_offer(self, entry: ModelEntry, agent: ModelAgent, rule: str) -> None:
        entry.state, entry.ask, entry.due = "reserved", None, None
        entry.offers += 1
        entry.is_new = False
        profile = self.profile(agent)
        self.lanes[profile] = 0 if rule == "lane" else self.lanes.get(profile, 0) + 1
        self.offers.append(ModelOffer(entry, agent, self.now, self.now + entry.queue.offer, is_lane=rule == "lane"))
        self.told.append(("offer", entry.id, agent.name))

    def end_offer(self, offer: ModelOffer, state: str) -> None:
        offer.state = state
        offer.entry.rang += max(0, self.now - offer.made)
        if state != "accepted":
            if offer.is_lane:
                self.lanes[self.profile(offer.agent)] = self.lane_every(offer.agent)
            self.freed[offer.agent.name] = offer.agent

    def let_go(self, offer: ModelOffer, state: str) -> None:
        self.end_offer(offer, state)
        offer.entry.state = "waiting"
        self.loose.append(offer.entry)

    def withdrawn(self, offer: ModelOffer) -> None:
        self.told.append(("withdrawn", offer.entry.id, offer.agent.name))

    def offer_of(self, entry: ModelEntry) -> ModelOffer:
        return next(one for one in self.offers if one.entry is entry and one.state == "pending")

    def take_back_all(self, agent: ModelAgent, but: frozenset[str] = frozenset()) -> None:
        for offer in [one for one in self.offers if one.agent is agent and one.state == "pending"]:
            if offer.entry.medium not in but:
                self.let_go(offer, "withdrawn")
                self.withdrawn(offer)

    def take(self, entry: ModelEntry, agent: ModelAgent, at: int) -> None:
        entry.state, entry.ask, entry.due, entry.agent = "connected", None, None, agent.name
        entry.waited += max(0, at - entry.wait_began)
        entry.left = max(at, entry.wait_began)
        agent.misses = 0

    # Events.

    def joined(self, entry: ModelEntry) -> None:
        if entry.id not in self.entries:
            entry.wait_began = entry.stage_began = entry.joined
            self.entries[entry.id] = entry
            self.loose.append(entry)

    def restored(self, entry: ModelEntry, agent: str, connected: int) -> None:
        if entry.id in self.entries:
            return
        entry.is_new = False
        if not agent:
            entry.spared_until = self.now + SPARED_MS
            self.joined(entry)
            return
        entry.wait_began = entry.stage_began = entry.joined
        self.entries[entry.id] = entry
        if agent not in self.agents:
            self.agents[agent] = ModelAgent(agent, (), {}, 3, 0, removed=True)
        self.take(entry, self.agents[agent], connected)
        self.freed[agent] = self.agents[agent]

    def reranked(self, entry_id: str, tier: str) -> None:
        entry = self.entries.get(entry_id)
        if entry is None or entry.has_agent:
            return
        entry.tier, entry.own_target = tier, None
        if entry.state == "waiting":
            entry.ask = None
            self.loose.append(entry)

    def entry_left(self, entry_id: str, ended: str) -> None:
        entry = self.entries.get(entry_id)
        if entry is None or entry.has_agent:
            return
        if entry.state == "reserved":
            offer = self.offer_of(entry)
            self.end_offer(offer, "withdrawn")
            self.withdrawn(offer)
        self.close(entry, ended)

    def close(self, entry: ModelEntry, ended: str, to: str = "") -> None:
        if not entry.has_agent:
            entry.waited += max(0, self.now - entry.wait_began)
            entry.left = max(self.now, entry.wait_began)
        wrapped = 0 if entry.wrap_began is None else self.now - entry.wrap_began
        del self.entries[entry.id]
        self.told.append(
            ("closed", entry.id, entry.queue.name, entry.tier, ended, entry.agent if ended == "connected" else "",
             entry.waited, entry.rang, entry.talk, wrapped, entry.left, entry.offers, entry.misses, entry.credit, to)
        )  # fmt: skip
        entry.state = ended

    def accepted(self, offer: ModelOffer) -> None:
        entry, agent = offer.entry, offer.agent
        if offer.state == "accepted":
            return
        if offer.state == "pending":
            self.end_offer(offer, "accepted")
            self.take(entry, agent, self.now)
            return
        agent = offer.agent = self.agents.get(agent.name, agent)
        in_call = any(
            one.agent == agent.name and one.state == "connected" and one.medium == CALL for one in self.entries.values()
        )
        is_there = self.entries.get(entry.id) is entry and not entry.has_agent
        if not is_there or (entry.medium == CALL and in_call):
            self.withdrawn(offer)
            return
        offer.state = "accepted"
        self.agents[agent.name] = agent
        if entry.state == "reserved":
            rival = self.offer_of(entry)
            self.end_offer(rival, "withdrawn")
            self.withdrawn(rival)
        if entry.medium == CALL:
            for other in [one for one in self.offers if one.agent is agent and one.state == "pending"]:
                if other.entry.medium == CALL:
                    self.let_go(other, "withdrawn")
                    self.withdrawn(other)
        self.take(entry, agent, self.now)
        self.freed[agent.name] = agent

    def declined(self, offer: ModelOffer, unreachable: bool) -> None:
        if offer.state != "pending":
            return
        offer.entry.refused[offer.agent.name] = self.now + REFUSED_MS
        offer.entry.misses += not unreachable
        self.let_go(offer, "declined")
        if unreachable:
            self.leave_alone(offer.agent)
        else:
            self.count_miss(offer.agent, offer.entry)

    def expired(self, offer: ModelOffer) -> None:
        offer.entry.refused[offer.agent.name] = self.now + REFUSED_MS
        offer.entry.misses += 1
        self.let_go(offer, "expired")
        self.withdrawn(offer)
        self.count_miss(offer.agent, offer.entry)

    def count_miss(self, agent: ModelAgent, entry: ModelEntry) -> None:
        most = entry.queue.misses
        agent.misses += 1
        if 0 < most <= agent.misses:
            was = agent.there()
            agent.aside, agent.for_misses, agent.aside_until = f"missed {agent.misses} offers", True, None
            self.take_back_all(agent)
            self.presence_changed(agent, was)

    def leave_alone(self, agent: ModelAgent) -> None:
        if agent.removed:
            return
        was = agent.there()
        if not agent.for_misses:
            agent.aside, agent.aside_until = "phone", self.now + UNREACHABLE_MS
        self.take_back_all(agent)
        self.presence_changed(agent, was)

    def presence_changed(self, agent: ModelAgent, was: There) -> None:
        now = agent.there()
        if was[0] - now[0]:
            for entry in self.waiting():
                assert entry.ask is not None
                named = agent.name in entry.ask.preferred
                if named or (entry.ask.refused and not entry.ask.preferred and self.fits(agent, entry)):
                    self.loosen(entry)
        if was[1] - now[1]:
            for entry in self.waiting():
                if self.serves(agent, entry.queue) and entry.queue.deserted and not self.signed_in(entry):
                    self.loosen(entry)
        self.freed[agent.name] = agent

    def signed_in(self, entry: ModelEntry) -> int:
        """How many are at work who could take such an entry."""
        at_work = (one for one in self.agents.values() if one.signed_in and self.serves(one, entry.queue))
        return sum(1 for one in at_work if entry.medium in one.media)

    def loosen(self, entry: ModelEntry) -> None:
        entry.ask = None
        self.loose.append(entry)

    def returned(self, entry_id: str) -> None:
        entry = self.entries.get(entry_id)
        if entry is None or entry.state in ("waiting", "wrapping"):
            return
        if entry.state == "reserved":
            offer = self.offer_of(entry)
            entry.refused[offer.agent.name] = self.now + REFUSED_MS
            self.let_go(offer, "withdrawn")
            self.leave_alone(offer.agent)
            return
        agent = self.agents[entry.agent]
        entry.talk += max(0, self.now - entry.left)
        entry.refused[agent.name] = self.now + REFUSED_MS
        entry.state, entry.agent, entry.wait_began = "waiting", "", self.now
        self.give_up(agent)
        if entry.medium == CALL:
            self.leave_alone(agent)
        else:
            entry.misses += 1
            if not agent.removed:
                self.count_miss(agent, entry)
        self.loose.append(entry)

    def give_up(self, agent: ModelAgent) -> None:
        agent.idle_since = self.now
        self.freed[agent.name] = agent

    def contact_ended(self, entry_id: str, talk: int) -> None:
        entry = self.entries.get(entry_id)
        if entry is None or entry.state != "connected":
            return
        entry.talk += talk
        agent = self.agents[entry.agent]
        if entry.queue.wrap_up <= 0 or agent.removed:
            self.finish(entry)
            return
        entry.state, entry.wrap_began, entry.due = "wrapping", self.now, self.now + entry.queue.wrap_up
        self.freed[agent.name] = agent

    def finish(self, entry: ModelEntry) -> None:
        agent = self.agents[entry.agent]
        self.close(entry, "connected")
        self.give_up(agent)

    def came(self, name: str, medium: str = "") -> None:
        agent = self.agents.get(name)
        if agent is None:
            return
        was = agent.there()
        if not agent.reachable:
            agent.idle_since = self.now
        agent.media |= {medium} if medium else {CALL, MESSAGE}
        if not agent.for_misses:
            agent.aside, agent.aside_until = "", None
        self.presence_changed(agent, was)

    def went(self, name: str, medium: str = "") -> None:
        agent = self.agents.get(name)
        if agent is None:
            return
        was = agent.there()
        agent.media -= {medium} if medium else {CALL, MESSAGE}
        self.take_back_all(agent, but=agent.media)
        self.presence_changed(agent, was)

    def paused(self, name: str, reason: str) -> None:
        agent = self.agents.get(name)
        if agent is None:
            return
        was = agent.there()
        agent.pause = reason
        self.take_back_all(agent)
        self.presence_changed(agent, was)

    def agent_ready(self, name: str) -> None:
        agent = self.agents.get(name)
        if agent is None:
            return
        was = agent.there()
        if agent.pause or agent.aside:
            agent.idle_since = self.now
        agent.pause = agent.aside = ""
        agent.for_misses, agent.aside_until, agent.misses = False, None, 0
        self.presence_changed(agent, was)
        for entry in [one for one in self.entries.values() if one.state == "wrapping" and one.agent == name]:
            self.finish(entry)

    def configured(self, queues: list[Rules], tiers: list[Tier], agents: list[ModelAgent]) -> None:
        self.tiers = {one.name: one for one in tiers}
        for gone in self.queues.values():
            gone.is_open = False
        self.queues = {one.name: one for one in queues}
        old_profiles = dict(self.lanes)
        for entry in self.entries.values():
            entry.queue = self.queues.get(entry.queue.name, entry.queue)
            if entry.state == "waiting":
                self.loosen(entry)
        self.reseat(agents)
        self.lanes = {self.profile(one): old_profiles.get(self.profile(one), 0) for one in self.agents.values()}
        for offer in [one for one in self.offers if one.state == "pending" and not one.entry.queue.is_open]:
            self.let_go(offer, "withdrawn")
            self.withdrawn(offer)

    def reseat(self, agents: list[ModelAgent]) -> None:
        for new in agents:
            old = self.agents.setdefault(new.name, new)
            old.queues, old.skills, old.removed = new.queues, new.skills, False
            old.most_chats, old.chats_during_call = new.most_chats, new.chats_during_call
        named = {one.name for one in agents}
        for agent in self.agents.values():
            agent.removed = agent.name not in named
            self.freed[agent.name] = agent
            if agent.removed:
                self.take_back_all(agent)

    def time_passed(self) -> None:
        while True:
            due = [(one.expires, "offer", one) for one in self.offers if one.state == "pending"]
            due += [(one.due, "entry", one) for one in self.entries.values() if one.due is not None]
            due += [(one.aside_until, "agent", one) for one in self.agents.values() if one.aside_until is not None]
            due = [one for one in due if one[0] <= self.now]
            if not due:
                return
            _, kind, sleeper = min(due, key=lambda one: (one[0], one[1]))
            if kind == "offer":
                self.expired(sleeper)
            elif kind == "agent":
                was = sleeper.there()
                sleeper.aside, sleeper.aside_until = "", None
                self.presence_changed(sleeper, was)
            elif sleeper.state == "wrapping":
                sleeper.due = None
                self.finish(sleeper)
            else:
                sleeper.due = None
                if sleeper.ask is not None:
                    self.loosen(sleeper)

    # The end of each event.

    def settle(self) -> None:
        while self.loose or self.freed:
            loose, self.loose = list(self.loose), []
            while loose:
                entry = self.first(loose)
                loose.remove(entry)
                self.place(entry)
            fed = sorted(self.freed.values(), key=lambda one: (self.breadth(one), one.idle_since, one.name))
            for agent in fed:
                while (found := self.pick_entry(agent)) is not None:
                    self.make_offer(found[0], agent, found[1])
                self.freed.pop(agent.name)
            self.release([one for agent in fed for one in self.keeping(agent)])
            placed, self.placed = self.placed, []
            for entry in placed:
                self.review(entry)
        for agent in list(self.agents.values()):
            self.tell_change(agent)
            idle = not any(one.agent == agent.name and one.has_agent for one in self.entries.values())
            if agent.removed and idle:
                agent.aside, agent.for_misses, agent.aside_until = "", False, None
                del self.agents[agent.name]

    def keeping(self, agent: ModelAgent) -> list[Rules]:
        return [self.queues[name] for name in self.profile(agent)[0] if any(self.queues[name].reserves.values())]

    def place(self, entry: ModelEntry) -> None:
        if not entry.queue.is_open:
            self.overflow(entry)
            return
        entry.ask = self.asks_now(entry)
        agent = self.pick_agent(entry)
        if agent is None:
            self.placed.append(entry)
        else:
            self.make_offer(entry, agent, "free")
            self.freed[agent.name] = agent

    def asks_now(self, entry: ModelEntry) -> Ask:
        entry.refused = {name: until for name, until in entry.refused.items() if until > self.now}
        preferred: tuple[str, ...] = ()
        while entry.stage < len(entry.preferences):
            names, span = entry.preferences[entry.stage]
            end = entry.stage_began + span
            able = [self.agents[name] for name in names if name in self.agents and name not in entry.refused]
            if self.now < end and any(one.present and entry.medium in one.media for one in able):
                preferred = names
                break
            entry.stage, entry.stage_began = entry.stage + 1, min(end, self.now)
        waited = self.now - entry.joined
        needs: dict[str, int] = {}
        for need in entry.needs:
            if need.until is None or waited < need.until:
                needs[need.skill] = max(need.level, needs.get(need.skill, 0))
        return Ask(needs, preferred, frozenset(entry.refused))

    def release(self, queues: list[Rules]) -> None:
        done: list[str] = []
        for queue in queues:
            if queue.name in done:
                continue
            done.append(queue.name)
            waiting = sorted((one for one in self.waiting() if one.queue is queue), key=self.key)
            for entry in waiting:
                agent = self.pick_agent(entry)
                if agent is not None:
                    self.make_offer(entry, agent, "free")

    def review(self, entry: ModelEntry) -> None:
        if entry.state != "waiting" or entry.ask is None:
            return
        is_overflowing = self.overflows(entry)
        entry.is_new = False
        if is_overflowing:
            self.overflow(entry)
        else:
            entry.due = self.next_change(entry)

    def unanswered(self, queue: Rules) -> int:
        alike = (one for one in self.entries.values() if one.queue is queue)
        return sum(1 for one in alike if one.state in ("waiting", "reserved"))

    def overflows(self, entry: ModelEntry) -> bool:
        queue = entry.queue
        assert entry.ask is not None
        waiting = self.unanswered(queue)
        return (
            (entry.is_new and queue.most is not None and waiting - 1 >= queue.most)
            or (queue.after is not None and self.now - entry.waits_since >= queue.after)
            or (
                queue.deserted
                and not self.signed_in(entry)
                and self.now >= entry.spared_until
                and not entry.ask.preferred
            )
            or (queue.exceeds is not None and 10_000 * waiting > queue.exceeds)
        )

    def overflow(self, entry: ModelEntry) -> None:
        been = {*entry.came_from, entry.queue.name}
        to = entry.queue.to if entry.queue.to in self.queues and entry.queue.to not in been else ""
        waited, credit = self.now - entry.joined, self.now - entry.since
        was, entry.ask = entry.tier, None
        self.close(entry, "overflowed", to)
        self.told.append(("overflowed", entry.id, to))
        if to:
            needs = tuple(
                replace(one, until=None if one.until is None else one.until - waited)
                for one in entry.needs
                if one.until is None or one.until > waited
            )
            moved = ModelEntry(
                entry.id, self.queues[to], was, entry.own_target, self.now, credit, entry.medium, needs,
                came_from=frozenset(been),
            )  # fmt: skip
            self.joined(moved)

    def next_change(self, entry: ModelEntry) -> int | None:
        queue, times = entry.queue, [*entry.refused.values(), entry.spared_until]
        times += [entry.joined + need.until for need in entry.needs if need.until is not None]
        if entry.stage < len(entry.preferences):
            times.append(entry.stage_began + entry.preferences[entry.stage][1])
        if queue.after is not None:
            times.append(entry.waits_since + queue.after)
        if queue.exceeds is not None:
            times.append(self.now + ESTIMATE_EVERY_MS)
        cap = self.max_wait(entry)
        if self.kept(entry) and cap is not None:
            times.append(entry.since + cap)
        return min((one for one in times if one > self.now), default=None)

    def state_of(self, agent: ModelAgent) -> str:
        held = [one for one in self.entries.values() if one.has_agent and one.agent == agent.name]
        if any(one.state == "connected" for one in held):
            return "engaged"
        if any(one.state == "pending" and one.agent is agent for one in self.offers):
            return "reserved"
        if held:
            return "wrap_up"
        if not agent.reachable or agent.removed:
            return "offline"
        return "away" if agent.pause or agent.aside else "available"

    def tell_change(self, agent: ModelAgent) -> None:
        state = self.state_of(agent)
        shown = (state, (agent.pause or agent.aside) if state == "away" else "")
        if shown != agent.shown:
            self.told.append(("agent", agent.name, agent.shown[0], state))
            agent.shown = shown
