"""How an agent's phone is rung: which one, for how long, and what it is told."""

from datetime import datetime

from skipline.centre.state import Centre
from skipline.model.call import Call, TryEnd
from skipline.model.events import AgentRefused
from skipline.model.queue_events import OfferMade
from skipline.queue.spoken import sentences

RUN_HEADER = "X-Skipline-Run"
TIER_HEADER = "X-Skipline-Tier"

RING_GRACE_SECONDS = 2.0
"""The queue ends an offer. The phone rings a little longer by itself, in case no centre is there to say so."""


def phone_of(centre: Centre, agent: str) -> str:
    """The SIP user of an agent's phone; empty when they have none."""
    found = centre.agents.get(agent)
    return found.phone.user if found is not None and found.phone is not None else ""


def agent_of(centre: Centre, user: str) -> str:
    """The agent whose phone registers as `user`; empty when it is nobody's."""
    return next((one.name for one in centre.agents.values() if one.phone is not None and one.phone.user == user), "")


def trunk_out(centre: Centre, call: Call) -> str:
    """The trunk by which calls to numbers leave: the one that this call came over, or the first that has a server;
    empty when none has."""
    own = (trunk for trunk in centre.trunks.values() if trunk.name == call.trunk)
    return next((trunk.name for trunk in (*own, *centre.trunks.values()) if trunk.server), "")


def ring_seconds(offer: OfferMade, now: datetime) -> float:
    """How long a phone rings at most."""
    return max(0.0, (offer.reservation.expires_at - now).total_seconds()) + RING_GRACE_SECONDS


def ring_headers(offer: OfferMade) -> dict[str, str]:
    """What the agent's phone may read: the run, and the tier where there is one."""
    headers = {RUN_HEADER: str(offer.entry.run), TIER_HEADER: offer.entry.place.tier}
    return {name: value for name, value in headers.items() if value}


def whisper_for(centre: Centre, offer: OfferMade, now: datetime) -> str:
    """What an agent hears before the contact; empty when their queue whispers nothing."""
    queue = centre.queues.get(offer.entry.place.queue)
    if queue is None or not queue.whispers:
        return ""
    return sentences.whisper(offer.entry, (now - offer.entry.joined_at).total_seconds())


def refusal(agent: str, event: AgentRefused) -> str:
    """Why an agent who was rung did not take the contact, in a sentence."""
    words = {TryEnd.BUSY: "declined", TryEnd.NO_ANSWER: "did not answer"}
    return f"{agent} {words.get(event.end, 'could not be reached')}{status_of(event.code, event.reason)}."


def status_of(code: int, reason: str) -> str:
    """A final SIP status in brackets, with a blank before it; empty when there was none."""
    return f" ({code} {reason})".replace(" )", ")") if code else ""
