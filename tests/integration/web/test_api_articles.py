"""Articles over HTTP: search with facets and pages, one article, its versions, what changed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from storage.search import Query, search
from tests.integration.web.server import HOSTILE, Newsroom

API = "/api/v1"


def got(client: httpx.Client, path: str, status: int = 200, **parameters: Any) -> Any:
    answer = client.get(path, params=parameters or None)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == ("application/json" if status == 200 else "application/problem+json")
    return answer.json()


def test_a_search_gives_what_the_core_finds(client: httpx.Client, newsroom: Newsroom) -> None:
    found = got(client, f"{API}/articles", q="ferries", facets="source,language", limit=50)
    with newsroom.store.read() as connection:
        expected = search(connection, Query(text="ferries", limit=50))
    assert [one["id"] for one in found["items"]] == [hit.article.id for hit in expected]
    assert found["total"] == expected.total > 3 and found["total_is_exact"] and found["next_cursor"] is None
    assert sum(bucket["count"] for bucket in found["facets"]["source"]) == found["total"]
    first = found["items"][0]
    start, end = first["headline_marks"][0]
    assert first["headline"][start:end].lower().startswith("ferr") and first["body"] is None
    assert first["first_seen"].endswith("Z")


@pytest.mark.parametrize(
    "parameters", [{}, {"q": "the", "sort": "relevance"}, {"q": "the", "sort": "date"}, {"collapse": True}]
)
def test_pages_hold_everything_once(client: httpx.Client, parameters: dict[str, Any]) -> None:
    whole = got(client, f"{API}/articles", limit=100, **parameters)
    seen, url = [], str(httpx.URL(f"{API}/articles", params={"limit": 4, **parameters}))
    while url:
        answer = client.get(url)
        seen += [one["id"] for one in answer.json()["items"]]
        url = answer.links.get("next", {}).get("url", "")
        assert bool(url) == bool(answer.json()["next_cursor"])
    assert seen == [one["id"] for one in whole["items"]] and len(seen) == len(set(seen)) == whole["total"] > 5


def test_a_cursor_is_good_for_its_own_query_alone(client: httpx.Client) -> None:
    cursor = got(client, f"{API}/articles", limit=2)["next_cursor"]
    assert "another query" in got(client, f"{API}/articles", 400, q="ferries", cursor=cursor)["detail"]
    for broken in ("x", cursor[:-3], "é", "W10", "bnVsbA", "A" * 30_000):
        assert "cursor is broken" in got(client, f"{API}/articles", 400, cursor=broken)["detail"]


def test_filters_narrow_and_empty_ones_do_not(client: httpx.Client, newsroom: Newsroom) -> None:
    assert {one["source"] for one in got(client, f"{API}/articles", source="wire")["items"]} == {"wire"}
    two = got(client, f"{API}/articles?source=wire&source=daily")["items"]
    assert {one["source"] for one in two} == {"wire", "daily"}
    hostile = got(client, f"{API}/articles", section="sport & <MORE>", language="ar")["items"]
    assert [one["id"] for one in hostile] == [newsroom.ids["hostile2"]]
    every = got(client, f"{API}/articles", limit=100)
    assert got(client, f"{API}/articles?q=&source=&since=&author=&kind=&story=&cursor=&limit=100") == every
    told = got(client, f"{API}/articles", story=newsroom.ids["story of daily"], include="body")["items"]
    assert len(told) > 3 and all(one["story_articles"] == len(told) and len(one["body"]) > 100 for one in told)
    assert got(client, f"{API}/articles", since="2026-11-26", until="2026-11-26", kind="article")["total"] > 0
    assert got(client, f"{API}/articles", until="2020")["items"] == []


@pytest.mark.parametrize(
    ("parameters", "status", "said"),
    [
        ({"souce": "wire"}, 422, "souce: there is no such parameter; did you mean source?"),
        ({"source": "wirre"}, 400, "known: wire"),
        ({"since": "soon"}, 400, "since: 'soon' is not a time"),
        ({"until": "2026-13"}, 400, "until: '2026-13' is not a time"),
        ({"limit": "101"}, 422, "limit: "),
        ({"limit": "all"}, 422, "limit: "),
        ({"sort": "size"}, 422, "sort: "),
        ({"access": "secret"}, 422, "access: "),
        ({"facets": "source,colour"}, 422, "facets.1: "),
        ({"story": "9" * 30}, 422, "story: "),
        ({"q": '"ferry'}, 400, "opens a quote"),
        ({"q": "colour:red"}, 400, "colour"),
        ({"q": "x" * 10_001}, 400, "10"),
        ({"q": " ".join(f"w{i}" for i in range(40))}, 400, "32"),
        ({"q": "a\0b"}, 422, "NUL"),
        ({"source": "\0"}, 422, "NUL"),
    ],
)
def test_a_wrong_parameter_is_named(client: httpx.Client, parameters: dict[str, str], status: int, said: str) -> None:
    problem = got(client, f"{API}/articles", status, **parameters)
    assert said in problem["detail"] and problem["status"] == status and problem["type"] == "about:blank"
    assert status == 400 or problem["errors"][0]["in"] == "query"


def test_empty_values_count_where_there_are_too_many(client: httpx.Client) -> None:
    assert got(client, f"{API}/articles?{'source=&' * 50}")["total"] > 0
    assert "source: " in got(client, f"{API}/articles?{'source=&' * 51}", 422)["detail"]


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE articles; --", '" OR 1=1 --', "NEAR(a b, 3)", "headline : x", "a AND", "^x", "(a", "{a}", "a:*", "\ud83d",
     "%", "_", "\\", "‘", "* *", "--", "a" * 9_000, "🗞️ 選挙", "x' UNION SELECT password FROM users", "1);--"],
)  # fmt: skip
def test_no_text_gets_into_sql(client: httpx.Client, text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    for path, parameters in {
        f"{API}/articles": {"q": text},
        "/feed.rss": {"author": text},
        f"{API}/articles/by-url": {"url": f"https://a.example/{text[:500]}"},
        f"{API}/links": {"url": f"https://a.example/{text[:500]}"},
        f"{API}/stories": {"outlet": text[:500], "language": text[:20]},
        f"{API}/trends": {"q": text, "tag": text, "since": "2026-11-01"},
    }.items():
        answer = client.get(path, params=parameters)
        assert answer.status_code in (200, 400, 404), answer.text
        assert (
            "sqlite" not in answer.text.lower() and "psycopg" not in answer.text and "articles_fts" not in answer.text
        )
    assert got(client, f"{API}/articles")["total"] > 10


def test_one_article_with_what_is_asked_for(client: httpx.Client, newsroom: Newsroom) -> None:
    path = f"{API}/articles/{newsroom.ids['changing']}"
    plain = got(client, path)
    assert plain["headline"] == "Headline of changing" and plain["revision"] == 2 and plain["body"].count("\n\n") > 3
    assert [plain[name] for name in ("aliases", "joined", "removed", "original", "revisions")] == [None] * 5
    whole = got(client, path, include="aliases,removed,original,revisions")
    assert [one["revision"] for one in whole["revisions"]] == [1, 2] and whole["original"] == whole["body"]
    assert whole["removed"] == whole["aliases"] == []
    assert got(client, f"{path}/revisions")["items"] == whole["revisions"]
    assert got(client, path, 422, include="secrets")["errors"][0]["name"].startswith("include")


def test_what_changed(client: httpx.Client, newsroom: Newsroom) -> None:
    path = f"{API}/articles/{newsroom.ids['changing']}/diff"
    found = got(client, path)
    assert found == got(client, f"{path}?from=1&to=2")
    assert found["changes"] == ["authors", "body"] and 0 < found["share_added"] < 1
    assert (found["old"]["revision"], found["new"]["revision"]) == (1, 2)
    assert {"kind": "added", "text": "Jon Averill"} in found["authors"]
    assert {line["kind"] for line in found["lines"]} >= {"same", "added"}
    assert "no revision 7: it has 1, 2" in got(client, f"{path}?from=7", 404)["detail"]
    assert "no revision before 1" in got(client, f"{path}?to=1", 404)["detail"]
    other = got(client, f"{path}?with={newsroom.ids['wire']}")
    assert other["new"]["article_id"] == newsroom.ids["wire"] and other["share_removed"] > 0.5
    assert "leave from and to out" in got(client, f"{path}?with=1&from=1", 400)["detail"]
    never = got(client, f"{API}/articles/{newsroom.ids['lone']}/diff")
    assert never["old"] is None and never["lines"] == []


def test_an_article_is_found_by_any_address_that_leads_to_it(client: httpx.Client, newsroom: Newsroom) -> None:
    answer = client.get(f"{API}/articles/by-url", params={"url": "http://www.wire.example/wire/?utm_source=x#top"})
    assert answer.json()["id"] == newsroom.ids["wire"]
    assert answer.headers["content-location"] == f"{API}/articles/{newsroom.ids['wire']}"
    assert "tells its fate" in got(client, f"{API}/articles/by-url", 404, url="https://a.example/none")["detail"]
    assert "is not a URL" in got(client, f"{API}/articles/by-url", 400, url="wire")["detail"]
    assert got(client, f"{API}/articles/by-url", 422)["detail"] == "url: Field required"


@pytest.mark.parametrize("rest", ["", "/revisions", "/diff?from=1&to=2"])
def test_an_id_that_was_joined_into_another_article_leads_there(
    client: httpx.Client, newsroom: Newsroom, rest: str
) -> None:
    old, new = newsroom.ids["two"], newsroom.ids["one"]
    answer = client.get(f"{API}/articles/{old}{rest}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"{API}/articles/{new}{rest}")


@pytest.mark.parametrize("number", ["0", "-1", str(2**63), "1.5", "x", "9" * 400])
def test_what_is_no_id_is_told(client: httpx.Client, number: str) -> None:
    for room in ("articles", "stories", "crawls"):
        assert got(client, f"{API}/{room}/{number}", 422)["errors"][0]["in"] == "path"
        assert "there is no" in got(client, f"{API}/{room}/{2**63 - 1}", 404)["detail"]


def test_hostile_texts_stay_texts(client: httpx.Client, newsroom: Newsroom) -> None:
    found = got(client, f"{API}/articles/{newsroom.ids['hostile2']}")
    assert found["headline"] == HOSTILE and "<script>" in found["body"]
