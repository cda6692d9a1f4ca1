"""What polls learn of channels: real commands against a real server whose feeds move, lie, overflow and die."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.schema import channels
from storage.store import open_store
from tests.acceptance.desk import Desk
from tests.acceptance.site import Answer, Site, article

RSS = "application/rss+xml"


def row(desk: Desk, columns: str, url: str = "%") -> tuple[Any, ...]:
    ((*values,),) = desk.rows(f"SELECT {columns} FROM channels WHERE url LIKE '%{url}'")
    return tuple(values)


def hints_of(desk: Desk, url: str = "%") -> dict[str, Any]:
    (value,) = row(desk, "hints", url)
    known: Any = json.loads(value) if isinstance(value, str) else value
    return known or {}


def moment(value: Any) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def rss(site: Site, names: list[str], head: str = "") -> str:
    items = "".join(f"<item><title>{name}</title><link>{site.base}/news/{name}</link></item>" for name in names)
    return f"<rss version='2.0' xmlns:atom='a'><channel><title>T</title>{head}{items}</channel></rss>"


def test_what_a_channel_asks_for_is_kept_and_heeded(desk: Desk, site: Site) -> None:
    site.feed(["one"])
    head = "<ttl>45</ttl><skipDays><day>Sunday</day></skipDays><atom:link rel='self' href='/own.xml'/>"
    headers = {"Cache-Control": "max-age=60", "Link": '<https://hub.example/>; rel="hub"'}
    site.pages["/feed.xml"] = Answer(body=rss(site, ["one"], head), headers=headers, kind=RSS)
    desk.crawl()
    hub = {"hub": "https://hub.example/", "topic": f"{site.base}/own.xml"}
    assert hints_of(desk) == {"ttl": 2700, "skip_days": [6], "fresh": 60, "window": 1} | hub
    due, polled, whole = map(moment, row(desk, "next_due, last_polled, last_whole"))
    assert timedelta(minutes=45) <= due - polled <= timedelta(days=1) and whole == polled
    site.pages["/feed.xml"] = Answer(body=rss(site, ["one"], head), headers={"Cache-Control": "max-age=3000"}, kind=RSS)
    desk.crawl()
    assert [seen.status for seen in site.log if seen.path == "/feed.xml"] == [200, 304]
    newer = {"ttl": 2700, "skip_days": [6], "fresh": 3000, "window": 1, "unchanged": 1}
    assert hints_of(desk) == newer | hub, "a 304 is the newer word"
    again, polled, before = map(moment, row(desk, "next_due, last_polled, last_whole"))
    assert again - polled >= timedelta(minutes=50) and before == whole


def put(desk: Desk, url: str = "%", **values: Any) -> None:
    """Set columns of the channels whose URL ends so."""
    store = open_store(desk.database_url)
    with store.begin() as connection:
        connection.execute(sa.update(channels).where(channels.c.url.like(f"%{url}")).values(**values))
    store.close()


def ago(**time: float) -> datetime:
    return datetime.now(UTC) - timedelta(**time)


def asked(site: Site) -> list[tuple[str, int]]:
    """Return what was asked since the last time, but for articles and robots.txt."""
    log = [(seen.path, seen.status) for seen in site.log if not seen.path.startswith(("/news/", "/robots"))]
    site.log.clear()
    return log


def serve(site: Site, path: str, names: list[str], head: str = "", **headers: str) -> None:
    site.pages[path] = Answer(body=rss(site, names, head), headers=headers, kind=RSS)
    for name in names:
        site.pages.setdefault(f"/news/{name}", Answer(body=article(name)))


def test_a_false_304_is_found_out_and_the_validator_is_not_sent_again(desk: Desk, site: Site) -> None:
    lying = {"ETag": '"always"', "Last-Modified": "Mon, 02 Mar 2026 12:00:00 GMT"}
    serve(site, "/feed.xml", ["one"], **lying)
    desk.crawl()
    serve(site, "/feed.xml", ["one", "two"], **lying)
    desk.crawl()
    assert asked(site) == [("/feed.xml", 200), ("/feed.xml", 304)]
    assert hints_of(desk)["unchanged"] == 1
    put(desk, hints={"unchanged": 4, "window": 1}, last_whole=ago(days=2))
    out = desk.crawl()
    assert asked(site) == [("/feed.xml", 200), ("/feed.xml", 304), ("/feed.xml", 200)], "in full; ETag; Last-Modified"
    assert hints_of(desk)["lies"] == ["If-None-Match"] and "unchanged" not in hints_of(desk)
    assert "answers 304 to If-None-Match although it has something new" in out
    assert "answers 304 to If-None-Match" in desk.newsdesk("schedule")
    serve(site, "/feed.xml", ["one", "two", "three"], **lying)
    desk.crawl()
    assert asked(site) == [("/feed.xml", 200)], "one word of it is true, and that is sent"
    assert desk.rows("SELECT count(*) FROM articles") == [(3,)]


def test_honest_304s_are_asked_in_full_and_trusted_again(sqlite_desk: Desk, site: Site) -> None:
    serve(site, "/feed.xml", ["one"])
    sqlite_desk.crawl()
    serve(site, "/feed.xml", ["one", "two"])
    put(sqlite_desk, hints={"unchanged": 4, "window": 1}, last_whole=ago(days=2))
    sqlite_desk.crawl()
    assert asked(site) == [("/feed.xml", 200), ("/feed.xml", 200), ("/feed.xml", 200)], (
        "the last is the test of its ETag"
    )
    assert "lies" not in hints_of(sqlite_desk)
    sqlite_desk.crawl()
    assert asked(site) == [("/feed.xml", 304)]


def test_a_permanent_redirect_is_followed_at_its_second_time_and_back(desk: Desk, site: Site) -> None:
    with Site("127.0.0.2") as elsewhere:
        serve(site, "/feed.xml", ["one"])
        desk.crawl()
        own = site.pages["/feed.xml"]
        serve(elsewhere, "/new.xml", ["one", "two"])
        moved = Answer(301, headers={"Location": f"{elsewhere.base}/new.xml"})
        site.pages["/feed.xml"] = moved
        desk.crawl()
        site.pages["/feed.xml"] = own
        desk.crawl()
        site.pages["/feed.xml"] = moved
        desk.crawl()
        assert row(desk, "location") == (None,), "a redirect that was a mistake once does not stick"
        out = desk.crawl()
        assert f"/feed.xml has moved to {elsewhere.base}/new.xml (permanent-redirect)" in out
        host = elsewhere.base.removeprefix("http://")
        assert row(desk, "location, host, moved_because") == (f"{elsewhere.base}/new.xml", host, "permanent-redirect")
        for command in (("schedule",), ("sources",), ("check",)):
            assert f"moved to {elsewhere.base}/new.xml" in desk.newsdesk(*command), command
        asked(site), asked(elsewhere)
        serve(elsewhere, "/new.xml", ["one", "two", "three"])
        desk.crawl()
        assert (asked(site), asked(elsewhere)) == ([], [("/new.xml", 200)])
        assert desk.rows("SELECT count(*) FROM links WHERE url LIKE '%three' AND state = 'done'") == [(1,)]
        put(desk, moved_at=ago(days=8))
        site.pages["/feed.xml"] = Answer(404)
        desk.crawl()
        assert (asked(site), asked(elsewhere)) == ([("/feed.xml", 404)], [("/new.xml", 304)]), "tried once a week"
        assert row(desk, "failures, location") == (0, f"{elsewhere.base}/new.xml")
        desk.crawl()
        assert (asked(site), asked(elsewhere)) == ([], [("/new.xml", 304)])
        put(desk, hints={}, moved_at=ago(days=8))
        site.pages["/feed.xml"] = own
        assert "answers at this address again" in desk.crawl()
        assert (asked(site), asked(elsewhere)) == ([("/feed.xml", 200)], [])
        assert row(desk, "location, host") == (None, site.base.removeprefix("http://"))


def test_a_location_that_is_gone_is_forgotten(sqlite_desk: Desk, site: Site) -> None:
    serve(site, "/feed.xml", ["one"])
    sqlite_desk.crawl()
    put(sqlite_desk, location=f"{site.base}/new.xml", moved_at=ago(days=1), moved_because="permanent-redirect")
    asked(site)
    assert "not to be had at" in sqlite_desk.crawl()
    assert row(sqlite_desk, "location, etag") == (None, None)
    due, polled = map(moment, row(sqlite_desk, "next_due, last_polled"))
    assert due == polled, "its own address is asked at once"
    sqlite_desk.crawl()
    assert asked(site) == [("/new.xml", 404), ("/feed.xml", 200)]
    assert row(sqlite_desk, "failures") == (0,)


def test_a_feed_that_is_gone_is_found_on_the_home_page(desk: Desk, site: Site) -> None:
    serve(site, "/feed.xml", ["one", "two"])
    serve(site, "/sport.xml", ["goal"])
    feeds = f'feeds = ["{site.base}/feed.xml", "{site.base}/sport.xml"]'
    (desk.directory / "sources.toml").write_text(f"[harbour]\n{feeds}\n")
    desk.crawl()
    links = "".join(f"<link rel=alternate type='application/rss+xml' href='{path}'>"
                    for path in ("/sport.xml", "/comments/feed.xml", "/broken.xml", "/other.xml", "/fresh.xml"))  # fmt: skip
    site.pages |= {"/": Answer(body=f"<html><head>{links}</head></html>"), "/broken.xml": Answer(body="<p>no"),
                   "/feed.xml": Answer(404)}  # fmt: skip
    serve(site, "/other.xml", ["alien"])
    serve(site, "/fresh.xml", ["two", "three"])
    desk.crawl()
    assert row(desk, "failures, location", "/feed.xml") == (1, None), "a feed may be away for a moment"
    put(desk, "/feed.xml", failures=2)
    asked(site)
    out = desk.crawl()
    sought = [one for one in asked(site) if one != ("/sport.xml", 304)]
    assert sought == [("/feed.xml", 404), ("/", 200), *((f"/{name}.xml", 200) for name in ("broken", "other", "fresh"))]
    assert f"/feed.xml has moved to {site.base}/fresh.xml (autodiscovery)" in out, "it lists what the feed has listed"
    assert row(desk, "failures, location, moved_because", "/feed.xml") == (0, f"{site.base}/fresh.xml", "autodiscovery")
    assert desk.rows("SELECT count(*) FROM links WHERE url LIKE '%three' AND state = 'done'") == [(1,)]
    desk.crawl()
    assert set(asked(site)) == {("/fresh.xml", 304), ("/sport.xml", 304)}


def test_a_dead_feed_is_slowed_and_revives_by_itself(sqlite_desk: Desk, site: Site) -> None:
    serve(site, "/feed.xml", ["one"])
    sqlite_desk.crawl()
    site.pages["/feed.xml"] = Answer(410)
    sqlite_desk.crawl()
    due, polled = map(moment, row(sqlite_desk, "next_due, last_polled"))
    assert due - polled == timedelta(days=1) and row(sqlite_desk, "enabled, failures") == (True, 1)
    put(sqlite_desk, failures=500, next_due=ago(hours=1))
    site.pages["/feed.xml"] = Answer(500)
    sqlite_desk.newsdesk("run", "--once")
    due, polled = map(moment, row(sqlite_desk, "next_due, last_polled"))
    assert due - polled == timedelta(days=1) and row(sqlite_desk, "enabled, failures") == (True, 501)
    put(sqlite_desk, next_due=ago(hours=1))
    serve(site, "/feed.xml", ["one", "two"])
    sqlite_desk.newsdesk("run", "--once")
    assert row(sqlite_desk, "failures, last_error") == (0, None)
    assert sqlite_desk.rows("SELECT count(*) FROM articles") == [(2,)]


def test_after_an_overflow_older_pages_are_read_until_a_known_entry(desk: Desk, site: Site) -> None:
    press = "<generator>https://wordpress.org/?v=6.4</generator>"
    serve(site, "/feed.xml", ["c", "b", "a"], press)
    desk.crawl()
    serve(site, "/feed.xml", ["i", "h", "g"], press)
    serve(site, "/feed.xml?paged=2", ["f", "e", "d"], press)
    serve(site, "/feed.xml?paged=3", ["d", "c", "b"], press)
    serve(site, "/feed.xml?paged=4", ["never"], press)
    asked(site)
    out = desk.crawl()
    assert asked(site) == [("/feed.xml", 200), ("/feed.xml?paged=2", 200), ("/feed.xml?paged=3", 200)]
    assert "every entry is new; older pages have what was missed" in out
    assert desk.rows("SELECT count(*) FROM articles") == [(9,)]
    hints = hints_of(desk)
    assert (hints["overflows"], hints["window"]) == (1, 3) and "unmet" not in hints
    assert "1 overflow, the last at" in desk.newsdesk("schedule")


def test_an_overflow_without_older_pages_is_told_and_the_other_channels_are_asked(
    sqlite_desk: Desk, site: Site
) -> None:
    serve(site, "/feed.xml", ["b", "a"])
    site.pages["/map.xml"] = Answer(body=f"<urlset><url><loc>{site.base}/news/a</loc></url></urlset>")
    declared = f'[harbour]\nfeeds = ["{site.base}/feed.xml"]\nsitemaps = ["{site.base}/map.xml"]\n'
    (sqlite_desk.directory / "sources.toml").write_text(declared)
    sqlite_desk.crawl()
    later = datetime.now(UTC) + timedelta(hours=5)
    put(sqlite_desk, "/map.xml", next_due=later, last_polled=ago(hours=1))
    put(sqlite_desk, "/feed.xml", next_due=ago(hours=1), last_polled=ago(minutes=30))
    serve(site, "/feed.xml", ["e", "d"], "<atom:link rel='next' href='/feed.xml?page=2'/>")
    site.pages["/feed.xml?page=2"] = site.pages["/feed.xml"]
    asked(site)
    out = sqlite_desk.newsdesk("run", "--once")
    assert asked(site) == [("/feed.xml", 200), ("/feed.xml?page=2", 200)], "a page that repeats the first is the last"
    assert "every entry is new; some may be lost" in out
    assert "some may be lost" in sqlite_desk.newsdesk("schedule")
    assert moment(row(sqlite_desk, "next_due", "/map.xml")[0]) < datetime.now(UTC).replace(tzinfo=None)
    due, polled = map(moment, row(sqlite_desk, "next_due, last_polled", "/feed.xml"))
    assert due - polled <= timedelta(minutes=16), "half the time in which it overflowed"


def test_a_sources_own_budget_holds(desk: Desk, site: Site) -> None:
    serve(site, "/feed.xml", ["one"])
    serve(site, "/other.xml", ["two"])
    feeds = f'feeds = ["{site.base}/feed.xml", "{site.base}/other.xml"]'
    (desk.directory / "sources.toml").write_text(f"[harbour]\n{feeds}\npolls_a_day = 4\n")
    desk.crawl()
    for url in ("/feed.xml", "/other.xml"):
        due, polled = map(moment, row(desk, "next_due, last_polled", url))
        assert due - polled < timedelta(hours=1)
    desk.crawl()
    for url in ("/feed.xml", "/other.xml"):
        due, polled = map(moment, row(desk, "next_due, last_polled", url))
        assert timedelta(hours=23, minutes=59) < due - polled <= timedelta(days=1)


def test_a_sources_budget_of_requests_holds_and_its_links_wait(desk: Desk, site: Site) -> None:
    serve(site, "/feed.xml", ["a", "b", "c", "d", "e", "f"])
    (desk.directory / "sources.toml").write_text(f'[harbour]\nfeeds = ["{site.base}/feed.xml"]\nrequests_a_day = 4\n')
    out = desk.crawl()
    assert len(site.paths()) == 3 and "harbour has had its 4 requests of 24 hours: 3 links wait" in out
    assert desk.rows("SELECT state, count(*), min(reason), max(reason) FROM links GROUP BY state ORDER BY state") == [
        ("done", 3, "stored", "stored"), ("pending", 3, "budget", "budget"),
    ]  # fmt: skip
    waiting = [moment(at) for (at,) in desk.rows("SELECT next_attempt_at FROM links WHERE state = 'pending'")]
    assert all(ago(hours=-24) > at.replace(tzinfo=UTC) > ago(hours=-23) for at in waiting)
    desk.crawl()
    assert len(site.paths()) == 3, "a poll goes on, its links wait"
    ((url,),) = desk.rows("SELECT min(url) FROM links WHERE state = 'pending'")
    desk.crawl("-a", f"url={url}")
    assert len(site.paths()) == 4, "a page that is named is fetched"


def test_a_304_that_was_not_asked_for_is_a_failure(sqlite_desk: Desk, site: Site) -> None:
    site.pages["/feed.xml"] = Answer(304)
    sqlite_desk.crawl()
    assert row(sqlite_desk, "failures, last_error") == (1, "http-304")
