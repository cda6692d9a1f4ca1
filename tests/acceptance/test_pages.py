"""Articles on several pages, and AMP and print versions, with the real commands against a real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.acceptance.desk import Desk
from tests.acceptance.site import TEXT, Answer, Site

HEADLINE = "Harbour wall to be repaired after the winter's storms"
DECK = "Four months of work, three offers, and a council that wants to know why it took so long."
PATH = "/news/harbour-wall-to-be-repaired"


def paragraphs(name: str) -> list[str]:
    return TEXT.format(name=name).split("\n")


def page(name: str, head: str = "", foot: str = "") -> Answer:
    """Return a page with a text of its own under the article's headline and deck."""
    text = "".join(f"<p>{line}</p>" for line in paragraphs(name))
    return Answer(
        body=f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{HEADLINE}</title>{head}</head><body>"
        f"<main><article><h1>{HEADLINE}</h1><p>{DECK}</p>{text}</article>{foot}</main></body></html>"
    )


def pager(here: int, pages: int = 3) -> str:
    """Return numbered controls as many sites have them."""
    links = (
        f"<span>{n}</span>" if n == here else f"<a href='{PATH}{f'?page={n}' if n > 1 else ''}'>{n}</a>"
        for n in range(1, pages + 1)
    )
    return f"<div class='pagination'>{' '.join(links)}</div>"


def serve(site: Site) -> Site:
    """Serve an article on three pages, of which a feed lists the first."""
    site.feed([PATH.rpartition("/")[2]])
    for number, name in enumerate(("first", "second", "third"), start=1):
        site.pages[PATH + (f"?page={number}" if number > 1 else "")] = page(name, foot=pager(number))
    return site


@pytest.fixture
def desk(tmp_path: Path, site: Site) -> Desk:
    return Desk(tmp_path, f"sqlite:///{tmp_path / 'newsdesk.db'}", serve(site))


@pytest.fixture
def either_desk(tmp_path: Path, database_url: str, site: Site) -> Desk:
    return Desk(tmp_path, database_url, serve(site))


def _body(desk: Desk) -> list[str]:
    rows = desk.rows("SELECT body FROM articles")
    assert len(rows) == 1
    return str(rows[0][0]).split("\n\n")


WHOLE = [DECK, *paragraphs("first"), *paragraphs("second"), *paragraphs("third")]


def test_the_pages_of_an_article_are_joined_at_the_hosts_pace(desk: Desk, site: Site) -> None:
    desk.crawl(NEWSDESK_DELAY="0.6")
    assert _body(desk) == WHOLE
    assert site.paths() == [PATH, f"{PATH}?page=2", f"{PATH}?page=3"]
    times = [seen.at for seen in site.log]
    assert all(later - earlier > 0.55 for earlier, later in zip(times, times[1:], strict=False))
    assert desk.rows("SELECT state, reason FROM links") == [("done", "stored")]
    assert desk.rows("SELECT outcome FROM attempts WHERE link_id IS NOT NULL ORDER BY id") == [
        ("stored",), ("joined",), ("joined",),
    ]  # fmt: skip
    assert PATH in desk.newsdesk("show", f"{site.base}{PATH}?page=3")
    assert "joined" in desk.newsdesk("why", site.base + PATH)


def test_a_page_that_fails_is_asked_for_again_and_the_article_completed(either_desk: Desk, site: Site) -> None:
    second = site.pages[f"{PATH}?page=2"]
    site.pages[f"{PATH}?page=2"] = Answer(500)
    either_desk.crawl(NEWSDESK_PATIENCE="0")
    assert _body(either_desk) == [DECK, *paragraphs("first")]
    assert either_desk.rows("SELECT state, reason, detail, attempts FROM links") == [
        ("pending", "pages-missing", f"without {site.base}{PATH}?page=2: http-500", 1)
    ]
    assert either_desk.rows("SELECT outcome, reason, status FROM attempts WHERE link_id IS NOT NULL ORDER BY id") == [
        ("stored", "pages-missing", 200), ("failed", "http-500", 500),
    ]  # fmt: skip
    assert "http-500" in either_desk.newsdesk("why", site.base + PATH)
    site.pages[f"{PATH}?page=2"] = second
    either_desk.crawl(NEWSDESK_PATIENCE="10")
    assert _body(either_desk) == WHOLE
    assert either_desk.rows("SELECT state, reason FROM links") == [("done", "revised")]


def test_a_broken_page_never_shortens_what_is_stored(desk: Desk, site: Site) -> None:
    desk.crawl()
    site.pages[PATH] = page("first", foot=pager(1) + "<!-- changed -->")
    for answer, state in ((Answer(500), ("pending", "pages-missing")), (Answer(404), ("done", "unchanged"))):
        site.pages[f"{PATH}?page=2"] = answer
        desk.crawl("-a", f"url={site.base}{PATH}", NEWSDESK_PATIENCE="0")
        assert _body(desk) == WHOLE
        assert desk.rows("SELECT state, reason FROM links") == [state]
    assert desk.rows("SELECT revision FROM articles") == [(1,)]
    site.log.clear()
    desk.crawl("-a", f"url={site.base}{PATH}", NEWSDESK_PATIENCE="0")
    assert [seen.status for seen in site.log if seen.path == PATH] == [200], "what is not whole is asked for in full"


def test_a_page_that_is_given_up_says_so(desk: Desk, site: Site) -> None:
    site.pages["/robots.txt"] = Answer(body=f"User-agent: *\nDisallow: {PATH}?page=3\n", kind="text/plain")
    desk.crawl()
    assert _body(desk) == WHOLE[:7]
    assert desk.rows("SELECT state, detail FROM links") == [("done", f"without {site.base}{PATH}?page=3: robots")]
    assert f"{PATH}?page=3" not in site.paths()


def test_an_overloaded_host_is_left_alone_after_a_further_page_too(desk: Desk, site: Site) -> None:
    answers = {"first": Answer(429, headers={"Retry-After": "3"}), "then": page("second", foot=pager(2))}
    site.pages[f"{PATH}?page=2"] = lambda before: answers["then" if before else "first"]
    desk.crawl(NEWSDESK_PATIENCE="20")
    assert _body(desk) == WHOLE
    at = [seen.at for seen in site.log if seen.path.startswith(PATH)]
    assert at[2] - at[1] >= 2.9


@pytest.mark.parametrize(
    ("path", "answer", "asked", "lines"),
    [
        (f"{PATH}?page=3", page("third", f"<link rel=next href='{PATH}?page=2'>", pager(2)), 3, 10),
        (f"{PATH}?page=2", page("first", foot=pager(2)), 2, 4),
        (f"{PATH}?page=2", Answer(302, headers={"Location": PATH}), 3, 4),
        (f"{PATH}?page=2", Answer(302, headers={"Location": "/news/another-long-article"}), 3, 4),
        (PATH, page("first", "<link rel=next href='/news/another-long-article'>"), 1, 4),
    ],
    ids=["loop", "repeat", "back", "elsewhere", "next-article"],
)
def test_what_is_no_further_page_ends_an_article(
    desk: Desk, site: Site, path: str, answer: Answer, asked: int, lines: int
) -> None:  # fmt: skip
    site.pages |= {"/news/another-long-article": page("another"), path: answer}
    desk.crawl()
    assert _body(desk) == WHOLE[:lines]
    assert len(site.paths()) == asked
    assert desk.rows("SELECT state FROM links") == [("done",)]


def test_no_more_than_twenty_pages(desk: Desk, site: Site) -> None:
    for number in range(1, 31):
        site.pages[PATH + (f"?page={number}" if number > 1 else "")] = page(f"p{number}", foot=pager(number, 30))
    desk.crawl()
    assert len(site.paths()) == 20 and len(_body(desk)) == 61
    assert "20 pages are enough" in desk.newsdesk("why", site.base + PATH)


def test_later_pages_that_are_listed_belong_to_their_first_page(either_desk: Desk, site: Site) -> None:
    names = [PATH.rpartition("/")[2] + query for query in ("?page=3", "?page=2", "")]
    site.feed(names)
    either_desk.crawl()
    assert _body(either_desk) == WHOLE
    assert either_desk.rows("SELECT url FROM articles") == [(site.base + PATH,)]
    assert either_desk.rows("SELECT count(*), min(state), max(state), min(article_id) FROM links") == [
        (3, "done", "done", 1)
    ]
    assert either_desk.rows("SELECT count(*) FROM revisions") == [(0,)]


def test_later_pages_that_are_listed_cost_one_request_each(desk: Desk, site: Site) -> None:
    name = PATH.rpartition("/")[2]
    desk.crawl()
    site.feed([f"{name}?page=3", f"{name}?page=2"])
    site.log.clear()
    desk.crawl()
    assert sorted(site.paths()) == [f"{PATH}?page=2", f"{PATH}?page=3"]
    assert desk.rows("SELECT reason FROM links ORDER BY id") == [("stored",), ("alias",), ("alias",)]
    assert _body(desk) == WHOLE


def test_a_spider_of_the_users_own_gets_the_whole_article(desk: Desk, site: Site) -> None:
    (desk.directory / "mine.py").write_text(
        "import scrapy\nfrom pipelines.items import PageItem\n\n\nclass Mine(scrapy.Spider):\n    name = 'mine'\n"
        f"    start_urls = ['{site.base}{PATH}']\n\n    def parse(self, response):\n"
        "        yield PageItem.from_response(response)\n"
    )
    site.pages[f"{PATH}?page=3"] = Answer(500)
    desk.run("scrapy", "runspider", "mine.py")
    assert _body(desk) == WHOLE[:7]
    assert desk.rows("SELECT state, detail FROM links") == [("done", f"without {site.base}{PATH}?page=3: http-500")]


def test_the_first_page_of_a_later_one_is_missing(desk: Desk, site: Site) -> None:
    first = site.pages[PATH]
    site.pages[PATH] = Answer(503)
    desk.crawl("-a", f"url={site.base}{PATH}?page=2", NEWSDESK_PATIENCE="0")
    assert _body(desk) == [DECK, *paragraphs("second")]
    assert desk.rows("SELECT state, reason FROM links") == [("pending", "pages-missing")]
    site.pages[PATH] = first
    desk.crawl("-a", f"url={site.base}{PATH}?page=2", NEWSDESK_PATIENCE="40")
    assert _body(desk) == WHOLE


def test_amp_and_print_versions_are_the_article(tmp_path: Path, site: Site) -> None:
    name = PATH.rpartition("/")[2]
    canonical = f"<link rel='canonical' href='{site.base}{PATH}'>"
    versions = [f"print/{name}", f"{name}/amp", f"{name}/print/", f"{name}?print=1", f"{name}?out=amp", name]
    site.feed(versions)
    site.pages |= {f"/news/{version}": page("first", canonical) for version in versions}
    own = page("first", canonical).body
    assert isinstance(own, str)
    said = "<p>This text was printed from the site of the gazette of the harbour town on a Wednesday.</p></article>"
    site.pages[f"/news/print/{name}"] = Answer(body=own.replace("</article>", said))
    site.pages[f"{PATH}?out=amp"] = Answer(body=own.replace("<html", "<html \u26a1").replace("<p>", "<p>Amp: ", 1))
    desk = Desk(tmp_path, f"sqlite:///{tmp_path / 'newsdesk.db'}", site)
    key = f"127.0.0.1:{site.port}{PATH}"
    revisions: set[int] = set()
    for arguments in ((), ("-a", f"url={site.base}/news/print/{name}"), ("-a", f"url={site.base}{PATH}?out=amp")):
        site.pages[f"/news/print/{name}"] = Answer(body=own.replace("</article>", said + "<!-- again -->"))
        desk.crawl(*arguments)
        assert desk.rows("SELECT url_key FROM articles") == [(key,)]
        assert desk.rows("SELECT count(*) FROM links WHERE article_id = 1 AND state = 'done'") == [(3,)]
        revisions.add(desk.rows("SELECT revision FROM articles")[0][0])
        assert _body(desk) == [DECK, *paragraphs("first")]
    assert len(revisions) == 1, "once the article's own page is there, no version revises it"
    for version in versions:
        assert key in desk.newsdesk("show", f"{site.base}/news/{version}", "--format", "json")


def test_extract_follows_a_url_and_names_the_next_page_of_a_file(desk: Desk, site: Site) -> None:
    told = json.loads(desk.newsdesk("extract", site.base + PATH, "--format", "json"))
    assert told["body"].split("\n\n") == WHOLE and told["next_page"] is None
    first = site.pages[PATH]
    assert isinstance(first, Answer) and isinstance(first.body, str)
    (desk.directory / "page.html").write_text(first.body)
    told = json.loads(desk.newsdesk("extract", "page.html", "--url", site.base + PATH, "--format", "json"))
    assert told["next_page"] == f"{site.base}{PATH}?page=2"
