import pytest

from skipline.model.call import TryEnd
from skipline.voice.attempt import Attempt, end_of_refusal, suspicion_seconds
from skipline.voice.sip.events import Failed
from skipline.voice.targets import parse_target


def attempt(*heard: int, clock: list[float] | None = None) -> Attempt:
    times = clock if clock is not None else [0.0]
    found = Attempt(parse_target("sip:q@127.0.0.1", []), 20.0, lambda: times[0])
    for code in heard:
        found.heard(code)
    return found


@pytest.mark.parametrize(
    ("code", "has_rung", "end"),
    [
        (486, False, TryEnd.BUSY),
        (600, True, TryEnd.BUSY),
        (408, False, TryEnd.NO_ANSWER),
        (480, True, TryEnd.NO_ANSWER),
        (480, False, TryEnd.FAILED),
        (603, True, TryEnd.FAILED),
        (404, False, TryEnd.FAILED),
        (487, True, TryEnd.FAILED),
        (503, False, TryEnd.FAILED),
    ],
)
def test_each_refusal_has_its_exit(code: int, has_rung: bool, end: TryEnd) -> None:
    assert end_of_refusal(code, has_rung) is end


def test_times_are_counted_from_the_beginning_and_ringing_only_once() -> None:
    clock = [100.0]
    one = attempt(clock=clock)
    clock[0] = 101.5
    assert not one.heard(100)
    assert one.heard(180)
    clock[0] = 103.0
    assert not one.heard(183)
    done = one.done(TryEnd.ANSWERED, 200)
    assert (done.rang_after, done.ended_after) == (1.5, 3.0)
    assert one.seconds_left == pytest.approx(19.0)
    assert one.timed_out().end is TryEnd.NO_ANSWER


@pytest.mark.parametrize(
    ("heard", "code", "retry_after", "seconds"),
    [
        ((), 503, None, 30.0),
        ((), 503, 120.0, 120.0),
        ((), 503, 86400.0, 300.0),
        ((), 408, None, 30.0),
        ((180,), 503, None, 0.0),
        ((), 486, None, 0.0),
        ((), 404, None, 0.0),
    ],
)
def test_only_a_target_in_trouble_is_suspect(
    heard: tuple[int, ...], code: int, retry_after: float | None, seconds: float
) -> None:
    done = attempt(*heard).failed(Failed(code, "", retry_after))
    assert suspicion_seconds(done, retry_after) == seconds
