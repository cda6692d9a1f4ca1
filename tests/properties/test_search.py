"""Whatever is stored and asked: both databases answer as a plain count over the articles does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.schema import metadata
from storage.search import Bucket, Query, count, facets, histogram, matches, search, stream
from storage.store import Store, open_store
from tests.conftest import _fresh_database
from tests.integration.storage.fixtures import NOW, put, stamp

WORDS = ["ferry", "boat", "Köln", "東京", "vote"]
SECTIONS = [None, "Politik", "POLITIK", "Sport & Spiel"]
HOURS = [0, 1, 12, 13, 36, 60, 200]


@dataclass(frozen=True)
class Told:
    """An article of a random corpus."""

    body: tuple[str, ...]
    headline: str
    source: str
    language: str | None
    section: str | None
    tag: str | None
    hours: int

    @property
    def at(self) -> datetime:
        """When it was published."""
        return NOW - timedelta(hours=self.hours)

    @property
    def words(self) -> set[str]:
        """The words in it."""
        return {*self.body, self.headline}


corpora = st.lists(
    st.builds(
        Told,
        body=st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(tuple),
        headline=st.sampled_from(WORDS),
        source=st.sampled_from("abc"),
        language=st.sampled_from([None, "en", "de"]),
        section=st.sampled_from(SECTIONS),
        tag=st.sampled_from([None, "one", "two"]),
        hours=st.sampled_from(HOURS),
    ),
    min_size=1,
    max_size=12,
)


@dataclass(frozen=True)
class Asked:
    """A query, and what it means."""

    wanted: tuple[str, ...]
    unwanted: str | None
    source: str | None
    language: str | None
    section: str | None
    tag: str | None
    since: int | None
    until: int | None

    def query(self) -> Query:
        """Return it as it is asked."""
        parts = [*self.wanted, *([f"-{self.unwanted}"] if self.unwanted else [])]
        parts += [f"tag:{self.tag}"] if self.tag else []
        return Query(
            " ".join(parts) or None,
            sources=(self.source,) if self.source else (),
            languages=(self.language,) if self.language else (),
            sections=(self.section,) if self.section else (),
            since=NOW - timedelta(hours=self.since) if self.since is not None else None,
            until=NOW - timedelta(hours=self.until) if self.until is not None else None,
            now=NOW,
            limit=None,
        )

    def holds(self, told: Told) -> bool:
        """Tell whether an article matches, by looking at it."""
        return (
            all(word in told.words for word in self.wanted)
            and (self.unwanted is None or self.unwanted not in told.words)
            and self.source in (None, told.source)
            and self.language in (None, told.language)
            and (self.section is None or (told.section or "").lower() == self.section.lower())
            and self.tag in (None, told.tag)
            and (self.since is None or told.hours <= self.since)
            and (self.until is None or told.hours > self.until)
        )


queries = st.builds(
    Asked,
    wanted=st.lists(st.sampled_from(WORDS), max_size=2).map(tuple),
    unwanted=st.none() | st.sampled_from(WORDS),
    source=st.none() | st.sampled_from("abc"),
    language=st.none() | st.sampled_from(["en", "de"]),
    section=st.none() | st.sampled_from(["politik", "Sport & Spiel"]),
    tag=st.none() | st.sampled_from(["one", "two"]),
    since=st.none() | st.sampled_from(HOURS),
    until=st.none() | st.sampled_from(HOURS),
)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Store]]:
    """One database of each kind."""
    path: Path = tmp_path_factory.mktemp("search") / "newsdesk.db"
    with _fresh_database() as url:
        opened = [open_store(f"sqlite:///{path}"), open_store(url)]
        yield opened
        for one in opened:
            one.close()


@settings(max_examples=25, deadline=None)
@given(corpus=corpora, asked=st.lists(queries, min_size=1, max_size=6))
def test_both_databases_answer_as_a_plain_count_does(
    stores: list[Store], corpus: list[Told], asked: list[Asked]
) -> None:
    for store in stores:
        with store.begin() as connection:
            _empty(connection)
            ids = {_put(connection, number, told): told for number, told in enumerate(corpus)}
            for one in asked:
                _check(connection, ids, one)


def _empty(connection: sa.Connection) -> None:
    connection.execute(sa.text("DELETE FROM articles_fts"))
    for table in reversed(metadata.sorted_tables):
        connection.execute(table.delete())
    for source in "abc":
        put(connection, f"source-{source}", "nothing", source=source)
    connection.execute(sa.text("DELETE FROM articles_fts"))
    for name in ("article_aliases", "articles"):
        connection.execute(sa.text(f"DELETE FROM {name}"))


def _put(connection: sa.Connection, number: int, told: Told) -> int:
    body = " ".join(told.body) + f" number{number}"
    tags = (told.tag,) if told.tag else ()
    fields = {"headline": told.headline, "language": told.language, "section": told.section, "tags": tags}
    return put(connection, f"n{number}", body, source=told.source, published=stamp(told.at), **fields).article_id


def _check(connection: sa.Connection, ids: dict[int, Told], asked: Asked) -> None:
    query = asked.query()
    own = {one: told for one, told in ids.items() if asked.holds(told)}
    newest = sorted(own, key=lambda one: (own[one].at, one), reverse=True)
    by_date = search(connection, replace(query, sort="date"))
    assert [hit.article.id for hit in by_date] == newest
    assert {hit.article.id for hit in search(connection, query)} == own.keys()
    assert [article.id for article in stream(connection, query)] == sorted(own)
    assert matches(connection, query, ids) == own.keys()
    assert count(connection, query) == by_date.total == len(own)
    found = facets(connection, query)
    assert _counts(found["source"]) == Counter(told.source for told in own.values())
    assert _counts(found["language"]) == Counter(told.language or "und" for told in own.values())
    assert _counts(found["day"]) == Counter(told.at.date().isoformat() for told in own.values())
    sections = Counter(told.section.lower() for told in own.values() if told.section)
    assert Counter({name.lower(): number for name, number in _counts(found["section"]).items()}) == sections
    bars = histogram(connection, query, "hour" if query.since and query.until else "day").bars
    assert sum(bar.count for bar in bars) == len(own)


def _counts(buckets: Iterable[Bucket]) -> Counter[str]:
    return Counter({bucket.value: bucket.count for bucket in buckets})
