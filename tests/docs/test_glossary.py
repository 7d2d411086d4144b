"""The glossary's words are those of the code."""

import ast
import re

from doc_pages import ROOT

from skipline.model.events import LookupStatus
from skipline.model.run import Outcome

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


def _classes() -> set[str]:
    files = (ROOT / "src" / "skipline").rglob("*.py")
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in files)
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _first_cells(heading: str) -> set[str]:
    section = GLOSSARY.split(f"## {heading}")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


def test_every_word_names_something_in_the_code() -> None:
    words = dict(re.findall(r"^\| ([a-z][a-z -]+) \| `(\w+)` \|", GLOSSARY, re.MULTILINE))
    classes = _classes()
    assert len(words) > 20
    assert {word: name for word, name in words.items() if name not in classes} == {}


def test_outcomes_and_look_up_statuses_are_all_there() -> None:
    assert _first_cells("Outcomes of a run") == {one.value for one in Outcome}
    assert _first_cells("What `lookup.status` says") == {one.value for one in LookupStatus}
