"""What one node tells the others of what people do there."""

from contextlib import ExitStack

from skipline.base.clock import system_clock
from skipline.host.live import Listener, Live
from skipline.host.live_relay import KIND, MOST_BYTES, LiveRelay
from skipline.model.events import Event
from skipline.model.live_events import DraftPatched, EditorMoved


async def _unsaid(word: str) -> None:
    raise AssertionError(word)


def _patched(value: str) -> DraftPatched:
    patches = [{"op": "replace", "path": ["name"], "value": value}]
    return DraftPatched(at=system_clock(), flow="loyalty", revision=3, patches=patches, by="ana", id="x1")


async def _heard_elsewhere(*facts: Event) -> list[Event]:
    here, there = Live(), Live()
    relay, other = LiveRelay(here, "one", _unsaid), LiveRelay(there, "two", _unsaid)
    with ExitStack() as open_:
        listener: Listener = open_.enter_context(there.attend(lambda _: True))
        for fact in facts:
            word = relay.word(fact)
            assert len(word.encode()) < 8000
            other.hear(word.removeprefix(f"{KIND}:"))
        return [(await listener.next())[0] for _ in facts]


async def test_drafts_and_editors_are_told_of_at_every_node() -> None:
    moved = EditorMoved(at=system_clock(), flow="loyalty", user="ana", editor="e1", step="tier")
    patched = _patched("New")
    assert await _heard_elsewhere(moved, patched) == [moved, patched]


async def test_patches_too_long_for_the_way_are_left_out_and_said_to_be() -> None:
    (heard,) = await _heard_elsewhere(_patched("x" * MOST_BYTES))
    assert isinstance(heard, DraftPatched)
    assert (heard.revision, heard.patches) == (3, None)
