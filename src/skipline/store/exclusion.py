"""Turns between nodes that share one PostgreSQL, for works whose writing follows from what they read."""

import sqlalchemy as sa

from skipline.store.prepared import Prepared

_EXCLUDE = Prepared(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(sa.bindparam("noun", type_=sa.Text)))))
_HELD = "skipline excludes others from"


def exclude_others(transaction: sa.Connection, noun: str = "workspace") -> bool:
    """Let nobody else change `noun` until this transaction ends; whether others could change it until now, so that
    what was read before must be read again.

    SQLite has one writer and needs nothing.
    """
    if transaction.dialect.name != "postgresql":
        return False
    # A savepoint that is undone lets go of what was locked behind it, so what is held is known for each by itself.
    scope = transaction.get_nested_transaction() or transaction.get_transaction()
    holder, nouns = transaction.info.get(_HELD, (None, frozenset()))
    if holder is not scope:
        nouns = frozenset()
    if scope is not None and noun in nouns:
        return False
    _EXCLUDE.first(transaction, noun=f"skipline {noun}")
    transaction.info[_HELD] = (scope, nouns | {noun})
    return True
