"""How a run walks a flow inside another one, and comes back.

The run stays on the version of the inner flow that was published when it entered. The inner flow sees the variables
that it is given and no others; what it leaves goes back to the step that ran it.
"""

from skipline.base.value_types import ValueType, take
from skipline.flow.compiled import CompiledFlow
from skipline.flow.journey import Journey
from skipline.flow.outcome import Enter
from skipline.model.events import FlowEnded
from skipline.model.ids import CallId, CommandId
from skipline.model.run import OuterFlow, Run

DEPTH_LIMIT = 8
"""How deep flows may stand in each other."""


class VersionGone(Exception):
    """A run is on a version of an inner flow that cannot be found any more."""


def current_flow(root: CompiledFlow, run: Run) -> CompiledFlow:
    """The flow in which the run stands: the innermost, or `root`. Raises `VersionGone`."""
    if not run.outer:
        return root
    inner = run.outer[-1]
    found = root.shelf.version(inner.inner_flow, inner.inner_version)
    if found is None:
        raise VersionGone(f"version {inner.inner_version} of flow {inner.inner_flow} is not there any more")
    return found


def enter_flow(journey: Journey, enter: Enter) -> str:
    """Go into a flow; gives why that cannot be done, empty when it was."""
    run = journey.run
    flow = journey.flow.shelf.newest(enter.flow)
    if flow is None:
        return f"there is no published flow {enter.flow}"
    if len(run.outer) >= DEPTH_LIMIT:
        return f"flows stand {DEPTH_LIMIT} deep in each other already"
    if run.step is None:
        raise ValueError("a run that stands nowhere enters no flow")
    outer = OuterFlow(
        inner_flow=enter.flow,
        inner_version=flow.version,
        step=run.step,
        step_entered_at=run.step_entered_at or journey.now,
        step_detail=run.step_detail,
        variables=run.variables,
    )
    run.outer = [*run.outer, outer]
    run.variables = _inputs(flow, enter)
    run.personal = tuple(sorted({*run.personal, *flow.personal}))
    journey.walk_in(flow)
    return ""


def leave_flow(journey: Journey, root: CompiledFlow) -> FlowEnded:
    """Come back to the step that ran the flow; gives what it left."""
    run = journey.run
    outer, left = run.outer[-1], run.variables
    run.outer = run.outer[:-1]
    run.variables = outer.variables
    run.step, run.step_entered_at, run.step_detail = outer.step, outer.step_entered_at, outer.step_detail
    flow = current_flow(root, run)
    run.step_type = flow.steps[outer.step].type
    journey.walk_in(flow)
    return flow_ended(journey, left)


def flow_ended(journey: Journey, variables: dict[str, object], problem: str = "") -> FlowEnded:
    """What a step is told when a flow that it ran is over, or could not be run."""
    call = journey.run.call.id if journey.run.call is not None else CallId("")
    personal = tuple(name for name in variables if name in journey.run.personal)
    return FlowEnded(
        at=journey.now, call=call, command=CommandId(""), variables=variables, personal=personal, problem=problem
    )


def _inputs(flow: CompiledFlow, enter: Enter) -> dict[str, object]:
    return {one.name: take(enter.inputs.get(one.name), ValueType(one.type), one.default)[0] for one in flow.inputs}
