"""A plain path is typed without CEL, and as CEL types it; so a server without real formulas never loads the library."""

import subprocess
import sys

import pytest

from skipline.expr.cel import check_types
from skipline.expr.errors import ExprMistake
from skipline.expr.formulas import make_formula
from skipline.expr.names import Names
from skipline.expr.syntax import read_formula
from skipline.expr.tokens import read_tokens
from skipline.expr.writing import write

KINDS = {
    "contact.phone": "text",
    "contact.tags": "list",
    "tier": "text",
    "points": "number",
    "vip": "boolean",
    "when": "time",
    "answer": "any",
    "order": "map",
    "queues.vip.waiting": "number",
    "call.headers": "map",
}
NAMES = Names(KINDS)
WHOLE = ("tier", "points", "vip", "when", "answer", "order", "call.headers", "contact.phone", "contact.tags")
PARTS = ("x", "x.y", "in", "true", "null", "while", "type", "list", "size", "google")
PATHS = (
    *WHOLE,
    *("contact", "queues", "queues.vip", "queues.vip.waiting", "call"),
    *(f"{whole}.{part}" for whole in ("answer", "order", "call.headers") for part in PARTS),
)
IS_KIND = ("text", "number", "boolean", "time", "list", "map", "any", None)


def _fits(source: str, wants: str | None) -> bool:
    try:
        make_formula(source, read_formula(read_tokens(source)), NAMES, wants)
    except ExprMistake:
        return False
    return True


@pytest.mark.parametrize("path", PATHS)
def test_a_plain_path_has_the_type_that_cel_gives_it(path: str) -> None:
    written = write(read_formula(read_tokens(path)), is_check=True)
    try:
        kind = check_types(written, NAMES.declared())
    except ExprMistake:
        assert not any(_fits(path, wants) for wants in IS_KIND)
        return
    assert NAMES.plain_kind(tuple(path.split("."))) == kind
    assert _fits(path, None)


ONLY_PATHS = """
import sys
from skipline.flow.loading import load_flow
from skipline.workspace.reading import all_pieces
text = '''format: 1
name: Loyalty line
triggers: [{type: incoming_call, numbers: ["+31201234567"]}]
start: hello
steps:
  hello: {type: say, with: {text: "Hello {{ contact.name | default:\\\\"you\\\\" }}"}, next: {done: tier}}
  tier:
    type: branch
    with: {paths: [{id: vip, all: [{variable: contact.tier, operator: is, value: gold}]}]}
    next: {vip: bye, else: bye}
  bye: {type: hang_up}
'''
loaded = load_flow(text, "flow.yaml", all_pieces())
assert loaded.is_sound, loaded.issues
print([name for name in ("cel_expr_python", "re2") if name in sys.modules])
load_flow(text.replace("contact.name |", "contact.name + contact.phone |"), "flow.yaml", all_pieces())
print([name for name in ("cel_expr_python", "re2") if name in sys.modules])
"""


def test_flows_without_formulas_and_patterns_load_neither_library() -> None:
    done = subprocess.run([sys.executable, "-c", ONLY_PATHS], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.splitlines() == ["[]", "['cel_expr_python']"], done.stderr
