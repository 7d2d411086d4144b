"""`docs/start.md` works, from its first file to its last call; phones stand in for the company's lines."""

import asyncio
import re
from pathlib import Path

from sipp_runner import free_port
from start_guide import GUIDE, Follower, Served

from skipline.voice.phone import Manners, Phone
from skipline.voice.tones import tone

GOLD = "+31611111111"

_CACHE_SECONDS = 1.2
"""A little more than the guide has an answer count for."""


async def _call(reader: Follower, served: Served) -> None:
    status, told = await reader.run("call", "--via", served.sip, "--talk", "0.3")
    assert status == 0, told
    assert "answered; heard" in told


def _reasons(run: dict[str, object]) -> str:
    trace = run["trace"]
    assert isinstance(trace, list)
    return " | ".join(str(entry["detail"]["why"]) for entry in trace)


async def test_the_guide_leads_to_ones_own_api(tmp_path: Path) -> None:
    vip, general = (Phone(manners=Manners(sound=tone(440, 1.0))) for _ in range(2))
    await vip.start()
    await general.start()
    reader = Follower(tmp_path, {9000: free_port(), 5071: vip.address[1], 5072: general.address[1]})
    try:
        await _follow(reader, vip, general)
    finally:
        await vip.stop()
        await general.stop()


async def _follow(reader: Follower, vip: Phone, general: Phone) -> None:
    reader.save_files()
    status, told = await reader.run("check")
    assert (status, told.splitlines()) == (0, reader.shown_after("check"))
    async with reader.serving() as served:
        assert _shapes(served.lines) == _shapes(reader.shown_after("serve"))
        async with reader.crm():
            await _call(reader, served)
            assert len(vip.calls) == 1
            reasons = _reasons(await served.newest_run(GOLD))
            assert "crm answered in" in reasons
            assert "Gold: tier is gold" in reasons
        await _break_it(reader, served, vip, general)


async def _break_it(reader: Follower, served: Served, vip: Phone, general: Phone) -> None:
    await asyncio.sleep(_CACHE_SECONDS)
    await _call(reader, served)
    assert len(vip.calls) == 2
    broken = await served.newest_run(GOLD)
    assert "stands in" in _reasons(broken)
    change = re.search(r"say `([^`]+)`\s+into\s+`([^`]+)`", GUIDE.read_text(encoding="utf-8"))
    assert change is not None
    before, after = change.groups()
    flow = reader.folder / "my-company" / "flows" / "support.yaml"
    text = flow.read_text()
    assert before in text
    flow.write_text(text.replace(before, after))
    status, told = await reader.run("apply")
    assert status == 0, told
    await _call(reader, served)
    assert (len(vip.calls), len(general.calls)) == (2, 1)
    assert (await served.newest_run(GOLD))["version"] == broken["version"] + 1


def _shapes(lines: object) -> list[str]:
    """Lines without what differs from one start to the next."""
    assert isinstance(lines, list | tuple)
    return [re.sub(r"sk_\S+|:\d+|link/\S+", "*", line) for line in lines]
