"""A database of stories: a wire text with all that befalls one, two stories that merge, two articles that join."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from storage.articles import mark_gone
from storage.store import Store, open_store
from storage.types import DatePrecision, DateSource, Stamp
from tests.integration.storage.fixtures import NOW
from tests.integration.storage.telling import paragraphs, sentences, tell, text

HOUR = timedelta(hours=1)
HEADLINE = "Ferries to the islands will run at night until spring"
HOSTILE = "\x1b[31mRed [bold]ferries[/bold] \u202egnp.exe\x07 :warning: " + "and so on " * 60
RTL = "العبارات الليلية تستمر حتى الربيع"
Put = Callable[..., int]


def stamp(at: datetime, precision: DatePrecision = DatePrecision.MINUTE) -> Stamp:
    """Return a date as a page's meta tags give it."""
    return Stamp(at, at.isoformat(), DateSource.META, precision)


def fill(path: Path) -> dict[str, int]:
    """Store the stories; return the ids of articles by name, and of the stories that they were put into."""
    store = open_store(f"sqlite:///{path}")
    try:
        return fill_store(store)
    finally:
        store.close()


def fill_store(store: Store) -> dict[str, int]:
    """Store the stories in an open database; return what `fill` returns."""
    ids: dict[str, int] = {}

    def put(name: str, outlet: str, body: list[str] | str, hours: float, **fields: Any) -> int:
        body = body if isinstance(body, str) else paragraphs(body)
        slug = fields.pop("slug", name)
        stored = tell(connection, outlet, slug, body, now=NOW + hours * HOUR, **fields)
        ids[name] = stored.article_id
        ids[f"story of {name}"] = stored.story_id or 0
        return stored.article_id

    with store.begin() as connection:
        mark_gone(connection, _put_wire(put), NOW + 6 * HOUR)
        _put_copies(put)
        _put_two_that_merge(put)
        _put_two_that_join(put)
    return ids


def _put_wire(put: Put) -> int:
    """Store the wire text and its first copies; return the copy that is gone later."""
    told = sentences(1, 40)
    put("wire", "wire", told, 0, headline=HEADLINE, published=stamp(NOW - HOUR), language="en")
    daily = {"headline": "Night ferries stay", "agency": "AP", "language": "en"}
    put("daily", "daily", told[:25], 1, published=stamp(NOW + HOUR / 2), **daily)
    day = stamp(NOW.replace(hour=0), DatePrecision.DAY)
    put("weekly", "weekly", told, 2, headline=HEADLINE, published=day, agency="AP, dpa", language="en")
    put("hostile", "hostile", told[5:], 3, headline=HOSTILE)
    put("formula", "formula", told, 3.5, headline="=cmd|'/c calc'!A1")
    put("rtl", "rtl", told, 26, headline=RTL, identity={"syndicated_from": "https://www.wire.example/wire"})
    put("own", "own", [*told[:30], *sentences(3, 8)], 4, language="de")
    return put("gone", "gone", told, 4, headline=HEADLINE)


def _put_copies(put: Put) -> None:
    """Store a roundup with a part of the text, and a later version of a copy."""
    told = sentences(1, 40)
    put("round", "round", [*told[:12], *sentences(11, 12), *sentences(12, 12)], 5, headline="The day in short")
    later = [*told[:25], *sentences(20, 1)]
    put("daily2", "daily", later, 7, slug="daily", headline="Night ferries stay", agency="AP", language="en")


def _put_two_that_merge(put: Put) -> None:
    told = sentences(4, 30)
    for name in "ab":
        put(name, name, told[:16], 30)
    for name in "cd":
        put(name, name, told[10:], 31)
    put("e", "e", told[2:28], 32)
    put("lone", "lone", text(77), 1)


def _put_two_that_join(put: Put) -> None:
    again = [*sentences(300, 12), *sentences(301, 3)]
    put("one", "paper", text(300), 0, headline="Same thing")
    put("two", "paper", again, 1, headline="Same thing")
    put("other", "paper", text(310), 1)
    own = {"url_key": "paper.example/one", "page_key": "paper.example/two", "is_version": True}
    own |= {"aliases": (("https://paper.example/two", "paper.example/two"),)}
    put("joined", "paper", again, 2, slug="two", headline="Same thing", identity=own)
