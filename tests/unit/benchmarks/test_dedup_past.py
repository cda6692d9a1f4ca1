"""The synthetic past of the near-duplicate benchmark is what the index would have written itself."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from benchmarks.dedup.background import Background
from benchmarks.dedup.databases import Database, index_bytes
from benchmarks.dedup.loading import Past, source_of
from benchmarks.dedup.phrases import Phrases
from pipelines.shingles import sketch
from storage.postings import FULL, candidates, look_up, read_sketches
from storage.schema import articles, full_shingles, postings, sketches
from storage.store import open_store

VOCABULARY = [f"{first}{second}ord" for first in "bcdfghklmnprstvw" for second in "aeiouy"]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
PHRASES = Phrases(VOCABULARY, number=6)


@pytest.fixture
def grown(database_url: str) -> Database:
    """A database whose past has grown twice."""
    own = Database(open_store(database_url), database_url)
    past = Past(own, Background(PHRASES, VOCABULARY), source_of(own, NOW), NOW, 500)
    past.grow(200)
    past.grow(500)
    return own


def test_the_past_is_found_by_its_own_sketches(grown: Database) -> None:
    with grown.store.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(articles)).scalar() == 500
        for one in read_sketches(connection, [1, 200, 201, 500]):
            past = look_up(connection, one.sketch, NOW - timedelta(days=45))
            found = candidates(connection, past, one.sketch, NOW - timedelta(days=45))
            assert found[0] == one
            kept = array("I", one.sketch.kept)
            assert sorted(set(kept)) == list(kept)
            assert kept[-1] < one.sketch.bound
            assert one.sketch.posted <= len(kept)
        assert index_bytes(connection) > 0
    grown.store.close()


def test_common_phrases_are_posted_until_they_are_stopped(grown: Database) -> None:
    with grown.store.read() as connection:
        stopped = set(connection.execute(sa.select(full_shingles.c.shingle)).scalars())
        counts = sa.select(postings.c.shingle, sa.func.count()).group_by(postings.c.shingle)
        lists = dict(connection.execute(counts).all())
        carried = {shingle: count for shingle, count in lists.items() if shingle in set(PHRASES.values.tolist())}
        number = connection.execute(sa.select(sa.func.count()).select_from(sketches)).scalar()
    grown.store.close()
    assert stopped
    assert stopped <= set(PHRASES.values.tolist())
    assert not stopped & set(lists)
    assert all(count < FULL for count in carried.values())
    assert number == 500


def test_a_phrase_is_posted_by_the_value_that_it_has_in_a_text() -> None:
    filler = " ".join(VOCABULARY)
    for phrase, value in zip(PHRASES.told, PHRASES.values.tolist(), strict=True):
        own = sketch("", f"{filler}. {phrase.capitalize()}.")
        assert own is not None
        assert value in own.postings
