"""What a home page says of its channels, and which of them are chosen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crawler.probing.candidates import guessed_feeds, is_about_comments, read_home
from crawler.probing.selection import ProbedChannel, Reading, is_archive, select
from storage.types import ChannelKind, FoundLink

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://www.lantern.example/"


def _links(numbers: range, hours: float = 1.0, *, changed: bool = False) -> tuple[FoundLink, ...]:
    made = []
    for number in numbers:
        at = NOW - timedelta(hours=hours * number)
        dates = {"updated": at} if changed else {"published": at}
        made.append(FoundLink(f"https://lantern.example/story/{number}", **dates))  # type: ignore[arg-type]
    return tuple(made)


def _read(kind: ChannelKind, name: str, links: tuple[FoundLink, ...], title: str | None = None) -> Reading:
    return Reading(kind, f"https://lantern.example/{name}", "declared", links, title)


def _names(channels: tuple[ProbedChannel, ...]) -> list[str]:
    return [channel.url.rpartition("/")[2] for channel in channels if channel.chosen]


def test_a_home_page_names_itself_its_feeds_and_its_sections() -> None:
    home = read_home(
        b"""<html lang="de-AT"><head><base href="/de/"><title>Nachrichten - Lantern - heute</title>
        <link rel="alternate" type="application/rss+xml; charset=utf-8" href="rss.xml">
        <link rel="Alternate stylesheet" type="text/css" href="x.css">
        <link rel="alternate" type="application/json+oembed" href="/wp-json/oembed/1.0/embed?url=x">
        <link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/1">
        <link rel="alternate" type="application/rss+xml" title="Kommentar-Feed" href="/k">
        <link rel="alternate" type="application/feed+json" href="/feed.json">
        <link rel="alternate" hreflang="fr" href="/fr/"></head><body>
        <nav><a href="/kultur">Kultur</a><a href="/politik/">Politik</a><a href="/abo">Abo</a>
        <a href="https://other.example/welt">Welt</a><a href="/politik#top">Politik</a><a href="/2026/1">Eins</a></nav>
        <a href="/sport/feed/">RSS</a><a href="/story/comments/feed">RSS</a><a href="https://far.example/rss">RSS</a>
        <a href="https://feeds.far.example/rss">RSS</a></body></html>""",
        URL,
    )
    assert (home.title, home.language) == ("Lantern", "de")
    assert [(one.url, one.why) for one in home.feeds] == [
        ("https://www.lantern.example/de/rss.xml", "declared by the page"),
        ("https://www.lantern.example/feed.json", "declared by the page"),
        ("https://www.lantern.example/sport/feed/", "linked on the page"),
        ("https://feeds.far.example/rss", "linked on the page"),
    ]
    assert [one.url for one in home.sections] == [
        "https://www.lantern.example/politik/",
        "https://www.lantern.example/kultur",
    ]


@pytest.mark.parametrize("body", [b"", b"\x00" * 9, b"plain text", b"<", b"<a " + b"x " * 5000 + b">", b"<p>" * 60_000])
def test_whatever_a_home_page_holds(body: bytes) -> None:
    home = read_home(body, URL)
    assert home.feeds == () and home.sections == ()


def test_the_declared_site_name_comes_first() -> None:
    page = b'<title>Lantern</title><meta property="og:site_name" content="The &amp;  Lantern">'
    assert read_home(page, URL).title == "The & Lantern"
    weak = read_home(b"<title>Welcome to us | News</title>", URL)
    assert (weak.title, weak.heading) == (None, "Welcome to us")


def test_usual_places() -> None:
    assert [one.url for one in guessed_feeds(URL)][:2] == [f"{URL}feed", f"{URL}rss"]
    assert guessed_feeds(f"{URL}blog/")[0].url == f"{URL}blog/feed"
    assert is_about_comments("Comments on: The Lantern") and is_about_comments(None, "/comments/feed")
    assert not is_about_comments("The Lantern", None)


def test_the_fewest_channels_that_list_most() -> None:
    readings = [
        _read(ChannelKind.FEED, "all", _links(range(40))),
        _read(ChannelKind.FEED, "sport", _links(range(10, 20))),
        _read(ChannelKind.FEED, "podcast", _links(range(100, 112))),
        _read(ChannelKind.FEED, "few", _links(range(38, 42))),
    ]
    channels = select(readings, NOW)
    assert _names(channels) == ["all", "podcast"]
    assert [channel.overlap for channel in channels] == [0.3, 1.0, 0.0, 0.5]
    assert channels[0].why == "declared: adds 40 of 54 recent links"


def test_a_feed_is_preferred_to_a_sitemap_with_little_more() -> None:
    feed = _read(ChannelKind.FEED, "feed", _links(range(20)))
    assert _names(select([feed, _read(ChannelKind.SITEMAP, "map", _links(range(22)))], NOW)) == ["feed"]
    assert _names(select([feed, _read(ChannelKind.SITEMAP, "map", _links(range(90)))], NOW)) == ["map"]


def test_what_is_stale_broken_or_empty_is_told() -> None:
    readings = [
        _read(ChannelKind.FEED, "stale", _links(range(2000, 2009))),
        _read(ChannelKind.FEED, "talk", _links(range(9)), "Comments for The Lantern"),
        _read(ChannelKind.FEED, "none", ()),
        Reading(ChannelKind.FEED, "https://lantern.example/broken", "declared", problem="HTTP 500"),
        _read(ChannelKind.SECTION, "page", _links(range(3))),
    ]
    channels = select(readings, NOW)
    assert _names(channels) == []
    assert [channel.why.removeprefix("declared: ") for channel in channels] == [
        "nothing new for 83 days",
        "it lists readers' comments",
        "it lists nothing",
        "HTTP 500",
        "hardly a link in it looks like an article's",
    ]


def test_an_archive_is_a_last_resort() -> None:
    archive = _read(ChannelKind.SITEMAP, "archive", _links(range(400), hours=24))
    feed = _read(ChannelKind.FEED, "feed", _links(range(10)))
    undated = _read(ChannelKind.SITEMAP, "undated", tuple(FoundLink(link.url) for link in archive.links))
    page = _read(ChannelKind.SECTION, "page", tuple(FoundLink(link.url) for link in feed.links))
    assert _names(select([archive, feed], NOW)) == ["feed"]
    assert _names(select([archive, undated], NOW)) == ["archive"]
    assert _names(select([undated, page], NOW)) == ["page"]


def test_news_and_archives_are_told_apart() -> None:
    def archive(links: tuple[FoundLink, ...], kind: ChannelKind = ChannelKind.SITEMAP) -> bool:
        return is_archive(_read(kind, "x", links), NOW)

    assert not archive(_links(range(48)))
    assert not archive(_links(range(48), changed=True))
    assert archive(_links(range(48), hours=48))
    assert archive(_links(range(48), hours=0, changed=True))  # one stamp for all comes from a generator
    assert not archive(_links(range(48), hours=48), ChannelKind.FEED)


def test_a_press_blog_does_not_stand_for_the_front_page() -> None:
    blog = _read(ChannelKind.FEED, "blog", _links(range(500, 520)))
    page = _read(ChannelKind.SECTION, "", tuple(FoundLink(link.url) for link in _links(range(30))))
    assert _names(select([blog, page], NOW)) == ["blog", ""]
    own = _read(ChannelKind.FEED, "own", _links(range(20)))
    assert _names(select([own, page], NOW)) == ["own"]


def test_nothing_gives_nothing() -> None:
    assert select([], NOW) == ()
