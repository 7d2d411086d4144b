"""What travels with a call to the voice worker and comes back after a crash: its run, and its stay in a queue.

See `docs/decisions/0003-calls-carry-their-run.md`.
"""

import msgspec

from skipline.centre.call_back import CallBack
from skipline.centre.state import Centre
from skipline.centre.stay import Stay
from skipline.flow.run import thaw_run
from skipline.model.ids import CallId, EntryId
from skipline.model.run import Run


class Memo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of one call. A call that was placed for a call-back has no run, but the call-back itself."""

    run: Run | None = None
    stay: Stay | None = None
    call_back: CallBack | None = None


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Memo).decode


def freeze_memo(memo: Memo) -> bytes:
    """The memo as JSON."""
    return _encode(memo)


def memo_of(centre: Centre, call: CallId) -> bytes:
    """What is to travel with the next command for a call; empty for one that nobody here serves."""
    serving = centre.runs.get(call)
    if serving is not None:
        return freeze_memo(Memo(run=serving.run, stay=serving.stay))
    call_back = centre.call_backs.get(centre.call_back_calls.get(call, EntryId("")))
    return b"" if call_back is None else freeze_memo(Memo(call_back=call_back))


def thaw_memo(frozen: bytes) -> Memo:
    """The memo that `freeze_memo` wrote. Raises `msgspec.MsgspecError`.

    A centre of an earlier version wrote the run alone; a worker that has outlived it hands that back.
    """
    memo = _decode(frozen)
    return memo if memo != Memo() else Memo(run=thaw_run(frozen))
