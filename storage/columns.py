"""What means the same on SQLite and PostgreSQL: UTC times, JSON lists, and being one of any number of ids."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A timezone-aware UTC time.

    TIMESTAMPTZ on PostgreSQL; on SQLite the text `YYYY-MM-DD HH:MM:SS.ffffff`, which sorts by time
    and which SQLite's own date functions read as UTC. Naive values are refused.
    """

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return the dialect's own type."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Turn an aware time into what the dialect stores."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive time {value!r}: the database keeps aware times only")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the stored time as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class _Ids(sa.TypeDecorator[list[int]]):
    """A list of ids as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.ARRAY(sa.BigInteger) if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: list[int] | None, dialect: sa.Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value)


class among(FunctionElement[bool]):
    """The condition that a column is one of these ids, of which there may be more than a statement takes parameters."""

    type = sa.Boolean()
    name = "among"
    inherit_cache = True

    def __init__(self, column: sa.ColumnElement[int], ids: Iterable[int]) -> None:
        super().__init__(column, sa.bindparam(None, sorted(ids), type_=_Ids, unique=True))


@compiles(among, "sqlite")
def _among_on_sqlite(element: among, compiler: Any, **words: Any) -> str:
    column, ids = (compiler.process(one, **words) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"


@compiles(among, "postgresql")
def _among_on_postgresql(element: among, compiler: Any, **words: Any) -> str:
    column, ids = (compiler.process(one, **words) for one in element.clauses)
    return f"{column} = ANY({ids})"
