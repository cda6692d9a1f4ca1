"""One daemon per database: a lock that the system or the server frees when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import URL

from storage.engine import parse_url, sqlite_path, unavailable
from storage.errors import FailureError

KEY = 0x64_61_65_6D_6F_6E
"""The advisory lock on PostgreSQL ("daemon" in ASCII); it counts within one database."""
APPLICATION = "newsdesk run"
"""How the connection that holds it is named in pg_stat_activity, before its PID and machine."""
READ_AGAIN = 20


@dataclass(frozen=True, slots=True)
class Holder:
    """The daemon that has the database. What cannot be told is None."""

    host: str | None
    pid: int | None
    since: datetime | None

    def __str__(self) -> str:
        since = f", since {self.since:%Y-%m-%d %H:%M:%S} UTC" if self.since else ""
        return f"on {self.host or 'a machine that it does not name'}, PID {self.pid or 'unknown'}{since}"


class DaemonLock(Protocol):
    """The right to be the daemon of a database, held until `release` or the end of the process."""

    def is_held(self) -> bool:
        """Tell whether it is still ours, taking it again where a broken connection has lost it and it is free."""

    def release(self) -> None:
        """Give it back."""


def take_daemon_lock(database_url: str) -> DaemonLock | Holder:
    """Take the lock, or return who has it. Raises FailureError where neither can be done."""
    url = parse_url(database_url)
    path = sqlite_path(url)
    return _FileLock.take(path) if path is not None else _ServerLock.take(url)


def find_daemon(database_url: str) -> Holder | None:
    """Return the daemon that has the database, None when none runs. Raises FailureError where that cannot be told."""
    url = parse_url(database_url)
    path = sqlite_path(url)
    return _FileLock.find(path) if path is not None else _ServerLock.find(url)


class _FileLock:
    """An flock on `<database>.daemon.lock`. The file stays: who deleted it could lock another one than who waits."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, database: Path) -> _FileLock | Holder:
        file = database.resolve()
        file = file.with_name(f"{file.name}.daemon.lock")
        try:
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise FailureError(f"database {database}: {file} cannot be opened: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return _read_holder(file)
        except OSError as error:
            os.close(descriptor)
            raise FailureError(f"database {database}: {file} cannot be locked: {error.strerror}") from error
        _write_holder(descriptor)
        return cls(descriptor)

    @classmethod
    def find(cls, database: Path) -> Holder | None:
        file = database.resolve()
        file = file.with_name(f"{file.name}.daemon.lock")
        try:
            descriptor = os.open(file, os.O_RDONLY)
        except OSError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read_holder(file)
        finally:
            os.close(descriptor)
        return None

    def is_held(self) -> bool:
        return True

    def release(self) -> None:
        # The descriptor is closed, not unlocked: that would free the lock under a copy of it that lives on.
        with suppress(OSError):
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)


def _write_holder(descriptor: int) -> None:
    facts = {"host": socket.gethostname(), "pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(facts).encode() + b"\n", 0)


def _read_holder(file: Path) -> Holder:
    """Return who has written the file; a holder that has just taken the lock is about to."""
    for _ in range(READ_AGAIN):
        with suppress(OSError, ValueError, KeyError, TypeError):
            facts = json.loads(file.read_text("utf-8"))
            return Holder(str(facts["host"]), int(facts["pid"]), datetime.fromisoformat(facts["since"]))
        time.sleep(0.05)
    return Holder(None, None, None)


class _ServerLock:
    """An advisory lock of a connection that does nothing else; the server frees it when the connection ends."""

    def __init__(self, engine: sa.Engine, connection: sa.Connection) -> None:
        self._engine = engine
        self._connection: sa.Connection | None = connection

    @classmethod
    def take(cls, url: URL) -> _ServerLock | Holder:
        # A pool would keep the connection, and with it the lock, after `release`.
        connect = {"connect_timeout": 10, "application_name": _own_name()}
        engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT", connect_args=connect)
        try:
            connection = _connect(engine)
            if _locked(connection):
                return cls(engine, connection)
            holder = _as_holder(*_server_holder(connection))
            connection.close()
        except sa.exc.SQLAlchemyError as error:
            raise unavailable(url, error) from error
        return holder

    @classmethod
    def find(cls, url: URL) -> Holder | None:
        engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 10})
        try:
            with engine.connect() as connection:
                name, since = _server_holder(connection)
        except sa.exc.SQLAlchemyError as error:
            raise unavailable(url, error) from error
        return _as_holder(name, since) if since is not None or name else None

    def is_held(self) -> bool:
        try:
            if self._connection is not None:
                self._connection.execute(sa.text("SELECT 1"))
                return True
        except sa.exc.SQLAlchemyError:
            self.release()
        return self._taken_again()

    def _taken_again(self) -> bool:
        try:
            connection = _connect(self._engine)
            if _locked(connection):
                self._connection = connection
                return True
            name, _ = _server_holder(connection)
            connection.close()
        except sa.exc.SQLAlchemyError:
            return True  # a server that does not answer gives the lock to nobody else
        # Of a connection that broke the server may not know yet; when it does, the lock is free again.
        return name == _own_name()

    def release(self) -> None:
        if self._connection is not None:
            with suppress(sa.exc.SQLAlchemyError):
                self._connection.close()
            self._connection = None


def _as_holder(name: str, since: datetime | None) -> Holder:
    pid, _, host = name.removeprefix(f"{APPLICATION} ").partition(" ")
    return Holder(host or None, int(pid) if pid.isdigit() else None, since)


def _own_name() -> str:
    return f"{APPLICATION} {os.getpid()} {socket.gethostname()}"[:63]


def _connect(engine: sa.Engine) -> sa.Connection:
    connection = engine.connect()
    # A machine that was unplugged must not hold the lock for the two hours that TCP takes by default to notice.
    wanted = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
    for setting, value in (wanted | {"idle_session_timeout": "0"}).items():
        known = sa.text("SELECT set_config(name, :value, false) FROM pg_settings WHERE name = :name")
        connection.execute(known, {"name": setting, "value": value})
    return connection


def _locked(connection: sa.Connection) -> bool:
    return bool(connection.execute(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": KEY}).scalar_one())


def _server_holder(connection: sa.Connection) -> tuple[str, datetime | None]:
    """Return the name and the start of the connection that holds the lock."""
    query = sa.text(
        "SELECT a.application_name, a.backend_start FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid "
        "WHERE l.locktype = 'advisory' AND l.granted AND l.classid = :high AND l.objid = :low AND l.objsubid = 1 "
        "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    row = connection.execute(query, {"high": KEY >> 32, "low": KEY & 0xFFFFFFFF}).first()
    since = row.backend_start.astimezone(UTC) if row is not None and row.backend_start is not None else None
    return (row.application_name or "" if row is not None else ""), since
