"""The real commands as processes against a real server, on both databases."""

from __future__ import annotations

import gzip
import json
import signal
import time
from pathlib import Path

import pytest

from tests.acceptance.desk import Desk
from tests.acceptance.site import Answer, Site, article


def test_first_run_stores_and_second_fetches_nothing(desk: Desk, site: Site) -> None:
    site.feed(["one", "two", "three"])
    desk.crawl("-O", "out.jsonl")
    lines = [json.loads(line) for line in (desk.directory / "out.jsonl").read_text().splitlines()]
    assert sorted(line["headline"] for line in lines) == [
        f"Harbour wall {n} to be repaired" for n in ("one", "three", "two")
    ]
    asked = len(site.paths())
    desk.crawl()
    assert len(site.paths()) == asked == 3
    assert [seen.status for seen in site.log if seen.path == "/feed.xml"] == [200, 304]
    assert desk.rows("SELECT count(*), min(state), max(state) FROM links") == [(3, "done", "done")]
    assert all("newsdesk/" in seen.agent for seen in site.log)
    assert '"headline"' in desk.newsdesk("search", "harbour", "--format", "json")


def test_an_updated_article_becomes_a_revision(desk: Desk, site: Site) -> None:
    site.feed(["one"], "<atom:updated xmlns:atom='a'>2026-01-01T10:00:00Z</atom:updated>")
    desk.crawl()
    site.pages["/news/one"] = Answer(
        body=article("one", extra="Correction: the council met on Monday, not on Tuesday.")
    )
    site.feed(["one"], "<atom:updated xmlns:atom='a'>2026-01-01T12:00:00Z</atom:updated>")
    desk.crawl()
    assert desk.rows("SELECT revision FROM articles") == [(2,)]
    assert desk.rows("SELECT count(*) FROM revisions") == [(2,)]
    assert "Correction" in desk.newsdesk("show", "1", "--revisions")


def test_redirects_and_gone_pages_and_robots(sqlite_desk: Desk, site: Site) -> None:
    desk = sqlite_desk
    site.feed(["one", "moved", "gone", "missing", "home", "secret"])
    site.pages |= {
        "/robots.txt": Answer(body="User-agent: *\nDisallow: /news/secret\n", kind="text/plain"),
        "/news/moved": Answer(301, headers={"Location": "/news/one"}),
        "/news/gone": Answer(410),
        "/news/missing": Answer(404),
        "/news/home": Answer(302, headers={"Location": "/"}),
        "/": Answer(body="<h1>front page</h1>"),
    }
    desk.crawl()
    states = dict(desk.rows("SELECT substr(url, length(url) - 4), state || ' ' || reason FROM links"))
    assert states["/gone"] == "gone http-410" and states["ssing"] == "gone http-404"
    assert states["/home"] == "gone redirected-home" and states["ecret"] == "dropped robots"
    assert desk.rows("SELECT count(*) FROM articles") == [(1,)]
    assert "/news/secret" not in site.paths()
    why = desk.newsdesk("why", f"{site.base}/news/secret")
    assert "dropped (robots)" in why and "listed by feed" in why
    assert f"{site.base}/news/one" in desk.newsdesk("show", f"{site.base}/news/moved")


def test_retry_after_is_kept_and_the_link_comes_again(sqlite_desk: Desk, site: Site) -> None:
    site.feed([f"n{number}" for number in range(24)])
    site.pages["/news/n3"] = lambda n: (
        Answer(429, headers={"Retry-After": "4"}) if n == 0 else Answer(body=article("n3"))
    )
    sqlite_desk.crawl(NEWSDESK_DELAY="0.1")
    at = {seen.status: seen.at for seen in site.log if seen.path == "/news/n3"}
    assert at[200] - at[429] >= 3.9
    between = [seen.path for seen in site.log if at[429] < seen.at < at[429] + 3.9]
    assert len(between) <= 2, "the whole host is left alone, but for what was on its way"
    assert sqlite_desk.rows("SELECT count(*) FROM articles") == [(24,)]


def test_one_rate_per_host_and_crawl_delay(sqlite_desk: Desk, site: Site) -> None:
    site.feed([f"n{number}" for number in range(5)])
    site.pages["/robots.txt"] = Answer(body="User-agent: *\nCrawl-delay: 0.6\n", kind="text/plain")
    sqlite_desk.crawl(NEWSDESK_DELAY="0.2")
    times = [seen.at for seen in site.log if seen.path != "/robots.txt"]
    gaps = [b - a for a, b in zip(times, times[1:], strict=False)]
    assert len(times) == 6 and min(gaps) >= 0.55, gaps


def test_kill_in_the_middle_then_finish(desk: Desk, site: Site) -> None:
    site.feed([f"n{number}" for number in range(30)])
    site.slow = 0.15
    process = desk.start("scrapy", "crawl", "news")
    deadline = time.monotonic() + 60
    while len(site.paths()) < 10 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.wait(10)
    site.slow = 0
    stored = desk.rows("SELECT count(*) FROM articles")[0][0]
    assert isinstance(stored, int) and stored < 30
    out = desk.crawl(NEWSDESK_PATIENCE="5")  # shorter than a lease: the dead crawl's hosts must be taken over
    assert desk.rows("SELECT count(*) FROM articles") == [(30,)], out
    assert desk.rows("SELECT count(*) FROM links WHERE state <> 'done'") == [(0,)]
    assert desk.rows("SELECT state FROM crawls ORDER BY id") == [("interrupted",), ("finished",)]
    assert len(site.paths()) <= 30 + 10, "only what was in flight is fetched again"


def test_daemon_polls_reloads_and_drains(desk: Desk, site: Site) -> None:
    site.feed(["one", "two"])
    source = f'[harbour]\nfeeds = ["{site.base}/feed.xml"]\nevery = "10s"\n'
    (desk.directory / "sources.toml").write_text(source)
    process = desk.start("crawler", "run")
    try:
        _until(lambda: len(site.paths()) >= 2)
        site.pages["/second.xml"] = Answer(
            body=f"<rss><channel><item><link>{site.base}/news/late</link></item></channel></rss>"
        )
        site.pages["/news/late"] = Answer(body=article("late"))
        (desk.directory / "sources.toml").write_text(source + f'[second]\nfeeds = ["{site.base}/second.xml"]\n')
        _until(lambda: "/news/late" in site.paths())
        _until(lambda: [s.path for s in site.log].count("/feed.xml") >= 2)
        time.sleep(0.5)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=25)
    finally:
        process.kill()
    assert process.returncode == 0, out
    assert time.monotonic() - began < 20
    assert "Traceback" not in out and "visited 127.0.0.1" in out, out
    assert desk.rows("SELECT count(*) FROM articles") == [(3,)]
    assert desk.rows("SELECT count(*) FROM hosts WHERE leased_by IS NOT NULL") == [(0,)]


def _until(condition: object, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def test_broken_answers_cost_themselves_alone(sqlite_desk: Desk, site: Site) -> None:
    site.feed(["one", "cut", "bomb", "text"])
    whole = gzip.compress(article("cut").encode() * 40)
    site.pages["/news/cut"] = Answer(body=whole[: len(whole) // 2], headers={"Content-Encoding": "gzip"})
    site.pages["/news/bomb"] = Answer(body=gzip.compress(b"a" * 40_000_000), headers={"Content-Encoding": "gzip"})
    site.pages["/news/text"] = Answer(body="")
    sqlite_desk.crawl(NEWSDESK_PATIENCE="0")
    found = dict(sqlite_desk.rows("SELECT substr(url, length(url) - 3), state || ' ' || reason FROM links"))
    assert found["/one"] == "done stored" and found["/cut"] == "pending truncated"
    assert found["bomb"] == "dropped too-big" and found["text"] == "dropped empty"


def test_private_addresses_and_files_are_refused(sqlite_desk: Desk, site: Site) -> None:
    site.feed(["one"])
    sqlite_desk.crawl(NEWSDESK_ALLOW_NETWORKS="")
    assert site.log == []
    out = sqlite_desk.crawl("-a", f"url={site.base}/news/one", NEWSDESK_ALLOW_NETWORKS="")
    assert "private-address" in "".join(str(row) for row in sqlite_desk.rows("SELECT state, reason FROM links")), out


def test_one_article_in_an_empty_directory(tmp_path: Path, site: Site) -> None:
    site.feed(["one"])
    desk = Desk(tmp_path, f"sqlite:///{tmp_path / 'newsdesk.db'}", site)
    (tmp_path / "sources.toml").unlink()
    del desk.environment["SCRAPY_SETTINGS_MODULE"], desk.environment["NEWSDESK_DATABASE_URL"]
    desk.crawl("-a", f"url={site.base}/news/one")
    assert desk.rows("SELECT outlet, source_id FROM articles") == [("127.0.0.1", 1)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-a", "source=nobody"), "no source 'nobody'"),
        (("-a", "url=nonsense"), "not a URL"),
        (("-a", "sauce=x"), "no such argument"),
    ],
)
def test_wrong_arguments_are_one_line(sqlite_desk: Desk, arguments: tuple[str, ...], said: str) -> None:
    out = sqlite_desk.run("scrapy", "crawl", "news", *arguments, code=2)
    assert said in out


def test_wrong_files_are_one_line(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    path = desk.directory / "sources.toml"
    for text, said in [
        ('[a]\nfeeds = ["nonsense"]\n', "sources.toml: [a] feeds: 'nonsense' is not a URL"),
        ('[a]\nfeed = ["https://x.example/f"]\n', "did you mean feeds?"),
        ('[a]\nfeeds = ["https://x.example/f"]\ncron = "61 * * * *"\n', "is not a cron expression"),
        ("[a\n", "not valid TOML"),
    ]:
        path.write_text(text)
        assert said in desk.newsdesk("check", code=2)
        assert said in desk.run("scrapy", "crawl", "news", code=2)
    assert "cannot be used" in desk.run(
        "crawler", "stats", code=1, NEWSDESK_DATABASE_URL="postgresql://x@127.0.0.1:1/y"
    )


def test_a_named_sitemap_index_is_read_newest_first_within_its_budget(sqlite_desk: Desk, site: Site) -> None:
    def entries(tag: str, pairs: list[tuple[str, str]]) -> str:
        return "".join(f"<{tag}><loc>{site.base}{path}</loc><lastmod>{day}</lastmod></{tag}>" for path, day in pairs)

    children = [(f"/sitemap-{n}.xml", f"2026-01-0{n}") for n in range(1, 5)]
    site.pages["/sitemap.xml"] = Answer(body=f"<sitemapindex>{entries('sitemap', children)}</sitemapindex>")
    for n in range(1, 5):
        body = entries("url", [(f"/news/n{n}", f"2026-01-0{n}")])
        site.pages[f"/sitemap-{n}.xml"] = Answer(body=gzip.compress(f"<urlset>{body}</urlset>".encode()))
        site.pages[f"/news/n{n}"] = Answer(body=article(f"n{n}"))
    site.feed(["other"])
    arguments = ("-a", f"sitemap={site.base}/sitemap.xml")
    sqlite_desk.crawl(*arguments, NEWSDESK_SITEMAP_FILES="2")
    assert sorted(site.paths()) == ["/news/n3", "/news/n4"], "the declared feed is not read"
    sqlite_desk.crawl(*arguments, NEWSDESK_SITEMAP_FILES="2")
    assert sorted(site.paths()) == ["/news/n1", "/news/n2", "/news/n3", "/news/n4"]
    assert sqlite_desk.rows("SELECT count(*) FROM channels WHERE enabled") == [(1,)]


def test_a_spider_of_the_users_own_gets_all_pipelines(sqlite_desk: Desk, site: Site) -> None:
    site.feed(["one"])
    (sqlite_desk.directory / "mine.py").write_text(
        "import scrapy\nfrom pipelines.items import PageItem\n\n\nclass Mine(scrapy.Spider):\n    name = 'mine'\n"
        f"    start_urls = ['{site.base}/news/one']\n\n    def parse(self, response):\n"
        "        yield PageItem.from_response(response, source='mine', overrides={'authors': ('Ada Byron',)})\n"
    )
    sqlite_desk.run("scrapy", "runspider", "mine.py")
    assert sqlite_desk.rows("SELECT s.name, a.authors FROM articles a JOIN sources s ON s.id = a.source_id") == [
        ("mine", '["Ada Byron"]')
    ]
    assert sqlite_desk.rows("SELECT state, reason FROM links") == [("done", "stored")]


def test_a_feed_and_a_section_page_can_be_named(sqlite_desk: Desk, site: Site) -> None:
    site.feed(["declared"])
    title = "Harbour wall to be repaired in spring"
    site.pages["/other.xml"] = Answer(
        body=f"<rss><channel><item><link>{site.base}/news/fed</link></item></channel></rss>"
    )
    site.pages["/local/"] = Answer(
        body=f'<main><h2><a href="/news/placed">{title}</a></h2><a href="/tag/x">Tag</a></main>'
    )
    site.pages |= {f"/news/{name}": Answer(body=article(name)) for name in ("fed", "placed")}
    sqlite_desk.crawl("-a", f"feed={site.base}/other.xml")
    assert site.paths() == ["/news/fed"]
    sqlite_desk.crawl("-a", f"section={site.base}/local/")
    assert site.paths() == ["/news/fed", "/news/placed"]
    sqlite_desk.crawl("-a", "source=harbour")
    assert site.paths() == ["/news/fed", "/news/placed", "/news/declared"]
