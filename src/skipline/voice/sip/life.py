"""Whether the other side of a dialog is still there: OPTIONS inside it (RFC 3261 section 11)."""

import asyncio
from typing import TYPE_CHECKING, Any

from skipline.voice.sip.events import Ended

if TYPE_CHECKING:
    from skipline.voice.sip.leg import Leg

_GONE = frozenset({408, 481})
"""No reply at all, and "I know of no such call" (RFC 3261 section 12.2.1.2)."""


async def is_there(leg: "Leg", seconds: float) -> bool:
    """Whether the peer still knows this call. Any other answer than that it does not is a sign of life; none within
    `seconds`, or none that could be sent, is not."""
    if leg.is_over:
        return False
    replied: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def on_response(response: Any, transaction: Any) -> None:
        code = response.getSCode()[0]
        if code >= 200 and not replied.done():
            replied.set_result(transaction.reply_source is not None and code not in _GONE)

    transaction = leg.endpoint.send(leg.dialog, leg.dialog.make_request("OPTIONS"), on_response)
    try:
        return await asyncio.wait_for(replied, seconds)
    except TimeoutError:
        return False
    finally:
        if transaction.tid is not None:
            leg.endpoint.transactions.abandon(transaction)


def give_up(leg: "Leg", reason: str) -> None:
    """End a leg whose peer is gone, as if it had hung up: its owner hears `Ended`."""
    if not leg.is_over:
        leg.send_bye(reason)
        leg.finish(Ended(by_peer=True, code=408, reason=reason))
