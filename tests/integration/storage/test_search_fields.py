"""Fields, filters and dates narrow a search alike on SQLite and PostgreSQL, in the text and beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from storage.errors import UsageError
from storage.schema import articles, stories
from storage.schema_search import article_facts
from storage.search import Query, count, facets, histogram, matches, search, stream
from storage.store import Store
from storage.types import Access
from tests.integration.storage.fixtures import NOW, put, stamp

DAY = datetime(2026, 11, 3, tzinfo=UTC)


def found(connection: sa.Connection, text: str | None = None, **filters: object) -> list[str]:
    """Return the names of what matches, sorted; count, stream and matches have to agree with it."""
    query = Query(text, now=NOW, limit=100, **filters)  # type: ignore[arg-type]
    hits = search(connection, query)
    names = sorted(hit.article.url.rpartition("/")[2] for hit in hits)
    ids = {hit.article.id for hit in hits}
    assert count(connection, query) == hits.total == len(names)
    assert [article.id for article in stream(connection, query)] == sorted(ids)
    assert matches(connection, query, range(2000)) == ids
    return names


@pytest.fixture
def told(store: Store) -> Store:
    """A few articles that differ in every field."""
    with store.begin() as connection:
        put(
            connection, "politics", "The ferry sails.", language="en", section="Politics", tags=("Climate Change", "Élections"),
            authors=("Ann Lee",), published=stamp(DAY - timedelta(microseconds=1)),
        )  # fmt: skip
        put(
            connection, "sport", "The ferry rests.", source="b", language="de", section="SPÖRT & Freizeit", tags=("climate",),
            kind="live", access=Access.PAYWALLED, published=stamp(DAY),
        )  # fmt: skip
        put(connection, "plain", "No boat.", source="c", published=stamp(DAY + timedelta(days=1)))
    return store


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("source:a", ["politics"]),
        ("source:a OR source:c", ["plain", "politics"]),
        ("-source:a", ["plain", "sport"]),
        ("ferry -source:a", ["sport"]),
        ("ferry source:c", []),
        ("source:a source:b", []),
        ("section:politics", ["politics"]),
        ('section:"sport freizeit"', ["sport"]),
        ("section:sport", []),
        ("-section:POLITICS", ["plain", "sport"]),
        ('tag:"climate change"', ["politics"]),
        ("tag:climate", ["sport"]),
        ("tag:elections", ["politics"]),
        ('tag:climate OR tag:"CLIMATE CHANGE"', ["politics", "sport"]),
        ("ferry -tag:climate", ["politics"]),
        ("climate", []),
        ("language:de", ["sport"]),
        ("lang:EN-gb", ["politics"]),
        ("language:und", ["plain"]),
        ("-language:de", ["plain", "politics"]),
        ("access:paywalled", ["sport"]),
        ("-access:paywalled", ["plain", "politics"]),
        ("kind:live", ["sport"]),
        ("author:lee", ["politics"]),
        ("-author:lee", ["plain", "sport"]),
        ("-ferry", ["plain"]),
        ("source:a -ferry", []),
        ("date:2026-11-03", ["sport"]),
        ("date:2026-11", ["plain", "politics", "sport"]),
        ("date:2026-11-02..2026-11-03", ["politics", "sport"]),
        ("-date:2026-11-03", ["plain", "politics"]),
        ("after:2026-11-03", ["plain", "sport"]),
        ("before:2026-11-03", ["politics"]),
        ("until:2026-11-03", ["politics", "sport"]),
        ("after:2026-11-03 before:2026-11-04", ["sport"]),
        ("after:2026-11-02T23:59", ["plain", "politics", "sport"]),
        ("date:22d", ["plain"]),
        ("date:23d", ["plain", "politics", "sport"]),
        ('date:"last month"', []),
        ('date:"this month" ferry', ["politics", "sport"]),
    ],
)
def test_fields_in_the_text(told: Store, text: str, names: list[str]) -> None:
    with told.read() as connection:
        assert found(connection, text) == names


def test_filters_beside_the_text(told: Store) -> None:
    with told.read() as connection:
        assert found(connection, sources=("a", "b")) == ["politics", "sport"]
        assert found(connection, sections=("politics", "sport freizeit")) == ["politics", "sport"]
        assert found(connection, "ferry", tags=("CLIMATE",)) == ["sport"]
        assert found(connection, languages=("und", "en")) == ["plain", "politics"]
        assert found(connection, access="paywalled", kind="live") == ["sport"]
        assert found(connection, "ferry", since=DAY) == ["sport"]
        assert found(connection, "ferry", until=DAY) == ["politics"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (Query("sorce:a"), "did you mean source"),
        (Query("zzzzz:a"), "known are headline"),
        (Query("source:aa"), "no source 'aa' is stored; known: a"),
        (Query("access:no"), "known are free"),
        (Query("kind:no"), "known are article"),
        (Query("date:soon"), "'soon' is not a time"),
        (Query("date:2026-13-01"), "not a time"),
        (Query("story:x"), "not a number"),
        (Query('tag:"?!"'), "no letter"),
        (Query('source:""'), "no value"),
        (Query("a OR source:b"), "an OR between"),
        (Query("a" * 10_001), "10,001 characters; 10,000"),
        (Query("a " * 33), "33 words; 32"),
        (Query("source:a OR " * 32 + "source:b"), "33 words; 32"),
        (Query(sections=("",)), "no letter"),
        (Query("a", sort="size"), "relevance or date"),
        (Query("a", limit=0), "1 is the least"),
    ],
)
def test_what_cannot_be_asked_names_what_it_was(told: Store, query: Query, says: str) -> None:
    with told.read() as connection:
        for ask in (
            search,
            count,
            lambda *args: list(stream(*args)),
            lambda *args: matches(*args, [1]),
            facets,
            histogram,
        ):
            with pytest.raises(UsageError, match=says) as caught:
                ask(connection, query)
            assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "text",
    [
        "x'; DROP TABLE articles; --",
        "' OR 1=1 --",
        '") OR articles_fts MATCH ("',
        "{headline} : a",
        "a NEAR(b c, 5)",
        "^a + b : * - ( ) { }",
        "a:b:c' UNION SELECT 1",
        "\\' \\\\ & | ! <-> :*A",
        "a\0b",
        "%s :x $1 ? {}",
        "\ud800 a",
        "a" * 10_000,
        "\ue0a0word \uf001politics",
        "source:'; DROP TABLE sources",
        "((((((((((" * 900,
        "-" * 9_999,
        "OR OR OR",
    ],
)
def test_nothing_that_is_typed_gets_into_the_databases_language(told: Store, text: str) -> None:
    with told.read() as connection:
        for query in (
            Query(text),
            Query("ferry", tags=(text,)),
            Query("ferry", author=text),
            Query("x", sources=(text,)),
        ):
            for sort in ("relevance", "date"):
                try:
                    search(connection, replace(query, sort=sort))
                except UsageError as error:
                    assert "\n" not in str(error)
        assert found(connection, "ferry") == ["politics", "sport"]


def test_a_story_is_found_by_its_id_also_by_one_that_it_had_before(told: Store) -> None:
    with told.begin() as connection:
        connection.execute(
            sa.insert(stories),
            [{"id": 7, "first_seen": NOW, "merged_into": None}, {"id": 9, "first_seen": NOW, "merged_into": 7}],
        )
        connection.execute(sa.update(articles).where(articles.c.url.like("%/sport")).values(story_id=7))
        assert found(connection, "story:9") == found(connection, story=7) == ["sport"]
        assert found(connection, "-story:7") == ["plain", "politics"]
        assert found(connection, story=8) == []
        connection.execute(sa.update(articles).values(story_id=None))
        connection.execute(sa.delete(stories))


def test_a_page_that_changes_its_labels_alone_is_found_by_the_new_ones(store: Store) -> None:
    with store.begin() as connection:
        put(connection, "x", "Elections.", section="Old", tags=("one",), language="en")
        put(connection, "x", "Elections.", section="New", tags=("two",), language="de", kind="live")
        assert found(connection, "section:old") == found(connection, "tag:one") == found(connection, "lang:en") == []
        assert found(connection, "section:new tag:two lang:de kind:live") == ["x"]
        assert found(connection, "elected") == []


def test_the_facts_follow_the_articles_whoever_writes_them(store: Store) -> None:
    columns = [article_facts.c[name] for name in ("source_id", "language", "section", "access", "kind", "story_id")]
    with store.begin() as connection:
        one = put(connection, "x", published=stamp(datetime(1969, 12, 31, 23, 59, 59, 5, tzinfo=UTC))).article_id
        two = put(connection, "y").article_id
        connection.execute(
            sa.update(articles).where(articles.c.id == two).values(language="fr", section="s", kind="live")
        )
        facts = {row.id: row for row in connection.execute(sa.select(article_facts))}
        assert facts[one].at == -1_000_000 + 5 and facts[two].at == NOW.timestamp() * 1_000_000
        for row in connection.execute(sa.select(articles)):
            assert [getattr(row, column.name) for column in columns] == [
                facts[row.id]._mapping[column.name] for column in columns
            ]
        connection.execute(sa.text("DELETE FROM articles_fts"))
        connection.execute(sa.text("DELETE FROM article_aliases"))
        connection.execute(sa.delete(articles).where(articles.c.id == two))
        assert list(connection.execute(sa.select(article_facts.c.id)).scalars()) == [one]
