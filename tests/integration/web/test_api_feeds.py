"""Feeds of any search: valid in each format, hostile texts in them or not, and not sent again when nothing is new."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import feedparser
import httpx
import pytest
import sqlalchemy as sa
from lxml import etree

from storage.saved import Saved, add_saved
from storage.search import Query
from storage.store import Store
from tests.integration.storage.fixtures import NOW, put, stamp
from tests.integration.web.server import Newsroom, serving
from tests.integration.web.test_api_articles import API, got

ATOM = etree.RelaxNG(etree.parse(str(Path(__file__).with_name("atom.rng"))))
TYPES = {"json": "application/feed+json", "rss": "application/rss+xml", "atom": "application/atom+xml"}
SEARCHES = [
    "",
    "?q=ferries",
    "?q=xyzzy",
    "?source=wire&source=daily&include=body",
    "?language=ar&include=body",
    "?collapse=true&sort=relevance&q=the",
]


def fetched(client: httpx.Client, kind: str, search: str) -> httpx.Response:
    answer = client.get(f"/feed.{kind}{search}")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(TYPES[kind]), answer.text
    return answer


@pytest.mark.parametrize("search", SEARCHES)
def test_atom_is_valid(client: httpx.Client, search: str) -> None:
    tree = etree.fromstring(fetched(client, "atom", search).content)
    ATOM.assertValid(tree)
    ids = tree.xpath("//a:entry/a:id/text()", namespaces={"a": "http://www.w3.org/2005/Atom"})
    assert len(set(ids)) == len(ids)


def test_the_schema_of_atom_refuses_what_is_wrong(client: httpx.Client) -> None:
    text = fetched(client, "atom", "?q=ferries").text
    for pattern, wrong in (
        (r"<id>[^<]*</id>", ""),
        (r"<updated>", "<updated>x"),
        (r"<name>[^<]*<", "<name><"),
        (r'href="https?://', 'href="x '),
    ):
        assert not ATOM.validate(etree.fromstring(re.sub(pattern, wrong, text, count=1).encode()))


@pytest.mark.parametrize("search", SEARCHES)
def test_rss_is_valid(client: httpx.Client, search: str) -> None:
    root = etree.fromstring(fetched(client, "rss", search).content)
    (channel,) = root
    assert (
        root.get("version") == "2.0"
        and [channel.findtext(name) for name in ("title", "link", "description")] != [None] * 3
    )
    assert channel.find("{http://www.w3.org/2005/Atom}link").get("rel") == "self"
    assert parsedate_to_datetime(channel.findtext("lastBuildDate")).tzinfo
    items = channel.findall("item")
    known = {"title", "link", "guid", "pubDate", "category", "description", "{http://purl.org/dc/elements/1.1/}creator",
             "{http://purl.org/rss/1.0/modules/content/}encoded"}  # fmt: skip
    for item in items:
        tags = [child.tag for child in item]
        assert set(tags) <= known and all(
            tags.count(once) == 1 for once in ("title", "link", "guid", "pubDate", "description")
        )
        assert item.find("guid").get("isPermaLink") == "false" and item.findtext("link").startswith("https://")
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo
    assert len({item.findtext("guid") for item in items}) == len(items)


@pytest.mark.parametrize("search", SEARCHES)
def test_json_feed_is_valid(client: httpx.Client, search: str) -> None:
    feed = fetched(client, "json", search).json()
    assert (
        feed["version"] == "https://jsonfeed.org/version/1.1"
        and feed["title"]
        and feed["feed_url"].startswith("http://127.0.0.1")
    )
    kinds: dict[str, type] = {"id": str, "url": str, "external_url": str, "title": str, "content_html": str, "summary": str, "image": str,
                              "date_published": str, "date_modified": str, "authors": list, "tags": list, "language": str}  # fmt: skip
    for item in feed["items"]:
        assert item["id"] and item["content_html"] and set(item) <= set(kinds)
        assert all(isinstance(value, kinds[name]) for name, value in item.items())
        assert all(datetime.fromisoformat(item[name]).tzinfo for name in ("date_published", "date_modified"))
        assert all(set(author) <= {"name", "url", "avatar"} and author["name"] for author in item["authors"])


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_a_reader_sees_what_the_search_finds(client: httpx.Client, newsroom: Newsroom, kind: str) -> None:
    answer = fetched(client, kind, "?q=ferries&limit=100")
    feed = feedparser.parse(answer.content)
    found = got(client, f"{API}/articles", q="ferries", sort="date", limit=100)["items"]
    assert not feed.bozo and feed.feed.title == "newsdesk: ferries"
    assert [entry.link for entry in feed.entries] == [one["url"] for one in found]
    assert feed.feed.links and feed.feed.link.endswith("/?q=ferries")
    page = f"{client.base_url}/articles/{found[0]['id']}"
    assert page.replace("//articles", "/articles") in feed.entries[0].content[0].value


def test_entries_are_told_by_the_same_ids_in_all_formats_and_for_ever(client: httpx.Client, newsroom: Newsroom) -> None:
    ids = [item["id"] for item in fetched(client, "json", "?q=ferries").json()["items"]]
    for kind in ("rss", "atom"):
        assert [entry.id for entry in feedparser.parse(fetched(client, kind, "?q=ferries").content).entries] == ids
    wire = next(item for item in fetched(client, "json", "?source=wire").json()["items"])
    assert wire["id"] == uuid5(NAMESPACE_URL, "https://wire.example/wire").urn


@pytest.mark.parametrize("kind", ["json", "rss", "atom"])
def test_hostile_texts_are_no_markup_in_a_reader(client: httpx.Client, newsroom: Newsroom, kind: str) -> None:
    answer = fetched(client, kind, "?language=ar&include=body")
    if kind == "json":
        (item,) = answer.json()["items"]
        contents, title = [item["content_html"]], item["title"]
    else:
        (entry,) = feedparser.parse(answer.content, sanitize_html=False).entries
        contents, title = [one.value for one in entry.content], entry.title
    assert "Ferries" in title and "\x1b" not in title and "\ufffe" not in title
    for content in contents:
        tree = etree.fromstring(f"<div>{content}</div>", etree.HTMLParser())
        assert {node.tag for node in tree.iter()} <= {"html", "body", "div", "p", "a"}
        assert not [name for node in tree.iter() for name in node.attrib if name not in ("href", "rel")]


def test_an_entry_leads_where_readers_open_it(store: Store) -> None:
    with store.begin() as connection:
        put(connection, "amp/one")
        connection.execute(sa.text("UPDATE articles SET canonical_url = 'https://a.example/one'"))
    with serving(store) as client:
        for kind in TYPES:
            text = fetched(client, kind, "").text
            assert '"https://a.example/one"' in text or ">https://a.example/one<" in text
            assert "a.example/amp/one" not in text


def test_an_address_that_is_none_is_no_link(store: Store) -> None:
    with store.begin() as connection:
        put(connection, "one", main_image="javascript:alert(1)")
        connection.execute(sa.text("UPDATE articles SET url = 'javascript:alert(1)'"))
    with serving(store) as client:
        for kind in TYPES:
            text = fetched(client, kind, "").text
            assert "javascript" not in text and "/articles/" in text


@pytest.mark.parametrize("kind", ["json", "rss", "atom"])
def test_a_feed_without_anything_new_is_not_sent_again(store: Store, kind: str) -> None:
    with store.begin() as connection:
        put(connection, "one", published=stamp(NOW))
    with serving(store) as client:
        first = fetched(client, kind, "")
        tag, changed = first.headers["etag"], first.headers["last-modified"]
        for known in (
            {"If-None-Match": tag},
            {"If-Modified-Since": changed},
            {"If-None-Match": tag, "If-Modified-Since": "x"},
        ):
            again = client.get(f"/feed.{kind}", headers=known)
            assert (again.status_code, again.content, again.headers["last-modified"]) == (304, b"", changed), known
        with store.begin() as connection:
            put(connection, "two", now=NOW.replace(hour=13), published=stamp(NOW))
        for known in ({"If-None-Match": tag}, {"If-Modified-Since": changed}):
            assert client.get(f"/feed.{kind}", headers=known).status_code == 200


def test_a_wrong_search_is_told_as_a_problem(client: httpx.Client) -> None:
    wrong: list[tuple[str, int, Any]] = [
        ("?q=%22a", 400, "quote"),
        ("?souce=a", 422, "did you mean source?"),
        ("?limit=0", 422, "limit"),
    ]
    for search, status, said in wrong:
        assert said in got(client, f"/feed.rss{search}", status)["detail"]
    assert got(client, "/feed.xml", 422)


def test_a_saved_search_is_a_feed(store: Store) -> None:
    with store.begin() as connection:
        put(connection, "one", "Something about ferries.", published=stamp(NOW))
        put(connection, "two", "Something else.")
        add_saved(connection, Saved("my.ferries", Query("ferries")), NOW)
    with serving(store) as client:
        for kind in TYPES:
            text = fetched_saved(client, kind).text
            assert "Headline of one" in text and "Headline of two" not in text and "newsdesk: my.ferries" in text
        assert "no saved search 'other'" in got(client, "/saved/other.rss", 404)["detail"]
        assert got(client, "/saved/a%00b.rss", 404) and got(client, "/saved/my.ferries.xml", 422)


def fetched_saved(client: httpx.Client, kind: str) -> httpx.Response:
    answer = client.get(f"/saved/my.ferries.{kind}")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(TYPES[kind]), answer.text
    return answer
