"""Plays random days on the queue beside the plain model of its rules: `make queue-fuzz COUNT=100000 SEED=1`. Ends with
1 at the first decision that differs, and names the scenario, which is always the same for its seed."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))

from queue_fuzz import fuzz

_AT_A_TIME = 1000


def main(count: int, seed: int) -> int:
    """Fuzz and print a line for each thousand; gives the exit status."""
    began, events, offers = time.monotonic(), 0, 0
    for number, done in enumerate(range(0, count, _AT_A_TIME)):
        try:
            tally = fuzz(min(_AT_A_TIME, count - done), seed * 1_000_000 + number)
        except AssertionError as wrong:
            print(wrong)
            return 1
        events, offers = events + tally.events, offers + tally.decisions["offer"]
        spent = time.monotonic() - began
        print(f"{done + tally.scenarios} days, {events} events, {offers} offers: all as the model says, {spent:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
