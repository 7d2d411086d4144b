"""How the command line finds and enters a server that runs on a data folder: two small files, for their owner alone."""

import json
import os
from pathlib import Path

from skipline.api.services import Services
from skipline.store import api_keys

_NAME = "command line on this machine"


class AccessFiles:
    """`server.json` in a data folder while its server runs: where it listens, and a key that lives as long."""

    def __init__(self, data: Path) -> None:
        self._file = data / "server.json"
        self._key_id = ""

    async def open(self, services: Services, http: str) -> None:
        """Make the key and write the file; keys that a killed server left behind are revoked."""
        now = services.clock()
        for old in await services.database.read(api_keys.list_all):
            if old.name == _NAME and old.revoked_at is None:
                await services.database.write(api_keys.revoke, old.id, now)
        made = await services.database.write(api_keys.create, _NAME, now, services.ids)
        self._key_id = made.key.id
        self._write({"http": f"http://{http}", "key": made.token})

    async def close(self, services: Services) -> None:
        """Revoke the key and remove the file."""
        self._file.unlink(missing_ok=True)
        await services.database.write(api_keys.revoke, self._key_id, services.clock())

    def read(self) -> tuple[str, str] | None:
        """The address and key of the server that runs on this folder; None when none left a file."""
        try:
            found = json.loads(self._file.read_text())
            return str(found["http"]), str(found["key"])
        except (OSError, ValueError, KeyError):
            return None

    def _write(self, content: dict[str, str]) -> None:
        self._file.unlink(missing_ok=True)
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file)
