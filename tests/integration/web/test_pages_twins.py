"""Every list is JSON and CSV at the same address too; saved searches among them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from storage.saved import Saved, add_saved
from storage.schema_saved import saved_searches
from storage.search import Query
from storage.store import open_store
from tests.integration.storage.fixtures import NOW, put
from tests.integration.web.server import Newsroom, serving
from tests.integration.web.test_pages import PAGE, page, words

LISTS = (
    "/search?q=ferries&source=wire&source=daily", "/search?since=2026-11-25&until=2026-11-26&limit=3", "/stories?outlets=1",
    "/stories/{story}", "/sources?state=ad hoc", "/sources/wire", "/crawls", "/crawls/{crawl}?outcome=failed",
    "/trends?q=ferries&q=the&since=2026-11-20&by=week", "/trends?q=the&since=2026-11-20&split=source",
)  # fmt: skip


@pytest.fixture
def paths(newsroom: Newsroom) -> dict[str, int]:
    ids = newsroom.ids
    return {"story": ids["story of daily"], "crawl": ids["crawl1"], "changing": ids["changing"]}


@pytest.mark.parametrize("path", LISTS)
def test_every_list_has_twins_with_the_same_parameters(client: httpx.Client, paths: dict[str, int], path: str) -> None:
    where, _, query = path.format(**paths).partition("?")
    tree = page(client, f"{where}?{query}")
    for kind, accept in (("json", "application/json"), ("csv", "text/csv; charset=utf-8")):
        (twin,) = tree.xpath(f"//main//a[text()='{kind.upper()}']/@href")
        assert twin.startswith(f"{where}.{kind}")
        answer = client.get(f"{where}.{kind}?{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, accept), answer.text
        assert client.get(twin).status_code == 200
    rows = list(csv.DictReader(io.StringIO(client.get(f"{where}.csv?{query}").text)))
    items = client.get(f"{where}.json?{query}").json()
    told = items.get("items") or items.get("tellings") or items.get("attempts") or items.get("days")
    if where != "/trends":
        assert len(rows) == len(told or ()), (rows, told)
    else:
        own = [bar for one in items["items"] for bar in one["bars"]]
        assert len(rows) == (len(own) if "split" not in query else sum(len(bar["parts"]) for bar in own)) > 0


def test_no_cell_of_a_table_is_a_formula(client: httpx.Client, newsroom: Newsroom) -> None:
    for path in (
        "/search.csv?limit=1000&include=body",
        f"/stories/{newsroom.ids['story of daily']}.csv",
        "/stories.csv",
    ):
        cells = [cell for row in csv.reader(io.StringIO(client.get(path).text)) for cell in row]
        assert len(cells) > 10 and not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "@", "-"))]
    assert "'=cmd|" in client.get("/search.csv?limit=1000").text


def test_a_table_goes_on_where_it_ended(client: httpx.Client) -> None:
    whole = list(csv.DictReader(io.StringIO(client.get("/search.csv").text)))
    url, seen = "/search.csv?limit=7", []
    while url:
        answer = client.get(url)
        seen += list(csv.DictReader(io.StringIO(answer.text)))
        url = answer.links.get("next", {}).get("url", "")
    assert [one["id"] for one in seen] == [one["id"] for one in whole] and len(whole) > 10
    assert "body" not in whole[0] and "attachment" in client.get("/search.csv").headers["content-disposition"]


def test_bad_twins_are_told_to_programs(client: httpx.Client) -> None:
    for path in ("/search.json?since=soon", "/search.csv?since=soon", "/stories.csv?cursor=x", "/articles/99999.json"):
        answer = client.get(path)
        assert answer.status_code in (400, 404) and answer.headers["content-type"] == "application/problem+json"


def test_saved_searches_are_listed_without_whom_they_tell(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'newsdesk.db'}")
    with store.begin() as connection:
        put(connection, "one", "Ferries sail.", source="wire")
    with serving(store) as client:
        assert "newsdesk watch add" in words(page(client, "/saved"))
        with store.begin() as connection:
            asked = Query('ferries "at sea"', ("wire",), languages=("en", "de"), sections=("a&b",), story=None)
            add_saved(connection, Saved("ferries", asked, targets=("webhook https://hooks.example/secret",)), NOW)
            add_saved(connection, Saved("all", Query()), NOW)
            connection.execute(
                sa.update(saved_searches).where(saved_searches.c.name == "all").values(broken="no such source")
            )
        tree = page(client, "/saved")
        search = tree.xpath("//tr[th/bdi='ferries']/td/a/@href")[0]
        assert search == "/?q=ferries+%22at+sea%22&source=wire&language=en&language=de&section=a%26b&sort=date"
        assert page(client, search) is not None and "no such source" in words(tree)
        for feed in tree.xpath("//td/a[starts-with(@href, '/saved/')]/@href"):
            assert client.get(feed).status_code == 200
        for kind in ("", ".json", ".csv"):
            assert "secret" not in client.get(f"/saved{kind}", headers=PAGE).text
        assert [one["name"] for one in client.get("/saved.json").json()["items"]] == ["all", "ferries"]
        assert client.get("/saved.csv").text.count("\n") == 3
        assert "newsdesk watch add NAME 'ferries at' --source wire" in words(page(client, "/?q=ferries at&source=wire"))
        assert "newsdesk watch add" not in words(page(client, "/?q=ferries&tag=x"))
    store.close()
