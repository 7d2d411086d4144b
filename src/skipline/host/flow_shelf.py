"""The flows that runs may walk inside others: what is published, and the versions that runs are on.

A version that was compiled once stays for as long as the process lives, because a run may be in it.
"""

from skipline.flow.compiled import CompiledFlow


class Shelf:
    """Compiled flows by key and version. `published` names the version in force of each flow."""

    def __init__(self) -> None:
        self.published: dict[str, int] = {}
        self._versions: dict[tuple[str, int], CompiledFlow] = {}

    def put(self, flow: str, compiled: CompiledFlow) -> None:
        """Keep a compiled version."""
        self._versions[flow, compiled.version] = compiled

    def newest(self, flow: str) -> CompiledFlow | None:
        """The published version of a flow."""
        return self._versions.get((flow, self.published.get(flow, 0)))

    def version(self, flow: str, version: int) -> CompiledFlow | None:
        """A version of a flow that a run is on."""
        return self._versions.get((flow, version))
