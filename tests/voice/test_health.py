"""Health of targets: the rule, then OPTIONS over real sockets."""

import pytest
from raw_sip import RawParty
from sip_pair import sip_pair

from skipline.voice.health import Health, HealthWatch


def test_down_after_three_misses_and_up_after_one_reply() -> None:
    state = Health()
    seen = []
    for is_alive in (False, False, True, False, False, False, False, True):
        state = state.after(is_alive)
        seen.append(state.is_up)
    assert seen == [True, True, True, True, True, False, False, True]


async def test_any_reply_is_alive_and_silence_is_not() -> None:
    async with sip_pair() as pair:
        changes: list[tuple[str, bool]] = []
        watch = HealthWatch(lambda uri, _: pair.caller.ask_options(uri, 0.3), lambda uri, up: changes.append((uri, up)))
        silent = RawParty((pair.host, pair.port))
        quiet = f"sip:127.0.0.1:{silent.port}"
        nobody = "sip:127.0.0.1:9"
        watch.watch([pair.uri, pair.uri.replace("udp", "tcp"), quiet, nobody, "nonsense"])
        for _ in range(3):
            for target in (pair.uri, pair.uri.replace("udp", "tcp"), quiet, nobody, "nonsense"):
                await watch.ask_once(target)
        assert changes == [(quiet, False), (nobody, False), ("nonsense", False)]
        assert watch.is_up(pair.uri) and not watch.is_up(quiet)
        assert not pair.caller.endpoint.transactions.tclient, "no question is left open"
        silent.close()


async def test_a_403_is_a_sign_of_life() -> None:
    async with sip_pair() as pair:
        grumpy = RawParty((pair.host, pair.port))
        import asyncio

        asking = asyncio.create_task(pair.caller.ask_options(f"sip:127.0.0.1:{grumpy.port}"))
        grumpy.reply(await grumpy.expect("OPTIONS"), 403, "Go Away")
        assert await asking is True
        grumpy.close()


async def test_the_watch_spreads_its_questions_and_keeps_what_it_knows() -> None:
    asked: list[str] = []
    pauses: list[float] = []

    class Enough(Exception):
        pass

    async def ask(target: str, _: float) -> bool:
        asked.append(target)
        return False

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 6:
            raise Enough

    watch = HealthWatch(ask, lambda *_: None, sleep=sleep)
    watch.watch(["a", "b", "c", "a"])
    with pytest.raises((Enough, ExceptionGroup)):
        await watch.run()
    assert pauses == [10.0] * 6
    watch.watch(["a", "d"])
    assert watch.is_up("d")
    assert asked[:3] == ["a", "b", "c"]
