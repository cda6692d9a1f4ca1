"""What the web app can do through crawler and pipelines: look at a real site, follow it, compare, read addresses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.abilities import abilities
from crawler.sources import load_sources
from storage.errors import FailureError, UsageError
from storage.types import Version
from storage.web.abilities import Abilities, Offer, Passage
from tests.integration.test_probe import CONFIG, FEED, Site, _home, _rss, site  # noqa: F401 (a fixture)


@pytest.fixture
def able(tmp_path: Path) -> Abilities:
    return abilities(CONFIG.model_copy(update={"sources": tmp_path / "sources.toml"}))


def probe(able: Abilities, url: str) -> Offer:
    """Look at a site in a thread, as the app does."""
    assert able.probe is not None
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(able.probe, url).result(60)


def test_a_site_is_looked_at_and_followed(able: Abilities, site: Site, tmp_path: Path) -> None:  # noqa: F811
    assert able.declare is not None
    articles = site.articles(range(6))
    site.pages |= {"/": _home(articles, FEED.format("The Lantern", "/rss.xml")), "/rss.xml": _rss(articles)}
    offer = probe(able, site.base)
    assert offer.title == "The Lantern" and offer.name
    assert [channel.url for channel in offer.channels if channel.chosen] == [f"{site.base}/rss.xml"]
    assert len(offer.previews) == 3 and all(one.problem is None and one.words > 50 for one in offer.previews)
    able.declare(offer, "lantern")
    (source,) = load_sources(tmp_path / "sources.toml").values()
    assert (source.name, source.feeds) == ("lantern", (f"{site.base}/rss.xml",))
    for name, said in (("lantern", "already"), ("other", "already"), ("not a name", "name")):
        with pytest.raises(UsageError, match=said):
            able.declare(offer, name)
    nothing = replace(offer, channels=tuple(replace(one, chosen=False) for one in offer.channels))
    with pytest.raises(UsageError, match="worth polling"):
        able.declare(nothing, "nothing")
    assert list(load_sources(tmp_path / "sources.toml")) == ["lantern"]


def test_a_site_that_cannot_be_had_is_told(able: Abilities, site: Site) -> None:  # noqa: F811
    with pytest.raises(FailureError):
        probe(able, f"{site.base}/")
    with pytest.raises(UsageError, match="is not a URL"):
        probe(able, "http://")
    with pytest.raises(FailureError):
        probe(able, "http://169.254.169.254/latest/")


def test_texts_are_compared_and_addresses_read(able: Abilities) -> None:
    assert able.compare is not None and able.address is not None
    old, new = Version("Head", ("A",), "One two three four."), Version("Head", ("B",), "One two three five.")
    found = able.compare(old, new)
    assert found.authors == (Passage("removed", "A"), Passage("added", "B")) and found.share_added > 0
    assert [piece.text for line in found.lines for piece in line.pieces if piece.kind != "same"] == ["four", "five"]
    address = able.address(" https://www.a.example/x?utm_source=y ")
    assert address is not None and (address.key, address.host) == ("a.example/x", "www.a.example")
    assert able.address("javascript:alert(1)") is None and able.address("x") is None
