"""Probe real sites on loopback, and declare what was found with the real command."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import typer
from typer.testing import CliRunner

from crawler.commands import sources as commands
from crawler.config import Config
from crawler.fetch_once import Fetched
from crawler.probe import Probe, probe
from crawler.sources import load_sources
from storage.errors import FailureError, NewsdeskError, UsageError

NOW = datetime.now(UTC).replace(microsecond=0)
CONFIG = Config(allow_networks="127.0.0.0/8", delay=0, timeout=5)  # type: ignore[arg-type]
SENTENCES = (
    "The harbour council agreed on a new timetable after a long debate on Tuesday evening.",
    "Fishermen had asked for earlier departures, while commuters wanted later ones.",
    "A decision about the second pier was put off until the engineers have measured it again.",
    "Nobody expects the repairs to be finished before the storms of the coming autumn begin.",
)


class Site:
    """A site on loopback: `pages` by path as (content type, body) or an HTTP status; `asked` are the requested paths."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, str | bytes] | int] = {}
        self.asked: list[str] = []
        site = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                found = site.pages.get(self.path, 404)
                kind, body = ("text/html", "") if isinstance(found, int) else found
                raw = body.encode() if isinstance(body, str) else body
                self.send_response(found if isinstance(found, int) else 200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        self.base = f"http://lantern.localhost:{self.server.server_address[1]}"

    def articles(self, numbers: range) -> list[tuple[str, str, datetime]]:
        """Serve articles, an hour apart, and return (url, headline, date) of each."""
        made = []
        for number in numbers:
            path, headline = f"/2026/harbour-story-number-{number}", f"Harbour story number {number} is told at last"
            at = NOW - timedelta(hours=number + 1)
            text = "".join(f"<p>{sentence} This is paragraph {number}.</p>" for sentence in SENTENCES * 3)
            self.pages[path] = (
                "text/html",
                f'<html lang="en"><head><title>{headline}</title><meta property="article:published_time" '
                f'content="{at.isoformat()}"><meta name="author" content="Ines Vale"></head>'
                f"<body><article><h1>{headline}</h1>{text}</article></body></html>",
            )
            made.append((self.base + path, headline, at))
        return made


def _rss(articles: list[tuple[str, str, datetime]], title: str = "The Lantern") -> tuple[str, str]:
    items = "".join(
        f"<item><title>{headline}</title><link>{url}</link><pubDate>{format_datetime(at)}</pubDate></item>"
        for url, headline, at in articles
    )
    return "application/rss+xml", f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'


def _news(articles: list[tuple[str, str, datetime]]) -> str:
    items = "".join(
        f"<url><loc>{url}</loc><news:news><news:publication_date>{at.isoformat()}</news:publication_date>"
        f"<news:title>{headline}</news:title></news:news></url>"
        for url, headline, at in articles
    )
    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{items}</urlset>'
    )


def _index(*urls: str) -> tuple[str, str]:
    inner = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return (
        "application/xml",
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</sitemapindex>',
    )


def _home(articles: list[tuple[str, str, datetime]], head: str = "", nav: str = "") -> tuple[str, str]:
    links = "".join(f'<article><h2><a href="{url}">{headline}</a></h2></article>' for url, headline, _ in articles)
    return (
        "text/html",
        f'<html lang="en-GB"><head><title>Latest news | The Lantern</title>{head}</head>'
        f"<body><nav>{nav}</nav><main>{links}</main></body></html>",
    )


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    Thread(target=made.server.serve_forever, args=(0.05,), daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def _chosen(found: Probe, site: Site) -> list[tuple[str, str]]:
    return [(c.kind.value, c.url.removeprefix(site.base)) for c in found.channels if c.chosen]


def _whys(found: Probe, site: Site) -> dict[str, str]:
    return {channel.url.removeprefix(site.base): channel.why for channel in found.channels}


FEED = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'


def test_a_site_with_everything(site: Site) -> None:
    articles = site.articles(range(12))
    head = FEED.format("The Lantern", "/rss.xml") + FEED.format("The Lantern » Comments", "/comments/feed")
    site.pages |= {
        "/": _home(articles, head),
        "/rss.xml": _rss(articles),
        "/comments/feed": _rss(articles),
        "/robots.txt": ("text/plain", f"User-agent: *\nDisallow: /private/\nSitemap: {site.base}/maps.xml\n"),
        "/maps.xml": _index(f"{site.base}/map-news.xml.gz"),
        "/map-news.xml.gz": ("application/gzip", gzip.compress(_news(articles[:8]).encode())),
    }
    found = probe(f"{site.base}/", CONFIG)
    assert (found.title, found.home, found.language) == ("The Lantern", f"{site.base}/", "en")
    assert _chosen(found, site) == [("feed", "/rss.xml")]
    feed = found.channels[0]
    assert (feed.entries, feed.newest, feed.overlap) == (12, articles[0][2], 1.0)
    assert feed.per_day == pytest.approx(24, rel=0.2)
    assert _whys(found, site)["/map-news.xml.gz"] == "in a sitemap index: the others list nearly all of it"
    assert [(one.headline, one.authors, one.problem) for one in found.previews] == [
        (headline, ("Ines Vale",), None) for _, headline, _ in articles[:3]
    ]
    assert found.previews[0].published == articles[0][2] and found.previews[0].words > 100
    assert "/comments/feed" not in site.asked and "/feed" not in site.asked


def test_usual_places_are_tried_where_nothing_is_declared(site: Site) -> None:
    articles = site.articles(range(12))
    site.pages |= {
        "/": _home(articles),
        "/atom.xml": _rss(articles[:6]),
        "/news-sitemap.xml": ("text/xml", _news(articles)),
    }
    found = probe(f"{site.base}/", CONFIG)
    assert _chosen(found, site) == [("sitemap", "/news-sitemap.xml")]
    assert site.asked.index("/feed") < site.asked.index("/atom.xml") and "/feed.json" not in site.asked
    assert _whys(found, site)["/atom.xml"] == "a usual place: the others list nearly all of it"
    assert "/feed" not in _whys(found, site)


def test_feeds_that_add_are_chosen_together_and_dead_ones_told(site: Site) -> None:
    articles = site.articles(range(24))
    old = [(f"{site.base}/old/{number}", "Old", NOW - timedelta(days=400)) for number in range(9)]
    feeds = ("/sport.xml", "/world.xml", "/copy.xml", "/dead.xml", "/gone.xml", "/page.xml")
    site.pages |= {
        "/": _home(articles, "".join(FEED.format(path, path) for path in feeds)),
        "/sport.xml": _rss(articles[:12]),
        "/world.xml": _rss(articles[12:]),
        "/copy.xml": _rss(articles[2:9]),
        "/dead.xml": _rss(old),
        "/page.xml": _home(articles),
    }
    found = probe(f"{site.base}/", CONFIG)
    assert _chosen(found, site) == [("feed", "/sport.xml"), ("feed", "/world.xml")]
    whys = _whys(found, site)
    assert whys["/dead.xml"] == "declared by the page: nothing new for 400 days"
    assert whys["/gone.xml"] == "declared by the page: HTTP 404"
    assert whys["/page.xml"].startswith("declared by the page: ") and "nearly all" in whys["/copy.xml"]


def test_without_feeds_the_page_and_its_sections_are_read(site: Site) -> None:
    articles = site.articles(range(20))
    nav = '<a href="/politics">Politics</a><a href="/login">Sign in</a><a href="/2026/x-1">One</a><a href="/sport">Sport</a>'
    site.pages |= {
        "/": _home(articles[:8], nav=nav),
        "/politics": _home(articles[8:16]),
        "/sport": _home(articles[:6]),
        "/sitemap.xml": (
            "text/xml",
            _news([(f"{site.base}/archive/{n}", "x", NOW - timedelta(days=n)) for n in range(900)]),
        ),
    }
    found = probe(f"{site.base}/", CONFIG)
    # An archive with dates is better than pages without: polled, but only for what is new.
    assert _chosen(found, site)[0] == ("sitemap", "/sitemap.xml") and found.max_age == timedelta(days=7)
    del site.pages["/sitemap.xml"]
    found = probe(f"{site.base}/", CONFIG)
    assert _chosen(found, site) == [("section", "/"), ("section", "/politics")]
    assert found.max_age is None and "/login" not in site.asked
    assert [one.problem for one in found.previews] == [None, None, None]


def test_robots_are_obeyed(site: Site) -> None:
    articles = site.articles(range(6))
    site.pages |= {
        "/": _home(articles, FEED.format("Lantern", "/private/rss")),
        "/private/rss": _rss(articles),
        "/robots.txt": ("text/plain", "User-agent: *\nDisallow: /private/\nDisallow: /2026/\n"),
    }
    found = probe(f"{site.base}/", CONFIG)
    assert _whys(found, site)["/private/rss"] == "declared by the page: disallowed by robots.txt"
    assert not [path for path in site.asked if path.startswith(("/private/", "/2026/"))]
    assert {one.problem for one in found.previews} == {"disallowed by robots.txt"}
    site.pages["/robots.txt"] = 503
    site.asked.clear()
    with pytest.raises(FailureError, match=r"robots\.txt answers HTTP 503, so nothing may be asked for now"):
        probe(f"{site.base}/", CONFIG)
    assert site.asked == ["/robots.txt"]


def test_a_feed_or_sitemap_is_taken_as_it_is(site: Site) -> None:
    articles = site.articles(range(4))
    site.pages |= {"/f": _rss(articles), "/s": ("text/xml", _news(articles)), "/empty": _rss([])}
    found = probe(f"{site.base}/f", CONFIG)
    assert (found.title, found.home) == ("The Lantern", f"{site.base}/")
    assert _chosen(found, site) == [("feed", "/f")] and len(found.previews) == 3
    assert _chosen(probe(f"{site.base}/s", CONFIG), site) == [("sitemap", "/s")]
    with pytest.raises(FailureError, match="/empty: it lists nothing"):
        probe(f"{site.base}/empty", CONFIG)


def test_a_closed_front_door_is_not_the_end(site: Site) -> None:
    site.pages |= {"/": 403, "/rss.xml": _rss(site.articles(range(4)))}
    assert _chosen(probe(f"{site.base}/", CONFIG), site) == [("feed", "/rss.xml")]
    del site.pages["/rss.xml"]
    with pytest.raises(FailureError, match="HTTP 403"):
        probe(f"{site.base}/", CONFIG)
    with pytest.raises(FailureError, match="/nowhere: HTTP 404"):
        probe(f"{site.base}/nowhere", CONFIG)
    with pytest.raises(UsageError, match="is not a URL"):
        probe("lantern", CONFIG)


def test_the_pace_is_kept(site: Site) -> None:
    from crawler.probing.visitor import Visitor

    site.pages["/robots.txt"] = ("text/plain", "User-agent: *\nCrawl-delay: 0.2\n")
    asked: list[tuple[str, float]] = []

    def noted(url: str, config: Config) -> Fetched:
        import time

        from crawler.fetch_once import fetch

        asked.append((url, time.monotonic()))
        return fetch(url, config)

    visitor = Visitor(CONFIG, noted)
    for number in range(3):
        visitor.get(f"{site.base}/{number}")
    times = [at for _, at in asked[1:]]
    assert all(later - earlier >= 0.2 for earlier, later in zip(times, times[1:], strict=False))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """The commands in an empty directory that may fetch from loopback."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"ALLOW_NETWORKS": "127.0.0.0/8", "DELAY": "0", "SOURCES": "sources.toml"}.items():
        monkeypatch.setenv(f"NEWSDESK_{name}", value)
    monkeypatch.delenv("NEWSDESK_CONFIG", raising=False)
    app = typer.Typer()
    commands.register(app)
    return app


def _say(app: typer.Typer, *arguments: str) -> tuple[str, NewsdeskError | None]:
    done = CliRunner().invoke(app, arguments)
    assert done.exception is None or isinstance(done.exception, NewsdeskError | SystemExit), done.exception
    return done.output, done.exception if isinstance(done.exception, NewsdeskError) else None


def test_the_commands_from_nothing_to_a_removed_source(site: Site, desk: typer.Typer, tmp_path: Path) -> None:
    articles = site.articles(range(6))
    site.pages |= {"/": _home(articles, FEED.format("The Lantern", "/rss.xml")), "/rss.xml": _rss(articles)}
    output, error = _say(desk, "add", f"{site.base}/")
    assert "Ines Vale" in output and '[lantern]\ntitle = "The Lantern"' in output
    assert isinstance(error, UsageError) and "add --yes" in str(error)
    output, error = _say(desk, "add", f"{site.base}/", "--dry-run")
    assert error is None and "nothing was written" in output and not (tmp_path / "sources.toml").exists()
    output, error = _say(desk, "add", f"{site.base}/", "-y")
    assert error is None and "next: newsdesk crawl lantern" in output
    assert load_sources(tmp_path / "sources.toml")["lantern"].feeds == (f"{site.base}/rss.xml",)
    for arguments, said in (
        ((f"{site.base}/",), f"[lantern] has {site.base}/ already"),
        ((f"{site.base}/rss.xml",), f"[lantern] has {site.base}/rss.xml already"),
        ((f"{site.base}/other", "--name", "lantern"), "there is a source lantern already"),
        ((f"{site.base}/other", "--name", "The Lantern"), "write e.g. --name the-lantern"),
    ):
        assert said in str(_say(desk, "add", *arguments, "-y")[1])
    assert "1 source (1 enabled), 1 feed, 0 sitemaps, 0 sections; no mistakes" in _say(desk, "check")[0]
    assert "lantern is disabled" in _say(desk, "disable", "lantern")[0]
    assert '"enabled": false' in _say(desk, "sources", "--format", "jsonl")[0]
    assert "was enabled already" not in _say(desk, "enable", "lantern")[0]
    assert "The Lantern" in _say(desk, "sources")[0]
    assert _say(desk, "opml", "export", "out.opml")[1] is None
    assert "1 were there already" in _say(desk, "opml", "import", "out.opml")[0]
    assert "its articles stay" in _say(desk, "remove", "lantern")[0]
    assert "1 sources with 1 feeds added" in _say(desk, "opml", "import", "out.opml")[0]
    assert load_sources(tmp_path / "sources.toml")["the-lantern"].title == "The Lantern"


def test_a_site_without_news_is_a_failure(site: Site, desk: typer.Typer) -> None:
    site.pages["/"] = ("text/html", "<html><body><p>Nothing here.</p></body></html>")
    _, error = _say(desk, "add", f"{site.base}/", "-y")
    assert isinstance(error, FailureError) and "worth polling" in str(error)
    assert isinstance(_say(desk, "opml", "import", "no.opml")[1], UsageError)
    assert isinstance(_say(desk, "remove", "nobody")[1], UsageError)
