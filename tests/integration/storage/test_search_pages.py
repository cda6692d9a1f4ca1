"""Pages stay right while articles arrive, stories collapse, and a cursor is good for its own query alone."""

from __future__ import annotations

import sqlite3
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import UsageError
from storage.schema import articles, stories
from storage.search import Query, search
from storage.searching import cursors, paging
from storage.store import Store
from tests.integration.storage.fixtures import NOW, put, stamp


def pages(connection: sa.Connection, query: Query, between: Callable[[], None] = lambda: None) -> Iterator[list[int]]:
    """Yield the ids on each page, and call `between` after each."""
    while True:
        found = search(connection, query)
        yield [hit.article.id for hit in found]
        if found.next_cursor is None:
            return
        between()
        query = replace(query, after=found.next_cursor)


def fill(connection: sa.Connection, number: int, first: int = 0, word: str = "ferry") -> list[int]:
    """Store articles of every length and age, some of the same moment."""
    draw = Random(first)
    return [
        put(
            connection,
            f"n{one}",
            " ".join([word] * draw.randint(1, 5) + [f"w{draw.randint(0, 9)}"] * draw.randint(0, 30)) + f" {one}",
            published=stamp(NOW - timedelta(hours=draw.randint(0, 40))),
        ).article_id
        for one in range(first, first + number)
    ]


@pytest.mark.parametrize("text", ["ferry", None, "ferry OR w3", "-absent"])
@pytest.mark.parametrize("sort", ["relevance", "date"])
def test_pages_lose_nothing_and_repeat_nothing_while_articles_arrive(
    store: Store, monkeypatch: pytest.MonkeyPatch, text: str | None, sort: str
) -> None:
    monkeypatch.setattr(cursors, "MOST_SHOWN", 17)
    monkeypatch.setattr(paging, "MOST_SHOWN", 17)
    monkeypatch.setattr(paging, "WEIGHED", 25)
    with store.begin() as connection:
        there = fill(connection, 40)
        arriving = iter(range(1000, 9000, 100))
        query = Query(text, sort=sort, limit=6, now=NOW)
        whole = [hit.article.id for hit in search(connection, replace(query, limit=None))]
        found = [
            one
            for page in pages(connection, query, lambda: fill(connection, 5, next(arriving)) and None)
            for one in page
        ]
        assert sorted(found) == there and sorted(whole) == there
        if sort == "date" or text in (None, "-absent"):
            assert found == whole


def test_by_date_the_order_is_exact(store: Store) -> None:
    with store.begin() as connection:
        fill(connection, 40)
        time = sa.func.coalesce(articles.c.date_published, articles.c.first_seen)
        expected = list(
            connection.execute(sa.select(articles.c.id).order_by(time.desc(), articles.c.id.desc())).scalars()
        )
        for text in (None, "ferry"):
            assert list(chain.from_iterable(pages(connection, Query(text, sort="date", limit=7)))) == expected


def test_recent_articles_rank_above_old_ones_that_say_the_same(store: Store) -> None:
    with store.begin() as connection:
        for name, days in (("old", 300), ("new", 1), ("older", 600)):
            put(connection, name, "A ferry.", headline=name, published=stamp(NOW - timedelta(days=days)))
        put(connection, "head", "A boat.", headline="Ferry", published=stamp(NOW - timedelta(days=2)))
        names = [hit.article.headline for hit in search(connection, Query("ferry", now=NOW))]
    assert names == ["Ferry", "new", "old", "older"]


def tell(connection: sa.Connection, story: int, ids: list[int], outlets: int) -> None:
    """Let articles tell a story of so many outlets."""
    connection.execute(sa.insert(stories).values(id=story, first_seen=NOW, articles=len(ids), outlets=outlets))
    connection.execute(sa.update(articles).where(articles.c.id.in_(ids)).values(story_id=story))


@pytest.mark.parametrize("text", ["ferry", None])
@pytest.mark.parametrize("sort", ["relevance", "date"])
def test_a_story_is_one_row_on_all_pages_together(
    store: Store, monkeypatch: pytest.MonkeyPatch, text: str | None, sort: str
) -> None:
    monkeypatch.setattr(cursors, "MOST_SHOWN", 7)
    monkeypatch.setattr(paging, "MOST_SHOWN", 7)
    monkeypatch.setattr(paging, "WEIGHED", 15)
    with store.begin() as connection:
        ids = fill(connection, 40)
        tell(connection, 1, ids[0:40:4], 9)
        tell(connection, 2, ids[1:40:4], 8)
        query = Query(text, sort=sort, collapse=True, limit=3, now=NOW)
        first = search(connection, query)
        assert (first.total, first.total_is_exact) == (22, True)
        found, told = [], iter(range(1000, 9000, 100))

        def between() -> None:
            new = fill(connection, 3, next(told))
            connection.execute(sa.update(articles).where(articles.c.id.in_(new)).values(story_id=2))

        for page in pages(connection, query, between):
            found += page
        told_by = {row.id: row.story_id for row in connection.execute(sa.select(articles.c.id, articles.c.story_id))}
        alone = [one for one in found if told_by[one] is None]
        assert sorted(alone) == sorted(one for one in ids if told_by[one] is None)
        assert sorted(told_by[one] for one in found if told_by[one]) == [1, 2]
        (hit,) = [hit for hit in search(connection, replace(query, limit=None)) if hit.article.story_id == 1]
        assert (hit.story_outlets, hit.story_articles) == (9, 10)
        connection.execute(sa.update(articles).values(story_id=None))
        connection.execute(sa.delete(stories))


def test_a_cursor_is_good_for_its_own_query_alone(store: Store) -> None:
    with store.begin() as connection:
        fill(connection, 12)
        query = Query("ferry", limit=5, since=NOW - timedelta(days=7), now=NOW)
        cursor = search(connection, query).next_cursor
        assert cursor is not None
        later = replace(query, after=cursor, since=NOW - timedelta(days=7) + timedelta(minutes=3), limit=100)
        assert len(search(connection, later)) == 7
        for other in (
            replace(query, text="boat"), replace(query, sort="date"), replace(query, collapse=True), replace(query, sources=("a",)),
            replace(query, since=None), replace(query, until=NOW), replace(query, since=NOW - timedelta(days=30)),
        ):  # fmt: skip
            with pytest.raises(UsageError, match="belongs to another query"):
                search(connection, replace(other, after=cursor))


def _wrong() -> Iterator[str]:
    yield from ("", "x", "é", "AAAA", "a" * 100_000, "{}", "=" * 10, "../../etc", "-" * 400, "0\0")
    for raw in (
        b"[]", b"{}", b"null", b"[1,2]", b'[1,"x",null,null,null,null,null]\n', b"[" * 5_000, b'[1,"x",1,1,1,1,[1]]\n',
        b'[1,"x",1e999,1,null,null,null]\n', b'[1,"x",' + b"9" * 300 + b",1,null,null,null]\n", b'[1,"x",true,1,null,null,null]\n',
        b'[1,"x",1,1,null,null,null]\nnozlib', b'[1,"x",1,1,null,null,["a","b"]]\n', b"\xff\xfe\n\n",
    ):  # fmt: skip
        yield urlsafe_b64encode(raw).decode()


def test_a_wrong_cursor_is_one_clear_line(store: Store) -> None:
    with store.begin() as connection:
        fill(connection, 3)
        query = Query("ferry", limit=1)
        cursor = search(connection, query).next_cursor
        assert cursor is not None
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        old = urlsafe_b64encode(raw.replace(b"[1,", b"[0,", 1)).decode()
        for wrong in (*_wrong(), cursor[:-3], old, cursor + "AAAA" * 10):
            with pytest.raises(UsageError, match="the cursor (is|belongs)") as caught:
                search(connection, replace(query, after=wrong))
            assert "\n" not in str(caught.value) and len(str(caught.value)) < 200
        with pytest.raises(UsageError, match="another version"):
            search(connection, replace(query, after=old))


@given(st.lists(st.integers(1, 2**60), max_size=1000, unique=True))
def test_a_cursor_holds_what_was_shown(ids: list[int]) -> None:
    query = Query("x", now=NOW)
    position = replace(cursors.first_position(query, 5), shown=tuple(ids), below=(-7, 3))
    cursor = cursors.write_cursor(query, position)
    assert cursors.read_cursor(replace(query, after=cursor)) == replace(position, shown=tuple(sorted(ids)))


def test_a_cursor_after_a_thousand_articles_fits_into_an_address() -> None:
    query = Query("x", now=NOW)
    shown = tuple(Random(1).sample(range(2_000_000), cursors.MOST_SHOWN))
    assert len(cursors.write_cursor(query, replace(cursors.first_position(query, 5), shown=shown))) < 3_500


def test_an_index_that_is_gone_or_locked_is_an_error_of_the_database(tmp_path: Path) -> None:
    from storage.errors import FailureError
    from storage.store import open_store

    path = tmp_path / "newsdesk.db"
    open_store(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(FailureError, match="newer"):
        open_store(f"sqlite:///{path}")
