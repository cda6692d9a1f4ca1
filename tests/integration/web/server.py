"""The real app on a real server on loopback, and a database with something of everything in it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
import uvicorn
from fastapi import FastAPI

from crawler.abilities import address, compare
from storage.crawls import finish_crawl, record_attempt, start_crawl
from storage.store import Store
from storage.types import Attempt, Outcome
from storage.web.abilities import Abilities
from storage.web.app import make_app
from storage.web.settings import WebSettings
from tests.integration.storage.fixtures import NOW, put, stamp
from tests.integration.storage.telling import text
from tests.integration.stories_told import fill_store

HOSTILE = 'Ferries <script>alert(1)</script> & "so" on \x08\x1b[31m \ufffe ]]> <b onload=x>'


@dataclass(frozen=True)
class Newsroom:
    """A filled database and the ids of what is in it."""

    store: Store
    ids: dict[str, int]


@contextmanager
def serving(store: Store, settings: WebSettings | None = None, **headers: str) -> Iterator[httpx.Client]:
    """Serve the app over a database, and yield a client that asks it with these headers."""
    app = make_app(store, settings or WebSettings(rate=100_000), Abilities(compare=compare, address=address))
    with running(app, **headers) as client:
        yield client


@contextmanager
def running(app: FastAPI, **headers: str) -> Iterator[httpx.Client]:
    """Run an app on a free port, and yield a client that asks it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, log_config=None, access_log=False, ws="none", lifespan="on", server_header=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        try:
            base = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with httpx.Client(base_url=base, timeout=30, headers=headers) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(20)


def furnish(store: Store) -> Newsroom:
    """Fill a database: stories, an article that was joined, one with revisions, hostile ones, two crawls."""
    ids = fill_store(store)
    with store.begin() as connection:
        first = put(connection, "changing", text(500, 8), published=stamp(NOW), authors=("Mara Lindqvist",))
        ids["changing"] = first.article_id
        put(connection, "changing", text(500, 6) + "\n\n" + text(501, 6), now=NOW + timedelta(hours=2),
            published=stamp(NOW), authors=("Mara Lindqvist", "Jon Averill"))  # fmt: skip
        body = f"{HOSTILE}\n\nA paragraph about the ferries. {text(502, 4)}"
        hostile = put(connection, "hostile", body, headline=HOSTILE, tags=("<tag>", "a&b"), section="Sport & <more>",
                      description="<img src=x onerror=alert(1)>", language="ar")  # fmt: skip
        ids["hostile2"] = hostile.article_id
        for number in (1, 2):
            crawl = start_crawl(connection, "one-off", f"all sources {number}", "host 1", NOW)
            for name, outcome in (("a", Outcome.STORED), ("b", Outcome.FAILED), ("c", Outcome.DROPPED)):
                attempt = Attempt(f"https://a.example/{name}", outcome, reason="http-500", status=500, bytes=7)
                record_attempt(connection, crawl, attempt, NOW)
            finish_crawl(connection, crawl, NOW)
            ids[f"crawl{number}"] = crawl
    return Newsroom(store, ids)
