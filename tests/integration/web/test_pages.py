"""Pages over both databases: each is whole, each list has its twins, nothing of an article becomes markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from lxml import html

from storage.channels import ensure_source
from storage.store import Store, open_store
from storage.web.settings import WebSettings
from tests.integration.storage.fixtures import NOW, feed, put
from tests.integration.storage.telling import tell, text
from tests.integration.stories_told import HEADLINE
from tests.integration.web.server import HOSTILE, Newsroom, serving

PAGE = {"Accept": "text/html,*/*"}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


def page(client: httpx.Client, path: str, status: int = 200) -> Any:
    """Return a page as a tree."""
    answer = client.get(path, headers=PAGE)
    assert answer.status_code == status, answer.text[-1000:]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY
    tree = html.fromstring(answer.text)
    assert not tree.xpath("//*[@style] | //style | //script[not(@src)] | //@*[starts-with(name(), 'on')]")
    assert all(src.startswith("/static/") for src in tree.xpath("//@src"))
    for href in tree.xpath("//@href | //@action"):
        assert href.startswith(("/", "https://", "http://", "#")), href
    assert len(tree.xpath("//h1")) == 1 and len(tree.xpath("//main")) == 1
    for field in tree.xpath("//main//input[not(@type='hidden')] | //main//select"):
        named = (
            field.get("aria-label")
            or tree.xpath(f"//label[@for='{field.get('id')}']")
            or field.xpath("ancestor::label")
        )
        assert named, html.tostring(field)
    return tree


def words(tree: Any) -> str:
    return " ".join(tree.xpath("string(//main)").split())


def test_the_search_page_shows_what_the_search_finds(client: httpx.Client, newsroom: Newsroom) -> None:
    tree = page(client, "/?q=ferries")
    found = client.get("/api/v1/articles", params={"q": "ferries"}).json()
    assert tree.xpath("//ol[@class='hits']/li/h2/a/@href") == [f"/articles/{one['id']}" for one in found["items"]]
    assert f"{found['total']} articles" in words(tree) and "told by" in words(tree)
    assert {mark.text_content().lower()[:4] for mark in tree.xpath("//mark")} == {"ferr"}
    (wire,) = tree.xpath("//aside//a[span/bdi='wire']/@href")
    assert wire == "/?q=ferries&source=wire"
    narrowed = page(client, wire)
    assert narrowed.xpath("//aside//a[@aria-current]/@href") == ["/?q=ferries"]
    assert narrowed.xpath("//p[@class='chips']/a/@href") == ["/?q=ferries"]
    assert {one.text_content() for one in narrowed.xpath("//a[@class='source']")} == {"wire"}
    feeds = tree.xpath("//link[@rel='alternate']/@href")
    assert feeds == [f"/feed.{kind}?q=ferries" for kind in ("rss", "atom", "json")]
    assert all(client.get(feed).status_code == 200 for feed in feeds)


def test_a_bar_of_the_chart_leads_to_its_day(client: httpx.Client) -> None:
    tree = page(client, "/?until=2026-11-30")
    bars = tree.xpath("//figure//a")
    assert len(bars) >= 2
    for bar in bars:
        day = page(client, bar.get("href"))
        count = int(re.search(r": (\d+) article", bar.get("aria-label")).group(1))  # type: ignore[union-attr]
        assert f"{count} article" in words(day)


def test_pages_of_a_search_follow_each_other(client: httpx.Client) -> None:
    url, seen = "/?limit=4", []
    while url:
        tree = page(client, url)
        seen += tree.xpath("//ol[@class='hits']/li/h2/a/@href")
        url = next(iter(tree.xpath("//a[@rel='next']/@href")), "")
    total = client.get("/api/v1/articles").json()["total"]
    assert len(seen) == len(set(seen)) == total > 10


def test_an_article_is_read_and_checked(client: httpx.Client, newsroom: Newsroom) -> None:
    tree = page(client, f"/articles/{newsroom.ids['changing']}")
    told = words(tree)
    assert "Mara Lindqvist and Jon Averill" in told and "Read it at a.example" in told
    assert "from the page’s meta tags, exact to the second, written “2026-11-25T12:00:00+00:00”" in told
    assert len(tree.xpath("//div[@class='text']/p")) > 3
    assert f"/articles/{newsroom.ids['changing']}/diff?from=1&to=2" in tree.xpath("//@href")
    daily = page(client, f"/articles/{newsroom.ids['daily']}")
    assert "Told by" in words(daily) and f"/stories/{newsroom.ids['story of daily']}" in daily.xpath("//@href")
    outward = daily.xpath("//a[starts-with(@href, 'http')]")
    assert outward and all("noreferrer noopener" in one.get("rel") for one in outward)


def test_an_id_of_before_leads_to_what_it_is_now(client: httpx.Client, newsroom: Newsroom) -> None:
    old, new = newsroom.ids["two"], newsroom.ids["one"]
    for rest in ("", ".json", "/diff"):
        answer = client.get(f"/articles/{old}{rest}", headers=PAGE)
        assert (answer.status_code, answer.headers["location"]) == (308, f"/articles/{new}{rest}")


def test_a_diff_shows_what_changed_and_leaves_out_what_did_not(client: httpx.Client, newsroom: Newsroom) -> None:
    path = f"/articles/{newsroom.ids['changing']}/diff"
    tree = page(client, path)
    assert "Jon Averill" in [one.text_content() for one in tree.xpath("//ins")]
    assert tree.xpath("//p[contains(@class, 'added')]//ins") and tree.xpath("//p[@class='gap']")
    assert "Changed: authors, body. " in words(tree)
    whole = page(client, f"{path}?all=true")
    assert not whole.xpath("//p[@class='gap']") and len(whole.xpath("//p[contains(@class, 'line')]")) > 4
    assert "has not changed" in words(page(client, f"/articles/{newsroom.ids['lone']}/diff"))
    other = page(client, f"/articles/{newsroom.ids['wire']}/diff?with={newsroom.ids['daily']}")
    assert "Two articles compared" in words(other) and other.xpath("//del")
    assert "has no revision 9" in words(page(client, f"{path}?from=9", 404))


def test_a_story_is_a_line_of_time(client: httpx.Client, newsroom: Newsroom) -> None:
    story = newsroom.ids["story of daily"]
    tree = page(client, f"/stories/{story}")
    found = client.get(f"/api/v1/stories/{story}").json()
    shown = tree.xpath("//ol[@class='timeline']/li")
    assert [one.xpath(".//h2/a/@href")[0] for one in shown] == [
        f"/articles/{one['article_id']}" for one in found["tellings"]
    ]
    assert "first, " in shown[0].text_content() and HEADLINE in shown[0].text_content()
    compared = tree.xpath("//a[text()='what it changed']/@href")
    assert len(compared) == len(shown) - 1 and all(client.get(one).status_code == 200 for one in compared)
    assert len(tree.xpath("//circle")) == len(shown)
    assert f"/stories/{story}" in page(client, "/stories").xpath("//ol[@class='list']/li/h2/a/@href")


def test_what_an_article_says_stays_text(client: httpx.Client, newsroom: Newsroom) -> None:
    number = newsroom.ids["hostile2"]
    for path in ("/?q=ferries&limit=100", f"/articles/{number}", "/?language=ar", "/stories", "/search?source=a"):
        answer = client.get(path, headers=PAGE)
        assert not re.search("<(script|img|b)[^>]*(alert|onerror|onload)", answer.text)
    tree = page(client, f"/articles/{number}")
    assert tree.xpath("//article/h1/@dir") == ["rtl"] and tree.xpath("//article/@lang") == ["ar"]
    shown = tree.xpath("string(//article/h1)")
    assert "<script>alert(1)</script>" in shown and not set(shown) & set("\x08\x1b\ufffe")
    assert "<script>" in HOSTILE


ODD_ADDRESSES = ("javascript:alert(1)", "data:text/html,x", "http://a.example/a.png", "https://a.example/picture.png")


def test_no_address_of_an_article_is_followed_but_web_addresses(client: httpx.Client, newsroom: Newsroom) -> None:
    with newsroom.store.begin() as connection:
        for number, url in enumerate(ODD_ADDRESSES):
            put(connection, f"link{number}", f"Some words {number}.", url=url, main_image=url, description=url)
    rows = client.get("/api/v1/articles?q=words&sort=date&limit=100").json()["items"]
    assert len([one for one in rows if one["headline"].startswith("Headline of link")]) == len(ODD_ADDRESSES)
    for one in rows:
        tree = page(client, f"/articles/{one['id']}")  # checks each href
        assert not tree.xpath("//img")
        if one["main_image"] == "https://a.example/picture.png":
            answer = client.get(f"/articles/{one['id']}?images=true", headers=PAGE)
            assert "img-src 'self' https:;" in answer.headers["content-security-policy"]
            assert html.fromstring(answer.text).xpath("//img/@src") == ["https://a.example/picture.png"]
        else:
            assert not one["main_image"] or "Load the picture" not in words(tree)
            assert "<img" not in client.get(f"/articles/{one['id']}?images=true", headers=PAGE).text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/?since=soon", 400, "since: 'soon' is not a time"),
        ("/?q=%22ferry", 400, "opens a quote"),
        ("/?source=wirre", 400, "known: wire"),
        ("/?souce=wire", 422, "souce: there is no such parameter"),
        ("/?cursor=x", 400, "cursor is broken"),
        ("/stories?since=soon", 400, "is not a time"),
        ("/trends?q=a&since=soon", 400, "is not a time"),
        ("/sources?state=odd", 422, "state: "),
        ("/articles/99999", 404, "there is no article 99999"),
        ("/articles/x", 422, "article_id: "),
        ("/stories/99999", 404, "there is no story"),
        ("/sources/nobody", 404, "no source 'nobody'"),
        ("/crawls/99999", 404, "there is no crawl"),
        ("/nothing", 404, "there is nothing at this address"),
    ],
)
def test_what_cannot_be_shown_is_told_on_a_page(client: httpx.Client, path: str, status: int, said: str) -> None:
    assert said in words(page(client, path, status))


def test_sources_tell_how_they_are(client: httpx.Client) -> None:
    tree = page(client, "/sources")
    rows = tree.xpath("//tbody/tr")
    assert len(rows) == len(client.get("/api/v1/sources").json()["items"]) > 5
    assert [one.text_content() for one in page(client, "/sources?q=WIR").xpath("//tbody/tr/th/a")] == ["wire"]
    assert "No source is like that" in words(page(client, "/sources?q=zzz"))
    assert "No source is like that" in words(page(client, "/sources?state=failing"))
    whole = words(page(client, "/sources/wire"))
    assert "Learned boilerplate" in whole and "Last errors" in whole and "not in sources.toml" in whole


def test_trends_lay_searches_side_by_side(client: httpx.Client) -> None:
    assert "For example" in words(page(client, "/trends"))
    tree = page(client, "/trends?q=ferries&q=&q=the&since=2026-11-20&split=source")
    assert len(tree.xpath("//polyline")) == 6 and [one.get("value") for one in tree.xpath("//input[@name='q']")][
        :2
    ] == ["ferries", "the"]
    found = client.get("/trends.json?q=ferries&q=the&since=2026-11-20&split=source").json()
    assert [f"{one['count']} articles" in words(tree) for one in found["items"]] == [True, True]
    assert tree.xpath("//table[1]//tr/th/a")


def test_forms_keep_what_they_do_not_show(client: httpx.Client) -> None:
    for path in (
        "/?tag=a&tag=b&q=x&source=wire",
        "/stories?outlet=a&outlet=b",
        "/trends?q=a&source=wire&source=daily&tag=x&since=7d",
    ):
        asked = sorted(part for part in path.partition("?")[2].split("&"))
        for form in page(client, path).xpath("//main//form[@method='get']"):
            named = {f"{name}={value}" for name, value in form.form_values()}
            assert set(asked) <= named, (path, named)


def test_long_spans_have_no_table_but_a_file(client: httpx.Client) -> None:
    tree = page(client, "/trends?q=the&by=hour&since=2026-10-01")
    assert "too many for a table" in words(tree) and not tree.xpath("//table")


def test_every_link_of_every_page_leads_somewhere(client: httpx.Client, newsroom: Newsroom) -> None:
    """From the first page on, through all links of its own: nothing is broken."""
    waiting, seen = ["/", "/trends?q=ferries&since=2026-11-20"], set()
    while waiting and len(seen) < 250:
        path = waiting.pop(0)
        answer = client.get(path, headers=PAGE, follow_redirects=True)
        assert answer.status_code == 200, path
        if answer.headers["content-type"].startswith("text/html"):
            for href in html.fromstring(answer.text).xpath("//a/@href[starts-with(., '/')]"):
                kind = re.sub(r"\d+", "N", href.partition("?")[0]) + str(sorted(re.findall(r"[?&](\w+)=", href)))
                if kind not in seen:
                    seen.add(kind)
                    waiting.append(href)
    assert len(seen) > 40


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    path: Path = tmp_path_factory.mktemp("empty") / "newsdesk.db"
    store = open_store(f"sqlite:///{path}")
    with serving(store) as client:
        yield client
    store.close()


def test_empty_lists_say_what_to_do(empty: httpx.Client) -> None:
    said = {"/": "newsdesk add", "/stories": "two outlets", "/sources": "newsdesk add", "/crawls": "newsdesk crawl"}
    assert {path: part in words(page(empty, path)) for path, part in said.items()} == dict.fromkeys(said, True)


def test_an_article_leads_where_readers_open_it_and_a_channel_may_be_due(store: Store) -> None:
    with store.begin() as connection:
        stored = put(connection, "amp/one")
        feed(connection)
        connection.execute(sa.text("UPDATE articles SET canonical_url = 'https://a.example/one'"))
    with serving(store) as client:
        tree = page(client, f"/articles/{stored.article_id}")
        assert tree.xpath("//a[@data-original]/@href") == ["https://a.example/one"]
        assert "due" in page(client, "/sources/a").xpath("//td[@data-label='Next']/text()")


def test_sources_without_articles_are_told_to_crawl(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'newsdesk.db'}")
    with store.begin() as connection:
        ensure_source(connection, "a", NOW)
    with serving(store) as client:
        assert "newsdesk run" in words(page(client, "/"))
    store.close()


def test_what_arrives_is_shown_at_once_though_counts_are_kept(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'newsdesk.db'}")
    with serving(store, WebSettings(rate=100_000)) as client:
        for number in range(3):
            with store.begin() as connection:
                tell(connection, "one", f"a{number}", text(number))
            assert len(page(client, "/").xpath("//ol[@class='hits']/li")) == number + 1
    store.close()


def test_static_files_are_kept_for_good_and_pages_are_not(client: httpx.Client) -> None:
    tree = page(client, "/")
    (style,) = tree.xpath("//link[@rel='stylesheet']/@href")
    answer = client.get(style)
    assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
    assert "immutable" not in client.get(style.partition("?")[0]).headers["cache-control"]
    assert client.get("/static/../app.py").status_code == client.get("/static/%2e%2e/app.py").status_code == 404
    first = client.get("/articles/1", headers=PAGE)
    again = client.get("/articles/1", headers=PAGE | {"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and first.headers["cache-control"] == "private, no-cache"
    assert again.headers["content-security-policy"] == POLICY, "a browser puts it in place of the one that it has kept"
