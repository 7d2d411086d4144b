"""Who has which flow open just now, and at which step they are. It is known at the node where each page is connected;
pages at other nodes hear of moves alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from skipline.model.live_events import EditorMoved

LONGEST_STEP = 200


@dataclass(slots=True)
class Editors:
    """The pages that are connected here, by flow."""

    _places: dict[str, dict[str, EditorMoved]] = field(default_factory=dict)

    def move(self, flow: str, editor: str, user: str, step: str, now: datetime) -> EditorMoved:
        """Somebody's page is at this step now (empty: at none)."""
        moved = EditorMoved(at=now, flow=flow, user=user, editor=editor, step=step[:LONGEST_STEP])
        self._places.setdefault(flow, {})[editor] = moved
        return moved

    def leave(self, editor: str, now: datetime, flow: str | None = None) -> Iterator[EditorMoved]:
        """A page has closed a flow, or (None) all it had open."""
        for key in [flow] if flow is not None else list(self._places):
            was = self._places.get(key, {}).pop(editor, None)
            if not self._places.get(key, {"": None}):
                del self._places[key]
            if was is not None:
                yield msgspec.structs.replace(was, at=now, step="", is_here=False)

    def at(self, flow: str) -> tuple[EditorMoved, ...]:
        """Where everybody is who has this flow open."""
        return tuple(self._places.get(flow, {}).values())
