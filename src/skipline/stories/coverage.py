"""Which steps and exits of each flow the stories have tried."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from skipline.flow.drawing import Drawing, exits_of
from skipline.model.ids import StepId
from skipline.model.run import Run
from skipline.stories.judging import Verdict
from skipline.stories.stage import Stage

Exit = tuple[StepId, str]


@dataclass(slots=True)
class Coverage:
    """What was tried of one flow, and what there is, both in the order of the drawing."""

    steps: tuple[StepId, ...]
    exits: tuple[Exit, ...]
    tried_steps: set[StepId] = field(default_factory=set)
    tried_exits: set[Exit] = field(default_factory=set)

    @property
    def untried_steps(self) -> tuple[StepId, ...]:
        """Steps that no story came to."""
        return tuple(step for step in self.steps if step not in self.tried_steps)

    @property
    def untried_exits(self) -> tuple[Exit, ...]:
        """Exits that no story took."""
        return tuple(exit_ for exit_ in self.exits if exit_ not in self.tried_exits)

    def note(self, step: StepId, exit_: str) -> None:
        """Count what a run has tried."""
        self.tried_steps.add(step)
        if exit_:
            self.tried_exits.add((step, exit_))


def empty_coverage(drawing: Drawing) -> Coverage:
    """A flow of which nothing was tried yet."""
    exits = tuple((name, exit_) for name, step in drawing.steps.items() for exit_ in exits_of(step))
    return Coverage(tuple(drawing.steps), exits)


def measure(stage: Stage, verdicts: Iterable[Verdict]) -> Mapping[str, Coverage]:
    """What the stories have tried, for each flow by its key."""
    found = {key: empty_coverage(staged.drawing) for key, staged in stage.flows.items()}
    for verdict in verdicts:
        run = verdict.performance.run
        for flow, step, exit_ in passages_of(run) if run is not None else ():
            if flow in found:
                found[flow].note(step, exit_)
    return found


def passages_of(run: Run) -> Iterator[tuple[str, StepId, str]]:
    """Every step taken, with its flow and its exit; a trace names a step of an inner flow `inner/step`."""
    for entry in run.trace:
        inner, slash, step = entry.step.rpartition("/")
        yield (inner if slash else run.flow), StepId(step), entry.exit


def describe_coverage(flow: str, coverage: Coverage) -> str:
    """For example `loyalty: 4 of 5 steps, 8 of 18 exits; not tried: tier.silver, ...`."""
    steps = f"{len(coverage.steps) - len(coverage.untried_steps)} of {len(coverage.steps)} steps"
    exits = f"{len(coverage.exits) - len(coverage.untried_exits)} of {len(coverage.exits)} exits"
    left = ", ".join(f"{step}.{exit_}" for step, exit_ in coverage.untried_exits)
    return f"{flow}: {steps}, {exits}" + (f"; not tried: {left}" if left else "")
