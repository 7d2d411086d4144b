"""Runs the garbage collector on our own terms while the host serves (see `skipline.base.collector`)."""

import asyncio
from collections.abc import Callable

from skipline.base.collector import Collector


async def collect_garbage(is_idle: Callable[[], bool]) -> None:
    """Collect in small bites until cancelled; everything only while `is_idle`."""
    collector = Collector(is_idle)
    collector.start()
    try:
        while True:
            await asyncio.sleep(collector.seconds)
            collector.tick()
    finally:
        collector.stop()
