"""One request outside of calls and its final reply: OPTIONS, REGISTER."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skipline.voice.sip.dialog import Dialog
from skipline.voice.sip.endpoint import Endpoint
from skipline.voice.sip.headers import make_header, read_headers


@dataclass(frozen=True, slots=True)
class Reply:
    """A final reply to a request outside of calls. `is_real` is false when none came in time and we made one up."""

    code: int
    reason: str
    headers: dict[str, list[str]]
    is_real: bool


async def exchange(
    endpoint: Endpoint,
    dialog: Dialog,
    method: str,
    *,
    headers: Mapping[str, str] | None = None,
    expires_seconds: int | None = None,
    timeout_seconds: float = 4.0,
) -> Reply:
    """Send one request and wait for its final reply; 408 when none came, 503 when the name is unknown."""
    ip = await dialog.transport.resolve(dialog.next_hop[0])
    if ip is None:
        return Reply(503, "The name is unknown", {}, is_real=False)
    dialog.next_hop = (ip, dialog.next_hop[1])
    replied: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()

    def on_response(response: Any, transaction: Any) -> None:
        code, reason = response.getSCode()
        if code >= 200 and not replied.done():
            is_real = transaction.reply_source is not None
            replied.set_result(Reply(code, reason, read_headers(response), is_real))

    lines = [make_header(name, value) for name, value in (headers or {}).items()]
    request = dialog.make_request(method, headers=lines, expires_seconds=expires_seconds)
    transaction = endpoint.send(dialog, request, on_response)
    try:
        return await asyncio.wait_for(replied, timeout_seconds)
    except TimeoutError:
        return Reply(408, "No reply", {}, is_real=False)
    finally:
        if transaction.tid is not None:
            endpoint.transactions.abandon(transaction)
