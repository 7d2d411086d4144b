"""What running processes cost, read from /proc."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes in RAM. `pss` counts a page that several processes share once, `rss` once for each of them."""

    rss: float = 0.0
    pss: float = 0.0

    def __add__(self, other: "Memory") -> "Memory":
        return Memory(self.rss + other.rss, self.pss + other.pss)


def family_of(pid: int) -> list[int]:
    """`pid` and all its descendants, parents first."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            children.setdefault(int(_stat_fields(int(folder.name))[1]), []).append(int(folder.name))
        except (OSError, IndexError):
            continue
    family = [pid]
    for member in family:
        family += children.get(member, [])
    return family


def cpu_seconds(pid: int) -> float:
    """The processor time `pid` has used so far, in the kernel's name too; 0 once it is gone."""
    try:
        fields = _stat_fields(pid)
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_of(pids: list[int]) -> Memory:
    """The memory of all `pids` together."""
    total = Memory()
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        found = {name: int(value.split()[0]) / 1024 for name, _, value in (line.partition(":") for line in lines)}
        total += Memory(found["Rss"], found["Pss"])
    return total


def _stat_fields(pid: int) -> list[str]:
    """The fields after the name, which may hold blanks: state, parent, ..."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
