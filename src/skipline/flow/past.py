"""What a run has been through, as far as those who take the contact next want to know it. Read from its trace."""

from skipline.base.value_types import shorten
from skipline.flow.compiled import CompiledFlow, CompiledStep
from skipline.model.ids import StepId
from skipline.model.run import Run, TraceEntry

MOST_REASONS = 12
LONGEST_REASON = 300


def reasons_of(run: Run, flow: CompiledFlow) -> tuple[str, ...]:
    """The latest sentences of steps that looked up or decided, for example `Look up customer: loyalty answered in
    84 ms: loyalty_status is gold.` `flow` is the one in which the run stands."""
    told = [sentence for entry in run.trace if (sentence := _sentence(entry, run, flow))]
    return tuple(dict.fromkeys(told))[-MOST_REASONS:]


def seconds_waited(run: Run) -> float:
    """How long the contact has waited in queues since they last talked with somebody, in seconds."""
    seconds = 0.0
    for entry in run.trace:
        seconds = 0.0 if _figure(entry, "talk_seconds") > 0 else seconds + _figure(entry, "waited_seconds")
    return seconds


def _sentence(entry: TraceEntry, run: Run, flow: CompiledFlow) -> str:
    step, why = _step_of(entry, run, flow), str(entry.detail.get("why", ""))
    if step is None or not why or not getattr(step.step, "tells_why", False):
        return ""
    return f"{step.name or step.id}: {shorten(why, LONGEST_REASON)}."


def _step_of(entry: TraceEntry, run: Run, flow: CompiledFlow) -> CompiledStep | None:
    """The step that an entry is about. An entry of a flow inside another one names it: `identify/look_up`."""
    inner, slash, name = entry.step.rpartition("/")
    if slash:
        is_here = bool(run.outer) and run.outer[-1].inner_flow == inner
        owner = flow if is_here else flow.shelf.newest(inner)
    else:
        owner = flow.shelf.version(run.flow, run.version) if run.outer else flow
    return owner.steps.get(StepId(name)) if owner is not None else None


def _figure(entry: TraceEntry, name: str) -> float:
    figure = entry.detail.get(name)
    return float(figure) if isinstance(figure, int | float) and not isinstance(figure, bool) else 0.0
