"""Logging in, logging out, adding a source: only with the token, only from newsdesk's own pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import html

from storage.errors import FailureError, UsageError
from storage.store import Store, open_store
from storage.web.abilities import Abilities, Offer, OfferedChannel, Preview
from storage.web.app import make_app
from storage.web.security import COOKIE
from storage.web.settings import WebSettings
from tests.integration.web.server import running
from tests.integration.web.test_pages import PAGE, page, words

TOKEN = "a-token-of-some-length"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@dataclass
class Site:
    """What the app may do with sites, without a site."""

    declared: list[tuple[str, str]] = field(default_factory=list)

    def probe(self, url: str) -> Offer:
        if "down" in url:
            raise FailureError(f"{url} does not answer")
        channel = OfferedChannel("https://post.example/feed", "feed", True, 40, NOW, 11.2, "newest")
        preview = Preview(
            "https://post.example/1", "<b>Ferry</b>", NOW, ("Mara",), 12, "<script>alert(1)</script>", None
        )
        broken = Preview("https://post.example/2", "", None, (), 0, "", "no text")
        return Offer(
            "post", "The Post", "https://post.example/", "en", (channel,), (preview, preview, broken), "[post]\n"
        )

    def declare(self, offer: Offer, name: str) -> None:
        if name == "taken":
            raise UsageError("there is a source 'taken' already")
        self.declared.append((offer.home, name))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'newsdesk.db'}")
    yield opened
    opened.close()


@contextmanager
def browser(store: Store, site: Site | None, token: str | None = TOKEN) -> Iterator[httpx.Client]:
    settings = WebSettings(rate=100_000, token=token)
    abilities = Abilities(probe=site.probe, declare=site.declare) if site else Abilities()
    app = make_app(store, settings, abilities)
    with running(app, **PAGE) as client:
        yield client


def log_in(client: httpx.Client, onwards: str = "/") -> httpx.Response:
    return client.post("/login", data={"token": TOKEN, "onwards": onwards})


def fields(answer: Any) -> dict[str, str]:
    """Return the hidden fields of the last form on a page's main part."""
    tree = html.fromstring(answer.text)
    return {one.get("name"): one.get("value") for one in tree.xpath("//main//input[@type='hidden']")}


def test_without_the_token_there_is_only_its_form(store: Store) -> None:
    with browser(store, Site()) as client:
        for path in ("/", "/articles/1", "/sources/add", "/search?q=a b"):
            tree = page(client, path, 401)
            assert tree.xpath("//input[@name='token']")
        assert tree.xpath("//input[@name='onwards']/@value") == ["/search?q=a+b"]
        assert client.get("/static/newsdesk.css").status_code == 200
        assert client.get("/search.json", headers={"Accept": "*/*"}).json()["status"] == 401


def test_the_token_opens_the_pages_until_one_logs_out(store: Store) -> None:
    with browser(store, Site()) as client:
        answer = log_in(client, "/stories?outlets=3")
        assert (answer.status_code, answer.headers["location"]) == (303, "/stories?outlets=3")
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=strict" in cookie and TOKEN not in cookie
        tree = page(client, "/")
        (token,) = tree.xpath("//form[@action='/logout']//input/@value")
        assert client.post("/logout", data={"form_token": "wrong"}).status_code == 403
        page(client, "/")
        assert client.post("/logout", data={"form_token": token}).status_code == 303
        page(client, "/", 401)


@pytest.mark.parametrize(
    "onwards", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_a_login_leads_nowhere_else(store: Store, onwards: str) -> None:
    with browser(store, Site()) as client:
        assert log_in(client, onwards).headers["location"] == "/"
        assert page(client, f"/login?next={onwards}").xpath("//input[@name='onwards']/@value") == ["/"]


def test_wrong_tokens_are_counted(store: Store) -> None:
    with browser(store, Site()) as client:
        statuses = [client.post("/login", data={"token": f"guess {one}"}).status_code for one in range(14)]
        assert statuses[0] == 403 and statuses[-1] == 429
        assert log_in(client).status_code == 429, "also the right one, until time has passed"
        assert COOKIE not in client.cookies


def test_a_source_is_looked_at_then_followed(store: Store) -> None:
    site = Site()
    with browser(store, site) as client:
        log_in(client)
        form = fields(client.get("/sources/add"))
        answer = client.post("/sources/add", data=form | {"url": "post.example"})
        assert answer.status_code == 200 and site.declared == []
        tree = html.fromstring(answer.text)
        assert "<script>alert(1)</script>" in words(tree) and not tree.xpath("//main//script | //main//b")
        assert "chosen: newest" in words(tree) and "no text" in words(tree)
        confirm = fields(answer)
        taken = client.post("/sources/add/confirm", data=confirm | {"name": "taken"})
        assert taken.status_code == 400 and "already" in words(html.fromstring(taken.text)) and "The Post" in taken.text
        for name in ("", "  ", "x" * 101):
            assert client.post("/sources/add/confirm", data=confirm | {"name": name}).status_code == 400
        done = client.post("/sources/add/confirm", data=confirm | {"name": "post"})
        assert (done.status_code, site.declared) == (303, [("https://post.example/", "post")])
        assert "“post” is in sources.toml" in words(page(client, done.headers["location"]))


def test_a_site_that_does_not_answer_is_told(store: Store) -> None:
    with browser(store, Site()) as client:
        log_in(client)
        form = fields(client.get("/sources/add"))
        answer = client.post("/sources/add", data=form | {"url": "down.example"})
        assert answer.status_code == 502 and "down.example does not answer" in words(html.fromstring(answer.text))
        assert client.post("/sources/add", data=form | {"url": ""}).status_code == 400
        gone = client.post("/sources/add/confirm", data=form | {"key": "unknown", "name": "x"})
        assert gone.status_code == 400 and "look at the site again" in gone.text


def test_nothing_is_written_for_others(store: Store) -> None:
    site = Site()
    with browser(store, site) as client:
        assert client.post("/sources/add", data={"url": "post.example"}).status_code == 401
        log_in(client)
        confirm = fields(client.post("/sources/add", data=fields(client.get("/sources/add")) | {"url": "post.example"}))
        wrong = confirm | {"name": "post", "form_token": "0" * 64}
        assert client.post("/sources/add/confirm", data=wrong).status_code == 403
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        assert (
            client.post("/sources/add/confirm", data=confirm | {"name": "post"}, headers=elsewhere).status_code == 403
        )
        client.cookies.clear()
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        told = client.post("/sources/add/confirm", data=confirm | {"name": "post"}, headers=bearer)
        assert told.status_code == 403 and "log in with the token first" in told.text
    assert site.declared == []


def test_without_a_token_the_page_says_how_to_switch_it_on(store: Store) -> None:
    site = Site()
    with browser(store, site, token=None) as client:
        tree = page(client, "/sources/add")
        assert "NEWSDESK_WEB_TOKEN" in words(tree) and not tree.xpath("//main//form")
        assert client.post("/sources/add", data={"url": "post.example"}).status_code == 403
        assert "asks for no token" in words(page(client, "/login"))
        assert client.post("/login", data={"token": ""}).status_code == 403
    with browser(store, None, token=None) as client:
        assert "newsdesk add" in words(page(client, "/sources/add"))
