"""People of a data folder whose server does not run: added straight in the database that its settings name."""

from pathlib import Path

import sqlalchemy as sa

from skipline.base.clock import system_clock
from skipline.base.ids import time_ordered_ids
from skipline.cli.own_database import open_database
from skipline.cli.settings import Settings, read_settings
from skipline.model.access import Role
from skipline.model.audit import COMMAND_LINE, AuditEntry, Deed
from skipline.store import one_time_links, users
from skipline.store.audit import told
from skipline.store.errors import UserUnknown


async def add_user_offline(data: Path, name: str, role: Role, agent: str) -> str:
    """Add somebody; gives the link that opens once the server runs. Raises `StorageError`, `SettingsMistake`."""
    settings = read_settings(data=data)
    async with await open_database(settings) as database:
        now = system_clock()
        entry = AuditEntry(at=now, deed=Deed.USER_ADDED, who=COMMAND_LINE, about=name, detail={"role": role.value})
        user = await database.write(told(entry, users.add), name, role, agent, now, time_ordered_ids)
        token = await database.write(one_time_links.make, user.id, now, needs_password=True)
    return _link(settings, token)


async def link_user_offline(data: Path, name: str) -> str:
    """A new link for somebody who is there. Raises the same, and `UserUnknown`."""
    settings = read_settings(data=data)
    async with await open_database(settings) as database:
        entry = AuditEntry(at=system_clock(), deed=Deed.LINK_MADE, who=COMMAND_LINE, about=name)
        token = await database.write(told(entry, _make_link), name)
    return _link(settings, token)


def _make_link(transaction: sa.Connection, name: str) -> str:
    known = users.find_by_name(transaction, name)
    if known is None:
        raise UserUnknown(name)
    return one_time_links.make(transaction, known.user.id, system_clock(), needs_password=True)


def _link(settings: Settings, token: str) -> str:
    return one_time_links.address_of(settings.public_url or f"http://{settings.http}", token)
