"""Checks that flows which run each other agree: the flow is there, takes what it is given, and does not run itself."""

from collections.abc import Iterator, Mapping

from skipline.base.sentence import either, say
from skipline.base.spelling import advice
from skipline.flow.drawing import Drawing, channels_of
from skipline.flow.issue import Issue
from skipline.flow.loading import all_inside, inner_flows_of
from skipline.model.ids import StepId


def check_inner_flows(drawings: Mapping[str, Drawing], keys: frozenset[str]) -> Iterator[Issue]:
    """Codes `unknown_flow`, `unknown_input`, `flow_runs_itself` and `wrong_channel`. `drawings` are those that
    could be read, by key; `keys` are all that there are."""
    runs = {key: inner_flows_of(drawing) for key, drawing in drawings.items()}
    for key, drawing in drawings.items():
        for step, inner in runs[key].items():
            if inner not in keys:
                sentence = say("there is no flow `{flow}`", flow=inner)
                yield drawing.issue(("steps", step, "with", "flow"), "unknown_flow", sentence, advice(inner, keys))
            elif _reaches(inner, key, runs):
                sentence = say(
                    "`{step}` runs `{flow}`, which leads back to this flow, so it would go on for ever",
                    step=step,
                    flow=inner,
                )
                fix = say("take it out, or lead back with `next`")
                yield drawing.issue(("steps", step, "with", "flow"), "flow_runs_itself", sentence, fix)
            elif inner in drawings:
                yield from _unknown_inputs(drawing, step, inner, drawings[inner])
                yield from _wrong_channel(drawing, step, _all_inside(inner, runs), drawings)


def _unknown_inputs(drawing: Drawing, step: StepId, key: str, inner: Drawing) -> Iterator[Issue]:
    known = [one.name for one in inner.document.inputs]
    given = drawing.document.steps[step].settings.get("inputs", {})
    for name in given if isinstance(given, Mapping) else ():
        if name not in known:
            sentence = say("flow `{flow}` has no input `{name}`", flow=key, name=name)
            fix = advice(str(name), known) if known else say("add it under `inputs` of flow {flow}", flow=key)
            yield drawing.issue(("steps", step, "with", "inputs", name), "unknown_input", sentence, fix)


def _wrong_channel(
    drawing: Drawing, step: StepId, inside: frozenset[str], drawings: Mapping[str, Drawing]
) -> Iterator[Issue]:
    """The first step of the flows inside that cannot work for what may start this one."""
    begins = frozenset(channels_of(drawing).values())
    for key in sorted(inside & drawings.keys()):
        for name, one in drawings[key].steps.items():
            channels: tuple[str, ...] = getattr(one, "channels", ())
            if channels and (wrong := sorted(begins - set(channels))):
                sentence = say(
                    "`{step}` leads to `{name}` of flow `{flow}`, which works on a {channels} only, and a {other} may "
                    "start this flow",
                    step=step,
                    name=name,
                    flow=key,
                    channels=either(channels),
                    other=wrong[0],
                )
                fix = say("have such runs walk another flow, or begin them in a flow of their own")
                yield drawing.issue(("steps", step, "with", "flow"), "wrong_channel", sentence, fix)
                return


def _all_inside(start: str, runs: Mapping[str, Mapping[StepId, str]]) -> frozenset[str]:
    """A flow and all that it runs inside itself."""
    return frozenset(all_inside(start, lambda key: runs.get(key, {}).values()))


def _reaches(start: str, wanted: str, runs: Mapping[str, Mapping[StepId, str]]) -> bool:
    return wanted in _all_inside(start, runs)
