"""Numbers that a flow wants and another live flow has: what becomes of the other one when it gives them up."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from skipline.base.sentence import say
from skipline.flow.editing import patch_text, read_document
from skipline.flow.loading import load_flow, numbers_of
from skipline.flow.patches import Patch, PatchRefused
from skipline.model.flow_version import FlowContent
from skipline.workspace.files import flow_file
from skipline.workspace.reading import all_pieces
from skipline.workspace.templates import is_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """The numbers that one flow has to give up, and `left`: those that it still answers then. `text` is its file
    without them; None: it cannot be changed without a person, and `why` says so. `is_idle`: nothing starts it then."""

    flow: str
    name: str
    numbers: tuple[str, ...]
    left: tuple[str, ...]
    text: str | None
    is_idle: bool = False
    why: str = ""


def find_takeovers(flow: str, text: str, live: Iterable[FlowContent]) -> tuple[Takeover, ...]:
    """What publishing `text` as `flow` takes from others, by flow; nothing when it is none that can be published."""
    if not is_key(flow):
        return ()
    loaded = load_flow(text, flow_file(flow), all_pieces())
    wanted = frozenset(numbers_of(loaded.drawing)) if loaded.drawing is not None else frozenset[str]()
    others = (one for one in live if one.flow != flow)
    return tuple(_takeover(one, wanted) for one in others if wanted.intersection(one.numbers))


def as_published(files: Mapping[str, str], flow: str, text: str, live: Iterable[FlowContent]) -> dict[str, str]:
    """The files of a workspace as they are once `text` is published as `flow`, and took its numbers from others."""
    taken = find_takeovers(flow, text, live)
    given_up = {flow_file(one.flow): one.text for one in taken if one.text is not None}
    return {**files, **given_up, flow_file(flow): text}


def _takeover(owner: FlowContent, wanted: Collection[str]) -> Takeover:
    taken = tuple(number for number in owner.numbers if number in wanted)
    left = tuple(number for number in owner.numbers if number not in wanted)
    common: dict[str, Any] = {"flow": owner.flow, "name": owner.name, "numbers": taken, "left": left}
    document = read_document(owner.text)
    if document is None:
        return Takeover(**common, text=None, why=say("its file cannot be read by this release"))
    triggers = list(_without(document["triggers"], taken))
    try:
        text, _ = patch_text(owner.text, [Patch(op="replace", path=("triggers",), value=triggers)])
    except PatchRefused as refused:
        return Takeover(**common, text=None, why=refused.sentence)
    return Takeover(**common, text=text, is_idle=not triggers)


def _without(triggers: Iterable[Mapping[str, Any]], numbers: Collection[str]) -> Iterator[Mapping[str, Any]]:
    """Triggers without some numbers; one whose last number goes, goes too."""
    for trigger in triggers:
        named = trigger.get("numbers")
        if not isinstance(named, list) or not any(str(one) in numbers for one in named):
            yield trigger
        elif kept := [one for one in named if str(one) not in numbers]:
            yield {**trigger, "numbers": kept}
