"""What a page says of its article, in JSON-LD, meta tags, microdata, RDFa, and to its readers."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.metadata import Facts, read_metadata
from pipelines.tree import parse
from storage.types import DatePrecision, DateSource

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
URL = "https://www.courier.example/news/bridge-closes"
TITLE = "Swing bridge to close for eleven weeks"
LONG = "The council has widened the northern causeway for the purpose, and lorries will be led over it. " * 3
HEAD = "<title>Swing bridge to close for eleven weeks | The Courier</title><meta property='og:site_name' content='The Courier'>"


def facts(body: str = "", head: str = "", url: str = URL, lang: str = "en") -> Facts:
    return read_metadata(parse(f"<html lang='{lang}'><head>{HEAD}{head}</head><body>{body}</body></html>"), url, NOW)


def ld(**node: Any) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', **node})}</script>"


def around(after: str, before: str = "") -> str:
    return f"<nav><a href='/author/eva-lind'>Eva Lind</a></nav><div>{before}<h1>{TITLE}</h1>{after}</div><p>{LONG}</p>"


MICRODATA = f"""
<div itemscope itemtype="https://schema.org/NewsArticle"><h2 itemprop="headline">Ferry to run</h2>
<span itemprop="author">Eva Lind</span><time itemprop="datePublished" datetime="2022-01-01T10:00:00+01:00">1 January</time></div>
<article itemscope itemtype="https://schema.org/NewsArticle"><h1 itemprop="headline">{TITLE}</h1>
<span itemprop="author" itemscope itemtype="https://schema.org/Person">By <b itemprop="name">Ada Byron</b>, reporter</span>
<span itemprop="author" itemscope itemtype="https://schema.org/Person"><b itemprop="name">Karl Weiß</b></span>
<time itemprop="datePublished" datetime="2026-11-12T10:00:00+01:00">12 November</time>
<meta itemprop="dateModified" content="2026-11-13T10:00:00+01:00"><p>{LONG}</p></article>
<ol itemscope itemtype="https://schema.org/BreadcrumbList"><li itemprop="itemListElement"><span itemprop="name">Home</span></li>
<li itemprop="itemListElement"><span itemprop="name">Harbour</span></li>
<li itemprop="itemListElement"><span itemprop="name">{TITLE}</span></li></ol>"""


def test_microdata_of_the_article_and_not_of_its_neighbour() -> None:
    found = facts(MICRODATA)
    assert (found.headline, found.authors, found.section) == (TITLE, ("Ada Byron", "Karl Weiß"), "Harbour")
    assert found.published is not None and found.published.raw == "2026-11-12T10:00:00+01:00"
    assert found.modified is not None and found.modified.raw == "2026-11-13T10:00:00+01:00"


def test_rdfa() -> None:
    found = facts(
        f'<article typeof="schema:NewsArticle"><h1>{TITLE}</h1><span property="schema:author">Ada Byron</span>'
        f'<time property="schema:datePublished" content="2026-11-12T10:00:00+01:00">x</time><p>{LONG}</p></article>'
    )
    assert found.authors == ("Ada Byron",)
    assert found.published is not None and found.published.raw == "2026-11-12T10:00:00+01:00"


@pytest.mark.parametrize(
    ("names", "authors"),
    [
        ('<meta name="author" content="By Ada Byron and Karl Weiß">', ("Ada Byron", "Karl Weiß")),
        ('<meta name="author" content="The Courier"><meta property="article:author" content="Ada Byron">', ("Ada Byron",)),
        ('<meta property="article:author" content="https://social.example/courier"><meta name="byl" content="By ADA BYRON">', ("Ada Byron",)),
        ('<meta name="citation_author" content="Byron, Ada M."><meta name="citation_author" content="Weiß, Karl">', ("Ada M. Byron", "Karl Weiß")),
        ('<meta name="author" content="admin">', ()),
    ],
)  # fmt: skip
def test_authors_in_meta_tags(names: str, authors: tuple[str, ...]) -> None:
    assert facts(around(""), names).authors == authors


def test_people_come_before_agencies_and_fuller_lists_before_short_ones() -> None:
    assert facts(
        ld(headline=TITLE, author={"@type": "Organization", "name": "The Courier"}) + around("<p>By Ada Byron</p>")
    ).authors == ("Ada Byron",)
    assert facts(ld(headline=TITLE, author={"@type": "Organization", "name": "Reuters"})).authors == ("Reuters",)
    meta = '<meta name="author" content="Ada Byron, Karl Weiß">'
    assert facts(ld(headline=TITLE, author={"name": "Ada Byron"}), meta).authors == ("Ada Byron", "Karl Weiß")
    assert facts(ld(headline=TITLE, author={"name": "Eva Lind"}), meta).authors == ("Eva Lind",)


@pytest.mark.parametrize(
    ("after", "authors"),
    [
        ('<div class="byline">By <a href="/author/ada-byron">Ada Byron</a> and <a href="/author/karl">Karl Weiß</a></div>', ("Ada Byron", "Karl Weiß")),
        ('<a rel="author" href="/x">Ada Byron</a>', ("Ada Byron",)),
        ('<ul><li><a href="/staff/ada-byron/">Ada Byron</a></li><li><a href="/staff/k-weiss/">Karl Weiß</a></li></ul>', ("Ada Byron", "Karl Weiß")),
        ('<span class="article-meta__author">Ada Byron</span><span class="author-role">Reporter</span>', ("Ada Byron",)),
        ('<div class="post-byline">By Ada Byron, Senior Reporter | November 12, 2026</div>', ("Ada Byron",)),
        ("<p>By Ada Byron</p>", ("Ada Byron",)),
        ("<p><em>Von Ada Byron und Karl Weiß</em></p>", ("Ada Byron", "Karl Weiß")),
        ("<div>Par <strong>Ada Byron</strong></div>", ("Ada Byron",)),
        ("<div><span>By</span> <span>Ada Byron</span></div>", ("Ada Byron",)),
        ("<p>Por Ana Ruiz y Juan Gómez</p>", ("Ana Ruiz", "Juan Gómez")),
        ("<p>김철수 기자</p>", ("김철수",)),
        ("<p>By the harbour</p>", ()),
        ("<p>By now, nobody expects the bridge to open.</p>", ()),
        ('<span class="author-bio">Ada Byron covers the harbour.</span>', ()),
        ('<a href="/author/ada-byron">More from our writers</a>', ()),
    ],
)  # fmt: skip
def test_bylines_that_readers_see(after: str, authors: tuple[str, ...]) -> None:
    assert facts(around(after)).authors == authors


@pytest.mark.parametrize(
    ("head", "body", "raw", "source"),
    [
        ("", ld(headline=TITLE, datePublished="2026-11-12T10:00:00+01:00"), "2026-11-12T10:00:00+01:00", DateSource.JSON_LD),
        ('<meta property="article:published_time" content="2026-11-12T10:00:00+01:00">', "", "2026-11-12T10:00:00+01:00", DateSource.META),
        ('<meta name="xy-publish-date" content="2026/11/12">', "", "2026/11/12", DateSource.META),
        ('<meta name="date" content="2026-11-12">', '<time datetime="2026-11-12T10:00:00+01:00">x</time>', "2026-11-12T10:00:00+01:00", DateSource.META),
        ('<meta name="date" content="2026-11-12">', '<time datetime="2021-11-12T10:00:00+01:00">x</time>', "2026-11-12", DateSource.META),
        ("", '<span class="when">Published: 12 November 2026</span>', "Published: 12 November 2026", DateSource.TEXT),
        ("", "<div><b>Updated: 13 November 2026</b> <i>Published: 12 November 2026</i></div>", "Published: 12 November 2026", DateSource.TEXT),
        ("", "<p>12 November 2026</p><p>3:05 pm</p>", "12 November 2026 3:05 pm", DateSource.TEXT),
    ],
)  # fmt: skip
def test_the_publication_date(head: str, body: str, raw: str, source: DateSource) -> None:
    found = facts(around(body), head).published
    assert found is not None and (found.raw, found.source) == (raw, source)


def test_a_change_is_no_publication() -> None:
    found = facts(ld(headline=TITLE, dateModified="2026-11-13T10:00:00+01:00") + around(""))
    assert found.published is None and found.modified is not None
    assert facts(around("<p>Updated: 13 November 2026</p>")).published is None


@pytest.mark.parametrize(
    ("after", "published", "modified"),
    [
        ("<p>Published 12 November 2026 | Updated 13 November 2026</p>", 12, 13),
        ("<p>Updated 13 November 2026, 14:05 | Published 12 November 2026</p>", 12, 13),
        ("<p>Published <b>12 November 2026</b> Updated <b>13 November 2026</b></p>", 12, 13),
        ("<p>12. November 2026 · Aktualisiert am 13. November 2026</p>", 12, 13),
        ('<time class="updated" datetime="2026-11-13T10:00:00Z">13 November 2026</time>', None, 13),
        (
            '<time class="entry-date published updated" datetime="2026-11-12T10:00:00Z">12 November 2026</time>',
            12,
            None,
        ),
        ('<p>Mis à jour le <time datetime="2026-11-13T10:00:00Z">13 novembre 2026</time></p>', None, 13),
    ],
)
def test_both_dates_as_readers_see_them(after: str, published: int | None, modified: int | None) -> None:
    found = facts(around(after))
    assert (found.published.value.day if found.published else None) == published
    assert (found.modified.value.day if found.modified else None) == modified


def test_the_day_in_the_address_counts_where_nothing_else_speaks() -> None:
    found = facts(around(""), url="https://www.courier.example/2026/11/12/bridge").published
    assert found is not None and (found.source, found.precision) == (DateSource.URL, DatePrecision.DAY)
    found = facts(around("<p>13 November 2026</p>"), url="https://www.courier.example/2026/11/12/bridge").published
    assert found is not None and found.value.day == 13
    found = facts(around("<p>Built on 3 May 1931</p>"), url="https://www.courier.example/2026/11/12/bridge").published
    assert found is not None and found.value.day == 12


def test_a_date_in_the_headline_is_none() -> None:
    assert facts("<div><h1>What was said on 3 November 2020</h1><p>By Ada Byron</p></div>").published is None


def test_a_date_in_a_sentence_is_none() -> None:
    deck = "<p>The council had promised on 3 May 2024 that the bridge, the oldest of the harbour, would never be closed.</p>"
    assert facts(around(deck)).published is None
    found = facts(around(deck + "<p>By Ada Byron, 12 November 2026</p>")).published
    assert found is not None and found.value.day == 12
    found = facts(
        ld(headline=TITLE, datePublished="2026-11-12T01:00:00Z")
        + around("<p>The bridge, the oldest of all, was closed on November 11, 2026</p>")
    )
    assert found.published is not None and found.published.raw == "2026-11-12T01:00:00Z"


@pytest.mark.parametrize(
    "caption",
    ["<figure><img><figcaption>The bridge on 3 May 2024.</figcaption></figure>", '<div class="image-caption">The bridge, 3 May 2024</div>',
     '<p class="photo"><img><span class="credit">May 3, 2024</span></p>'],
)  # fmt: skip
def test_a_date_below_a_picture_is_none(caption: str) -> None:
    assert facts(around(caption)).published is None
    found = facts(around(caption + "<p>11/12/26 2:05pm</p>")).published
    assert found is not None and found.value == datetime(2026, 11, 12, 14, 5, tzinfo=UTC)


def test_the_only_time_of_a_page_is_its_own() -> None:
    url = "https://www.courier.example/2026/11/12/bridge"
    teaser = '<aside><time datetime="2026-11-20T10:00:00Z">x</time></aside>'
    below = (
        f'<p>{LONG}</p>{teaser}<p class="end"><time datetime="2026-11-13 05:00:00">11/13/2026 05:00 AM EST</time></p>'
    )
    found = facts(around("") + f"<p>{LONG}</p>" + below, url=url).published
    assert found is not None and found.raw == "2026-11-13T05:00:00-05:00"
    found = facts(around("") + f"<p>{LONG}</p>" + 2 * below, url=url).published
    assert found is not None and found.source is DateSource.URL


def test_an_epoch_in_json_ld() -> None:
    found = facts(ld(headline=TITLE, datePublished=1794492306)).published
    assert found is not None and found.value == datetime(2026, 11, 12, 14, 5, 6, tzinfo=UTC)


def test_numbers_follow_the_pages_country() -> None:
    meta = '<meta name="date" content="03/11/2026">'
    for url, lang, month in (
        (URL, "en", 3),
        ("https://courier.co.uk/x", "en", 11),
        (URL, "en-GB", 11),
        (URL, "fr", 11),
        ("https://c.be/x", "", 11),
    ):
        found = facts(around(""), meta, url, lang).published
        assert found is not None and found.value.month == month, (url, lang)


def test_the_own_day_of_a_moment_in_utc() -> None:
    found = facts(
        ld(headline=TITLE, datePublished="2026-11-12T03:00:46Z") + around("<div>November 11, 2026 10:00 PM</div>")
    ).published
    assert found is not None and found.raw == "2026-11-11T22:00:46-05:00" and found.value.day == 12


@pytest.mark.parametrize(
    ("node", "head", "section", "tags"),
    [
        ({"articleSection": ["Harbour", "News"], "keywords": "bridge, harbour works,bridge"}, "", "Harbour", ("bridge", "harbour works")),
        ({"articleSection": "The Courier", "keywords": ["Harbour", "iab:news_12", "@top", "Category: Bridges"]},
         '<meta property="article:section" content="Harbour">', "Harbour", ("Bridges",)),
        ({"articleSection": "Waste, Fraud & Abuse"}, "", "Waste, Fraud & Abuse", ()),
        ({"articleSection": "game,news,slider"}, "", "game", ()),
        ({}, '<meta property="article:tag" content="bridge"><meta property="article:tag" content="works">', None, ("bridge", "works")),
        ({}, '<meta name="news_keywords" content="bridge; works; 24/7">', None, ("bridge", "works", "24/7")),
    ],
)  # fmt: skip
def test_section_and_tags(node: dict[str, Any], head: str, section: str | None, tags: tuple[str, ...]) -> None:
    found = facts(ld(headline=TITLE, **node), head)
    assert (found.section, found.tags) == (section, tags)


def test_breadcrumbs_name_the_section() -> None:
    crumbs = [
        {"@type": "ListItem", "position": i, "item": {"name": name}}
        for i, name in enumerate(["Home", "Harbour", "Bridges", TITLE])
    ]
    script = f"<script type='application/ld+json'>{json.dumps({'@type': 'BreadcrumbList', 'itemListElement': crumbs})}</script>"
    assert facts(script + around("")).section == "Harbour"


@pytest.mark.parametrize(
    "body",
    ["", "<h1></h1>", "<time>", "<div itemscope><div itemprop='author'></div></div>", "<h1>" * 50, "<span class='author'></span>",
     "<script type='application/ld+json'>[1, null, {\"@type\": [\"NewsArticle\", 3], \"author\": 7, \"keywords\": {\"a\": 1}}]</script>"],
)  # fmt: skip
def test_strange_pages_raise_nothing(body: str) -> None:
    assert isinstance(facts(body, url="https://["), Facts)


def test_who_helped_is_no_author() -> None:
    names = [{"name": "Ada Byron"}, {"name": "Karl Weiß"}, {"name": "Eva Lind"}]
    byline = (
        '<div>By <a href="/author/a">Ada Byron</a> <span>Contributions from</span> <a href="/author/k">Karl Weiß</a>,'
        ' <a href="/author/e">Eva Lind</a></div>'
    )
    assert facts(ld(headline=TITLE, author=names) + around(byline)).authors == ("Ada Byron",)
    assert facts(ld(headline=TITLE, author=names) + around("<p>By Ada Byron, Karl Weiß and Eva Lind</p>")).authors == (
        "Ada Byron",
        "Karl Weiß",
        "Eva Lind",
    )
    assert facts(
        ld(headline=TITLE, author=names[:2]) + around("<p>Edited by <b>Ada Byron</b> and <b>Karl Weiß</b></p>")
    ).authors == ("Ada Byron", "Karl Weiß")


@pytest.mark.parametrize(
    ("after", "authors"),
    [
        ("<div>By <b>Ada Byron</b> and Karl Weiß, The Courier</div>", ("Ada Byron", "Karl Weiß")),
        ("<div>By <b>Ada Byron</b>, North Shore The Courier</div>", ("Ada Byron",)),
        ("<div>Ada Byron and Karl Weiß met in 1931</div>", ("Ada Byron",)),
        ("<div>By <b>Ada Byron</b>, Harbour City</div>", ("Ada Byron",)),
    ],
)
def test_a_byline_that_names_more_than_json_ld(after: str, authors: tuple[str, ...]) -> None:
    assert facts(ld(headline=TITLE, author={"name": "Ada Byron"}) + around(after)).authors == authors


@pytest.mark.parametrize(
    "body",
    [f"<h1>{TITLE}</h1><p class='{'-' * 300_000}'>By Ada Byron</p>", f"<meta name='{'pub' * 100_000}' content='x'>", f"<title>{'| ' * 200_000}</title>",
     f"<h1>{TITLE}</h1>" + "<time class=t>14:05</time><p>x</p>" * 8_000, f"<h1>{TITLE}</h1><p>{'2026 ' * 100_000}</p>",
     f"<meta name=author content='{'By ' * 100_000}'>", f"<meta name=keywords content='{'a_' * 200_000}'>",
     "<div itemscope><b itemprop=author>Ada</b>" * 5_000, f"<a href='{'/author/' * 50_000}'>Ada Byron</a>" * 3],
)  # fmt: skip
@pytest.mark.timeout(30)
def test_no_page_takes_long(body: str) -> None:
    start = time.process_time()
    facts(body)
    assert time.process_time() - start < 8
