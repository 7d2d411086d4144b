"""Waiting for what shows only when one looks."""

import asyncio
from collections.abc import Awaitable, Callable

_LOOK_EVERY_SECONDS = 0.05


async def until(is_so: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Look again and again until something is so, for a while; gives whether it came about."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + seconds
    while not await is_so():
        if loop.time() >= ends_at:
            return False
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
    return True
