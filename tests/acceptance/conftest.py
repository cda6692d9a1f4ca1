"""What most acceptance tests begin with: a site, and a desk that follows its feed, on both databases or on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.desk import Desk
from tests.acceptance.site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    """A running news site."""
    with Site() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, database_url: str, site: Site) -> Desk:
    """A desk with an empty database, once of each kind."""
    return Desk(tmp_path, database_url, site)


@pytest.fixture
def sqlite_desk(tmp_path: Path, site: Site) -> Desk:
    """A desk with an empty SQLite file."""
    return Desk(tmp_path, f"sqlite:///{tmp_path / 'newsdesk.db'}", site)
