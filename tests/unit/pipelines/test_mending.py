"""JSON-LD that templates broke is read all the same, and the page's own article is told from others."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pipelines.jsonld import article_node, kinds, persons, resolved
from pipelines.mending import read_json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('{"a": "x\ny"}', {"a": "x\ny"}),
        ('{"a": [1, 2,], }', {"a": [1, 2]}),
        ('[{"a": 1},, {"b": 2}]', [{"a": 1}, {"b": 2}]),
        ('{"headline": "She said "yes", then left", "b": 1}', {"headline": 'She said "yes", then left', "b": 1}),
        ('{"headline": "The "Bridge"", "b": "c"}', {"headline": 'The "Bridge"', "b": "c"}),
        ("{&quot;a&quot;: &quot;b&quot;}", {"a": "b"}),
        ('{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}]),
        ('{"a": 1},\n{"b": 2};', [{"a": 1}, {"b": 2}]),
        ('/* one */ {"a": "http://x.example/a", // two\n "b": 2}', {"a": "http://x.example/a", "b": 2}),
        ('<!-- {"a": 1} -->', {"a": 1}),
        ('//<![CDATA[\n{"a": 1}\n//]]>', {"a": 1}),
        ('/*<![CDATA[*/{"a": 1}/*]]>*/', {"a": 1}),
        ('{"a": "it\\\'s"}', {"a": "it's"}),
        ('{"a": "c:\\q"}', {"a": "c:\\q"}),
        ('\ufeff{"a": 1}', {"a": 1}),
        ("", None),
        ("function() {}", None),
    ],
)
def test_broken_json_is_mended(text: str, value: Any) -> None:
    assert read_json(text) == value


def test_fields_are_saved_from_what_cannot_be_mended() -> None:
    text = '{"@type": "NewsArticle", "headline": "Bridge to close", "author": [{"@type": "Person", "name": "Ada Byron"}], "x": ?'
    assert read_json(text) == {"@type": "NewsArticle", "headline": "Bridge to close", "author": ["Ada Byron"]}


@pytest.mark.parametrize("text", ['{"a": ' + "/*" * 200_000, '{"' * 200_000, "[" * 300_000, '{"a": "' + '",' * 200_000])
@pytest.mark.timeout(20)
def test_nothing_takes_long(text: str) -> None:
    start = time.process_time()
    read_json(text)
    assert time.process_time() - start < 8


def _article(url: str, headline: str, **more: Any) -> dict[str, Any]:
    return {"@type": "NewsArticle", "url": url, "headline": headline, "datePublished": "2026-11-12", **more}


def test_the_pages_own_article_is_told_from_those_beside_it() -> None:
    other = _article(
        "https://a.example/ferry", "Ferry to run", author="Eva Lind", articleBody="x", dateModified="2026-11-13"
    )
    own = _article("https://www.a.example/bridge/", "Bridge to close")
    found = article_node([[other, own]], "https://a.example/bridge?utm_source=x", "")
    assert found is own
    assert (
        article_node([{"@type": "ItemList", "itemListElement": [{"item": other}]}, own], "", "Bridge to close") is own
    )


def test_references_are_looked_up() -> None:
    graph = {
        "@graph": [
            _article("https://a.example/b", "B", author={"@id": "#ada"}),
            {"@id": "#ada", "@type": "Person", "name": "Ada Byron"},
        ]
    }
    node = article_node([graph])
    assert node is not None and resolved(node, [graph])["author"]["name"] == "Ada Byron"
    assert kinds([graph]) == {"NewsArticle", "Person"}


@pytest.mark.parametrize(
    ("value", "people", "others"),
    [
        ("Ada Byron", ["Ada Byron"], []),
        ({"@type": "Person", "name": "Ada Byron"}, ["Ada Byron"], []),
        (
            [{"@type": "Person", "name": ["Ada Byron"]}, {"@type": "Organization", "name": "ZPA"}],
            ["Ada Byron"],
            ["ZPA"],
        ),
        ({"@type": "NewsMediaOrganization", "name": "The Courier"}, [], ["The Courier"]),
        ({"@type": "Person", "givenName": "Ada", "familyName": "Byron"}, ["Ada Byron"], []),
        ({"@list": [{"name": {"@value": "Ada Byron", "@language": "en"}}]}, ["Ada Byron"], []),
        (None, [], []),
        ([None, 3, {}], [], []),
    ],
)
def test_people_and_organisations(value: Any, people: list[str], others: list[str]) -> None:
    assert persons(value) == (people, others)
