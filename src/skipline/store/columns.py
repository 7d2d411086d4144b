"""Column types that mean the same on every database."""

from datetime import UTC, datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

_WRITTEN_LENGTH = len("2030-12-31T23:59:59.999999+00:00")


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time. SQLite has no such type, so there it is text of one fixed width that sorts as time does."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        written: TypeEngine[datetime] = sa.String(_WRITTEN_LENGTH) if dialect.name == "sqlite" else sa.DateTime(True)  # type: ignore[assignment]
        return dialect.type_descriptor(written)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; stored times are aware")
        in_utc = value.astimezone(UTC)
        return in_utc.isoformat(timespec="microseconds") if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | str | None, dialect: Dialect) -> datetime | None:
        return datetime.fromisoformat(value) if isinstance(value, str) else value


def write_json(value: object) -> str:
    """Plain data and values of ours as JSON."""
    return msgspec.json.encode(value).decode()


Json = sa.JSON(none_as_null=True)
"""Plain JSON data. Not JSONB: the order of keys is the writer's, and an export shows it."""

Counter = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A key that the database counts up; SQLite counts only keys that it calls INTEGER."""
