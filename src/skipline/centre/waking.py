"""What waits for a time: runs, callers who wait to be spoken to, call-backs at rest. Each has one next moment."""

from datetime import datetime

from skipline.centre.announcing import next_words_at
from skipline.centre.call_backs import wake_call_back
from skipline.centre.calls import go_on_after_time
from skipline.centre.state import Centre, Changes
from skipline.model.ids import CallId, EntryId


def wake_at(centre: Centre, key: str) -> datetime | None:
    """When `wake` has something to do for a call, or for the entry of a call-back; None: only an event will."""
    call_back = centre.call_backs.get(EntryId(key))
    if call_back is not None:
        return call_back.retry_at
    serving = centre.runs.get(CallId(key))
    if serving is None:
        return None
    words_at = None if serving.stay is None else next_words_at(serving.stay)
    return min((at for at in (serving.run.wait_until, words_at) if at is not None), default=None)


def wake(centre: Centre, key: str, now: datetime) -> Changes:
    """Go on with whatever has its time. Raises `calls.RunBroke` as `handle` does."""
    if EntryId(key) in centre.call_backs:
        return wake_call_back(centre, EntryId(key), now)
    return go_on_after_time(centre, CallId(key), now)
