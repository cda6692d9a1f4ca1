"""A working directory in which the real commands run as processes, and what tests wait for and change there."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from storage.columns import UtcDateTime
from storage.store import open_store
from tests import zygote
from tests.acceptance.site import Site


class Desk:
    """A working directory with a source, in which the real commands run."""

    def __init__(self, directory: Path, database_url: str, site: Site) -> None:
        self.directory, self.database_url, self.site = directory, database_url, site
        (directory / "sources.toml").write_text(f'[harbour]\nfeeds = ["{site.base}/feed.xml"]\n')
        self.environment = {
            **os.environ,
            "SCRAPY_SETTINGS_MODULE": "crawler.settings",
            "NEWSDESK_DATABASE_URL": database_url,
            "NEWSDESK_ALLOW_NETWORKS": "127.0.0.0/8",
            "NEWSDESK_DELAY": "0",
            "NEWSDESK_WORKERS": "1",
        }

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        return zygote.start(
            [sys.executable, "-m", *command], cwd=self.directory, env=self.environment | environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def run(self, *command: str, code: int = 0, **environment: str) -> str:
        process = self.start(*command, **environment)
        out, _ = process.communicate(timeout=100)
        assert process.returncode == code, out
        assert "Traceback" not in out, out
        return out

    def crawl(self, *arguments: str, **environment: str) -> str:
        return self.run("scrapy", "crawl", "news", *arguments, **environment)

    def newsdesk(self, *arguments: str, code: int = 0) -> str:
        return self.run("crawler", *arguments, code=code)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        store = open_store(self.database_url)
        try:
            with store.read() as connection:
                return [tuple(row) for row in connection.execute(sa.text(sql))]
        finally:
            store.close()


def until(condition: Callable[[], object], seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


@contextmanager
def daemon(desk: Desk) -> Iterator[subprocess.Popen[str]]:
    """Run a daemon, and kill it at the end."""
    process = desk.start("crawler", "run")
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def change(desk: Desk, sql: str, **values: datetime) -> None:
    """Change rows; times as the database keeps them."""
    store = open_store(desk.database_url)
    statement = sa.text(sql).bindparams(*(sa.bindparam(name, type_=UtcDateTime) for name in values))
    with store.begin() as connection:
        assert connection.execute(statement, values).rowcount > 0
    store.close()
