"""Open the configured database for a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa

if TYPE_CHECKING:
    from storage.store import Store


@contextmanager
def opened() -> Iterator[Store]:
    """Yield the configured database, which must exist."""
    from sqlalchemy.exc import SQLAlchemyError

    from crawler.config import load_config
    from storage.engine import parse_url, unavailable
    from storage.store import open_store

    url = load_config().database_url
    store = open_store(url, create=False)
    try:
        yield store
    except SQLAlchemyError as error:
        raise unavailable(parse_url(url), error) from error
    finally:
        store.close()


@contextmanager
def reading() -> Iterator[sa.Connection]:
    """Yield a read transaction on the configured database, which must exist."""
    with opened() as store, store.read() as connection:
        yield connection


@contextmanager
def snapshot() -> Iterator[sa.Connection]:
    """Yield a view of one moment on the configured database, which must exist: for reading at length."""
    with opened() as store, store.snapshot() as connection:
        yield connection
