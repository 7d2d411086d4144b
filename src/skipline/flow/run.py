"""How a run walks through a flow: turn by turn, from one wait to the next.

A run is plain data (`model.run.Run`) and a turn is a function of the run, the reply that woke it and `now`. A turn
walks from step to step until one waits for an answer or the run ends; it gives back the commands to carry out.
Late and repeated replies change nothing. A run that ends while its caller is still there hangs up.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from skipline.expr.errors import FormulaFailed
from skipline.flow.compiled import CompiledFlow, CompiledStep
from skipline.flow.inner_flows import current_flow, enter_flow, flow_ended, leave_flow
from skipline.flow.journey import Journey
from skipline.flow.masks import masked_detail
from skipline.flow.names import NO_QUEUES, QueueView
from skipline.flow.outcome import Done, Enter, Go, StepOutcome, Wait
from skipline.model.call import TryEnd
from skipline.model.commands import AskContact, HangUp, Issued
from skipline.model.events import CallBackTaken, ForwardEnded, QueueEnd, QueueEnded, Reply, VoicemailRecorded
from skipline.model.ids import StepId
from skipline.model.run import Outcome, Run, TraceEntry

STEP_BUDGET = 500
"""The most steps that a run may take. A flow that goes in circles ends here instead of going on for ever."""

_PASSED_ON = frozenset({480, 486, 600, 603})
"""A target's final status that means the same to the caller; any other becomes 480, because a target's 404 or 401
would tell the caller's carrier that our number is wrong, and its 503 that all of us is out of order (RFC 3261
sections 16.7 and 21)."""


_NOBODY_THERE = 480


class StepBroken(Exception):
    """A step did what no step may do; the fault is in the piece's code, not in the flow."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of one turn: commands to carry out in this order, and whether the run is over."""

    commands: tuple[Issued, ...]
    is_over: bool


def start_run(flow: CompiledFlow, run: Run, now: datetime, queues: QueueView = NO_QUEUES) -> Turn:
    """Take a fresh run from the flow's start to its first wait, or to its end. `queues` is how busy they are now."""
    if run.step is not None or run.ended_at is not None:
        return Turn((), run.ended_at is not None)
    run.personal = flow.personal
    return _walk(Journey(flow, run, now, queues=queues), flow, flow.start)


def resume_run(flow: CompiledFlow, run: Run, reply: Reply | None, now: datetime, queues: QueueView = NO_QUEUES) -> Turn:
    """Go on with an answer, or with None when `run.wait_until` has passed. Anything not waited for changes nothing."""
    if not _is_awaited(run, reply, now) or run.step is None:
        return Turn((), run.ended_at is not None)
    if reply is not None:
        _note_service(run, reply)
    run.waiting_for = run.wait_until = run.asked_at = None
    journey = Journey(current_flow(flow, run), run, now, timed_out=reply is None, queues=queues)
    return _walk(journey, flow, run.step, reply)


def end_run(run: Run, outcome: Outcome, why: str, now: datetime) -> None:
    """End a run from outside, because the caller is gone or the run cannot go on; ending it again changes nothing."""
    if run.ended_at is not None:
        return
    if run.step is not None:
        detail = {**run.step_detail, "why": why}
        run.trace.append(_entry(run, run.step, run.step_type, "", detail, now))
    _close(run, outcome, now)


def freeze_run(run: Run) -> bytes:
    """The run as JSON, as it is kept between turns."""
    return msgspec.json.encode(run)


def thaw_run(frozen: bytes) -> Run:
    """The run that `freeze_run` wrote."""
    return msgspec.json.decode(frozen, type=Run)


def _is_awaited(run: Run, reply: Reply | None, now: datetime) -> bool:
    if run.ended_at is not None or run.step is None:
        return False
    if reply is None:
        return run.wait_until is not None and now >= run.wait_until
    return reply.command == run.waiting_for


def final_code_of(forward: ForwardEnded) -> int:
    """The SIP status that a caller gets when nothing follows a forward that reached nobody."""
    return forward.code if forward.code in _PASSED_ON else 480


def _note_service(run: Run, reply: Reply) -> None:
    """What the contact has come to by this answer, which holds if the run, or the call, ends now."""
    match reply:
        case ForwardEnded():
            is_answered = reply.end is TryEnd.ANSWERED
            run.outcome_so_far = Outcome.ANSWERED if is_answered else Outcome.NOT_ANSWERED
            run.final_code = final_code_of(reply)
        case QueueEnded(end=QueueEnd.ANSWERED):
            run.outcome_so_far = Outcome.ANSWERED
        case QueueEnded(end=QueueEnd.OVERFLOWED | QueueEnd.FAILED):
            run.outcome_so_far, run.final_code = Outcome.NOT_ANSWERED, _NOBODY_THERE
        case CallBackTaken(problem="") if run.outcome_so_far is not Outcome.ANSWERED:
            run.outcome_so_far, run.final_code = Outcome.CALL_BACK, 0
        case VoicemailRecorded() if reply.file and run.outcome_so_far is not Outcome.ANSWERED:
            run.outcome_so_far, run.final_code = Outcome.VOICEMAIL, 0


def _walk(journey: Journey, root: CompiledFlow, at: StepId, reply: Reply | None = None) -> Turn:
    step: CompiledStep | None = journey.flow.steps[at]
    if journey.run.step != at:
        _enter(journey, at)
    while step is not None:
        if journey.run.steps_taken > STEP_BUDGET:
            return _stop_circling(journey, step)
        issued_before = len(journey.issued)
        outcome = _take(step, journey, reply)
        if isinstance(outcome, Wait):
            return _stay(journey, step, outcome, issued_before)
        step, reply = (
            _go_in(journey, step, outcome) if isinstance(outcome, Enter) else _leave(journey, root, step, outcome)
        )
    return Turn(tuple(journey.issued), is_over=True)


def _go_in(journey: Journey, step: CompiledStep, enter: Enter) -> tuple[CompiledStep, Reply | None]:
    """The first step of the flow inside; the same step again, with the reason, when that cannot be."""
    if problem := enter_flow(journey, enter):
        journey.run.steps_taken += 1
        return step, flow_ended(journey, {}, problem)
    _enter(journey, journey.flow.start)
    return journey.flow.steps[journey.flow.start], None


def _enter(journey: Journey, at: StepId) -> None:
    run = journey.run
    run.step, run.step_entered_at, run.step_detail = at, journey.now, {}
    run.step_type = journey.flow.steps[at].type
    run.steps_taken += 1


def _take(step: CompiledStep, journey: Journey, reply: Reply | None) -> StepOutcome:
    try:
        return step.step.run(journey, reply)
    except FormulaFailed as failure:
        journey.explain(f"A formula failed: {failure}.")
        return Go("failed") if "failed" in step.next else Done(Outcome.FAILED)


def _stay(journey: Journey, step: CompiledStep, wait: Wait, issued_before: int) -> Turn:
    run = journey.run
    run.waiting_for = journey.issued[-1].id if len(journey.issued) > issued_before else None
    run.wait_until = wait.until
    if run.call is None and run.waiting_for is not None and isinstance(journey.issued[-1].body, AskContact):
        run.asked_at = journey.now
    if run.waiting_for is None and run.wait_until is None:
        raise StepBroken(f"step {step.id} ({step.type}) waits for nothing: it issued no command and set no time")
    return Turn(tuple(journey.issued), is_over=False)


def _leave(
    journey: Journey, root: CompiledFlow, step: CompiledStep, outcome: Go | Done
) -> tuple[CompiledStep | None, Reply | None]:
    """Write the step down, and give the next one: the step after it, or the one that ran this flow, with what the flow
    left; None when the run is over, which is then closed."""
    run, name = journey.run, outcome.exit if isinstance(outcome, Go) else ""
    if name not in step.next and isinstance(outcome, Go):
        raise StepBroken(f"step {step.id} ({step.type}) left by `{name}`, which is not one of its exits")
    run.trace.append(_entry(run, step.id, step.type, name, run.step_detail, journey.now))
    journey.timed_out = False
    if isinstance(outcome, Done):
        _finish(journey, outcome.outcome)
        return None, None
    if (following := step.next[name]) is not None:
        _enter(journey, following)
        return journey.flow.steps[following], None
    if run.outer:
        ended = leave_flow(journey, root)
        return journey.flow.steps[_standing(run)], ended
    _finish(journey, run.outcome_so_far)
    return None, None


def _standing(run: Run) -> StepId:
    if run.step is None:
        raise StepBroken("a run that is not over stands at no step")
    return run.step


def _stop_circling(journey: Journey, step: CompiledStep) -> Turn:
    why = f"The run took {STEP_BUDGET} steps without coming to an end, so it was stopped."
    journey.run.trace.append(_entry(journey.run, step.id, step.type, "", {"why": why}, journey.now))
    _finish(journey, Outcome.FAILED)
    return Turn(tuple(journey.issued), is_over=True)


def _finish(journey: Journey, outcome: Outcome) -> None:
    run = journey.run
    if run.call is not None and not any(isinstance(issued.body, HangUp) for issued in journey.issued):
        journey.do(HangUp(code=run.final_code) if run.final_code else HangUp())
    _close(run, outcome, journey.now)


def _close(run: Run, outcome: Outcome, now: datetime) -> None:
    run.step = run.step_entered_at = run.waiting_for = run.wait_until = run.asked_at = None
    run.step_detail, run.outer = {}, []
    run.outcome, run.ended_at = outcome, now


def _entry(run: Run, step: StepId, type_: str, exit_: str, detail: dict[str, object], now: datetime) -> TraceEntry:
    entered_at = run.step_entered_at or now
    ms = 0.0 if entered_at is now else (now - entered_at).total_seconds() * 1000
    if run.outer:
        step = StepId(f"{run.outer[-1].inner_flow}/{step}")
    return TraceEntry(step=step, type=type_, exit=exit_, at=entered_at, ms=ms, detail=masked_detail(run, detail))
