"""Builds the parts of the docs that the code knows best. Run by `make docs`; a test fails when a page is stale.

A page is written by hand around blocks such as

    <!-- built: steps -->
    ... replaced each time ...
    <!-- end of steps -->
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from reference_parts.access import access_block, roles_block
from reference_parts.checks import checks_block
from reference_parts.diagrams import agent_diagram, conversation_diagram, entry_diagram, reservation_diagram
from reference_parts.forms import FORMS, form_block, settings_block
from reference_parts.pieces import pieces_block
from reference_parts.routes import routes_block, shapes_block
from reference_parts.values import commands_block, events_block, limits_block, names_block

ROOT = Path(__file__).resolve().parent.parent
_EXPLAIN = ROOT / "docs" / "explain"
PAGES = (
    *sorted((ROOT / "docs" / "reference").glob("*.md")),
    _EXPLAIN / "access.md",
    _EXPLAIN / "queues.md",
    _EXPLAIN / "a-waiting-conversation.md",
)

BLOCKS: Mapping[str, Callable[[], str]] = {
    **{f"section {section}": partial(form_block, section) for section in FORMS},
    "triggers": lambda: pieces_block("trigger"),
    "steps": lambda: pieces_block("step"),
    "sources": lambda: pieces_block("source"),
    "channels": lambda: pieces_block("channel"),
    "settings": settings_block,
    "events": events_block,
    "commands": commands_block,
    "names": names_block,
    "limits": limits_block,
    "checks": checks_block,
    "roles": roles_block,
    "access": access_block,
    "routes": routes_block,
    "shapes": shapes_block,
    "states of an entry": entry_diagram,
    "states of a reservation": reservation_diagram,
    "states of an agent": agent_diagram,
    "states of a conversation in a queue": conversation_diagram,
}
_BLOCK = re.compile(r"<!-- built: (?P<name>[^>]+) -->\n.*?<!-- end of (?P=name) -->", re.DOTALL)


def built(page: str) -> str:
    """`page` with each of its blocks as the code says now. A block that nobody builds raises `KeyError`."""
    return _BLOCK.sub(lambda found: _block(found["name"]), page)


def _block(name: str) -> str:
    return f"<!-- built: {name} -->\n{BLOCKS[name]().strip()}\n<!-- end of {name} -->"


def main() -> None:
    """Rewrite every page that has changed."""
    for file in PAGES:
        page = file.read_text(encoding="utf-8")
        if (new := built(page)) != page:
            file.write_text(new, encoding="utf-8")
            print(f"built {file.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
