"""Delivers broken payloads of every provider, signed as the provider signs, and looks at what becomes of them."""

import random
from collections import Counter
from dataclasses import dataclass, field
from time import process_time

import msgspec
from channel_cases import channel_pieces, delivery_of, recordings, replaced, secrets_of, settings_of, sign_of, signed
from channel_mutations import broken_body

from skipline.asking.payload import LONGEST_ID, MOST_EVENTS
from skipline.model.messaging import AnyChannelEvent, ChannelSettings, Delivery, DeliveryRefused, Noted

_EVENTS = msgspec.json.Decoder(tuple[AnyChannelEvent, ...])


@dataclass(slots=True)
class Tally:
    """What came of many broken deliveries. Times in milliseconds of this process."""

    count: int = 0
    events: Counter[str] = field(default_factory=Counter)
    slowest_ms: float = 0.0
    slowest_bytes: int = 0
    troubles: list[str] = field(default_factory=list)


def fuzz(count: int, seed: int, providers: tuple[str, ...] = ()) -> Tally:
    """Deliver `count` broken payloads; what raises or is lost is in the tally's troubles."""
    chance, tally = random.Random(seed), Tally()
    told = [(name, one) for name in providers or channel_pieces() for one in recordings(name).values()]
    assert told, "there is nothing recorded"
    for _ in range(count):
        provider, recording = chance.choice(told)
        delivery = replaced(delivery_of(provider, recording), broken_body(recording["delivery"], chance))
        _deliver(tally, provider, delivery)
    return tally


def faults_of(settings: ChannelSettings, delivery: Delivery) -> tuple[list[str], list[AnyChannelEvent]]:
    """What is wrong with how a delivery is read, and what was read. Read twice, it tells the same; every event can be
    kept by every database; something that is no event of ours is noted and not dropped."""
    events = list(settings.read(delivery))
    later = msgspec.structs.replace(delivery, url=delivery.url)
    faults = []
    if delivery.body.strip() and not events:
        faults.append("nothing was read, not even a note")
    if [one.key for one in events] != [one.key for one in settings.read(later)]:
        faults.append("the keys differ when it is read again")
    if len(events) > MOST_EVENTS:
        faults.append(f"{len(events)} events")
    written = msgspec.json.encode(events)
    if list(_EVENTS.decode(written)) != events:
        faults.append("the events do not survive being written down")
    if b"\\u0000" in written:
        faults.append("an event has a NUL, which PostgreSQL cannot keep")
    faults += [f"a poor event: {one}" for one in events if not _is_whole(one)]
    return faults, events


def _is_whole(event: AnyChannelEvent) -> bool:
    is_keyed = 0 < len(event.key) <= LONGEST_ID
    return is_keyed and event.at.tzinfo is not None and (not isinstance(event, Noted) or bool(event.kind))


def _deliver(tally: Tally, provider: str, delivery: Delivery) -> None:
    settings, began = settings_of(provider), process_time()
    try:
        if sign_of(provider) is not None:
            settings.verify(signed(provider, delivery), secrets_of(provider))
        faults, events = faults_of(settings, delivery)
    except DeliveryRefused as refused:
        faults, events = ([] if refused.status < 500 else [f"refused with {refused.status}: {refused}"]), []
    except Exception as broken:
        faults, events = [f"{type(broken).__name__}: {broken}"], []
    ms = (process_time() - began) * 1000
    tally.count += 1
    tally.events.update(type(one).__name__ for one in events)
    tally.troubles += [f"{provider}: {fault[:300]}: {delivery.body[:500]!r}" for fault in faults]
    if ms > tally.slowest_ms:
        tally.slowest_ms, tally.slowest_bytes = ms, len(delivery.body)
