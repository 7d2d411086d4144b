"""Where stories are played: the flows of a workspace, checked and ready to run."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from skipline.centre.state import LiveFlow
from skipline.flow.compiled import CompiledFlow
from skipline.flow.drawing import Drawing
from skipline.flow.issue import Issue, has_errors
from skipline.flow.loading import compile_flow, load_flow, numbers_of
from skipline.flow.outcome import CARRIED, MESSAGE
from skipline.model.configuration import Configuration, Source, Trunk
from skipline.workspace.files import flow_file
from skipline.workspace.reading import Workspace, all_pieces, read_workspace

PLAYED = CARRIED | {MESSAGE}
"""The channels that stories have."""


@dataclass(frozen=True, slots=True)
class StagedFlow:
    """One flow, as it runs and as it is drawn."""

    live: LiveFlow
    drawing: Drawing
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that stays the same from story to story."""

    flows: Mapping[str, StagedFlow]
    configuration: Configuration

    @property
    def trunks(self) -> Mapping[str, Trunk]:
        """The trunks by name."""
        return {trunk.name: trunk for trunk in self.configuration.trunks}

    @property
    def sources(self) -> Mapping[str, Source]:
        """The sources by name."""
        return {source.name: source for source in self.configuration.sources}

    def owners(self) -> dict[str, LiveFlow]:
        """Which flow each number starts."""
        return {number: staged.live for staged in self.flows.values() for number in staged.numbers}


def build_stage(files: Mapping[str, str]) -> tuple[Stage | None, tuple[Issue, ...]]:
    """The stage for a workspace's files, and everything the checks say; no stage when there is an error. What nothing
    carries yet in earnest can be played."""
    reading = read_workspace(files, carried=PLAYED)
    if reading.workspace is None or has_errors(reading.issues):
        return None, reading.issues
    return stage_of(reading.workspace), reading.issues


def stage_of(workspace: Workspace) -> Stage:
    """The stage for a sound workspace."""
    shelf = StagedShelf()
    staged = {flow.flow: _staged(flow.flow, flow.text, workspace.configuration, shelf) for flow in workspace.flows}
    shelf.flows.update({key: one.live.flow for key, one in staged.items()})
    return Stage(staged, workspace.configuration)


@dataclass(frozen=True, slots=True)
class StagedShelf:
    """The flows that may run inside each other; on the stage each has one version."""

    flows: dict[str, CompiledFlow] = field(default_factory=dict)

    def newest(self, flow: str) -> CompiledFlow | None:
        """The flow with this key."""
        return self.flows.get(flow)

    def version(self, flow: str, version: int) -> CompiledFlow | None:
        """The same."""
        return self.flows.get(flow)


def _staged(key: str, text: str, configuration: Configuration, shelf: StagedShelf) -> StagedFlow:
    loaded = load_flow(text, flow_file(key), all_pieces(), configuration, PLAYED)
    tables = {table.name: table for table in configuration.tables}
    hours = {one.name: one for one in configuration.hours}
    agents = {one.name: one for one in configuration.agents}
    flow = compile_flow(loaded, 1, tables, hours, shelf, agents)
    assert loaded.drawing is not None  # noqa: S101 - `compile_flow` has raised otherwise
    return StagedFlow(LiveFlow(key, flow), loaded.drawing, numbers_of(loaded.drawing))
