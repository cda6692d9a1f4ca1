"""Facets, totals and bars over time, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from storage.errors import UsageError
from storage.schema import articles, stories
from storage.search import Bucket, Query, facets, histogram, search
from storage.searching import counting
from storage.store import Store
from tests.integration.storage.fixtures import NOW, put, stamp


def test_a_facets_value_is_what_a_filter_takes(store: Store) -> None:
    with store.begin() as connection:
        for number in range(9):
            put(
                connection, f"n{number}", f"Ferry {number}.", source="abc"[number % 3], language=("en", "de", None)[number % 3],
                section=("Sport", "SPORT", "Sport", "Spört & Spiel", None)[number % 5], kind=("article", "live")[number % 2],
                published=stamp(NOW - timedelta(days=number // 2)),
            )  # fmt: skip
        query = Query("ferry", now=NOW)
        found = facets(connection, query, counting.FACETS)
        assert found.is_exact and found.counted == 9
        assert found["section"] == (Bucket("Sport", "Sport", 6), Bucket("Spört & Spiel", "Spört & Spiel", 2))
        assert found["day"][0] == Bucket("2026-11-25", "2026-11-25", 2) and found["day"][-1].value == "2026-11-21"
        for name, buckets in found.items():
            field = {"day": "date"}.get(name, name)
            for bucket in buckets:
                assert search(connection, Query(f'ferry {field}:"{bucket.value}"', now=NOW)).total == bucket.count
        assert len(facets(connection, query, ("day",), most=2)["day"]) == 2
        assert facets(connection, Query("absent"))["source"] == ()
        with pytest.raises(UsageError, match="facet 'size': known are source"):
            facets(connection, query, ("size",))


@pytest.mark.parametrize("text", ["ferry", None])
def test_what_is_not_counted_to_its_end_says_so(
    store: Store, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    monkeypatch.setattr(counting, "MOST_TOTAL", 5)
    monkeypatch.setattr(counting, "MOST_COUNTED", 4)
    with store.begin() as connection:
        ids = [
            put(connection, f"n{number}", f"Ferry {number}.", source="ab"[number > 2]).article_id for number in range(8)
        ]
        found = search(connection, Query(text))
        assert (found.total, found.total_is_exact) == (5, False)
        counted = facets(connection, Query(text))
        assert (counted.is_exact, counted.counted) == (False, 4)
        assert counted["source"] == (Bucket("b", "b", 4),)
        connection.execute(sa.insert(stories).values(id=1, first_seen=NOW))
        connection.execute(sa.update(articles).where(articles.c.id.in_(ids[:6])).values(story_id=1))
        found = search(connection, Query(text, collapse=True))
        assert not found.total_is_exact and len(found) == 3
        assert search(connection, Query(text, collapse=True, until=NOW)).total_is_exact
        connection.execute(sa.update(articles).values(story_id=None))
        connection.execute(sa.delete(stories))


def test_bars_over_time_hold_shares(store: Store) -> None:
    monday = datetime(2026, 11, 2, tzinfo=UTC)
    with store.begin() as connection:
        for number, (days, body, source) in enumerate(
            [
                (-1e-9, "Ferry.", "a"),
                (0, "Ferry.", "a"),
                (0.5, "Boat.", "a"),
                (6.9, "Ferry.", "b"),
                (7, "Ferry.", "b"),
                (40, "Boat.", "b"),
            ]
        ):
            at = monday + timedelta(days=days, microseconds=-1 if days < 0 else 0)
            put(connection, f"n{number}", f"{body} {number}", source=source, published=stamp(at))
        weeks = histogram(connection, Query("ferry"), "week").bars
        assert [(bar.start.day, bar.count, bar.total) for bar in weeks] == [(26, 1, 1), (2, 2, 3), (9, 1, 1)]
        months = histogram(connection, Query("ferry", since=datetime(2026, 10, 5, tzinfo=UTC)), "month").bars
        assert [(bar.start.month, bar.count) for bar in months] == [(10, 0), (11, 4)]
        days = histogram(connection, Query("ferry", since=monday, until=monday + timedelta(days=8)), "day").bars
        assert [bar.count for bar in days] == [1, 0, 0, 0, 0, 0, 1, 1] and days[0].total == 2
        hours = histogram(connection, Query(None, since=monday, until=monday + timedelta(hours=13)), "hour").bars
        assert [bar.count for bar in hours] == [1] + [0] * 11 + [1]
        split = histogram(connection, Query("ferry"), "week", "source").bars[1]
        assert {(part.value, part.count, part.total) for part in split.parts} == {("a", 1, 2), ("b", 1, 1)}
        assert (split.count, split.total) == (2, 3)
        assert histogram(connection, Query("absent"), "day").bars == ()


def test_wrong_dates_make_no_million_bars(store: Store) -> None:
    with store.begin() as connection:
        for year in (1, 250, 1970, 2026, 9999):
            put(connection, f"n{year}", f"Ferry {year}.", published=stamp(datetime(year, 12, 31, 23, tzinfo=UTC)))
        bars = histogram(connection, Query("ferry"), "day").bars
        assert len(bars) == 2501 and bars[-1].start.year == 2026 and sum(bar.count for bar in bars) == 1
        ends = (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC))
        for by in counting.PERIODS:
            with pytest.raises(UsageError, match="too many bars"):
                histogram(connection, Query("ferry", since=ends[0], until=ends[1]), by)
        assert (
            len(
                histogram(connection, Query("ferry", since=datetime(9990, 1, 1, tzinfo=UTC), until=ends[1]), "day").bars
            )
            == 0
        )
        days = [bucket.value for bucket in facets(connection, Query("ferry"))["day"]]
        assert days == [f"{year:04}-12-31" for year in (9999, 2026, 1970, 250, 1)]
        assert len(search(connection, Query("ferry", sort="date"))) == 5
        for by, split in (("year", None), ("day", "language")):
            with pytest.raises(UsageError, match="known are hour"):
                histogram(connection, Query("ferry"), by, split)
