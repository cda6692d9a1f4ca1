"""Pairs of addresses from a table: no two articles are merged, and nearly all spellings of one are."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipelines.hosts import host_of
from pipelines.urls import url_key

TABLE: dict[str, Any] = tomllib.loads(Path(__file__).with_name("url_pairs.toml").read_text("utf-8"))
SAME = [(group, *pair) for group, pairs in TABLE["same"].items() for pair in pairs]
DIFFERENT = [(group, *pair) for group, pairs in TABLE["different"].items() for pair in pairs]
APART = [(row["reason"], *row["pair"]) for row in TABLE["apart"]]
URLS = sorted({url for _, *pair in SAME + DIFFERENT + APART for url in pair})


def test_the_table_is_large_enough() -> None:
    assert len(SAME) >= 90
    assert len(DIFFERENT) >= 90
    assert len({frozenset(pair) for _, *pair in SAME + DIFFERENT + APART}) == len(SAME + DIFFERENT + APART)


def test_no_two_articles_have_one_key() -> None:
    merged = [f"{group}: {one} = {other}" for group, one, other in DIFFERENT if url_key(one) == url_key(other)]
    assert not merged, "\n".join(merged)


def test_nearly_all_spellings_of_an_address_have_one_key() -> None:
    pairs = SAME + APART
    missed = [f"{group}: {one} ≠ {other}" for group, one, other in pairs if url_key(one) != url_key(other)]
    assert len(missed) <= 0.05 * len(pairs), "\n".join(missed)


def test_only_the_pairs_that_are_meant_to_stay_apart_do() -> None:
    missed = [f"{one} ≠ {other}" for _, one, other in SAME if url_key(one) != url_key(other)]
    assert not missed, "\n".join(missed)
    joined = [f"{one} = {other}" for _, one, other in APART if url_key(one) == url_key(other)]
    assert not joined, "move to [same]:\n" + "\n".join(joined)


@pytest.mark.parametrize("url", URLS)
def test_a_key_is_its_own_key(url: str) -> None:
    key = url_key(url)
    assert host_of(f"https://{key}")
    assert url_key(f"https://{key}") == url_key(f"http://www.{key}" if key.startswith("harbour.") else url) == key
