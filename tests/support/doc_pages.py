"""The pages of this repository and the snippets in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parent.parent.parent
_FENCE = re.compile(
    r"(?:<!-- (?P<mark>fragment|file: (?P<file>\S+)) -->\n)?"
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>\w*)\n(?P<text>.*?)^ *(?P=fence)$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A fenced block. `file` is where a reader is told to save it; a fragment is not meant to stand alone."""

    page: str
    line: int
    language: str
    text: str
    file: str
    is_fragment: bool

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def all_pages() -> list[Path]:
    """Every page that people read, those of the pieces included."""
    pieces = (ROOT / "src" / "skipline").glob("*/*/page.md")
    return sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"), *pieces])


def snippets_of(page: Path) -> Iterator[Snippet]:
    """The fenced blocks of a page, in their order."""
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        yield Snippet(
            page=page.relative_to(ROOT).as_posix(),
            line=text.count("\n", 0, found.start("text")) + 1,
            language=found["language"],
            text=dedent(found["text"]),
            file=found["file"] or "",
            is_fragment=found["mark"] == "fragment",
        )


def snippets_in(*languages: str) -> list[Snippet]:
    """All blocks of all pages in one of these languages."""
    return [one for page in all_pages() for one in snippets_of(page) if one.language in languages]


def commands_in(snippet: Snippet) -> list[str]:
    """The command lines of a console or shell block, without prompts, comments and line breaks."""
    lines = snippet.text.replace("\\\n", " ").splitlines()
    if snippet.language == "console":
        lines = [line[2:] for line in lines if line.startswith("$ ")]
    stripped = (re.sub(r"\s+#\s.*$", "", line).strip() for line in lines)
    return [line for line in stripped if line and not line.startswith("#")]
