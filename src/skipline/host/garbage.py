"""Runs the garbage collector on our own terms while the host serves (see `skipline.base.collector`)."""

import asyncio
from collections.abc import Callable

from skipline.base.collector import ALL, Collector
from skipline.base.memory import return_memory


async def collect_garbage(is_idle: Callable[[], bool]) -> None:
    """Collect in small bites until cancelled; everything only while `is_idle`, and then memory is given back."""
    collector = Collector(is_idle)
    collector.start()
    return_memory()
    try:
        while True:
            await asyncio.sleep(collector.seconds)
            if collector.tick() == ALL and is_idle():
                return_memory()
    finally:
        collector.stop()
