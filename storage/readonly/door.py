"""Ask the configured database in SQL, whichever it is, without a chance to change it; tell its tables."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from storage.engine import make_engine, parse_url, sqlite_path, unavailable
from storage.readonly.answers import Answer
from storage.readonly.postgresql import ask_postgresql
from storage.readonly.sqlite import ask_sqlite, open_file


def ask(database_url: str, statement: str, seconds: float) -> AbstractContextManager[Answer]:
    """Return a context with the answer to one statement that reads; it may take so many seconds.

    Raises UsageError for any other statement, and for what the database does not understand; FailureError when the
    database cannot be used or the time is over. The database is taken as it is: nothing is migrated.
    """
    url = parse_url(database_url)
    path = sqlite_path(url)
    return ask_sqlite(path, statement, seconds) if path else ask_postgresql(url, statement, seconds)


def tables(database_url: str) -> list[dict[str, Any]]:
    """Return a row for each column of each table: table, column, type, required, key (primary; what it refers to)."""
    url = parse_url(database_url)
    path = sqlite_path(url)
    engine = sa.create_engine("sqlite://", creator=lambda: open_file(path)) if path else make_engine(url)
    try:
        with engine.connect() as connection:
            inspector = sa.inspect(connection)
            names = sorted(name for name in inspector.get_table_names() if not _is_inner(name))
            return [row for name in names for row in _columns(inspector, name)]
    except SQLAlchemyError as error:
        raise unavailable(url, error) from error
    finally:
        engine.dispose()


def _is_inner(table: str) -> bool:
    """Tell whether a table is a part of SQLite's full-text index, or Alembic's."""
    return table == "alembic_version" or table.startswith("articles_fts_")


def _columns(inspector: sa.Inspector, table: str) -> list[dict[str, Any]]:
    primary = inspector.get_pk_constraint(table)["constrained_columns"]
    foreign = {
        own: f"{key['referred_table']}.{other}"
        for key in inspector.get_foreign_keys(table)
        for own, other in zip(key["constrained_columns"], key["referred_columns"], strict=True)
    }
    rows = []
    for column in inspector.get_columns(table):
        name = column["name"]
        keys = [*(["primary"] if name in primary else []), *([foreign[name]] if name in foreign else [])]
        own = {"table": table, "column": name, "type": str(column["type"]).lower(), "required": not column["nullable"]}
        rows.append(own | {"key": ", ".join(keys)})
    return rows
