"""Erlang B, C and A against numbers worked out elsewhere, to six digits."""

import math

import pytest

from skipline.metrics.erlang import ErlangC, erlang_b, erlang_c
from skipline.metrics.erlang_a import ErlangA
from skipline.metrics.line import Line


def _close(value: float) -> object:
    return pytest.approx(value, abs=6e-7)


def _line(per_hour: float, handling: float, agents: int, patience: float | None = None) -> Line:
    return Line(
        arrivals_per_second=per_hour / 3600, handling_seconds=handling, agents=agents, patience_seconds=patience
    )


@pytest.mark.parametrize(
    ("lines", "load", "blocked"),
    [(10, 5, 0.018385), (14, 10, 0.056819), (20, 12, 0.009796), (110, 100, 0.027463), (0, 3, 1.0)],
)
def test_erlang_b_is_the_tables(lines: int, load: float, blocked: float) -> None:
    assert erlang_b(lines, load) == _close(blocked)


@pytest.mark.parametrize(
    ("line", "waiting", "level", "asa", "occupancy", "queue"),
    [
        (_line(200, 180, 14), 0.174132, 0.888350, 7.835937, 0.714286, 0.435330),
        (_line(200, 180, 11), 0.682118, 0.389614, 122.781277, 0.909091, None),
        (_line(2880, 60, 50), 0.694456, None, 20.833668, 0.96, 16.666935),
    ],
)
def test_erlang_c_is_the_tables(
    line: Line, waiting: float, level: float | None, asa: float, occupancy: float, queue: float | None
) -> None:
    forecast = ErlangC(line)
    assert forecast.waiting_share == _close(waiting)
    assert forecast.asa_seconds == _close(asa)
    assert forecast.occupancy == _close(occupancy)
    assert level is None or forecast.answered_within(20) == _close(level)
    assert queue is None or forecast.mean_waiting == _close(queue)


def test_the_wait_that_nine_of_ten_stay_under() -> None:
    assert ErlangC(_line(2880, 60, 50)).wait_percentile(0.9) == _close(58.138742)
    assert ErlangC(_line(60, 60, 50)).wait_percentile(0.9) == 0.0
    assert ErlangA(_line(2880, 60, 50, 120)).wait_percentile(0.9) == _close(12.444648)
    assert ErlangA(_line(60, 60, 50, 120)).wait_percentile(0.9) == 0.0


@pytest.mark.parametrize(
    ("line", "abandonment", "wait", "expected"),
    [
        (
            _line(2880, 60, 50, 120),
            0.030912,
            3.709470,
            {"mean_waiting": 2.967576, "occupancy": 0.930324, "waiting_share": 0.467774},
        ),
        (_line(1200, 300, 100, 120), 0.048811, 5.857311, {"asa_seconds": 5.549128, "waiting_share": 0.404021}),
        (_line(1200, 300, 90, 120), 0.115862, 13.903449, {"asa_seconds": 13.746055, "occupancy": 0.982375}),
        (_line(200, 180, 14, 90), 0.025916, 2.332485, {"asa_seconds": 1.925342}),
        (_line(1200, 300, 105, 480), 0.016636, 7.985284, {"waiting_share": 0.354574}),
    ],
)
def test_erlang_a_is_the_tables(line: Line, abandonment: float, wait: float, expected: dict[str, float]) -> None:
    forecast = ErlangA(line)
    assert forecast.abandonment == _close(abandonment)
    assert forecast.mean_wait_seconds == _close(wait)
    assert {name: getattr(forecast, name) for name in expected} == {name: _close(v) for name, v in expected.items()}


@pytest.mark.parametrize(
    ("line", "level"),
    [
        (_line(2880, 60, 50, 120), 0.943019),
        (_line(1200, 300, 100, 120), 0.851715),
        (_line(1200, 300, 90, 120), 0.618311),
        (_line(200, 180, 14, 90), 0.937618),
        (_line(1200, 300, 105, 480), 0.828830),
    ],
)
def test_erlang_a_answers_this_share_of_the_offered_in_20_seconds(line: Line, level: float) -> None:
    assert ErlangA(line).answered_within(20) == _close(level)


def test_erlang_a_tells_what_a_patient_caller_would_meet_and_who_leaves_late() -> None:
    assert ErlangA(_line(2880, 60, 50, 120)).would_start_within(20) == _close(0.967943)
    overload = ErlangA(_line(1200, 300, 90, 120))
    assert overload.abandonment - overload.abandoned_within(20) == _close(0.033177)


@pytest.mark.parametrize(
    ("agents", "load", "waiting", "abandonment"), [(14, 10, 0.135536, 0.018694), (105, 100, 0.321593, 0.020041)]
)
def test_with_patience_as_long_as_handling_nobody_counts_agents(
    agents: int, load: float, waiting: float, abandonment: float
) -> None:
    """The number of contacts inside is then Poisson, as with endless agents."""
    forecast = ErlangA(_line(3600 * load, 1.0, agents, 1.0))
    fewer = math.fsum(math.exp(-load + k * math.log(load) - math.lgamma(k + 1)) for k in range(agents))
    assert forecast.waiting_share == _close(waiting) == _close(1.0 - fewer)
    assert forecast.abandonment == _close(abandonment)


def test_endless_patience_leads_to_erlang_c() -> None:
    patient, impatient = ErlangC(_line(200, 180, 14)), ErlangA(_line(200, 180, 14, 1e9))
    assert impatient.waiting_share == pytest.approx(patient.waiting_share, rel=1e-6)
    assert impatient.answered_within(20) == pytest.approx(patient.answered_within(20), rel=1e-6)


@pytest.mark.parametrize("line", [_line(1200, 300, 90, 120), _line(3600, 300, 10, 3600), _line(1, 300, 1, 1)])
def test_erlang_a_agrees_with_its_birth_and_death_chain(line: Line) -> None:
    chain = _chain(line)
    queue = math.fsum((inside - line.agents) * share for inside, share in chain.items() if inside > line.agents)
    forecast = ErlangA(line)
    assert forecast.waiting_share == _close(math.fsum(s for inside, s in chain.items() if inside >= line.agents))
    assert forecast.mean_waiting == pytest.approx(queue, rel=1e-6)


def _chain(line: Line) -> dict[int, float]:
    """How often so many are inside, from the balance of arrivals, answers and leavers."""
    assert line.patience_seconds is not None
    logs, inside = [0.0], 0
    while logs[-1] > max(logs) - 60 or inside <= line.agents:  # 10^-26 of the likeliest
        inside += 1
        busy, waiting = min(inside, line.agents), max(inside - line.agents, 0)
        going = busy / line.handling_seconds + waiting / line.patience_seconds
        logs.append(logs[-1] + math.log(line.arrivals_per_second / going))
    most = max(logs)
    weights = [math.exp(log - most) for log in logs]
    whole = math.fsum(weights)
    return {count: weight / whole for count, weight in enumerate(weights)}


def test_a_line_that_grows_without_end_is_refused() -> None:
    assert erlang_c(10, 10) == 1.0
    with pytest.raises(ValueError, match="10 erlangs are too much for 10 agents"):
        ErlangC(_line(200, 180, 10))
    with pytest.raises(ValueError, match="take ErlangC"):
        ErlangA(_line(200, 180, 10))
    with pytest.raises(ValueError, match="agents is 0: give a figure above zero"):
        _line(200, 180, 0)
