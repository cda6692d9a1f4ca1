"""The demo web serves what it promises, to real HTTP clients."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import feedparser
import pytest

from crawler.demo.web import NewsWeb

OUTLETS = ("harbour-courier", "talblatt", "diario-sierra")


@pytest.fixture
def web() -> Iterator[NewsWeb]:
    """A running demo web."""
    with NewsWeb() as running:
        yield running


def _ask(web: NewsWeb, host: str, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", web.port, timeout=5)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers={"Host": f"{host}.localhost:{web.port}", **named})
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    return reply, body


def _get(web: NewsWeb, host: str, path: str) -> tuple[int, str]:
    reply, body = _ask(web, host, path)
    return reply.status, body.decode()


@pytest.mark.parametrize("outlet", OUTLETS)
def test_feed_lists_articles_corners_and_a_tracking_duplicate(web: NewsWeb, outlet: str) -> None:
    _, text = _get(web, outlet, "/feed.xml")
    links = (
        [item["url"] for item in json.loads(text)["items"]]
        if text[0] == "{"
        else [entry.link for entry in feedparser.parse(text).entries]
    )
    listed = web.site(outlet).standing("feed")
    paths = [link.partition("?")[0] for link in links]
    assert len(links) == len(set(links)) == len(listed) + 1 + 5
    assert len(set(paths)) == len(paths) - 1
    assert all("utm_source=" in link for link in links)


@pytest.mark.parametrize("outlet", OUTLETS)
def test_every_listed_document_and_article_answers(web: NewsWeb, outlet: str) -> None:
    site = web.site(outlet)
    for path in ("/", "/robots.txt", "/sitemap.xml", "/news-sitemap.xml", "/archive-sitemap.xml"):
        assert _get(web, outlet, path)[0] == 200, path
    for section in site.outlet.sections:
        assert _get(web, outlet, f"/{section}/")[0] == 200
    for article in site.published():
        status, text = _get(web, outlet, article.path)
        assert status == 200 and article.headline in text and site.outlet.words["private"] in text


def test_corners_answer_as_promised(web: NewsWeb) -> None:
    for outlet in OUTLETS:
        assert _get(web, outlet, "/dead.xml")[0] == 500
        assert _get(web, outlet, "/news/withdrawn")[0] == 404
        assert _get(web, outlet, "/news/retracted")[0] == 410
        assert "verify you are a human" in _get(web, outlet, "/news/wall")[1]
        assert "Disallow: /private/" in _get(web, outlet, "/robots.txt")[1]
    assert _get(web, "nobody", "/")[0] == 404


def test_old_addresses_redirect_and_www_is_the_same_site(web: NewsWeb) -> None:
    reply, _ = _ask(web, "harbour-courier", "/old/tide-mill-grain")
    assert reply.status == 301
    assert reply.headers["Location"] == f"{web.base('harbour-courier')}/news/tide-mill-grain"
    bare, www = (_get(web, host, "/news/library-boat?fbclid=1") for host in ("harbour-courier", "www.harbour-courier"))
    assert bare == www and bare[0] == 200


@pytest.mark.parametrize("outlet", OUTLETS)
def test_second_pass_corrects_adds_and_takes_down(web: NewsWeb, outlet: str) -> None:
    articles = web.outlets[outlet].articles
    corrected = next(one for one in articles if one.correction)
    new = next(one for one in articles if one.arrives == 2)
    gone = next(one for one in articles if one.gone == 2)
    note = corrected.correction.note if corrected.correction else ""
    before = _get(web, outlet, "/feed.xml")[1]
    assert note not in _get(web, outlet, corrected.path)[1]
    assert _get(web, outlet, new.path)[0] == 404 and _get(web, outlet, gone.path)[0] == 200
    web.set_pass(2)
    assert note in _get(web, outlet, corrected.path)[1]
    assert _get(web, outlet, new.path)[0] == 200 and _get(web, outlet, gone.path)[0] == 410
    after = _get(web, outlet, "/feed.xml")[1]
    assert new.headline in after and new.headline not in before and gone.path in after
    web.set_pass(1)
    assert _get(web, outlet, "/feed.xml")[1] == before


def test_conditional_get(web: NewsWeb) -> None:
    first, _ = _ask(web, "talblatt", "/feed.xml")
    tag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    assert _ask(web, "talblatt", "/feed.xml", If_None_Match=tag)[0].status == 304
    assert _ask(web, "talblatt", "/feed.xml", If_None_Match=f'"other", W/{tag}')[0].status == 304
    assert _ask(web, "talblatt", "/feed.xml", If_Modified_Since=changed)[0].status == 304
    assert _ask(web, "talblatt", "/feed.xml", If_None_Match='"other"', If_Modified_Since=changed)[0].status == 200
    web.set_pass(2)
    assert _ask(web, "talblatt", "/feed.xml", If_None_Match=tag)[0].status == 200
    assert _ask(web, "talblatt", "/feed.xml", If_Modified_Since=changed)[0].status == 200
    assert _ask(web, "talblatt", "/news/withdrawn", If_None_Match="*")[0].status == 404


def test_gzip_keep_alive_and_head(web: NewsWeb) -> None:
    plain, body = _ask(web, "diario-sierra", "/news/mercado")
    zipped, packed = _ask(web, "diario-sierra", "/news/mercado", Accept_Encoding="gzip, br")
    assert plain.headers["Content-Encoding"] is None and zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == body
    head, nothing = _ask(web, "diario-sierra", "/news/mercado", method="HEAD")
    assert head.headers["Content-Length"] == str(len(body)) and nothing == b""
    connection = HTTPConnection("127.0.0.1", web.port, timeout=5)
    for _ in range(3):
        connection.request("GET", "/", headers={"Host": f"talblatt.localhost:{web.port}"})
        reply = connection.getresponse()
        reply.read()
        assert reply.version == 11 and not reply.will_close
    connection.close()


def test_every_request_is_logged(web: NewsWeb) -> None:
    _ask(web, "talblatt", "/?a=1", User_Agent="reader/1")
    _ask(web, "talblatt", "/news/withdrawn")
    first, second = web.log
    assert (first.host, first.path, first.status) == (f"talblatt.localhost:{web.port}", "/?a=1", 200)
    assert first.headers["user-agent"] == "reader/1" and second.status == 404 and first.at <= second.at


def test_demo_command_tells_what_became_of_everything(tmp_path: Path) -> None:
    """The whole: two crawls by the real command. 47 = 3 × 13 own articles, 3 paywalled, 5 reprints of the agency."""
    environment = os.environ | {"NEWSDESK_DATABASE_URL": f"sqlite:///{tmp_path}/not-this-one.db"}
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "demo", "--directory", tmp_path / "demo"],
        capture_output=True, text=True, timeout=120, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Stored 47 articles of 3 outlets" in done.stdout and "3 behind a paywall" in done.stdout
    assert "Revised 3 " in done.stdout and "Taken down by their outlets 3," in done.stdout
    assert " 6 other addresses:" in done.stdout and "Dead channels 3:" in done.stdout
    refused = re.findall(r"^ +(\d+)  (\w+) +([\w-]+) +e\.g\. http", done.stdout, re.MULTILINE)
    assert refused == [
        ("3", "dropped", "bot-wall"),
        ("3", "dropped", "empty"),
        ("3", "dropped", "robots"),
        ("3", "gone", "http-404"),
        ("6", "gone", "http-410"),
    ]
    assert "Ferry timetable to change" in done.stdout.partition("Search for ferry")[2]
    assert f"{sys.executable} -m crawler search ferry" in done.stdout
    assert not (tmp_path / "not-this-one.db").exists()
    again = subprocess.run(
        [sys.executable, "-m", "crawler", "demo", "--directory", tmp_path / "demo"], capture_output=True, text=True
    )
    assert again.returncode == 2 and "is not empty" in again.stderr
