"""Keep and answer: the database, and what is read of it. Programs enter by `from storage import open_store`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.search import Query as Query
    from storage.store import Store as Store
    from storage.store import open_store as open_store

__all__ = ["Query", "Store", "open_store"]
_HOMES = {"Query": "storage.search", "Store": "storage.store", "open_store": "storage.store"}


def __getattr__(name: str) -> Any:
    """Import what is asked for, and only then: a command that reads no database need not load SQLAlchemy."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'storage' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
