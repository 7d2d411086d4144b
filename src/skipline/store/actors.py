"""Everybody whose requests are answered now."""

import sqlalchemy as sa

from skipline.model.access import Actor, Role
from skipline.store.people_schema import users
from skipline.store.schema import api_keys


def present(transaction: sa.Connection) -> frozenset[Actor]:
    """The users who are not disabled and the keys that are not revoked, with the roles that they have now."""
    people = transaction.execute(
        sa.select(users.c.id, users.c.name, users.c.role, users.c.agent).where(users.c.disabled_at.is_(None))
    )
    keys = transaction.execute(
        sa.select(api_keys.c.id, api_keys.c.name, api_keys.c.role).where(api_keys.c.revoked_at.is_(None))
    )
    return frozenset(
        {Actor(id=one.id, name=one.name, role=Role(one.role), agent=one.agent) for one in people}
        | {Actor(id=one.id, name=one.name, role=Role(one.role), is_key=True) for one in keys}
    )
