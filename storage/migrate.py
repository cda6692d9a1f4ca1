"""Bring a database to the schema that this version declares, safely against other processes doing the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage.errors import FailureError

HEAD = "0008"
LOCK = 0x6E657773
"""PostgreSQL advisory lock ("news" in ASCII) under which one process migrates."""


def version(connection: sa.Connection) -> str | None:
    """Return the schema version of the database, None when it has none yet."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return found


def migrate(engine: sa.Engine) -> None:
    """Upgrade to HEAD in one transaction. Raises FailureError when the database is newer than this program."""
    with engine.connect() as connection, connection.begin():
        if version(connection) == HEAD:
            return
    with engine.execution_options(write=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        if version(connection) != HEAD:
            _upgrade(connection)


def configuration(connection: sa.Connection | None = None) -> Any:
    """Return Alembic's configuration for the packaged migrations."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise FailureError(
            f"the database has schema version {version(connection)}, which this newsdesk does not know "
            "(a newer one wrote it?); upgrade newsdesk"
        ) from error
