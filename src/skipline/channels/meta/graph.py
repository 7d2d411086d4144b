"""Requests to the Graph API."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec

from skipline.model.lookup import HttpRequest, Reach, Secrets


@dataclass(frozen=True, slots=True)
class Graph:
    """Where the API is, and the name of the secret by which it knows us. The token goes in a header, never in an
    address, because addresses end up in logs."""

    base_url: str
    version: str
    token: str
    reach: Reach

    def post(self, path: str, body: dict[str, Any], secrets: Secrets) -> HttpRequest:
        """A request that changes something; it is not repeated by itself."""
        return HttpRequest(
            url=f"{self.base_url}/{self.version}/{path}",
            method="POST",
            headers={**self._known_as(secrets), "Content-Type": "application/json"},
            body=msgspec.json.encode(body),
            reach=self.reach,
        )

    def get(self, path: str, query: dict[str, str], secrets: Secrets) -> HttpRequest:
        """A request that reads."""
        asked = f"?{urlencode(query)}" if query else ""
        url = f"{self.base_url}/{self.version}/{path}{asked}"
        return HttpRequest(url=url, headers=self._known_as(secrets), reach=self.reach)

    def file(self, url: str, secrets: Secrets | None) -> HttpRequest:
        """A request for a file; with `secrets` it is signed."""
        headers = {} if secrets is None else {"Authorization": f"Bearer {secrets(self.token)}"}
        return HttpRequest(url=url, headers=headers, reach=self.reach)

    def _known_as(self, secrets: Secrets) -> dict[str, str]:
        return {"Accept": "application/json", "Authorization": f"Bearer {secrets(self.token)}"}
