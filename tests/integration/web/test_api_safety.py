"""Who may ask the app, how much, and what headers every answer has."""

from __future__ import annotations

import base64
import gzip
import http.client
import logging
from datetime import timedelta

import httpx
import pytest
from starlette.responses import Response

from storage.errors import UsageError
from storage.store import Store, open_store
from storage.web.app import make_app
from storage.web.security import COOKIE, Gate, now_utc
from storage.web.settings import WebSettings
from tests.integration.storage.fixtures import put
from tests.integration.web.server import running, serving
from tests.integration.web.test_api_articles import API, got

TOKEN = "correct-horse-battery"
PATHS = ("/healthz", f"{API}/articles", f"{API}/nothing", f"{API}/articles?limit=x", "/openapi.json", "/feed.atom")


@pytest.fixture(scope="module")
def sqlite_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return open_store(f"sqlite:///{tmp_path_factory.mktemp('safety') / 'newsdesk.db'}")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_strict_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path, headers={"Origin": "https://evil.example"}).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] in ("private, no-cache", "no-store")
    assert not [name for name in headers if name.startswith("access-control")] and "server" not in headers


def test_the_app_is_only_read(client: httpx.Client) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = client.request(method, f"{API}/articles")
        assert (
            answer.status_code == 405
            and answer.json()["title"] == "Method not allowed"
            and "GET" in answer.headers["allow"]
        )


def test_what_a_client_has_already_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get(f"{API}/articles?limit=5")
    tag = first.headers["etag"]
    assert (
        tag.startswith('W/"')
        and first.headers["content-encoding"] == "gzip"
        and "Accept-Encoding" in first.headers["vary"]
    )
    assert client.get(f"{API}/articles?limit=5", headers={"Accept-Encoding": "identity"}).headers["etag"] == tag
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = client.get(f"{API}/articles?limit=5", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get(f"{API}/articles?limit=6", headers={"If-None-Match": tag}).status_code == 200
    head = client.head(f"{API}/articles?limit=5", headers={"Accept-Encoding": "identity"})
    assert (
        head.status_code == 200
        and head.content == b""
        and head.headers["etag"] == tag
        and int(head.headers["content-length"]) > 500
    )


def test_an_etag_changes_with_what_is_stored(store: Store) -> None:
    with serving(store) as client:
        tag = client.get(f"{API}/articles").headers["etag"]
        with store.begin() as connection:
            put(connection, "new")
        answer = client.get(f"{API}/articles", headers={"If-None-Match": tag})
        assert answer.status_code == 200 and answer.json()["total"] == 1


def test_only_who_has_the_token_may_ask(sqlite_store: Store) -> None:
    gate = Gate(TOKEN)
    response = Response()
    gate.login(response, now_utc())
    set_cookie = response.headers["set-cookie"]
    cookie = set_cookie.partition(";")[0]
    assert "HttpOnly" in set_cookie and "SameSite=strict" in set_cookie and TOKEN not in set_cookie
    old = Response()
    gate.login(old, now_utc() - timedelta(days=31))
    basic = base64.b64encode(f"reader:{TOKEN}".encode()).decode()
    may = [
        {"Authorization": f"Bearer {TOKEN}"},
        {"Authorization": f"bearer  {TOKEN}"},
        {"Authorization": f"Basic {basic}"},
        {"Cookie": cookie},
    ]
    until, _, signature = cookie.partition("=")[2].partition(".")
    may_not: list[dict[str, str]] = [
        {}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": "Bearer"}, {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Basic " + base64.b64encode(TOKEN.encode()).decode()}, {"Authorization": TOKEN},
        {"Cookie": f"{COOKIE}={int(until) + 1}.{signature}"}, {"Cookie": f"{COOKIE}={until}."}, {"Cookie": f"{COOKIE}=²."},
        {"Cookie": old.headers["set-cookie"].partition(";")[0]}, {"Cookie": f"{COOKIE}={TOKEN}"},
    ]  # fmt: skip
    with serving(sqlite_store, WebSettings(token=TOKEN, rate=100_000)) as client:
        for headers in may:
            assert client.get(f"{API}/articles", headers=headers).status_code == 200, headers
        for headers in may_not:
            encoded = {name: value.encode() for name, value in headers.items()}
            answer = client.get(f"{API}/articles", headers=encoded)  # type: ignore[arg-type]
            assert answer.status_code == 401, headers
            assert (
                answer.headers["www-authenticate"].startswith("Bearer")
                and answer.json()["title"] == "A token is needed"
            )
        assert client.get("/feed.rss").headers["www-authenticate"].startswith("Basic")
        assert client.get("/openapi.json").status_code == 401
        assert client.get("/healthz").status_code == 200


def test_tokens_cannot_be_guessed_at_will(sqlite_store: Store) -> None:
    with serving(sqlite_store, WebSettings(token=TOKEN, rate=100_000)) as client:
        answers = [
            client.get(f"{API}/stats", headers={"Authorization": f"Bearer {number:020}"}) for number in range(15)
        ]
        assert [answer.status_code for answer in answers].count(401) == 10
        assert answers[-1].status_code == 429 and int(answers[-1].headers["retry-after"]) > 0
        assert client.get(f"{API}/stats", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 429


def test_a_client_that_asks_too_often_is_told_when_to_ask_again(sqlite_store: Store) -> None:
    with serving(sqlite_store, WebSettings(rate=10)) as client:
        statuses = [client.get(f"{API}/nothing").status_code for _ in range(5)]
        refused = client.get(f"{API}/nothing")
        assert statuses == [404] * 5 and refused.status_code == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 6 and refused.json()["status"] == 429
        assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    "name", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "127.0.0.2", "", "[::2]"]
)
def test_a_name_that_leads_here_from_elsewhere_is_refused(client: httpx.Client, name: str) -> None:
    answer = client.get(f"{API}/articles", headers={"Host": name})
    assert answer.status_code == 421 and "not served under that host name" in answer.json()["detail"]


def test_own_names_are_answered(client: httpx.Client, sqlite_store: Store) -> None:
    for name in ("localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8787"):
        assert client.get("/healthz", headers={"Host": name}).status_code == 200
    settings = WebSettings(token=TOKEN, public="https://news.example.org")
    with serving(sqlite_store, settings, authorization=f"Bearer {TOKEN}") as proxied:
        answer = proxied.get("/feed.json", headers={"Host": "news.example.org"})
        assert answer.json()["feed_url"] == "https://news.example.org/feed.json"
        assert proxied.get("/feed.json", headers={"Host": "other.example.org"}).status_code == 421


def test_only_listed_origins_may_read(sqlite_store: Store) -> None:
    with serving(sqlite_store, WebSettings(token=TOKEN, cors=("https://charts.example.org",))) as client:
        asks = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        good = client.options(f"{API}/stats", headers={"Origin": "https://charts.example.org", **asks})
        assert good.headers["access-control-allow-origin"] == "https://charts.example.org" and good.status_code == 200
        for origin in (
            "https://evil.example",
            "https://charts.example.org.evil.example",
            "http://charts.example.org",
            "null",
        ):
            answer = client.options(f"{API}/stats", headers={"Origin": origin, **asks})
            assert "access-control-allow-origin" not in answer.headers
        read = client.get(
            f"{API}/stats", headers={"Origin": "https://charts.example.org", "Authorization": f"Bearer {TOKEN}"}
        )
        assert read.headers["access-control-allow-origin"] == "https://charts.example.org"
        assert "access-control-allow-credentials" not in read.headers


def test_large_requests_are_refused(client: httpx.Client) -> None:
    assert got(client, f"{API}/articles?q={'a' * 50_000}", 414)["detail"].startswith("the address has more than")
    assert client.post(f"{API}/articles", content=b"x" * 70_000).status_code == 413

    def endless() -> object:
        yield b"x"

    assert client.post(f"{API}/articles", content=endless()).status_code == 413  # type: ignore[arg-type]
    many = "&".join(["source=a"] * 51)
    assert got(client, f"{API}/articles?{many}", 422)["errors"][0]["name"] == "source"


def test_garbage_on_the_wire_harms_nothing(client: httpx.Client) -> None:
    host, port = client.base_url.host, client.base_url.port
    for target in (
        "/%ff%fe",
        "/api/v1/articles?q=%ff%fe%00",
        "/api/v1/articles?%",
        "/../../etc/passwd",
        "//x//",
        "/api/v1/sources/%2e%2e%2f",
    ):
        connection = http.client.HTTPConnection(host, port, timeout=10)
        connection.request(
            "GET", target, headers={"Accept-Encoding": "gzip", "If-Modified-Since": "soon", "Authorization": "x"}
        )
        answer = connection.getresponse()
        body = answer.read()
        body = gzip.decompress(body) if answer.headers.get("content-encoding") == "gzip" else body
        assert answer.status in (200, 400, 404, 422), (target, body)
        assert b"Traceback" not in body
        connection.close()
    assert client.get("/healthz").text == "ok\n"


def test_a_mistake_of_newsdesks_own_tells_nothing_to_the_client(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app(sqlite_store, WebSettings())

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("secret /home/path")

    with running(app) as client, caplog.at_level(logging.ERROR):
        answer = client.get("/broken")
    assert answer.status_code == 500 and "secret" not in answer.text and answer.json()["title"] == "Internal error"
    assert answer.headers["x-content-type-options"] == "nosniff" and "secret /home/path" in caplog.text


@pytest.mark.parametrize(
    "settings",
    [WebSettings(host="0.0.0.0"), WebSettings(host="::"), WebSettings(host="192.0.2.1"), WebSettings(host="news.example.org"),
     WebSettings(public="https://news.example.org"), WebSettings(token="short"), WebSettings(host="")],
)  # fmt: skip
def test_without_a_token_only_this_machine_is_served(sqlite_store: Store, settings: WebSettings) -> None:
    with pytest.raises(UsageError, match="token"):
        make_app(sqlite_store, settings)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8"])
def test_this_machine_needs_none(sqlite_store: Store, host: str) -> None:
    assert make_app(sqlite_store, WebSettings(host=host))
