"""Writes a flow document as the text of a flow file; reading it back gives the same document."""

from typing import Any

from skipline.base.yaml_lines import dump_yaml
from skipline.flow.document import FORMAT, FlowDocument, FlowInput, StepDocument


def write_flow(document: FlowDocument) -> str:
    """The flow file that says what `document` says, in our own stable style."""
    written: dict[str, Any] = {"format": FORMAT, "name": document.name}
    if document.description:
        written["description"] = document.description
    if document.inputs:
        written["inputs"] = [_input(one) for one in document.inputs]
    if document.triggers:
        written["triggers"] = [{"type": one.type, **one.settings} for one in document.triggers]
    written["start"] = document.start
    written["steps"] = {name: _step(step) for name, step in document.steps.items()}
    return dump_yaml(written)


def _input(one: FlowInput) -> dict[str, Any]:
    written: dict[str, Any] = {"name": one.name, "type": one.type, "default": one.default}
    return {
        key: value for key, value in written.items() if not (key == "type" and value == "any") and value is not None
    }


def _step(step: StepDocument) -> dict[str, Any]:
    """The step's keys in the order people read them; what is empty is left out."""
    written: dict[str, Any] = {
        "type": step.type,
        "name": step.name,
        "with": step.settings,
        "next": step.next,
        "at": list(step.at) if step.at is not None else None,
    }
    return {key: value for key, value in written.items() if value not in ("", {}, None)}
