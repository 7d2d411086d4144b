"""Links between pages lead somewhere."""

import re
from pathlib import Path

import pytest
from doc_pages import ROOT, all_pages

_LINK = re.compile(r"\]\((?!https?://)(?P<path>[^)#\s]*)(?:#(?P<anchor>[^)\s]+))?\)")
_FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_resolve(page: Path) -> None:
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    assert [link[0] for link in _LINK.finditer(text) if not _leads_somewhere(page, link["path"], link["anchor"])] == []


def _leads_somewhere(page: Path, path: str, anchor: str | None) -> bool:
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return anchor is None or anchor in _anchors(target)


def _anchors(page: Path) -> set[str]:
    """As the common Markdown hosts make them: small letters, without punctuation, blanks as dashes."""
    headings = _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_in_an_index() -> None:
    docs = ROOT / "docs"
    indexes = [docs / "README.md", docs / "decisions" / "README.md"]
    linked = {
        (index.parent / link["path"]).resolve()
        for index in indexes
        for link in _LINK.finditer(index.read_text(encoding="utf-8"))
    }
    assert sorted(page.relative_to(docs).as_posix() for page in docs.rglob("*.md") if page not in linked) == [
        "README.md"
    ]


def test_pages_named_in_the_code_exist() -> None:
    named = {
        name
        for file in (ROOT / "src").rglob("*.py")
        for name in re.findall(r"docs/[\w/-]+\.md", file.read_text(encoding="utf-8"))
    }
    assert named
    assert sorted(name for name in named if not (ROOT / name).exists()) == []
