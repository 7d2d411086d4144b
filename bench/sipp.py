"""Runs SIPp and reads the statistics it leaves behind."""

import csv
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_BUFFER_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Sipp:
    """A SIPp that plays a scenario; its files are in `folder`."""

    process: subprocess.Popen[bytes]
    folder: Path

    @classmethod
    def start(cls, folder: Path, scenario: str, *, calls: int, port: int, options: Sequence[str] = ()) -> "Sipp":
        """Play `scenario` for `calls` calls from `port` of loopback."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "scenario.xml").write_text(scenario, encoding="ascii")
        command = ["sipp", "-sf", "scenario.xml", "-i", "127.0.0.1", "-p", str(port), "-m", str(calls), "-nostdin"]
        command += ["-trace_stat", "-stf", "stats.csv", "-trace_counts", "-fd", "1", "-buff_size", str(_BUFFER_BYTES)]
        nowhere = subprocess.DEVNULL
        process = subprocess.Popen([*command, *options], cwd=folder, stdin=nowhere, stdout=nowhere, stderr=nowhere)
        return cls(process, folder)

    def end(self, patience_seconds: float = 3.0) -> None:
        """Give it a moment to finish and to write its figures down, then end it."""
        try:
            self.process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            self.process.terminate()
            self.process.wait(5)

    @property
    def succeeded(self) -> int:
        """Calls that went through the whole scenario."""
        return int(self._last_row("stats.csv").get("SuccessfulCall(C)", 0))

    @property
    def repeats(self) -> int:
        """Messages that this side sent again, or got again."""
        counts = self._last_row("*_counts.csv")
        return sum(int(count) for name, count in counts.items() if name.endswith("_Retrans"))

    def received_last(self, message: str) -> int:
        """How often the scenario's last place for receiving `message` was used."""
        counts = self._last_row("*_counts.csv")
        places = [name for name in counts if f"_{message}_" in name and name.endswith("_Recv")]
        return int(counts[places[-1]]) if places else 0

    def _last_row(self, pattern: str) -> dict[str, str]:
        text = next((file.read_text(encoding="ascii") for file in self.folder.glob(pattern)), "")
        rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
        return {name: value for name, value in rows[-1].items() if name and value} if rows else {}
