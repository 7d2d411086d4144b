"""How good and how quick estimated waits are: whole invented days on the production queue, with patient probes.

`python bench/waits.py [DAYS]` prints every company beside each other; `make bench` takes the first one.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))

from wait_lab import TIERS, Company, Day, Probe, company, play_day, stop_at

from skipline.metrics.estimate_score import Score, median_error, score
from skipline.model.queueing import EntryState, Policy


@dataclass(frozen=True, slots=True)
class Waits:
    """Scores over all probes; `worst` is the median error of the worst tier, `last` that of the last wait of a tier
    (LES) for the same probes. `milliseconds` is the processor time of one estimate with `waiting` in line."""

    whole: Score
    worst: float
    last: float
    milliseconds: float
    waiting: int


def measure_waits(days: int, firm: Company | None = None, day: Day | None = None) -> Waits:
    """Play `days` days and hold what was told against what came."""
    firm, day = firm or company(), day or Day()
    probes = [probe for seed in range(days) for probe in play_day(firm, day, seed)]
    tiers = [_score([one for one in probes if one.tier == tier.name]).mdare for tier in TIERS]
    both = [(one.last, one.waited) for one in probes if one.estimate is not None and one.last is not None]
    milliseconds, waiting = _measure_speed(firm, day)
    return Waits(_score(probes), max(tiers), median_error(both), milliseconds, waiting)


def _score(probes: Sequence[Probe]) -> Score:
    found = score((one.estimate, one.waited) for one in probes if one.estimate is not None)
    assert found is not None
    return found


def _measure_speed(firm: Company, day: Day) -> tuple[float, int]:
    """In the middle of the busiest hours everybody who waits asks."""
    state, forecaster, now = stop_at(firm, day, 0, sum(day.surge_hours) / 2)
    waiting = [stay for stay in state.stays.values() if stay.state is EntryState.WAITING]
    began = time.process_time()
    for stay in waiting:
        forecaster.estimate(state, stay, now)
    return (time.process_time() - began) * 1000 / len(waiting), len(waiting)


def main() -> None:
    """Print a line for each company."""
    days = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    cases = {
        "target ratio": (company(), Day()),
        "  wrap-up never ended early": (company(), Day(early_wrap_ups=0.0)),
        "  no wrap-up": (company(wrap_up=0.0), Day()),
        **{policy.value: (company(policy, head_starts=True), Day()) for policy in Policy if policy != "target_ratio"},
    }
    print(f"{'':28}probes  error  worst  last wait  coverage  width   bias  ms")
    for name, (firm, day) in cases.items():
        found = measure_waits(days, firm, day)
        one = found.whole
        print(
            f"{name:28}{one.count:6}{one.mdare:7.3f}{found.worst:7.3f}{found.last:11.3f}"
            f"{one.coverage:10.3f}{one.width:7.2f}{one.bias:+7.3f}{found.milliseconds:4.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
