"""Schema: of what kinds are the columns of the operations database, and which tables does it have?

A module of this package that keeps rows of its own there declares their table on `metadata`, and `operations`
imports it, so that whoever opens the database knows all of them.
"""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Table,
    TypeDecorator,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB


class UtcMoment(TypeDecorator[datetime]):
    """A point in time: always aware, always UTC, whatever the database makes of it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        naive = value is not None and value.tzinfo is None
        return value and (value.replace(tzinfo=UTC) if naive else value.astimezone(UTC))


class Money(TypeDecorator[Decimal]):
    """An amount to the fourth place, kept as a whole number, so that no database makes a float of it."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _: Dialect) -> int | None:
        return None if value is None else int((value * 10_000).to_integral_exact(ROUND_HALF_UP))

    def process_result_value(self, value: int | None, _: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 10_000


NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only as INTEGER
DOCUMENT = JSON().with_variant(JSONB(), "postgresql")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def insert_new(connection: Connection, table: Table) -> Any:
    """An insert that leaves alone what stands there under the same key."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()
