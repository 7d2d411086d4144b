"""How the command line finds and enters a server that runs on a data folder: one small file, for its owner alone."""

import json
import os
from pathlib import Path


class AccessFile:
    """`server.json` in a data folder while its server runs: where it listens, and a key that lives as long."""

    def __init__(self, data: Path) -> None:
        self._file = data / "server.json"

    def read(self) -> tuple[str, str] | None:
        """The address and key of the server that runs on this folder; None when none left a file."""
        try:
            found = json.loads(self._file.read_text())
            return str(found["http"]), str(found["key"])
        except (OSError, ValueError, KeyError):
            return None

    def write(self, http: str, key: str) -> None:
        """Tell where the server listens and the key to enter it with."""
        content = {"http": f"http://{http}", "key": key}
        self._file.unlink(missing_ok=True)
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file)

    def remove(self) -> None:
        """The server is leaving."""
        self._file.unlink(missing_ok=True)
