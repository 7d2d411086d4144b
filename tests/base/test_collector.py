"""When garbage is collected, and how much."""

import gc
from collections.abc import Iterator

import pytest

from skipline.base.collector import Collector, read_resident_bytes


@pytest.fixture(autouse=True)
def _given_back() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_it_takes_over_and_gives_back() -> None:
    collector = Collector(lambda: False)
    collector.start()
    assert not gc.isenabled() and gc.get_freeze_count() > 1000
    collector.stop()
    assert gc.isenabled() and gc.get_freeze_count() == 0


def test_everything_is_collected_only_when_idle_for_a_while() -> None:
    is_idle = [False]
    collector = Collector(lambda: is_idle[0], lambda: 0)
    assert {collector.tick() for _ in range(300)} == {1}
    is_idle[0] = True
    generations = [collector.tick() for _ in range(200)]
    assert generations.index(2) == 7
    assert generations.count(2) == 2, "not again and again"


def test_growing_memory_is_worth_a_pause() -> None:
    used = [100 << 20]
    collector = Collector(lambda: False, lambda: used[0])
    collector.start()
    collector.stop()
    assert {collector.tick() for _ in range(200)} == {1}
    used[0] += 300 << 20
    assert collector.tick() == 2
    assert {collector.tick() for _ in range(200)} == {1}


def test_young_cycles_are_freed_by_a_tick() -> None:
    collector = Collector(lambda: False)
    collector.start()

    class Node:
        alive = 0

        def __init__(self) -> None:
            self.me = self
            Node.alive += 1

        def __del__(self) -> None:
            Node.alive -= 1

    for _ in range(100):
        Node()
    assert Node.alive == 100
    collector.tick()
    assert Node.alive == 0


def test_memory_in_use_is_read_from_the_system() -> None:
    assert read_resident_bytes() > 5 << 20
