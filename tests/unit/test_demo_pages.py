"""The demo's content and pages: whole, various, and with a text that extraction gives back exactly."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import lxml.html
import pytest

from crawler.commands.demo import next_steps
from crawler.demo.outlets import EVERYWHERE, BlockKind, DemoArticle, load_outlets
from crawler.demo.site import Site
from pipelines.extract import extract
from storage.types import Access, Article, Page

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
OUTLETS = load_outlets()
SITES = {name: Site(outlet, f"http://{name}.localhost:8000", NOW) for name, outlet in OUTLETS.items()}
ARTICLES = [(name, article) for name, outlet in OUTLETS.items() for article in outlet.articles]
IDS = [f"{name}/{article.slug}" for name, article in ARTICLES]


def _site(name: str, article: DemoArticle) -> Site:
    return SITES[name].at_pass(2, NOW) if article.arrives > 1 else SITES[name]


@pytest.mark.parametrize("name", OUTLETS)
def test_each_outlet_has_written_enough(name: str) -> None:
    own = [one for one in OUTLETS[name].articles if not one.paywalled and one.author != "Meridian Wire"]
    assert len(own) >= 12 and len({one.slug for one in own}) == len(own)
    for article in own:
        lengths = [len(block.text.split()) for block in article.blocks if block.kind is BlockKind.PARAGRAPH]
        assert 3 <= len(lengths) <= 7 and all(20 <= length <= 62 for length in lengths), article.slug
    kinds = {block.kind for article in own for block in article.blocks}
    assert kinds == set(BlockKind)
    for special in ("correction", "gone"):
        assert sum(1 for one in own if getattr(one, special)) == 1
    assert [one.arrives for one in own].count(2) == 1
    assert {("sitemap",), ("section",), EVERYWHERE} == {one.listed for one in own}
    assert {"utm", "www", "amp", "old"} == {variant for one in own for variant in one.variants}


def test_wire_story_is_the_same_text_in_all_outlets() -> None:
    copies = {name: article for name, article in ARTICLES if article.slug == "wire-comet"}
    assert len(copies) == 3 and len({one.text for one in copies.values()}) == 1
    assert len({one.headline for one in copies.values()}) == 3 and {one.language for one in copies.values()} == {"en"}


def test_english_form_says_what_english_forms_say() -> None:
    page = SITES["harbour-courier"].answer("/news/ferry-timetable").body
    assert "Leave A Reply" in page and "Your email address will not be published." in page


@pytest.mark.parametrize("name", OUTLETS)
def test_templates_differ_in_how_they_tell_the_facts(name: str) -> None:
    page = SITES[name].answer(OUTLETS[name].articles[0].path).body
    told = ("application/ld+json" in page, "article:published_time" in page, 'itemprop="datePublished"' in page)
    assert told == tuple(name == one for one in ("harbour-courier", "talblatt", "diario-sierra"))
    assert OUTLETS[name].words["newsletter"] in page and OUTLETS[name].words["related"] in page


def test_one_json_ld_block_is_broken_and_the_others_are_not() -> None:
    broken = []
    for article in OUTLETS["harbour-courier"].articles:
        page = _site("harbour-courier", article).answer(article.path).body
        (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
        try:
            assert json.loads(text)["@graph"][0]["headline"] == article.headline
        except ValueError:
            broken.append(article.slug)
    assert broken == ["library-boat"]


@pytest.mark.parametrize(("name", "article"), ARTICLES, ids=IDS)
def test_canonical_link_leads_to_the_article_from_every_address(name: str, article: DemoArticle) -> None:
    site = _site(name, article)
    for path in (article.path, f"/amp/{article.slug}"):
        tree = lxml.html.document_fromstring(site.answer(path).body)
        assert [link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical"] == [
            f"{site.base}{article.path}"
        ]
    assert site.answer(f"/old/{article.slug}").location == f"{site.base}{article.path}"


@pytest.mark.parametrize("place", ["news", "amp"])
@pytest.mark.parametrize(("name", "article"), ARTICLES, ids=IDS)
def test_extraction_gives_the_text_back(name: str, article: DemoArticle, place: str) -> None:
    site = _site(name, article)
    path = f"/{place}/{article.slug}"
    got = extract(Page(f"{site.base}{path}", site.answer(path).body.encode(), "utf-8"))
    assert isinstance(got, Article)
    assert got.headline == article.headline and got.language == article.language
    if article.paywalled:
        assert got.access is Access.PAYWALLED and got.body.startswith(article.text)
    else:
        assert got.access is Access.FREE and got.body == article.text


@pytest.mark.parametrize("name", OUTLETS)
def test_every_article_is_listed_where_it_says(name: str) -> None:
    site = SITES[name]
    sitemaps = site.answer("/news-sitemap.xml").body + site.answer("/archive-sitemap.xml").body
    sections = "".join(site.answer(f"/{section}/").body for section in site.outlet.sections)
    texts = {"feed": site.answer("/feed.xml").body, "sitemap": sitemaps, "section": sections}
    for article in site.published():
        for place, text in texts.items():
            assert (f"{article.path}?" in text or f"{article.path}<" in text or f'{article.path}"' in text) == (
                place in article.listed
            ), (article.slug, place)


def test_next_steps_do_not_depend_on_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSDESK_DATABASE_URL", "sqlite:///elsewhere.db")
    monkeypatch.setattr("sys.argv", ["/opt/of mine/newsdesk", "demo"])
    steps = next_steps(Path("some dir"), "http://x.localhost:1")
    assert steps[0] == f"  cd '{Path('some dir').absolute()}'" and steps[1] == "  unset NEWSDESK_DATABASE_URL"
    assert all(step.startswith("  '/opt/of mine/newsdesk' ") for step in steps[2:])
