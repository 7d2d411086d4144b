"""Users as they are read from their rows."""

from typing import Any

from skipline.model.access import Role, User


def user_of(row: Any) -> User:
    """A user from a row of theirs."""
    return User(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        agent=row.agent,
        created_at=row.created_at,
        has_password=row.password is not None,
        has_codes=row.code_secret is not None,
        disabled_at=row.disabled_at,
    )
