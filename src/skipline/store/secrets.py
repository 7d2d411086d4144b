"""Secrets by name. They go in and stay in: people see names, only the host opens values, and only in memory."""

from datetime import datetime

import sqlalchemy as sa

from skipline.model.access import SecretSummary
from skipline.store.exclusion import exclude_others
from skipline.store.schema import secrets
from skipline.store.vault import Vault


def put(transaction: sa.Connection, vault: Vault, name: str, value: str, now: datetime) -> None:
    """Keep a secret, in place of the one of that name."""
    exclude_others(transaction, "secrets")
    closed = {"ciphertext": vault.close(name, value), "updated_at": now}
    if not transaction.execute(sa.update(secrets).where(secrets.c.name == name).values(closed)).rowcount:
        transaction.execute(sa.insert(secrets).values(name=name, **closed))


def delete(transaction: sa.Connection, name: str) -> bool:
    """Delete a secret; whether there was one."""
    return transaction.execute(sa.delete(secrets).where(secrets.c.name == name)).rowcount > 0


def list_all(transaction: sa.Connection) -> tuple[SecretSummary, ...]:
    """The names of the secrets and when each was set."""
    rows = transaction.execute(sa.select(secrets.c.name, secrets.c.updated_at).order_by(secrets.c.name))
    return tuple(SecretSummary(name=row.name, updated_at=row.updated_at) for row in rows)


def open_all(transaction: sa.Connection, vault: Vault) -> dict[str, str]:
    """Every secret's value by name, for the host's memory alone. Raises `SecretUnreadable` naming the first that is."""
    rows = transaction.execute(sa.select(secrets.c.name, secrets.c.ciphertext))
    return {row.name: vault.open_secret(row.name, row.ciphertext) for row in rows}
