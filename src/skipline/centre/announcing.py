"""What callers hear of their wait: their position and the time that is left, and words of comfort.

Position and wait are told at most every `announce_every_seconds`, and again only when they got better: a caller whom
others overtook is not told so. Nobody is told anything while an agent's phone rings for them.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from skipline.centre.state import Centre, Changes, Serving
from skipline.centre.stay import Stay, StayState, Told
from skipline.model.commands import TellWaiting
from skipline.model.queueing import Queue
from skipline.queue.spoken import sentences
from skipline.queue.spoken.sentences import Sentence

FIRST_TOLD_SECONDS = 4.0
"""Callers whom an agent answers within this time hear music and a person, nothing in between."""

_LEAST_SECONDS = 10.0
"""Words in quicker succession would leave no music between them, whatever the queue says."""


def first_told(queue: Queue, now: datetime) -> Told:
    """When a caller who begins to wait is first spoken to."""
    return Told(
        next_at=now + timedelta(seconds=FIRST_TOLD_SECONDS), comfort_at=_later(now, queue.comfort_every_seconds)
    )


def next_words_at(stay: Stay) -> datetime | None:
    """When to think of words for this caller; None while nothing is said."""
    if stay.state is not StayState.WAITING:
        return None
    return min(stay.told.next_at, stay.told.comfort_at)


def tell_waiting(centre: Centre, serving: Serving, now: datetime) -> Changes:
    """Say what is due to a caller who waits, if there is anything."""
    stay = serving.stay
    if stay is None or stay.state is not StayState.WAITING:
        return Changes()
    queue = centre.queues.get(stay.entry.place.queue, Queue(name=stay.entry.place.queue))
    said = [*_standing(centre, stay, queue, now), *_comfort(stay, queue, now)]
    orders = [
        TellWaiting(text=" ".join(one.text for one in group), language=language)
        for language, group in groupby(said, key=lambda one: one.language)
    ]
    return Changes(commands=[serving.issue(order) for order in orders])


def _standing(centre: Centre, stay: Stay, queue: Queue, now: datetime) -> Iterator[Sentence]:
    told = stay.told
    if now < told.next_at:
        return
    told.next_at = _later(now, queue.announce_every_seconds)
    standing = centre.lines.standing(stay.entry.id)
    if standing is None:
        return
    language = sentences.language_for(stay.language)
    if queue.says_position and _is_better(standing.position, told.position):
        told.position = standing.position
        yield Sentence(sentences.position(standing.position, language), language)
    if queue.says_wait and standing.estimate is not None:
        words = sentences.wait(standing.estimate, language)
        if words != told.wait and _is_better(standing.estimate.high, told.wait_seconds):
            told.wait, told.wait_seconds = words, standing.estimate.high
            yield Sentence(words, language)


def _comfort(stay: Stay, queue: Queue, now: datetime) -> Iterator[Sentence]:
    if now < stay.told.comfort_at:
        return
    stay.told.comfort_at = _later(now, queue.comfort_every_seconds)
    words = sentences.comfort(queue.comfort, stay.language)
    if words is not None:
        yield words


def _is_better(found: float, told: float) -> bool:
    return not told or found < told


def _later(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=max(_LEAST_SECONDS, seconds))
