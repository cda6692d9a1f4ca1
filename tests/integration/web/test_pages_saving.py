"""Saving a search, pausing, resuming and removing it in the browser: only with the token, only from newsdesk's own pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from lxml import html

from crawler.alerts.times import next_digest
from storage.alerts import checked_searches
from storage.saved import Saved, add_saved, find_saved, list_saved
from storage.schema_saved import saved_searches
from storage.search import Query
from storage.store import Store
from storage.web import database
from storage.web.abilities import Abilities
from storage.web.app import make_app
from storage.web.pages.words import clean
from storage.web.settings import WebSettings
from tests.integration.storage.fixtures import NOW, put, stamp
from tests.integration.web.server import HOSTILE, running
from tests.integration.web.test_pages import PAGE, page, words
from tests.integration.web.test_pages_forms import TOKEN, fields, log_in

SECRET = ("webhook https://hooks.example/secret", "webhook https://x.example/secret", "email secret@desk.example")
PLAIN = {"q": "ferries", "name": "ferries", "per": "story"}


@contextmanager
def browser(store: Store, token: str | None = TOKEN, *, logged_in: bool = True) -> Iterator[httpx.Client]:
    """A browser that has logged in, over a store with one source and one article."""
    with store.begin() as connection:
        put(connection, "one", "Ferries sail at night.", source="wire", language="en", published=stamp(NOW))
    app = make_app(store, WebSettings(rate=100_000, token=token), Abilities(next_digest=next_digest))
    with running(app, **PAGE) as client:
        if token is not None and logged_in:
            log_in(client)
        yield client


def kept(store: Store) -> list[Saved]:
    with store.read() as connection:
        return list_saved(connection)


def form_token(client: httpx.Client) -> dict[str, str]:
    return {"form_token": fields(client.get("/saved/add"))["form_token"]}


def refused(client: httpx.Client, form: dict[str, Any], said: str) -> Any:
    """Send a form that is refused with one clear line, and return its page."""
    answer = client.post("/saved/add", data=form)
    assert answer.status_code == 400, answer.text[-500:]
    tree = html.fromstring(answer.text)
    (told,) = tree.xpath("//*[@role='alert']")
    assert said in told.text_content()
    assert tree.xpath("//input[@id='name']/@value") == [clean(form["name"])]
    assert not tree.xpath("//main//script | //main//b")
    assert tree.xpath("//input[@id='q']/@value") == [form["q"]]
    return tree


def test_a_search_is_saved_as_it_is_shown(store: Store) -> None:
    with browser(store) as client:
        tree = page(client, "/?q=ferries sail&source=wire&language=en&since=2026-01-01&sort=date&collapse=true")
        (link,) = tree.xpath("//a[text()='save this search']/@href")
        tree = page(client, link)
        assert "since 2026-01-01" in words(tree) and "It tells nobody" in words(tree)
        assert "newsdesk watch add NAME 'ferries sail' --source wire --language en --email" in words(tree)
        assert tree.xpath("//input[@id='name']/@value") == ["ferries-sail-wire-en"]
        form = fields(client.get(link)) | {"q": "ferries sail", "name": "night", "per": "article"}
        done = client.post("/saved/add", data=form)
        assert (done.status_code, done.headers["location"]) == (303, "/saved?done=saved&name=night")
        tree = page(client, done.headers["location"])
        assert "“night” is saved" in words(tree) and "feed only, per article" in words(tree)
        assert "Ferries" in client.get("/saved/night.rss").text
        assert "is saved" not in words(page(client, "/saved?done=saved&name=other")), "an address proves nothing"
        assert client.get(tree.xpath("//p[@class='twins']//a/@href")[0]).json()["items"][0]["name"] == "night"
    (saved,) = kept(store)
    assert saved.query == Query("ferries sail", ("wire",), ("en",), sort="date", limit=None)
    assert (saved.every, saved.at, saved.per, saved.targets, saved.changes) == ("now", None, "article", (), False)
    assert saved.seen_article > 0


def test_only_what_can_be_saved_is_offered_to_be(store: Store) -> None:
    with browser(store) as client:
        for path, there in (("/", 0), ("/?since=7d", 0), ("/?q=ferries", 1), ("/?access=free", 1), ("/?author=x", 1)):
            assert len(page(client, path).xpath("//a[text()='save this search']")) == there, path
        assert "section" in words(page(client, "/saved/add?section=Sport&kind=article&story=5"))
        client.post("/saved/add", data=PLAIN | form_token(client))
        assert page(client, "/saved/add?q=ferries").xpath("//input[@id='name']/@value") == ["ferries-2"]


def test_what_is_wrong_is_told_at_the_form_and_nothing_is_saved(store: Store) -> None:
    with browser(store) as client:
        good = PLAIN | form_token(client)
        for name in ("", "Ferries", "a.b", "../x", "a" * 65, "паром", HOSTILE):
            refused(client, good | {"name": name}, "is not allowed")
        refused(client, good | {"q": 'the "open'}, "opens a quote")
        refused(client, good | {"q": "colour:red"}, "asks for the field")
        refused(client, good | {"q": "a" * 10_001}, "10,000 are the most")
        refused(client, good | {"q": " ".join(f"w{one}" for one in range(40))}, "32 are the most")
        refused(client, good | {"q": "?!"}, "no word to look for")
        refused(client, good | {"source": "wier"}, "wier")
        assert client.post("/saved/add", data=good | {"q": ""}).status_code == 400
        tree = refused(client, good | {"q": '<b onload=x>"', "per": "article", "tag": "<i>"}, "quote")
        assert not tree.xpath("//main//b | //main//i") and tree.xpath("//dd/bdi/text()") == ["<i>"]
        assert tree.xpath("//option[@selected]/@value") == ["article"]
        assert tree.xpath("//input[@name='tag']/@value") == ["<i>"], "what was typed is kept"
        for wrong in ({"per": "week"}, {"every": "day"}, {"name": "a\0"}, {"access": "all"}, {"email": "a@b.example"}):
            assert client.post("/saved/add", data=good | wrong).status_code == 422
        assert client.post("/saved/add", data=good | {"q": "a" * 64_000}).status_code == 413
        assert "opens a quote" in words(page(client, '/saved/add?q=the "open', 400))
        assert kept(store) == []
        client.post("/saved/add", data=good)
        refused(client, good | {"q": "other"}, "there is a saved search ferries already")
    (saved,) = kept(store)
    assert saved.query.text == "ferries"


def test_a_saved_search_is_paused_goes_on_and_is_removed(store: Store) -> None:
    with browser(store) as client:
        own = form_token(client)
        client.post("/saved/add", data=PLAIN | own)
        with store.begin() as connection:  # as one that the command line has saved, with a digest
            connection.execute(sa.update(saved_searches).values(every="hour"))
            before = find_saved(connection, "ferries")
        this = own | {"name": "ferries"}
        for _ in range(2):
            done = client.post("/saved/pause", data=this)
            assert done.headers["location"] == "/saved?done=paused&name=ferries"
        tree = page(client, done.headers["location"])
        assert "is paused" in words(tree) and tree.xpath("//form[@action='/saved/resume']")
        with store.begin() as connection:
            assert checked_searches(connection) == []
            put(connection, "two", "More ferries.", source="wire")
        assert client.post("/saved/resume", data=this).status_code == 303
        (saved,) = kept(store)
        assert "is paused" not in words(page(client, "/saved?done=paused&name=ferries")), "an address proves nothing"
        assert before is not None and saved.seen_article > before.seen_article and saved.paused_at is None
        assert saved.next_at is not None and saved.next_at > datetime.now(UTC)
        tree = page(client, "/saved/remove?name=ferries")
        assert "It tells nobody" in words(tree) and len(kept(store)) == 1
        done = client.post("/saved/remove", data=fields(client.get("/saved/remove?name=ferries")))
        assert "“ferries” is removed" in words(page(client, done.headers["location"])) and kept(store) == []
        for path in ("pause", "resume", "remove"):
            assert client.post(f"/saved/{path}", data=this).status_code == 404
        page(client, "/saved/remove?name=ferries", 404)


def test_whom_it_tells_is_said_before_it_is_removed(store: Store) -> None:
    with browser(store) as client:
        targets = (*SECRET, 'command ["/bin/secret"]')
        with store.begin() as connection:
            add_saved(connection, Saved("told", Query("ferries"), targets=targets), NOW)
        answer = client.get("/saved/remove?name=told")
        assert "It tells 2 webhooks, 1 mailbox, 1 command: no more after this" in words(html.fromstring(answer.text))
        assert "secret" not in answer.text and "example" not in answer.text


def test_nothing_is_changed_for_others(store: Store) -> None:
    with browser(store) as client:
        client.post("/saved/add", data=PLAIN | form_token(client))
        good = PLAIN | form_token(client) | {"name": "other"}
        forms = [("/saved/add", good)]
        mine = {"name": "ferries", "form_token": good["form_token"]}
        forms += [(f"/saved/{path}", mine) for path in ("pause", "resume", "remove")]
        bearer, elsewhere = {"Authorization": f"Bearer {TOKEN}"}, {"Sec-Fetch-Site": "cross-site"}
        cookies = dict(client.cookies)
        for path, form in forms:
            assert client.post(path, data=form | {"form_token": "0" * 64}).status_code == 403
            assert (
                client.post(path, data={name: form[name] for name in form if name != "form_token"}).status_code == 403
            )
            for headers in (elsewhere, {"Sec-Fetch-Site": "same-site"}):
                assert client.post(path, data=form, headers=headers).status_code == 403
            assert client.get(path, params={"name": "ferries"}).status_code in (200, 404, 405, 422)
            client.cookies.clear()
            assert client.post(path, data=form).status_code == 401
            assert "log in with the token first" in client.post(path, data=form, headers=bearer).text
            client.cookies.update(cookies)
        client.cookies.clear()
        for path in ("/saved/add?q=a", "/saved/remove?name=ferries", "/saved"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="newsdesk"'), path
            tree = html.fromstring(client.get(path, headers=bearer).text)
            assert not tree.xpath("//main//form") and "Log in with the token" in words(tree)
        assert client.get("/saved/ferries.rss").headers["www-authenticate"] == 'Basic realm="newsdesk"'
    (saved,) = kept(store)
    assert saved.name == "ferries" and saved.paused_at is None


def test_without_a_token_the_pages_say_how_to_switch_it_on(store: Store) -> None:
    with store.begin() as connection:
        add_saved(connection, Saved("ferries", Query("ferries")), NOW)
    with browser(store, token=None) as client:
        for path in ("/saved/add?q=ferries", "/saved/remove?name=ferries", "/saved"):
            tree = page(client, path)
            assert "NEWSDESK_WEB_TOKEN" in words(tree) and not tree.xpath("//main//form"), path
        assert "newsdesk watch add NAME ferries" in words(page(client, "/saved/add?q=ferries"))
        for path in ("add", "pause", "resume", "remove"):
            assert client.post(f"/saved/{path}", data={"q": "a", "name": "ferries"} if path == "add" else
                               {"name": "ferries"}).status_code == 403  # fmt: skip
    (saved,) = kept(store)
    assert saved.paused_at is None


def test_a_busy_database_is_told_and_left_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENT_SECONDS", 0.2)
    with browser(store) as client:
        good = PLAIN | form_token(client)
        client.post("/saved/add", data=good)
        with store.begin() as connection:
            connection.execute(sa.select(saved_searches.c.id).with_for_update())
            answer = client.post("/saved/remove", data={"name": "ferries", "form_token": good["form_token"]})
            assert answer.status_code == 503 and "locked" in words(html.fromstring(answer.text))
    assert [saved.name for saved in kept(store)] == ["ferries"]
