"""The demo web serves what it promises."""

from __future__ import annotations

import json
from http.client import HTTPConnection

import feedparser

from crawler.demo.web import REVISION, NewsWeb


def _get(web: NewsWeb, outlet: str, path: str, **headers: str) -> tuple[int, str, str]:
    connection = HTTPConnection("127.0.0.1", web.port, timeout=5)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers={"Host": f"{outlet}.localhost:{web.port}", **named})
    reply = connection.getresponse()
    text = reply.read().decode()
    connection.close()
    return reply.status, text, reply.headers["ETag"] or ""


def test_every_outlet_serves_its_articles_by_feed() -> None:
    with NewsWeb() as web:
        for outlet, info in web.outlets.items():
            status, text, etag = _get(web, outlet, "/feed.xml")
            assert status == 200
            found = json.loads(text)["items"] if text[0] == "{" else feedparser.parse(text).entries
            assert len(found) == len(info["articles"]) + 5
            assert _get(web, outlet, "/feed.xml", If_None_Match=etag)[0] == 304
            assert _get(web, outlet, "/news-sitemap.xml")[1].count("<loc>") == len(info["articles"])
            for article in info["articles"]:
                status, text, _ = _get(web, outlet, f"/news/{article['slug']}")
                assert status == 200 and article["headline"] in text and info["private"] in text


def test_second_pass_revises_a_page() -> None:
    with NewsWeb() as web:
        assert REVISION not in _get(web, "harbour-courier", "/news/ferry-timetable")[1]
        web.set_pass(2)
        assert REVISION in _get(web, "harbour-courier", "/news/ferry-timetable")[1]


def test_broken_corners_answer_as_promised() -> None:
    with NewsWeb() as web:
        assert _get(web, "talblatt", "/dead.xml")[0] == 500
        assert _get(web, "talblatt", "/news/withdrawn")[0] == 404
        assert "Disallow: /private/" in _get(web, "talblatt", "/robots.txt")[1]
