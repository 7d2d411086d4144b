"""Which steps and exits of each flow the stories have tried."""

from collections.abc import Iterable, Mapping
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

    def note(self, run: Run) -> None:
        """Count what this run has tried."""
        for entry in run.trace:
            self.tried_steps.add(entry.step)
            if entry.exit:
                self.tried_exits.add((entry.step, entry.exit))


def empty_coverage(drawing: Drawing) -> Coverage:
    """A flow of which nothing was tried yet."""
    exits = tuple((name, exit_) for name, step in drawing.steps.items() for exit_ in exits_of(step))
    return Coverage(tuple(drawing.steps), exits)


def measure(stage: Stage, verdicts: Iterable[Verdict]) -> Mapping[str, Coverage]:
    """What the stories have tried, for each flow by its key."""
    found = {key: empty_coverage(staged.drawing) for key, staged in stage.flows.items()}
    for verdict in verdicts:
        run = verdict.performance.run
        if run is not None and run.flow in found:
            found[run.flow].note(run)
    return found


def describe_coverage(flow: str, coverage: Coverage) -> str:
    """For example `loyalty: 4 of 5 steps, 8 of 18 exits; not tried: tier.silver, ...`."""
    steps = f"{len(coverage.steps) - len(coverage.untried_steps)} of {len(coverage.steps)} steps"
    exits = f"{len(coverage.exits) - len(coverage.untried_exits)} of {len(coverage.exits)} exits"
    left = ", ".join(f"{step}.{exit_}" for step, exit_ in coverage.untried_exits)
    return f"{flow}: {steps}, {exits}" + (f"; not tried: {left}" if left else "")
