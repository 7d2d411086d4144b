"""Delivers many broken payloads of every provider: `make fuzz-channels COUNT=100000 SEED=1`. Ends with 1 when one
breaks us, is dropped without a note, takes more than 500 ms of processor time, or the process grows by more than
128 MB."""

import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))

from channel_fuzz import fuzz

MOST_MS, MOST_MB = 500.0, 128.0


def main(count: int, seed: int) -> int:
    """Fuzz and print one line; gives the exit status."""
    fuzz(200, seed)
    before = _peak_mb()
    tally = fuzz(count, seed)
    grown = _peak_mb() - before
    told = ", ".join(f"{number} {name}" for name, number in sorted(tally.events.items()))
    print(
        f"{tally.count} broken deliveries: {told}, {len(tally.troubles)} troubles, "
        f"slowest {tally.slowest_ms:.0f} ms ({tally.slowest_bytes} bytes), grown by {grown:.0f} MB"
    )
    for trouble in tally.troubles[:5]:
        print(trouble)
    return int(bool(tally.troubles) or tally.slowest_ms > MOST_MS or grown > MOST_MB)


def _peak_mb() -> float:
    """The most memory that this process had so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
