"""What a shell completes names to: quickly, and to nothing where anything is wrong."""

from __future__ import annotations

import sqlite3
import tomllib
from contextlib import closing

MOST = 200


def source_names(incomplete: str) -> list[str]:
    """Return the names of sources that begin so: declared ones, and those of a SQLite database."""
    from crawler.config import load_config
    from storage.engine import parse_url, sqlite_path

    try:
        config = load_config()
        names = set(tomllib.loads(config.sources.read_text("utf-8"))) if config.sources.exists() else set()
        path = sqlite_path(parse_url(config.database_url))
        if path is not None and path.exists():
            address = f"{path.absolute().as_uri()}?mode=ro"
            with closing(sqlite3.connect(address, uri=True, timeout=0.2)) as connection:
                names.update(row[0] for row in connection.execute("SELECT name FROM sources"))
    except Exception:  # a shell that completes has no place for an error
        return []
    return sorted(name for name in names if name.startswith(incomplete))[:MOST]
