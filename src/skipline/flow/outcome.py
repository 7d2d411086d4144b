"""What a step is given and what it gives back. See `docs/explain/steps.md` for the idea."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

from skipline.expr.rows import Row
from skipline.model.call import Call
from skipline.model.commands import AnyCommand
from skipline.model.configuration import Hours, Table
from skipline.model.contact import Contact
from skipline.model.events import Event, MessageReceived, Reply
from skipline.model.queueing import Agent
from skipline.model.run import Outcome, StartedBy


@dataclass(frozen=True, slots=True)
class Go:
    """Leave the step by this exit. An exit that is not drawn ends the run."""

    exit: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Stay until the command issued by this turn is answered, or `until` has passed (then `reply` is None again and
    `ctx.timed_out` is true)."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """End the run here."""

    outcome: Outcome = Outcome.ENDED


@dataclass(frozen=True, slots=True)
class Enter:
    """Walk the published flow `flow` with these variables first. Then the step is taken again, with `FlowEnded`."""

    flow: str
    inputs: Mapping[str, Any] = field(default_factory=dict)


StepOutcome = Go | Wait | Done | Enter


@dataclass(frozen=True, slots=True)
class Kept:
    """A variable that a step may set, for the checks: `type` is text, number, boolean, time, list or any. The value of
    a personal one is masked wherever the run is written down."""

    name: str
    type: str = "any"
    is_personal: bool = False


class Context(Protocol):
    """A step's only window on the world: values to read, commands to issue, reasons to leave in the trace."""

    @property
    def now(self) -> datetime: ...

    @property
    def contact(self) -> Contact: ...

    @property
    def timed_out(self) -> bool: ...

    @property
    def is_on_call(self) -> bool:
        """Whether the contact is on a call; else they write messages."""

    @property
    def step_id(self) -> str:
        """What this step is called in its flow."""

    @property
    def commands_here(self) -> int:
        """How many commands this step has issued since the run came to it."""

    @property
    def variables(self) -> Mapping[str, Any]:
        """All names as conditions see them: `contact`, `call`, `lookup`, `queues`, `now`, `flow` and the kept
        variables."""

    def text(self, template: str, encode: Callable[[str], str] | None = None) -> str:
        """`template` with its holes filled; a hole that fails prints nothing and leaves a warning in the trace.

        `encode` is given the text of each hole before it is put in, so that a caller's words stay inside a URL's
        segment or a JSON string."""

    def value(self, template: str) -> Any:
        """As `text`, but a template that is one hole alone keeps the type of its value."""

    def formula(self, formula: str) -> Any:
        """The value of a CEL formula; raises `skipline.expr.errors.FormulaFailed`."""

    def holds(self, row: Row) -> bool:
        """Whether a condition row is true; one that fails is false and leaves a warning."""

    def set(self, name: str, value: Any, *, is_personal: bool = False) -> None:
        """Keep `value` under a variable name (see `VariableName`). `is_personal`: it is from now on, whatever the flow
        says of it."""

    def set_lookup(self, status: str, **more: Any) -> None:
        """Set `lookup.status` and its neighbours."""

    def do(self, command: AnyCommand) -> None:
        """Issue a command. At most one per turn may be waited for: the last one issued."""

    def table(self, name: str) -> Table | None:
        """A table of the workspace."""

    def hours(self, name: str) -> Hours | None:
        """Opening hours of the workspace."""

    def agent(self, name: str) -> Agent | None:
        """An agent of the workspace; upper and lower case do not count, because other systems write names too."""

    def reasons(self) -> tuple[str, ...]:
        """What was looked up and decided so far, a sentence each: why this contact gets here (see `TellsWhy`)."""

    def seconds_waited(self) -> float:
        """How long this contact has waited in queues since they last talked with somebody. A step in which a contact
        waits says so by `explain(..., waited_seconds=...)`, and `talk_seconds` when somebody answered."""

    def explain(self, why: str, **detail: Any) -> None:
        """Leave a sentence and its figures in this step's trace entry."""


CALL = "call"
"""The channel of a trigger that does not name one."""

MESSAGE = "message"
"""The channel of conversations in writing, whichever provider carries them."""

CARRIED = frozenset({CALL, "webhook", "schedule"})
"""The channels on which a run can live in every workspace; on `MESSAGE` it can where there is an account. A trigger
names its own in `channel`; a step that works only on some names them in `channels`, and in `way_round` what to do
instead. The check `not_carried` refuses the others."""


class Step(Protocol):
    """One box of a flow, as written in `steps/<type>/step.py`."""

    exits: ClassVar[tuple[str, ...]]

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Take one turn: first with `reply` None, then again with each answer until it leaves."""


class HasOwnExits(Protocol):
    """A step whose ways out depend on what was written in it, such as a branch with its paths."""

    def own_exits(self) -> tuple[str, ...]: ...


class HasSeldomExits(Protocol):
    """A step with exits that editors draw only while they lead somewhere, such as each way to fail."""

    seldom_exits: ClassVar[tuple[str, ...]]


class ServesCaller(Protocol):
    """A step that gives the caller something: words, music, a person. A run may end after it, and a loop through it
    takes time. Steps that say nothing about it serve nobody: the checks want a way on from each of their exits."""

    serves_caller: ClassVar[bool]


class LeavesAtOnce(Protocol):
    """A step that serves the caller, but for some exits, which it may take without a moment's wait. A circle over those
    would spin."""

    at_once: ClassVar[tuple[str, ...]]


class WaitsInWriting(Protocol):
    """A step that takes time for who writes although it serves no caller, such as a pause; or the other way round, such
    as one whose words are a message there. Without it, what takes a caller's time takes a writer's."""

    waits_in_writing: ClassVar[bool]


class TellsWhy(Protocol):
    """A step whose reasons say why a contact goes this way, because it looks something up or decides. Whoever takes the
    contact is told them."""

    tells_why: ClassVar[bool]


class Keeps(Protocol):
    """A step that sets variables; the checks and the formulas' type check need to know which."""

    def keeps(self) -> Iterable[Kept]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a trigger makes of an event that concerns its flow: who is there, on which call, and what came with the
    event. A trigger that gives `variables` says in `keeps()` which; one without a call says in `started_by` what it
    was that started the run. `rank`: of several triggers that take an event, the one that asks for most has the
    highest."""

    contact: Contact = field(default_factory=Contact)
    call: Call | None = None
    message: MessageReceived | None = None
    rank: int = 0
    started_by: StartedBy | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)


class Trigger(Protocol):
    """What starts a run, as written in `triggers/<type>/trigger.py`. A field of kind `numbers` names the numbers that
    the flow owns; what else no two live flows may have, a trigger tells by `claims` (see `ClaimsMessages`)."""

    def match(self, event: Event) -> Start | None:
        """Who comes with `event`, or None when it does not concern this trigger."""


class ClaimsMessages(Protocol):
    """A trigger whose messages belong to one live flow: each claim is a text that no other live flow may have. It may
    also tell by `unheard` which of its keywords never come to a flow, by their place."""

    def claims(self) -> Iterable[str]: ...
