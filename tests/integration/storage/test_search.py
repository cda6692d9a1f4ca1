"""Search and filters answer alike on SQLite and PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.articles import get_article
from storage.errors import UsageError
from storage.search import Query, count, search, stream
from storage.stats import overview
from storage.store import Store
from tests.integration.storage.fixtures import NOW, put, stamp


def _found(connection: sa.Connection, text: str | None = None, **filters: object) -> list[str]:
    hits = search(connection, Query(text, **filters))  # type: ignore[arg-type]
    return [hit.article.url.rpartition("/")[2] for hit in hits]


TEXTS = {
    "greek": "Η κυβέρνηση ανακοίνωσε μέτρα",
    "hindi": "दिल्ली में किताब मेला",
    "korean": "서울에서 회의가 열린다",
    "japanese": "東京でガスの事故がありました",
    "thai": "รัฐบาลประกาศมาตรการ",
    "persian": "شرکت‌های ایرانی در تهران",
    "turkish": "İstanbul'da ışıklar söndü",
    "odd": "the foo_bar of 1e5 and Foo™ cost №7, caf\u0065\u0301",
}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ΚΥΒΕΡΝΗΣΗ", ["greek"]),
        ("किताब", ["hindi"]),
        ("कताब", []),
        ("서울", ["korean"]),
        ("ガス", ["japanese"]),
        ("カス", []),
        ("ประกาศ", ["thai"]),
        ("تهران", ["persian"]),
        ("شركت", ["persian"]),
        ("istanbul isiklar", ["turkish"]),
        ("foo_bar", ["odd"]),
        ("1e5", ["odd"]),
        ('"and foo cost no 7 cafe"', ["odd"]),
    ],
)
def test_words_mean_the_same_in_text_and_query(store: Store, text: str, names: list[str]) -> None:
    with store.begin() as connection:
        for name, body in TEXTS.items():
            put(connection, name, body)
        assert _found(connection, text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ferry council", ["both"]),
        ("ferry AND council", ["both"]),
        ("ferry OR council", ["both", "council", "ferry"]),
        ("(ferry OR council) -evening", ["council"]),
        ('"evening ferry"', ["both", "ferry"]),
        ('"ferry evening"', []),
        ("“evening ferry”", ["both", "ferry"]),
        ('ferry -"town council"', ["ferry"]),
        ("counc*", ["both", "council"]),
        ("counc", []),
        ("headline:ferry", ["ferry"]),
        ("headline:evening", []),
        ("title:council", ["council"]),
        ('headline:"headline of both"', ["both"]),
        ("body:headline", []),
        ("author:nunez", ["both"]),
        ("nunez", ["both"]),
        ("ferry -author:núñez", ["ferry"]),
        ("https://ferry", []),
    ],
)
def test_the_language_of_queries(store: Store, text: str, names: list[str]) -> None:
    with store.begin() as connection:
        put(connection, "ferry", "The evening ferry is late.")
        put(connection, "council", "The town council meets.")
        put(connection, "both", "The evening ferry and the town council.", authors=("Marta Núñez",))
        assert sorted(_found(connection, text)) == names
        assert count(connection, Query(text)) == len(names)


def test_a_phrase_never_reaches_from_one_field_into_the_next(store: Store) -> None:
    with store.begin() as connection:
        put(connection, "x", "Ferries sail.", headline="Harbour board", authors=("Ann Lee",))
        for text in ('"board ann"', '"lee ferries"', '"board ferries"'):
            assert _found(connection, text) == []


def test_headlines_weigh_more_and_dates_order_when_asked(store: Store) -> None:
    with store.begin() as connection:
        put(connection, "body", "A ferry, said the board.", published=stamp(NOW))
        put(connection, "head", "The board said so.", headline="The ferry", published=stamp(NOW - timedelta(days=1)))
        assert _found(connection, "ferry") == ["head", "body"]
        assert _found(connection, "ferry", sort="date") == ["body", "head"]


def test_filters(store: Store) -> None:
    with store.begin() as connection:
        put(
            connection,
            "old",
            language="de",
            authors=("Jürgen Müller", "Ann Lee"),
            published=stamp(NOW - timedelta(days=9)),
        )
        put(
            connection,
            "new",
            language="en",
            authors=("O'Brien",),
            published=stamp(NOW - timedelta(days=1)),
            body="New.",
        )
        put(connection, "undated", "Undated.", source="b")
        assert _found(connection) == ["undated", "new", "old"]
        assert _found(connection, since=NOW - timedelta(days=2)) == ["undated", "new"]
        assert _found(connection, since=NOW - timedelta(days=1), until=NOW) == ["new"]
        assert _found(connection, until=NOW - timedelta(days=1)) == ["old"]
        assert _found(connection, sources=("b",)) == ["undated"]
        assert _found(connection, languages=("DE-at",)) == ["old"]
        assert _found(connection, author="mull") == _found(connection, author="JURGEN MULLER") == ["old"]
        assert _found(connection, author="brien") == ["new"]
        assert _found(connection, author="ller") == []
        assert _found(connection, "headline", author="lee", languages=("de",)) == ["old"]
        assert [a.url[-3:] for a in stream(connection, Query(languages=("de",), limit=None))] == ["old"]


@pytest.mark.parametrize(
    "query", [Query(sources=("no\0where",)), Query(languages=("\udcff",)), Query(author="!?"), Query("*")]
)
def test_what_cannot_be_asked_is_one_clear_line(store: Store, query: Query) -> None:
    with store.begin() as connection:
        put(connection, "x")
        with pytest.raises(UsageError) as caught:
            search(connection, query)
    assert "\n" not in str(caught.value)


def test_a_revision_is_found_by_its_new_words_alone(store: Store) -> None:
    with store.begin() as connection:
        put(connection, "x", "The ferry is late.", headline="H", authors=("Ann Lee",))
        put(connection, "x", "The ferry is early.", headline="H", authors=("Ann Lee",))
        assert _found(connection, "late") == [] and _found(connection, "early") == ["x"]
        put(connection, "x", "The ferry is early.", headline="H", authors=("Bo Chan",))
        assert _found(connection, author="lee") == [] and _found(connection, author="chan") == ["x"]


@pytest.mark.parametrize("unit", ["word{} ", "𠀀"], ids=["words", "characters"])
def test_a_text_of_two_megabytes_is_kept_whole_and_found(store: Store, unit: str) -> None:
    body = "beginning " + "".join(unit.format(number) for number in range(2_000_000 // (len(unit) + 4)))
    with store.begin() as connection:
        stored = put(connection, "long", body)
        kept = get_article(connection, stored.article_id)
        assert kept is not None and kept.body == body
        assert _found(connection, "beginning") == ["long"]
        put(connection, "word", "beginning " + "x" * 100_000)
        assert len(_found(connection, "beginning")) == 2


def test_a_stream_gives_every_article_once_in_order(store: Store) -> None:
    with store.begin() as connection:
        ids = [put(connection, f"n{number}", f"Text {number}").article_id for number in range(450)]
    with store.read() as connection:
        assert [article.id for article in stream(connection, Query(limit=None))] == ids
        assert [article.id for article in stream(connection, Query("text", limit=230), ids[9])] == ids[10:240]


def test_an_overview_counts_by_source(store: Store) -> None:
    with store.begin() as connection:
        put(connection, "1")
        put(connection, "1", "Changed.")
        put(connection, "2", "Other.", source="b", language="de")
        found = overview(connection)
    assert (found.articles, found.revised, found.sources) == (2, 1, 2)
    assert [(source.name, source.articles, source.pending) for source in found.by_source] == [("a", 1, 0), ("b", 1, 0)]
    assert sorted(found.languages) == [("?", 1), ("de", 1)]


_text = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("\"*-():^+&|!<>\\'ORAND{} \0%_")), max_size=60)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_text, author=st.none() | _text, language=st.none() | st.text(max_size=4))
def test_no_query_raises_anything_but_a_usage_error(
    store: Store, text: str, author: str | None, language: str | None
) -> None:
    query = Query(text, author=author, languages=(language,) if language is not None else ())
    with store.read() as connection:
        for asked in (query, replace(query, sort="date")):
            try:
                search(connection, asked)
                count(connection, asked)
            except UsageError as error:
                assert "\n" not in str(error)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80))
def test_any_text_can_be_indexed(store: Store, body: str) -> None:
    with store.begin() as connection:
        put(connection, "any", body + " ferry")
        assert len(search(connection, Query("ferry"))) == 1
