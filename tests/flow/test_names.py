"""What conditions see depends on how the contact is there: agents are free for calls, or for conversations."""

from flow_room import NOON
from message_room import received

from skipline.flow.names import queue_figures, visible_names
from skipline.model.contact import Contact
from skipline.model.ids import RunId
from skipline.model.run import Run

QUEUES = {
    "vip": queue_figures(
        waiting=1,
        longest_wait_seconds=4.0,
        agents_ready=2,
        estimated_wait_seconds=None,
        agents_ready_in_writing=5,
    ),
    "told": queue_figures(waiting=0, longest_wait_seconds=0.0, agents_ready=3, estimated_wait_seconds=None),
}


def _run(*, writes: bool) -> Run:
    message = received("Hello", NOON) if writes else None
    return Run(id=RunId("run1"), flow="it", version=1, started_at=NOON, contact=Contact(), message=message)


def test_agents_who_are_ready_are_those_for_this_contact() -> None:
    on_call = visible_names(_run(writes=False), "It", NOON, QUEUES)
    in_writing = visible_names(_run(writes=True), "It", NOON, QUEUES)
    assert [on_call["queues"][name]["agents_ready"] for name in ("vip", "told")] == [2, 3]
    assert [in_writing["queues"][name]["agents_ready"] for name in ("vip", "told")] == [5, 3]
    assert (list(in_writing["queues"]), in_writing["queues"]["vip"]["waiting"]) == (["vip", "told"], 1)


def test_who_wrote_what_is_known_to_conditions() -> None:
    names = visible_names(_run(writes=True), "It", NOON)
    assert {name: names["message"][name] for name in ("text", "channel", "account", "media")} == {
        "text": "Hello",
        "channel": "whatsapp",
        "account": "support",
        "media": [],
    }
    assert visible_names(_run(writes=False), "It", NOON)["message"] == {}
