"""Stories, sources, health, crawls, links, numbers and trends over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from storage.channels import ensure_channel, ensure_source
from storage.frontier import ensure_link, settle_link
from storage.health import keep_looks
from storage.store import Store
from storage.types import ChannelKind, LinkState
from storage.watched import Look, Watched
from tests.integration.storage.fixtures import NOW, link, put, stamp
from tests.integration.storage.telling import tell, text
from tests.integration.web.server import Newsroom, serving
from tests.integration.web.test_api_articles import API, got


def walk(client: httpx.Client, path: str, **parameters: Any) -> list[int]:
    """Return the ids on all pages."""
    seen: list[int] = []
    url = str(httpx.URL(path, params={"limit": 1, **parameters}))
    while url:
        answer = client.get(url)
        assert answer.status_code == 200, answer.text
        seen += [one["id"] for one in answer.json()["items"]]
        url = answer.links.get("next", {}).get("url", "")
    return seen


@pytest.mark.parametrize("sort", ["latest", "first", "outlets"])
def test_stories_come_page_by_page_in_every_order(client: httpx.Client, sort: str) -> None:
    whole = got(client, f"{API}/stories", sort=sort, limit=100)
    assert walk(client, f"{API}/stories", sort=sort) == [one["id"] for one in whole["items"]]
    assert len(whole["items"]) == whole["total"] >= 2
    keys = [
        {"latest": one["last_seen"], "first": one["first_seen"], "outlets": len(one["outlets"])}[sort]
        for one in whole["items"]
    ]
    assert keys == sorted(keys, reverse=True)


def test_a_page_of_stories_goes_on_while_stories_arrive(store: Store) -> None:
    with store.begin() as connection:
        _two_tell(connection, "old", 0)
        _two_tell(connection, "older", -1)
    with serving(store) as client:
        first = got(client, f"{API}/stories", limit=1)
        with store.begin() as connection:
            _two_tell(connection, "new", 2)
        second = got(client, f"{API}/stories", limit=1, cursor=first["next_cursor"])
        ids = [first["items"][0]["id"], second["items"][0]["id"]]
        assert len(set(ids)) == 2 and second["next_cursor"] is None and second["total"] == 3
        assert "another list" in got(client, f"{API}/stories", 400, outlets=3, cursor=first["next_cursor"])["detail"]
        assert "another list" in got(client, f"{API}/crawls", 400, cursor=first["next_cursor"])["detail"]


def _two_tell(connection: Any, name: str, hours: int) -> None:
    for outlet in ("north", "south"):
        tell(connection, outlet, name, text(900 + sum(map(ord, name)), 12), now=NOW + timedelta(hours=hours))


def test_a_story_tells_how_its_articles_are_related(client: httpx.Client, newsroom: Newsroom) -> None:
    story = newsroom.ids["story of daily"]
    found = got(client, f"{API}/stories/{story}")
    assert found["tellings"][0]["article_id"] == newsroom.ids["wire"] and found["agencies"]
    assert found["kin"][str(newsroom.ids["daily"])]["kind"] == "reprint"
    assert newsroom.ids["round"] in [one["article_id"] for one in found["linked"]]
    listed = got(client, f"{API}/stories", outlet="wire", wire=True, language="en")["items"]
    assert [one["id"] for one in listed] == [story]
    assert got(client, f"{API}/stories", outlets=1000)["items"] == []


def test_a_story_that_was_merged_leads_to_the_one_that_is_left(client: httpx.Client, newsroom: Newsroom) -> None:
    left = next(one for one in got(client, f"{API}/stories", limit=100)["items"] if "a.example" in one["outlets"])
    whole = got(client, f"{API}/stories/{left['id']}")
    (merged,) = whole["merged"]
    answer = client.get(f"{API}/stories/{merged['story_id']}")
    assert (answer.status_code, answer.headers["location"]) == (308, f"{API}/stories/{left['id']}")


def test_sources_with_their_health_and_days(store: Store) -> None:
    with store.begin() as connection:
        put(connection, "one", source="wire", published=stamp(NOW))
        source = ensure_source(connection, "wire", NOW)
        ensure_channel(connection, source, "https://a.example/feed", "a.example", ChannelKind.FEED, NOW)
        look = Look(
            Watched(source, "wire", "Wire", None, NOW), "failing", "its feed answers http-500", {"new_a_day": 0}
        )
        keep_looks(connection, [look], NOW)
    with serving(store) as client:
        (listed,) = got(client, f"{API}/sources")["items"]
        assert (listed["name"], listed["stats"]["articles"], listed["health"]["state"]) == ("wire", 1, "failing")
        whole = got(client, f"{API}/sources/wire", days=400)
        assert whole["channels"][0]["url"] == "https://a.example/feed" and whole["changes"][0]["after"] == "failing"
        health = got(client, f"{API}/health")
        assert health["states"] == {"failing": 1} and health["items"][0]["reason"] == "its feed answers http-500"
        assert got(client, f"{API}/health", changes=0)["changes"] == []
        assert "no source 'wirre' is stored" in got(client, f"{API}/sources/wirre", 404)["detail"]
        assert got(client, f"{API}/sources/a%00b", 404)
        assert "did you mean" not in got(client, f"{API}/sources", 422, state="failing")["detail"]


def test_crawls_and_their_attempts_come_page_by_page(client: httpx.Client, newsroom: Newsroom) -> None:
    assert walk(client, f"{API}/crawls") == [newsroom.ids["crawl2"], newsroom.ids["crawl1"]]
    path = f"{API}/crawls/{newsroom.ids['crawl1']}"
    first = got(client, path, limit=2)
    rest = got(client, path, limit=2, cursor=first["next_cursor"])
    assert [one["url"][-1] for one in (*first["attempts"], *rest["attempts"])] == ["c", "b", "a"]
    assert first["crawl"]["outcomes"] == {"stored": 1, "failed": 1, "dropped": 1} and rest["next_cursor"] is None
    assert [one["outcome"] for one in got(client, path, outcome="failed")["attempts"]] == ["failed"]
    assert {one["outcome"] for one in first["reasons"]} == {"stored", "failed", "dropped"}
    assert got(client, path, 400, outcome="failed", cursor=first["next_cursor"])


def test_the_fate_of_a_link(store: Store) -> None:
    with store.begin() as connection:
        source = ensure_source(connection, "a", NOW)
        draft = ensure_link(connection, link("draft"), source, NOW)
        settle_link(connection, draft.id, LinkState.DROPPED, "robots", NOW)
    with serving(store) as client:
        found = got(client, f"{API}/links", url="http://www.a.example/draft?utm_source=x")
        assert (found["state"], found["reason"], found["source"]) == ("dropped", "robots", "a")
        assert "was never seen" in got(client, f"{API}/links", 404, url="https://a.example/other")["detail"]
        assert got(client, f"{API}/links", 400, url="javascript:alert(1)")


def test_the_numbers_of_everything(client: httpx.Client) -> None:
    found = got(client, f"{API}/stats")
    assert found["articles"] == got(client, f"{API}/articles")["total"] and found["revised"] >= 1
    assert {one["name"] for one in found["by_source"]} >= {"wire", "daily"}


def test_attention_over_time_side_by_side(client: httpx.Client) -> None:
    span = {"since": "2026-11-24", "until": "2026-11-27"}
    found = got(client, f"{API}/trends?q=ferries&q=xyzzy&split=source&since=2026-11-24&until=2026-11-27")
    ferries, nothing = found["items"]
    assert [bar["start"] for bar in ferries["bars"]] == [bar["start"] for bar in nothing["bars"]]
    assert len(ferries["bars"]) == 4 and ferries["count"] == sum(bar["count"] for bar in ferries["bars"]) > 3
    assert [bar["total"] for bar in ferries["bars"]] == [bar["total"] for bar in nothing["bars"]] and nothing[
        "count"
    ] == 0
    busy = max(ferries["bars"], key=lambda bar: bar["count"])
    assert busy["share"] == round(busy["count"] / busy["total"], 6) and busy["parts"]
    assert got(client, f"{API}/articles", q="ferries", **span)["total"] == ferries["count"]
    assert "too many bars" in got(client, f"{API}/trends", 400, q="a", by="hour", since="2001")["detail"]
    assert got(client, f"{API}/trends", q="a", by="month", since="2026-01")["since"] == "2026-01-01T00:00:00Z"
    for since, until in (("0001", "0002"), ("9999-12-31", "9999-12-31"), ("2026-11-25", "2026-11-01")):
        answer = client.get(f"{API}/trends", params={"q": "a", "by": "month", "since": since, "until": until})
        assert answer.status_code in (200, 400), answer.text
    assert len(got(client, f"{API}/trends?" + "&".join(["q=a"] * 9), 422)["errors"]) == 1
