"""Every snippet of the docs is right: files are read, pieces are made, commands exist with their options."""

import json
import re
import shlex
import tomllib
from collections.abc import Mapping
from typing import Any

import pytest
from doc_pages import Snippet, commands_in, snippets_in

from skipline.base.yaml_lines import read_yaml
from skipline.cli import commands
from skipline.cli.settings import Settings
from skipline.flow.drawing import exits_of
from skipline.flow.issue import Issue, Severity, format_issue
from skipline.flow.loading import load_flow
from skipline.workspace.reading import all_pieces, read_workspace
from skipline.workspace.sections import SECTIONS

YAML = [one for one in snippets_in("yaml") if not one.is_fragment and not one.file]
_SKIPLINE = re.compile(r"^(?:uv run |\S*/bin/)?skipline ")
COMMANDS = [
    (str(snippet), line)
    for snippet in snippets_in("console", "sh", "bash", "shell")
    for line in commands_in(snippet)
    if _SKIPLINE.match(line)
]


def _errors(issues: tuple[Issue, ...]) -> list[str]:
    return [format_issue(issue) for issue in issues if issue.severity is Severity.ERROR]


@pytest.mark.parametrize("snippet", YAML, ids=str)
def test_yaml_is_what_it_seems(snippet: Snippet) -> None:
    document = read_yaml(snippet.text)
    assert document.mistakes == ()
    data = document.data
    assert isinstance(data, dict), "mark it <!-- fragment --> if it is none"
    if "steps" in data:
        assert _errors(load_flow(snippet.text, str(snippet), all_pieces()).issues) == []
    elif set(data) <= {"format", *SECTIONS}:
        assert _errors(read_workspace({"skipline.yaml": snippet.text}).issues) == []
    elif set(data) == {"triggers"}:
        for trigger in data["triggers"]:
            all_pieces().triggers[trigger.pop("type")].make(trigger)
    else:
        for step in data.values():
            _check_step(step)


def _check_step(step: Mapping[str, Any]) -> None:
    """A step by itself: its keys are right and its lines leave from exits that it has."""
    assert "type" in step, "this is neither a workspace nor a flow nor a step"
    made = all_pieces().steps[step["type"]].make(step.get("with", {}))
    assert set(step.get("next", ())) <= set(exits_of(made))


@pytest.mark.parametrize(("where", "line"), COMMANDS, ids=[where for where, _ in COMMANDS])
def test_command_exists_with_these_options(where: str, line: str) -> None:
    arguments = shlex.split(_SKIPLINE.sub("", line).removesuffix(" &"))
    name, *options = arguments
    if name in ("--version", "--help"):
        return
    command = commands._Commands(name="skipline").get_command(None, name)
    assert command is not None, f"there is no command {name}"
    if "--help" not in options:
        command.make_context(name, options)


def test_there_are_commands_to_check() -> None:
    assert len(COMMANDS) > 5


def test_json_and_settings_files_are_understood() -> None:
    for snippet in snippets_in("json"):
        json.loads(snippet.text)
    settings = snippets_in("toml")
    assert settings
    for snippet in settings:
        assert Settings(data="data", **tomllib.loads(snippet.text))
