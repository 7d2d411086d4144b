"""The reference says what the code says, and has an entry for everything there is."""

import ast
import re
import sys

import pytest
from doc_pages import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import reference
from reference_parts import checks, forms, pieces, values
from skipline.api.app import create_app
from skipline.expr.formats import FORMATS
from skipline.expr.functions import LOOPS, check_call
from skipline.expr.nodes import Call
from skipline.expr.rows import Operator
from skipline.flow.fields import RESERVED_NAMES
from skipline.model import commands, events, live_events
from skipline.model.commands import Command
from skipline.model.events import Event
from skipline.workspace.sections import SECTIONS

REFERENCE = ROOT / "docs" / "reference"


def _page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("file", reference.PAGES, ids=lambda file: file.name)
def test_page_is_as_the_code_says_now(file) -> None:  # type: ignore[no-untyped-def]
    page = file.read_text(encoding="utf-8")
    assert reference.built(page) == page, "run `make docs`"


def test_every_block_stands_on_a_page() -> None:
    pages = "".join(file.read_text(encoding="utf-8") for file in reference.PAGES)
    assert [name for name in reference.BLOCKS if f"<!-- built: {name} -->" not in pages] == []


@pytest.mark.parametrize("kind", ["trigger", "step", "source", "channel"])
def test_every_piece_has_its_entry(kind: str) -> None:
    page = _page("channels.md" if kind == "channel" else "steps.md")
    assert [type_ for type_ in pieces.pieces_of(kind) if f"Written as `type: {type_}`" not in page] == []


def test_every_section_of_a_workspace_and_every_key_has_its_meaning() -> None:
    assert set(forms.FORMS) == set(SECTIONS)
    assert [section for section in SECTIONS if f"## {section}\n" not in _page("workspace.md")] == []
    assert [
        line for line in _page("workspace.md").splitlines() if line.startswith("| `") and line.endswith("|  |")
    ] == []


def test_every_setting_event_and_command_has_its_entry() -> None:
    assert [name for name in forms.Settings.model_fields if f"| `{name}` |" not in _page("settings.md")] == []
    told = [*values.classes_of(events, Event), *values.classes_of(live_events, Event)]
    structs = [*told, *values.classes_of(commands, Command)]
    assert len(structs) > 10
    assert [one.__name__ for one in structs if f"### {one.__name__}\n" not in _page("events.md")] == []


def test_every_operator_format_and_function_is_explained() -> None:
    page = _page("conditions.md")
    names = [*Operator, *FORMATS, *LOOPS, *RESERVED_NAMES]
    assert [str(name) for name in names if f"`{name}" not in page] == []


def test_every_function_named_in_the_page_is_one() -> None:
    section = _page("conditions.md").split("## Formulas")[1].split("## Texts")[0]
    named = set(re.findall(r"`(get\w+|lower|upper|trim|startsWith|endsWith|contains)`", section))
    assert len(named) > 10
    for name in named:
        _check_known(name)


def _check_known(name: str) -> None:
    """A function that does not exist is refused as such, whatever it is given."""
    try:
        check_call(Call(function=name, receiver=None, arguments=(), column=1))
    except Exception as refused:
        assert "there is no function" not in str(refused), name


def test_every_check_code_has_its_entry_and_an_example() -> None:
    page = _page("checks.md")
    codes = _codes_in_the_code() | checks.found_codes()
    assert len(codes) > 40
    assert sorted(code for code in codes if f"### {code}\n" not in page) == []
    assert sorted(set(checks.READING_CODES) - codes) == [], "codes that nobody tells any more"
    assert sorted(code for code in codes if code not in checks.found_codes()) == [], "codes without a broken example"


def _codes_in_the_code() -> set[str]:
    """The codes written out where an issue or a mistake is made."""
    found = set()
    for room in ("flow", "workspace"):
        for file in (ROOT / "src" / "skipline" / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                found |= _codes_of(node) if isinstance(node, ast.Call) else set()
    return found


def _codes_of(call: ast.Call) -> set[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    written = [one.value for one in call.keywords if one.arg == "code"]
    if name in ("issue", "Mistake", "_issue"):
        written += call.args[1:2]
    return {one.value for one in written if isinstance(one, ast.Constant) and "_" in str(one.value)}


def test_every_route_of_the_api_has_its_entry() -> None:
    page = _page("api.md")
    routes = create_app(None).openapi()["paths"]  # type: ignore[arg-type]
    assert [path for path in routes if path not in page] == []
