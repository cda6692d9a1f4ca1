"""Addresses that are longer than a row of an index have room in every database."""

from __future__ import annotations

import random

from pipelines.urls import LONGEST_KEY, url_key
from storage.articles import find_article, store_article
from storage.channels import ensure_source
from storage.due import Scope, due_links
from storage.frontier import NewLink
from storage.polls import record_poll
from storage.store import Store
from storage.types import Article, Identity
from tests.integration.storage.fixtures import NOW, feed

HOST = "a.example"


def long_address(seed: int, size: int = 3_900) -> str:
    """Return an address that no database can compress to a row of an index."""
    chance = random.Random(seed)
    return f"https://{HOST}/" + "".join(
        chance.choices("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_", k=size)
    )


def test_links_with_long_addresses_are_stored_and_found_again(store: Store) -> None:
    found = [NewLink(url, url_key(url), HOST) for url in map(long_address, range(3))]
    with store.begin() as connection:
        channel = feed(connection)
        assert record_poll(connection, channel, found, NOW, next_due=None, budget=9).new == 3
        assert record_poll(connection, channel, found, NOW, next_due=None, budget=9).new == 0
        assert {one.url for one in due_links(connection, HOST, Scope(), NOW, 9)} == {one.url for one in found}


def test_an_article_with_a_long_address_is_stored_and_found_again(store: Store) -> None:
    url = long_address(4)
    article = Article(url=url, headline="Harbour master resigns", body="Some text.", word_count=2)
    with store.begin() as connection:
        source = ensure_source(connection, "a", NOW)
        stored = store_article(connection, article, Identity(url_key(url), HOST, "0"), source, NOW)
        again = store_article(connection, article, Identity(url_key(f"{url}?utm_source=rss"), HOST, "0"), source, NOW)
        assert again.article_id == stored.article_id
        assert find_article(connection, url_key(url)) is not None


def test_the_longest_key_has_room_in_a_row_of_an_index(store: Store) -> None:
    urls = [long_address(seed, LONGEST_KEY - len(HOST) - 1) for seed in (5, 6)]
    assert {len(url_key(url).encode()) for url in urls} == {LONGEST_KEY}
    with store.begin() as connection:
        found = [NewLink(url, url_key(url), HOST) for url in urls]
        assert record_poll(connection, feed(connection), found, NOW, next_due=None, budget=9).new == 2
