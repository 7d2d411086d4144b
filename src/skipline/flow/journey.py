"""What a step sees and does during one turn of a run: the `Context` that it is given."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import to_builtins

from skipline.expr.rows import Row
from skipline.flow.compiled import CompiledFlow
from skipline.flow.names import NO_QUEUES, QueueView, contact_view, visible_names
from skipline.flow.passing import note_input, note_output, note_read
from skipline.flow.past import reasons_of, seconds_waited
from skipline.flow.plain import make_plain
from skipline.model.commands import AnyCommand, Issued
from skipline.model.configuration import Hours, Table
from skipline.model.contact import Contact
from skipline.model.ids import CallId, CommandId
from skipline.model.queueing import Agent
from skipline.model.run import Run

MAX_WARNINGS = 20
_NOT_TOLD = frozenset({"headers", "body", "reasons"})


class Journey:
    """One turn of one run. It changes the run and gathers the commands; nothing else is touched."""

    __slots__ = ("_names", "_queues", "flow", "issued", "now", "run", "timed_out")

    def __init__(
        self, flow: CompiledFlow, run: Run, now: datetime, *, timed_out: bool = False, queues: QueueView = NO_QUEUES
    ) -> None:
        self.flow = flow
        self.run = run
        self.now = now
        self.timed_out = timed_out
        self.issued: list[Issued] = []
        self._queues = queues
        self._names = visible_names(run, flow.name, now, queues)

    def walk_in(self, flow: CompiledFlow) -> None:
        """Go on in another flow, with the variables that the run has now."""
        self.flow = flow
        self._names = visible_names(self.run, flow.name, self.now, self._queues)

    @property
    def contact(self) -> Contact:
        return self.run.contact

    @property
    def is_on_call(self) -> bool:
        return self.run.call is not None

    @property
    def step_id(self) -> str:
        return self.run.step or ""

    @property
    def commands_here(self) -> int:
        return len(self.run.step_detail.get("commands", ()))

    @property
    def variables(self) -> Mapping[str, Any]:
        return self._names

    def text(self, template: str, encode: Callable[[str], str] | None = None) -> str:
        text = self.flow.expressions.texts[template]
        if not text.is_fixed:
            note_input(self.run.step_detail, text.names, self._names)
        return text.render(self._names, self.warn, encode)

    def value(self, template: str) -> Any:
        text = self.flow.expressions.texts[template]
        if not text.is_fixed:
            note_input(self.run.step_detail, text.names, self._names)
        return text.value(self._names, self.warn)

    def formula(self, formula: str) -> Any:
        compiled = self.flow.expressions.formulas[formula]
        note_input(self.run.step_detail, compiled.names, self._names)
        return compiled.value(self._names)

    def holds(self, row: Row) -> bool:
        note_read(self.run.step_detail, row.variable, self._names)
        return self.flow.expressions.conditions[id(row)](self._names, self.warn)

    def set(self, name: str, value: Any, *, is_personal: bool = False) -> None:
        plain = make_plain(value, self.warn)
        if is_personal:
            self.run.personal = tuple(sorted({*self.run.personal, name}))
        note_output(self.run.step_detail, name, plain)
        if name.startswith("contact."):
            self._set_contact(name.removeprefix("contact."), plain)
        else:
            self.run.variables[name] = self._names[name] = plain

    def _set_contact(self, field: str, value: Any) -> None:
        kept = tuple(map(str, value)) if field == "tags" else "" if value is None else str(value)
        self.run.contact = msgspec.structs.replace(self.run.contact, **{field: kept})
        self._names["contact"] = contact_view(self.run.contact)

    def set_lookup(self, status: str, **more: Any) -> None:
        self.run.variables["lookup"] = self._names["lookup"] = make_plain({"status": status, **more}, self.warn)

    def do(self, command: AnyCommand) -> None:
        run = self.run
        run.commands_issued += 1
        # A command's id follows from the run alone, so a run taken up again after a crash repeats it and it is known.
        command_id = CommandId(f"{run.id}:{run.commands_issued}")
        call = run.call.id if run.call is not None else CallId("")
        self.issued.append(Issued(id=command_id, run=run.id, call=call, body=command))
        run.step_detail.setdefault("commands", []).append(_told(command))

    def table(self, name: str) -> Table | None:
        return self.flow.tables.get(name)

    def hours(self, name: str) -> Hours | None:
        return self.flow.hours.get(name)

    def agent(self, name: str) -> Agent | None:
        wanted = name.strip().casefold()
        return next((one for one in self.flow.agents.values() if one.name.casefold() == wanted), None)

    def reasons(self) -> tuple[str, ...]:
        return reasons_of(self.run, self.flow)

    def seconds_waited(self) -> float:
        return seconds_waited(self.run)

    def explain(self, why: str, **detail: Any) -> None:
        earlier = self.run.step_detail.get("why")
        self.run.step_detail["why"] = f"{earlier}; {why}" if earlier else why
        for name, value in detail.items():
            self.run.step_detail[name] = make_plain(value, self.warn, 1)

    def warn(self, warning: str) -> None:
        """Leave a warning in the trace of the step that is being taken."""
        warnings = self.run.step_detail.setdefault("warnings", [])
        if len(warnings) < MAX_WARNINGS and warning not in warnings:
            warnings.append(warning)


def _told(command: AnyCommand) -> dict[str, Any]:
    """A command as the trace tells it: its name and what it was given, but for headers and bodies, which may hold
    what only the other side should see."""
    told = {name: value for name, value in to_builtins(command).items() if name not in _NOT_TOLD and value}
    return {"name": told.pop("type"), **told}
