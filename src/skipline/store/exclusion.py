"""Turns between nodes that share one PostgreSQL, for works whose writing follows from what they read."""

import sqlalchemy as sa


def exclude_others(transaction: sa.Connection, noun: str = "workspace") -> None:
    """Let nobody else change `noun` until this transaction ends.

    SQLite has one writer and needs nothing.
    """
    if transaction.dialect.name == "postgresql":
        transaction.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"skipline {noun}"))))
