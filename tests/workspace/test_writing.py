"""Writing a workspace: what was written reads as the same workspace, and writing again changes nothing."""

from pathlib import Path

from workspace_folder import files_of

from skipline.model.configuration import Configuration
from skipline.workspace.reading import Workspace, read_workspace
from skipline.workspace.writing import write_configuration, write_workspace

SOUND = Path(__file__).parent / "sound"


def _read(files: dict[str, str]) -> Workspace:
    workspace = read_workspace(files).workspace
    assert workspace is not None
    return workspace


def test_apply_after_export_changes_nothing() -> None:
    workspace = _read(files_of(SOUND))
    written = write_workspace(workspace.configuration, workspace.flows)
    assert _read(written) == workspace
    assert write_workspace(_read(written).configuration, _read(written).flows) == written


def test_flows_are_written_as_they_were_read() -> None:
    workspace = _read(files_of(SOUND))
    written = write_workspace(workspace.configuration, workspace.flows)
    assert written["flows/loyalty.yaml"] == (SOUND / "flows/loyalty.yaml").read_text(encoding="utf-8")


def test_what_holds_anyway_is_left_out() -> None:
    workspace = _read(
        {"skipline.yaml": 'trunks: [{name: carrier, hosts: ["203.0.113.7"], transport: udp, trusted: true}]'}
    )
    assert write_configuration(workspace.configuration) == (
        'format: 1\ntrunks:\n  - {name: carrier, hosts: ["203.0.113.7"]}\n'
    )


def test_an_empty_configuration_is_one_line() -> None:
    assert write_configuration(Configuration()) == "format: 1\n"
