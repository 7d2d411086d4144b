"""The formulas, texts and rows that `docs/reference/conditions.md` shows are ones."""

import re

import pytest
from doc_pages import ROOT

from skipline.expr.scope import Scope
from skipline.flow.names import TYPES

PAGE = (ROOT / "docs" / "reference" / "conditions.md").read_text(encoding="utf-8")
_NAMES = ("a", "b", "balance", "city", "condition", "no", "note", "order", "order_id", "orders", "tier", "yes")
SCOPE = Scope({**TYPES, **dict.fromkeys(_NAMES, "any")})

_SPAN = re.compile(r"`([^`\n]+)`")


def _spans(heading: str) -> list[str]:
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return [span.replace("\\|", "|").replace('\\"', '"') for span in _SPAN.findall(section)]


_UNWRAPPED = [re.sub(r'^formula: "(.*)"$', r"\1", span) for span in _spans("Formulas")]
FORMULAS = [span for span in _UNWRAPPED if re.match(r"[a-z0-9][\w\[\].?\"]*(\(| [^ ]+ )", span)]
TEXTS = [span.strip('"') if span.startswith('"') else span for span in _spans("Texts") if "{{" in span]


@pytest.mark.parametrize("formula", FORMULAS)
def test_formula_is_one(formula: str) -> None:
    assert SCOPE.formula(formula).source == formula


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_one(text: str) -> None:
    assert not SCOPE.text(text).is_fixed


def test_there_are_some() -> None:
    assert len(FORMULAS) > 8
    assert len(TEXTS) > 8
