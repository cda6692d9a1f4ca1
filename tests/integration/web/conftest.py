"""Fixtures: a filled database of each kind, made once a module, and a client of the app that reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from storage.store import open_store
from tests.conftest import _fresh_database
from tests.integration.web.server import Newsroom, furnish, serving


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def newsroom(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """A filled database, once of each kind."""
    if request.param == "sqlite":
        path: Path = tmp_path_factory.mktemp("web") / "newsdesk.db"
        store = open_store(f"sqlite:///{path}")
        yield furnish(store)
        store.close()
        return
    with _fresh_database() as url:
        store = open_store(url)
        yield furnish(store)
        store.close()


@pytest.fixture(scope="module")
def client(newsroom: Newsroom) -> Iterator[httpx.Client]:
    """A client of the app over the filled database."""
    with serving(newsroom.store) as one:
        yield one
