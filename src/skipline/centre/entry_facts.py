"""What is told and written down of an entry."""

from datetime import datetime

import msgspec

from skipline.centre.call_back import CallBack
from skipline.centre.state import Centre, Serving
from skipline.centre.stay import Stay
from skipline.model.live_events import EntryChanged
from skipline.model.queueing import Entry, EntryState
from skipline.model.record import EntryRecord


def entry_fact(entry: Entry, state: EntryState, at: datetime, *, agent: str = "", waited: float = 0.0) -> EntryChanged:
    """That an entry stands elsewhere than before."""
    return EntryChanged(
        at=at,
        entry=entry.id,
        call=entry.call,
        queue=entry.place.queue,
        tier=entry.place.tier,
        state=state,
        agent=agent,
        waited_seconds=waited,
    )


def open_record(entry: Entry) -> EntryRecord:
    """An entry that has begun to wait."""
    return EntryRecord(entry=entry, state=EntryState.WAITING, why=entry.reasons)


def closed_record(stay: Stay, state: EntryState, at: datetime, *, is_lost: bool = False) -> EntryRecord:
    """An entry whose stay is over, with its reasons."""
    return EntryRecord(
        entry=stay.entry,
        state=state,
        left_at=at,
        is_lost=is_lost,
        agent=stay.agent,
        waited_seconds=stay.waited(at),
        why=tuple(stay.why),
        passed_over=stay.passed_over,
        agents_considered=stay.agents_considered,
    )


def keep_explanation(centre: Centre, stay: Stay) -> None:
    """Have a stay remember why it stands where it stands, as long as the queues can tell."""
    explained = centre.lines.explain(stay.entry.id)
    if explained is not None:
        stay.passed_over, stay.agents_considered = explained.passed_over, explained.agents_considered


def show_in_trace(serving: Serving, stay: Stay, at: datetime) -> None:
    """Leave a stay's reasons in the trace entry of the step that the run waits in."""
    if serving.run.step is None:
        return
    serving.run.step_detail |= {
        "entry": stay.entry.id,
        "queue": stay.entry.place.queue,
        "agent": stay.agent,
        "waited_seconds": round(stay.waited_seconds + stay.waited(at), 1),
        "queue_why": list(stay.why),
    }


def call_back_record(
    call_back: CallBack, state: EntryState = EntryState.WAITING, left_at: datetime | None = None
) -> EntryRecord:
    """A call-back as it is kept, to be taken up again after a restart while it has not left."""
    return EntryRecord(
        entry=call_back.entry,
        state=state,
        left_at=left_at,
        agent=call_back.agent if left_at is not None else "",
        waited_seconds=_waited(call_back, left_at),
        why=tuple(call_back.why),
        call_back=None if left_at is not None else msgspec.to_builtins(call_back),
    )


def _waited(call_back: CallBack, left_at: datetime | None) -> float:
    until = call_back.connected_at or left_at
    return 0.0 if until is None else max(0.0, (until - call_back.entry.joined_at).total_seconds())
