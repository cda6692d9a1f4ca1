"""What a shell completes names to: quickly, and to nothing where anything is wrong."""

from __future__ import annotations

import sqlite3
import tomllib
from contextlib import closing

MOST = 200


def source_names(incomplete: str) -> list[str]:
    """Return the names of sources that begin so: declared ones, and those of a SQLite database."""
    from crawler.config import load_config

    try:
        config = load_config()
        names = set(tomllib.loads(config.sources.read_text("utf-8"))) if config.sources.exists() else set()
        names.update(_stored(config.database_url, "SELECT name FROM sources"))
    except Exception:  # a shell that completes has no place for an error
        return []
    return sorted(name for name in names if name.startswith(incomplete))[:MOST]


def saved_names(incomplete: str) -> list[str]:
    """Return the names of saved searches in a SQLite database that begin so."""
    from crawler.config import load_config

    try:
        names = _stored(load_config().database_url, "SELECT name FROM saved_searches")
    except Exception:
        return []
    return sorted(name for name in names if name.startswith(incomplete))[:MOST]


def _stored(database_url: str, sql: str) -> set[str]:
    """Return what a SQLite database says, nothing of any other."""
    from storage.engine import parse_url, sqlite_path

    path = sqlite_path(parse_url(database_url))
    if path is None or not path.exists():
        return set()
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0.2)) as connection:
        return {row[0] for row in connection.execute(sql)}
