"""Loads and plays many broken flows: `make fuzz COUNT=100000 SEED=1`. Ends with 1 when one breaks us, takes more than
50 ms of processor time, writes a file where it is played, or the process grows by more than 64 MB."""

import os
import resource
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))

from flow_fuzz import fuzz

MOST_MS, MOST_MB = 50.0, 64.0


def main(count: int, seed: int) -> int:
    """Fuzz and print one line; gives the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        fuzz(50, seed)
        before = _peak_mb()
        tally = fuzz(count, seed)
        grown, written = _peak_mb() - before, list(Path(folder).iterdir())
        os.chdir("/")
    print(
        f"{tally.count} broken flows: {tally.sound} sound, {tally.played} played, {len(tally.troubles)} troubles, "
        f"slowest {tally.slowest_ms:.0f} ms ({len(tally.slowest)} characters), grown by {grown:.0f} MB, "
        f"{len(written)} files written"
    )
    for trouble in tally.troubles[:5]:
        print(trouble)
    return int(bool(tally.troubles or written) or tally.slowest_ms > MOST_MS or grown > MOST_MB)


def _peak_mb() -> float:
    """The most memory that this process had so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
