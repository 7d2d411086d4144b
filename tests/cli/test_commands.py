"""The command line as a whole: what it names, what it loads, and what its reference says."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import clean_environment, run

from skipline import __version__
from skipline.cli.commands import _MODULES, _Commands

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "command-line.md"


def test_help_names_every_command_and_no_command_at_all_is_helped():
    helped = run("--help")
    assert helped.returncode == 0
    for name in _MODULES:
        assert re.search(rf"\b{name}\b", helped.stdout), name
    bare = run()
    assert (bare.returncode, "Usage" in bare.stdout + bare.stderr) == (2, True)


def test_the_version_is_told():
    assert run("--version").stdout == f"{__version__}\n"


def test_an_unknown_command_is_named():
    ended = run("chek")
    assert (ended.returncode, "chek" in ended.stderr) == (2, True)


def test_one_command_does_not_load_the_others():
    code = (
        "import sys\n"
        "from skipline.cli.commands import _Commands\n"
        "_Commands(name='skipline').get_command(None, 'call')\n"
        "print([name for name in ('sqlalchemy', 'fastapi', 'uvicorn', 'cel_expr_python') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=clean_environment())
    assert ended.stdout == "[]\n", ended.stderr


def section(name):
    """What the reference says of a command."""
    found = re.search(rf"^## skipline {name}\n(.*?)(?=^## |\Z)", REFERENCE.read_text(), re.DOTALL | re.MULTILINE)
    assert found, f"docs/reference/command-line.md has no section `skipline {name}`"
    return found[1]


@pytest.mark.parametrize("name", _MODULES)
def test_the_reference_has_every_command_with_its_options_and_no_other(name):
    command = _Commands(name="skipline").get_command(None, name)
    options = {one for parameter in command.params for one in parameter.opts if one.startswith("--")}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", section(name))) == options - {"--help"}


def test_the_reference_has_no_command_that_is_not_there():
    assert set(re.findall(r"^## skipline (\w+)$", REFERENCE.read_text(), re.MULTILINE)) == set(_MODULES)
