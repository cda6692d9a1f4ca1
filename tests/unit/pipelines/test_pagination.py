"""Which links are an article's next page and which only look like it; where it begins; how pages are joined."""

from __future__ import annotations

import time

import lxml.html
import pytest

from pipelines.pagewords import says_next
from pipelines.pagination import first_page, join, next_page

HOST = "https://www.gazette.example"
SLUG = "/2026/harbour-wall-to-be-repaired"


def _tree(markup: str) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(f"<html><head></head><body>{markup}</body></html>", ensure_head_body=True)


def _rel(href: str, text: str = "Next") -> str:
    return f'<p>Text.</p><a rel="next" href="{href}">{text}</a>'


def _numbers(*hrefs: str) -> str:
    links = "".join(f'<li><a href="{href}">{number}</a></li>' for number, href in enumerate(hrefs, start=2))
    return f"<p>Text.</p><ul class='pager'><li><span>1</span></li>{links}</ul>"


FOLLOWED = [
    (SLUG, _rel(f"{SLUG}/2"), f"{SLUG}/2"),
    (SLUG, f'<link rel="next" href="{SLUG}?page=2"><p>Text.</p>', f"{SLUG}?page=2"),
    (SLUG, _rel("?page=2", "Part two: the engineers"), f"{SLUG}?page=2"),
    (SLUG, _rel(f"{SLUG}/page/2/"), f"{SLUG}/page/2/"),
    (f"{SLUG}/", _rel("2/", "weiter"), f"{SLUG}/2/"),
    (f"{SLUG}.html", _rel("harbour-wall-to-be-repaired-2.html", "Next page"), f"{SLUG}-2.html"),
    (f"{SLUG}.html", f'<link rel="next" href="{SLUG}-2.html">', f"{SLUG}-2.html"),
    (f"{SLUG}.html", _numbers(f"{SLUG},2.html", f"{SLUG},3.html"), f"{SLUG},2.html"),
    (f"{SLUG}.html", _numbers(f"{SLUG}_2.html", f"{SLUG}_3.html"), f"{SLUG}_2.html"),
    (f"{SLUG}.html", f'<a href="{SLUG}-page-2.html">Page 2</a>', f"{SLUG}-page-2.html"),
    (SLUG, f'<a href="{SLUG}/seite-2">Seite 2: Der zweite Tag</a>', f"{SLUG}/seite-2"),
    (SLUG, f'<a href="{SLUG}?seite=2">Nächste Seite »</a>', f"{SLUG}?seite=2"),
    (SLUG, _numbers(f"{SLUG}/2", f"{SLUG}/3"), f"{SLUG}/2"),
    (SLUG, f'<a href="{SLUG}?page=2"><span>Página siguiente</span></a>', f"{SLUG}?page=2"),
    (SLUG, f'<a href="{SLUG}?page=2">次のページへ</a>', f"{SLUG}?page=2"),
    (SLUG, f'<a href="{SLUG}?page=2">الصفحة التالية</a>', f"{SLUG}?page=2"),
    (SLUG, f'<a href="{SLUG}?page=2" aria-label="Next page"><svg></svg></a>', f"{SLUG}?page=2"),
    (SLUG, f'<a href="{SLUG}?page=2">›</a>', f"{SLUG}?page=2"),
    (SLUG, _numbers(f"{SLUG}?page=1", f"{SLUG}?page=2"), f"{SLUG}?page=1"),
    (f"{SLUG}?page=1", _rel("?page=2"), f"{SLUG}?page=2"),
    (f"{SLUG}/2", _rel(f"{SLUG}/3"), f"{SLUG}/3"),
    (f"{SLUG}?page=2", _rel("?page=3"), f"{SLUG}?page=3"),
    (f"{SLUG}-2.html", f'<a href="{SLUG}.html">1</a> 2 <a href="{SLUG}-3.html">3</a>', f"{SLUG}-3.html"),
    ("/news/long/2", f"<a href='/news/long'>1</a> {_rel('/news/long/3')}", "/news/long/3"),
    ("/story.php?id=7", _numbers("/story.php?id=7&amp;page=2"), "/story.php?id=7&page=2"),
    ("/story.php?page=2&id=7", _rel("/story.php?id=7&amp;page=3"), "/story.php?id=7&page=3"),
    (f"{SLUG}?utm_source=rss", _rel(f"{SLUG}/2"), f"{SLUG}/2"),
    (SLUG, _rel(f"http://gazette.example{SLUG}/2"), f"http://gazette.example{SLUG}/2"),
    (SLUG, f"<nav class='post-navigation'><a rel='next' href='/2026/other'>Other</a></nav>{_numbers(SLUG + '/2')}",
     f"{SLUG}/2"),
    ("/news/one", _rel("/news/one?page=2"), "/news/one?page=2"),
    (SLUG, f"<div class='post comments-open has-comments'>{_numbers(SLUG + '/2')}</div>", f"{SLUG}/2"),
    (f"{SLUG}/amp", _numbers(f"{SLUG}?page=2"), f"{SLUG}?page=2"),
    ("/content/t20261125_123456.html", _numbers("t20261125_123456_1.html", "t20261125_123456_2.html"),
     "/content/t20261125_123456_1.html"),
    ("/nachrichten/hafen-a-123", _rel("/nachrichten/hafen-a-123?p=2#inhalt"), "/nachrichten/hafen-a-123?p=2"),
]  # fmt: skip

LEFT = [
    (SLUG, _rel("/2026/another-article", "Another article")),
    (SLUG, '<link rel="next" title="Another article" href="/2026/another-article/">'),
    (SLUG, _rel(f"{SLUG}/3")),
    (SLUG, _rel(f"{SLUG}/comment-page-2/#comments")),
    (SLUG, _rel(f"{SLUG}?cpage=2")),
    (SLUG, _rel(f"{SLUG}?page=2#comments")),
    (SLUG, f"<div id='comments'><p>Nice.</p>{_numbers(SLUG + '?page=2')}</div>"),
    (SLUG, f"<div class='reacties-lijst'><ul>{_numbers(SLUG + '?page=2')}</ul></div>"),
    (SLUG, f"<section class='disqus-thread'>{_rel('?page=2')}</section>"),
    (SLUG, _rel(f"{SLUG}-2/", "Harbour wall to be repaired")),
    (f"{SLUG}.html", _rel(f"{SLUG}-2.html", "Harbour wall to be repaired")),
    (SLUG, _rel(f"https://other.example{SLUG}/2")),
    (SLUG, _rel("/news/page/2")),
    ("/", _numbers("/page/2", "/page/3")),
    ("/?p=122", _rel("/?p=123")),
    ("/?p=5", _rel("/?p=6")),
    ("/news/5", _rel("/news/6")),
    ("/news/5", f"<a rel='prev' href='/news/4'>Previous</a>{_rel('/news/6')}"),
    ("/news/1001", _rel("/news/1002")),
    ("/sport", _numbers("/sport?page=2")),
    ("/sport/page/2", _rel("/sport/page/3")),
    ("/story.php?id=1", _rel("/story.php?id=2")),
    ("/story.php?id=1", _rel("/story.php?id=2&amp;page=2")),
    (f"{SLUG}/2", _rel(f"{SLUG}/2")),
    (f"{SLUG}/2", _rel(SLUG, "1")),
    (f"{SLUG}/2", f"<a rel='prev' href='{SLUG}'>Previous</a>"),
    (SLUG, f'<a href="{SLUG}?page=2">See all photos of the wall</a>'),
    (SLUG, f'<a href="{SLUG}/2">Share</a>'),
    (SLUG, f'<a href="{SLUG}?page=1">1</a>'),
    (SLUG, _rel("#page2")),
    (SLUG, _rel("javascript:next()")),
    (SLUG, _rel("http://[broken/2")),
    (SLUG, "<p>Text.</p>"),
    (f"{SLUG}/2026", _rel(f"{SLUG}/2027")),
]


@pytest.mark.parametrize(("url", "markup", "target"), FOLLOWED)
def test_a_next_page_is_found(url: str, markup: str, target: str) -> None:
    expected = target if "://" in target else HOST + target
    assert next_page(_tree(markup), HOST + url, None) == expected


@pytest.mark.parametrize(("url", "markup"), LEFT)
def test_what_is_no_next_page_is_left(url: str, markup: str) -> None:
    assert next_page(_tree(markup), HOST + url, None) is None


def test_the_number_may_be_counted_from_the_canonical_address_or_the_known_first_page() -> None:
    tree = _tree(_rel(f"{SLUG}?page=2"))
    assert next_page(tree, f"{HOST}/a/123", f"{HOST}{SLUG}") == f"{HOST}{SLUG}?page=2"
    assert next_page(tree, f"{HOST}/a/123", "https://other.example/x") is None
    third = _tree(_rel("/news/long/3"))
    assert next_page(third, f"{HOST}/news/long/2", None) is None
    assert next_page(third, f"{HOST}/news/long/2", None, f"{HOST}/news/long") == f"{HOST}/news/long/3"


@pytest.mark.parametrize(
    ("url", "markup", "canonical", "first"),
    [
        (f"{SLUG}/2", "", SLUG, SLUG),
        (f"{SLUG}?page=2", "", SLUG, SLUG),
        (f"{SLUG}?page=1", f"<a rel='prev' href='{SLUG}'>1</a>", None, SLUG),
        (f"{SLUG}/2", f"<link rel='prev' href='{SLUG}'>", f"{SLUG}/2", SLUG),
        (f"{SLUG}/3", f"<a href='{SLUG}/2'>2</a>", None, SLUG),
        (f"{SLUG}?page=3", "<a rel='prev' href='?page=2'>Back</a>", None, SLUG),
        (f"{SLUG}-2.html", f"<a href='{SLUG}.html'>1</a> 2", None, f"{SLUG}.html"),
        (f"{SLUG}_2.html", f"<a href='{SLUG}_1.html'>1</a> 2", None, f"{SLUG}_1.html"),
        ("/news/long/2", "<a href='/news/long'>1</a>", None, "/news/long"),
        (SLUG, f"<a href='{SLUG}'>1</a>", None, None),
        (f"{SLUG}/2", "", None, None),
        (f"{SLUG}/2", "", f"{SLUG}/2", None),
        (f"{SLUG}-2.html", f"<a rel='prev' href='{SLUG}.html'>Harbour wall</a>", None, None),
        ("/news/6", "<a rel='prev' href='/news/5'>Previous</a>", None, None),
        ("/sport/2", "<a href='/sport'>1</a>", None, None),
        ("/sport?page=2", "<a href='/sport'>1</a>", "/sport", None),
        (f"{SLUG}/2", "", "https://other.example/a", None),
    ],
)
def test_a_later_page_knows_the_first(url: str, markup: str, canonical: str | None, first: str | None) -> None:
    told = HOST + canonical if canonical and canonical.startswith("/") else canonical
    assert first_page(_tree(markup), HOST + url, told) == (HOST + first if first else None)


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        ([["a", "b"], ["c"]], ["a", "b", "c"]),
        ([["Head", "Deck", "a", "b"], ["Head", "Deck", "c"], ["Head", "d"]], ["Head", "Deck", "a", "b", "c", "d"]),
        ([["a", "About us"], ["b", "About us"], ["c", "About us"]], ["a", "b", "c", "About us"]),
        ([["a", "Why?", "b"], ["c", "Why?", "d"]], ["a", "Why?", "b", "c", "Why?", "d"]),
        ([["a", "x" * 70], ["b", "x" * 70, "c"]], ["a", "x" * 70, "b", "c"]),
        ([["a", "Page 1 of 2"], ["b", "Page 2 of 2", "1 2"]], ["a", "b"]),
        ([["a", "Next page »"], ["« Previous page", "b"]], ["a", "b"]),
        ([["a", "b"], ["a", "b"]], ["a", "b"]),
        ([["a", "In 2 of 3 cases it rained"], ["b"]], ["a", "In 2 of 3 cases it rained", "b"]),
        ([["a", "Page 1 of 2"]], ["a", "Page 1 of 2"]),
        ([["a"], []], ["a"]),
        ([], []),
    ],
)
def test_pages_are_joined(parts: list[list[str]], joined: list[str]) -> None:
    assert join(parts) == joined


def test_words_for_the_next_page() -> None:
    assert all(map(says_next, ["Next", "NEXT PAGE >", "Weiter ", "Página siguiente »", "下一页", "»", "التالي"]))
    assert not any(map(says_next, ["", "The next page in our history", "Newer post", "«", "2"]))


def test_looking_for_it_costs_next_to_nothing() -> None:
    links = "".join(f"<div><p>Words</p><a href='/2026/another-article-{n}'>Title {n}</a></div>" for n in range(600))
    tree = _tree(links + "<p>Text of a paragraph that is not short.</p>" * 200)
    began = time.process_time()
    for _ in range(100):
        assert next_page(tree, HOST + SLUG, HOST + SLUG) is None
    assert (time.process_time() - began) / 100 < 0.003  # 0.3 ms on an idle machine for a page of usual size
