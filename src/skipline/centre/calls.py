"""The life of a call from the centre's side.

    arrived -> served by a run -> run ended -> call ended        the usual way
    arrived -> served by a run -> call ended                     the caller, or we, left before the run did

A call outlives its run while the hang-up that the run asked for is on its way. Facts about a call that is not known any
more are late and harmless.
"""

from datetime import datetime

import msgspec

from skipline.centre.announcing import tell_waiting
from skipline.centre.call_back_calls import end_call_back
from skipline.centre.ringing import RUN_HEADER
from skipline.centre.starts import match_event
from skipline.centre.state import Centre, Changes, Serving
from skipline.centre.voicemails import voicemail_of
from skipline.centre.waiting import end_stay
from skipline.flow.run import Turn, end_run, final_code_of, resume_run, start_run
from skipline.model.call import EndedBy
from skipline.model.commands import AnyCommand, ForwardCall, HangUp, Issued
from skipline.model.events import CallArrived, CallConnected, CallEnded, Event, ForwardEnded, Reply, VoicemailRecorded
from skipline.model.ids import CallId, CommandId, RunId
from skipline.model.live_events import RunEnded, RunStarted
from skipline.model.run import Outcome, Run

_SERVED = {Outcome.CALL_BACK: "a call-back was promised", Outcome.VOICEMAIL: "they left a message"}
_NOT_FOUND, _UNAVAILABLE = 404, 503


class RunBroke(Exception):
    """A step raised: our own bug. The run is parked, its caller is taken care of, and the host tells the log."""

    def __init__(self, run: Run, changes: Changes) -> None:
        super().__init__(f"run {run.id} of {run.flow} v{run.version} broke at step {run.step}")
        self.changes = changes


def begin_call(centre: Centre, event: CallArrived, now: datetime) -> Changes:
    """Start the run of the flow that owns the number; a number that lost its flow meanwhile is refused."""
    call = event.call
    if call.id in centre.runs:
        return Changes()
    live = centre.flows.get(call.to)
    start = None if live is None else match_event(live.flow, event)
    if live is None or start is None:
        return refuse_call(event, _NOT_FOUND)
    run = Run(
        # A call taken up again by a new centre, before it got any command, is the same run begun anew.
        id=RunId(call.id),
        flow=live.key,
        version=live.flow.version,
        started_at=now,
        contact=start.contact,
        call=call,
    )
    serving = centre.runs[call.id] = Serving(call, run, live.flow)
    started = RunStarted(at=now, run=run.id, call=call.id, flow=run.flow, version=run.version)
    changes = Changes(facts=[event, started], started=[run])
    _take_turn(centre, serving, changes, None, now, is_first=True)
    return changes


def refuse_call(event: CallArrived, code: int = _UNAVAILABLE) -> Changes:
    """Turn a caller away with a final status; without a word of ours they would ring for minutes."""
    call = event.call.id
    refusal = Issued(id=CommandId(f"{call}:refuse"), run=RunId(""), call=call, body=HangUp(code=code))
    return Changes(commands=[refusal], facts=[event])


def go_on(centre: Centre, reply: Reply, now: datetime) -> Changes:
    """Hand an answer to the run that waits for it."""
    serving = centre.runs.get(reply.call)
    changes = Changes(facts=[reply])
    if serving is None:
        return changes
    if isinstance(reply, VoicemailRecorded) and reply.file:
        changes.voicemails.append(voicemail_of(serving.run, reply))
    if serving.run.ended_at is None:
        _take_turn(centre, serving, changes, reply, now)
    elif isinstance(reply, ForwardEnded) and reply.command == serving.run.waiting_for:
        # A parked run's caller was sent to the fall-back target; nobody else is left to end the call.
        serving.run.waiting_for = None
        changes.commands.append(serving.issue(HangUp(code=final_code_of(reply))))
    return changes


def go_on_after_time(centre: Centre, call: CallId, now: datetime) -> Changes:
    """Wake a run whose time to wait may have passed, and say what is due to a caller who waits in a queue."""
    serving = centre.runs.get(call)
    if serving is None:
        return Changes()
    changes = tell_waiting(centre, serving, now)
    _take_turn(centre, serving, changes, None, now)
    return changes


def connect_call(centre: Centre, event: CallConnected) -> Changes:
    """Note that the caller reached a target, so that hanging up from now on is no abandonment."""
    serving = centre.runs.get(event.call)
    if serving is not None:
        serving.run.outcome_so_far = Outcome.ANSWERED
    return Changes(facts=[event])


def finish_call(centre: Centre, event: CallEnded, now: datetime) -> Changes:
    """Close the call, and its run if it is still going on."""
    changes = Changes(facts=[event], ended_calls=[event])
    end_call_back(centre, event, changes)
    serving = centre.runs.pop(event.call, None)
    if serving is not None:
        end_stay(centre, serving, event, changes)
    if serving is not None and serving.run.ended_at is None:
        outcome, why = _outcome_of_end(serving.run, event)
        end_run(serving.run, outcome, why, now)
        _close(serving.run, changes, now)
    return changes


def _outcome_of_end(run: Run, event: CallEnded) -> tuple[Outcome, str]:
    if event.by is EndedBy.LOST:
        return Outcome.LOST, f"The call was lost by our own fault: {event.reason or 'the voice worker ended'}."
    if run.outcome_so_far is Outcome.ANSWERED:
        return Outcome.ANSWERED, "The call ended after it was answered."
    if run.outcome_so_far in _SERVED:
        return run.outcome_so_far, f"The caller hung up after {_SERVED[run.outcome_so_far]}."
    return Outcome.ABANDONED, "The caller hung up before anybody answered."


def _take_turn(
    centre: Centre, serving: Serving, changes: Changes, reply: Reply | None, now: datetime, *, is_first: bool = False
) -> None:
    was_over = serving.run.ended_at is not None
    try:
        turn = (
            start_run(serving.flow, serving.run, now, centre.lines.figures)
            if is_first
            else resume_run(serving.flow, serving.run, reply, now, centre.lines.figures)
        )
    except Exception as bug:
        _park(centre, serving, changes, now)
        raise RunBroke(serving.run, changes) from bug
    _note_turn(serving.run, turn, changes, was_over, now)


def _note_turn(run: Run, turn: Turn, changes: Changes, was_over: bool, now: datetime) -> None:
    changes.commands.extend(_with_run(issued) for issued in turn.commands)
    if turn.is_over and not was_over:
        _close(run, changes, now)


def _with_run(issued: Issued) -> Issued:
    """A forward names its run to the target, so that the other system can ask us why this caller came."""
    if not isinstance(issued.body, ForwardCall):
        return issued
    headers = {RUN_HEADER: str(issued.run), **issued.body.headers}
    return msgspec.structs.replace(issued, body=msgspec.structs.replace(issued.body, headers=headers))


def _park(centre: Centre, serving: Serving, changes: Changes, now: datetime) -> None:
    """End a broken run, and send its caller to the trunk's fall-back target; without one the call is refused kindly."""
    trunk = centre.trunks.get(serving.call.trunk)
    rescue: AnyCommand = HangUp(code=_UNAVAILABLE)
    if trunk is not None and trunk.fallback:
        rescue = ForwardCall(targets=(trunk.fallback,), ring_seconds=60)
    end_run(serving.run, Outcome.FAILED, "The flow could not go on because of a fault of ours.", now)
    issued = serving.issue(rescue)
    # The one answer still awaited. It stands in the run, so that a centre that takes the call over knows it too.
    serving.run.waiting_for = issued.id
    changes.commands.append(issued)
    _close(serving.run, changes, now)


def _close(run: Run, changes: Changes, now: datetime) -> None:
    changes.ended_runs.append(run)
    call = run.call.id if run.call is not None else CallId("")
    outcome = run.outcome or Outcome.ENDED
    fact: Event = RunEnded(at=now, run=run.id, call=call, outcome=outcome)
    changes.facts.append(fact)
