"""A node that sends until it is killed or has nothing left to send: `sending_node.py PLACE FOLDER ADDRESS OWNER`."""

import asyncio
import sys
from pathlib import Path

from message_values import count_unsent
from sending_room import account_at, sending

from skipline.store import Database


async def send_all(place: str, folder: str, address: str, owner: str) -> None:
    where = place if "://" in place else Path(place)
    async with (
        await Database.open(where, folder=Path(folder)) as database,
        sending(database, account_at(address), owner=owner, seconds=5.0),
    ):
        while await count_unsent(database):  # noqa: ASYNC110 - others tell by rows alone
            await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(send_all(*sys.argv[1:]))
