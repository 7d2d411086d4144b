"""The command line's talk with a running server."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from skipline.cli.access_file import AccessFile

KEY_VARIABLE = "SKIPLINE_KEY"
_SECONDS = 60.0


class RemoteTrouble(Exception):
    """The server could not be reached or refused; the message says why and what to do. `issues` are lines to show."""

    def __init__(self, sentence: str, issues: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.issues = issues


class Remote:
    """A server at `url`, entered with `key`."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self._key = url.rstrip("/"), key

    @classmethod
    def on_folder(cls, data: Path) -> "Remote | None":
        """The server that runs on a data folder; None when none does."""
        found = AccessFile(data).read()
        return cls(*found) if found else None

    @classmethod
    def at(cls, url: str) -> "Remote":
        """The server at `url`, with the key of SKIPLINE_KEY. Raises `RemoteTrouble` without one."""
        key = os.environ.get(KEY_VARIABLE, "")
        if not key:
            raise RemoteTrouble(
                f"set {KEY_VARIABLE} to a key of {url}: `skipline serve` printed one at its first start"
            )
        return cls(url if "://" in url else f"http://{url}", key)

    async def get(self, path: str) -> Any:
        """What the server answers to a GET below `/api/v1`. Raises `RemoteTrouble`."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: Mapping[str, object]) -> Any:
        """What the server answers to a POST below `/api/v1`. Raises `RemoteTrouble`."""
        return await self._ask("POST", path, body)

    async def _ask(self, method: str, path: str, body: Mapping[str, object] | None) -> Any:
        headers = {"Authorization": f"Bearer {self._key}"}
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(headers=headers, timeout=timeout) as session,
                session.request(method, f"{self.url}/api/v1{path}", json=body) as answer,
            ):
                return _read(answer.status, await answer.json(content_type=None))
        except (aiohttp.ClientError, TimeoutError, ValueError) as trouble:
            raise RemoteTrouble(f"{self.url} does not answer as Skipline does: {trouble or 'no answer'}") from None


def _read(status: int, answer: Any) -> Any:
    if status < 400:
        return answer
    issues = answer.get("issues", ())
    lines = tuple(f"{one['file']}:{one['line']}: {one['code']}: {one['sentence']} ({one['fix']})" for one in issues)
    if lines:
        raise RemoteTrouble("the workspace has mistakes; nothing was applied", lines)
    raise RemoteTrouble(str(answer.get("detail", f"the server answered {status}")))
