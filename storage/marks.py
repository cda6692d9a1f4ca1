"""How far a work that goes on has come: a row that the transaction which moves it holds."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from storage.schema_watch import marks
from storage.upsert import insert_ignore

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def hold_mark(connection: sa.Connection, name: str) -> tuple[int, datetime]:
    """Return the mark's value and time, and keep others from it until the transaction ends; 0 and 1970 at first."""
    connection.execute(insert_ignore(connection, marks).values(name=name, value=0, at=_NEVER))
    row = connection.execute(sa.select(marks).where(marks.c.name == name).with_for_update()).one()
    return row.value, row.at


def move_mark(connection: sa.Connection, name: str, value: int, at: datetime) -> None:
    """Set the mark."""
    connection.execute(sa.update(marks).where(marks.c.name == name).values(value=value, at=at))
