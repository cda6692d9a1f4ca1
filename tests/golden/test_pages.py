"""Whole pages of our own making: what newsdesk makes of each, field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipelines.extract import extract
from storage.types import Access, Article, DatePrecision, DateSource, Drop, Hints, Page

URL = "https://www.courier.example/news/2026/swing-bridge-closes"
LONG = (
    "The harbour authority will close the old swing bridge for eleven weeks from the first Monday in March, so that"
    " divers can replace the bearing on which its two hundred tonnes have turned since 1931.",
    "Lorries will be led over the northern causeway, which the council has widened for the purpose; cyclists and people"
    " on foot may use a pontoon that the fire brigade has lent until the work is done.",
    "Traders on the east quay expect to lose a third of their custom. “We were told of it nine days ago,” said Marit"
    " Olsen, who sells rope and lamp oil in the last chandlery of the town.",
)
TEXT = "".join(f"<p>{text}</p>" for text in LONG)
H1 = "<h1>Swing bridge to close for eleven weeks</h1>"


def page(head: str = "", body: str = H1 + TEXT, lang: str = "en") -> Page:
    title = "" if "<title>" in head else "<title>Swing bridge to close for eleven weeks | The Courier</title>"
    html = f'<!doctype html><html lang="{lang}"><head>{title}{head}</head><body><article>{body}</article></body></html>'
    return Page(URL, html.encode())


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def article(of: Page) -> Article:
    result = extract(of)
    assert isinstance(result, Article), result
    return result


def drop(of: Page) -> Drop:
    result = extract(of)
    assert isinstance(result, Drop), result
    return result


GRAPH = """{"@context": "https://schema.org", "@graph": [
 {"@type": "WebSite", "@id": "#site", "name": "The Courier"},
 {"@type": "Person", "@id": "#ada", "name": "Ada Byron"},
 {"@type": ["NewsArticle"], "headline": "Swing bridge to close for eleven weeks", "author": [{"@id": "#ada"}],
  "datePublished": "2026-02-20T08:30:00+01:00", "dateModified": "2026-02-21T10:00:00Z", "articleSection": "Harbour",
  "keywords": ["bridge", "harbour", "bridge"], "image": {"url": "/img/bridge.jpg"}, "publisher": {"@id": "#site"}}]}"""


def test_everything_that_json_ld_says() -> None:
    found = article(
        page('<link rel="canonical" href="/news/bridge-1234"><meta name="description" content="D &amp; E">' + ld(GRAPH))
    )
    assert found.headline == "Swing bridge to close for eleven weeks"
    assert found.authors == ("Ada Byron",)
    assert found.published is not None and found.modified is not None
    assert found.published.value == datetime(2026, 2, 20, 7, 30, tzinfo=UTC)
    assert found.published.raw == "2026-02-20T08:30:00+01:00"
    assert (found.published.source, found.published.precision) == (DateSource.JSON_LD, DatePrecision.SECOND)
    assert found.modified.value == datetime(2026, 2, 21, 10, 0, tzinfo=UTC)
    assert (found.section, found.tags, found.description) == ("Harbour", ("bridge", "harbour"), "D & E")
    assert found.main_image == "https://www.courier.example/img/bridge.jpg"
    assert found.canonical_url == "https://www.courier.example/news/bridge-1234"
    assert (found.language, found.access, found.kind) == ("en", Access.FREE, "article")
    assert found.body.split("\n\n") == list(LONG)
    assert found.extractor.startswith("newsdesk ") and "trafilatura 2." in found.extractor


@pytest.mark.parametrize(
    "broken",
    [
        '{"@type": "NewsArticle", "datePublished": "2026-02-20T07:30:00Z",}',
        '<!-- {"@type": "NewsArticle", "datePublished": "2026-02-20T07:30:00Z"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "datePublished": "2026-02-20T07:30:00Z"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "two\nlines", "datePublished": "2026-02-20T07:30:00Z"};',
        "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;datePublished&quot;: &quot;2026-02-20T07:30:00Z&quot;}",
        '[[{"@type": "https://schema.org/NewsArticle", "datePublished": "2026-02-20T07:30:00Z"}]]',
    ],
)
def test_broken_json_ld_is_mended(broken: str) -> None:
    found = article(page(ld('{"@type": "Organization", "name": ') + ld(broken)))
    assert found.published is not None and found.published.source is DateSource.JSON_LD
    assert found.published.value == datetime(2026, 2, 20, 7, 30, tzinfo=UTC)


def test_one_unreadable_block_costs_itself_alone() -> None:
    meta = '<meta property="article:published_time" content="2026-02-20T07:30:00Z">'
    found = article(page(meta + ld('{"@type": "NewsArticle", "headline": "x" "author"')))
    assert found.published is not None and found.published.source is DateSource.META


def test_a_paywalled_stub_is_kept() -> None:
    block = (
        '{"@type": "NewsArticle", "headline": "Swing bridge to close for eleven weeks", "isAccessibleForFree": false}'
    )
    found = article(page(ld(block), f"{H1}<p>{LONG[0]}</p><div>Subscribe to read the full story.</div>"))
    assert found.access is Access.PAYWALLED and LONG[0] in found.body


def test_a_page_that_is_closed_but_whole_is_metered() -> None:
    assert (
        article(page(ld('{"@type": "NewsArticle", "isAccessibleForFree": "False"}'), H1 + TEXT * 3)).access
        is Access.METERED
    )


def test_a_live_blog() -> None:
    assert article(page(ld('{"@type": "LiveBlogPosting", "headline": "Bridge live"}'))).kind == "live"


def test_markup_in_a_title_stays_out() -> None:
    head = "<title>Bridge &lt;img src=x onerror=alert(1)&gt; closes for eleven weeks</title>"
    head += '<meta property="og:title" content="Bridge &lt;script&gt;alert(1)&lt;/script&gt; closes for eleven weeks">'
    head += '<meta property="og:image" content="javascript:alert(1)"><meta name="author" content="&lt;b&gt;Ada Byron&lt;/b&gt;">'
    found = article(page(head, TEXT))
    assert "<" not in found.headline and "closes for eleven weeks" in found.headline
    assert found.main_image is None and found.authors == ("Ada Byron",)


JAPANESE = (
    "港湾当局は三月の最初の月曜日から十一週間、古い旋回橋を閉鎖する。潜水士が一九三一年から二百トンの橋を支えてきた軸受けを交換するためだ。",
    "トラックは議会がこのために拡幅した北の堤道に誘導される。自転車と歩行者は、工事が終わるまで消防隊が貸し出した浮桟橋を使うことができる。",
    "東埠頭の商人たちは客の三分の一を失うと見込んでいる。「九日前に知らされたばかりだ」と、町で最後の船具店を営む女性は話した。",
)


@pytest.mark.parametrize("charset", ["utf-8", "shift_jis", "euc-jp"])
@pytest.mark.parametrize("told", ["header", "meta", "nowhere"])
def test_a_page_without_spaces_between_words_in_any_charset(charset: str, told: str) -> None:
    meta = f'<meta charset="{charset}">' if told == "meta" else ""
    text = "".join(f"<p>{line}</p>" for line in JAPANESE)
    html = f"<html><head>{meta}<title>旋回橋が十一週間閉鎖へ</title></head><body><h1>旋回橋が十一週間閉鎖へ</h1>{text}</body></html>"
    found = article(Page(URL, html.encode(charset), charset if told == "header" else None))
    assert found.body.split("\n\n") == list(JAPANESE)
    assert found.language == "ja" and found.headline == "旋回橋が十一週間閉鎖へ"
    assert 60 < found.word_count < 120


@pytest.mark.parametrize("header", [None, "iso-8859-1", "utf-8", "no-such-charset"])
def test_a_charset_that_is_wrongly_told(header: str | None) -> None:
    html = f'<html><head><meta charset="iso-8859-1"><title>Brücke schließt für elf Wochen</title></head><body>{TEXT}</body></html>'
    assert article(Page(URL, html.encode("utf-8"), header)).headline == "Brücke schließt für elf Wochen"
    assert "“We were told" in article(Page(URL, html.encode("utf-8"), header)).body


def test_lists_and_tables_are_lines_without_marks() -> None:
    body = (
        H1 + TEXT + "<h2>The detours</h2><ul><li>Lorries: the northern causeway</li><li>Cyclists: the pontoon</li></ul>"
    )
    body += "<table><tr><th>Week</th><th>Work</th></tr><tr><td>1</td><td>Lifting of the span</td></tr></table>" + TEXT
    lines = article(page(body=body)).body.split("\n\n")
    assert lines[3:6] == ["The detours", "Lorries: the northern causeway", "Cyclists: the pontoon"]
    assert "1 · Lifting of the span" in lines and not any(line.startswith(("#", "-", "|", "*")) for line in lines)


def test_a_channel_knows_the_time_of_a_day() -> None:
    told = datetime(2026, 2, 20, 7, 30, tzinfo=UTC)
    hints = Hints(published=told, published_source=DateSource.FEED)
    found = article(replace(page('<meta name="date" content="2026-02-20">'), hints=hints))
    assert found.published is not None
    assert (found.published.value, found.published.source) == (told, DateSource.FEED)


def test_a_page_without_a_date_has_none() -> None:
    assert article(page()).published is None


def test_text_that_only_json_ld_has() -> None:
    block = '{"@type": "NewsArticle", "headline": "Swing bridge to close for eleven weeks", "articleBody": "%s"}'
    assert article(page(ld(block % "\\n\\n".join(LONG)), f"{H1}<div id='app'></div>")).body.split("\n\n") == list(LONG)


def test_deeply_nested_containers() -> None:
    assert article(page(body="<div>" * 900 + H1 + TEXT + "</div>" * 900)).body.split("\n\n") == list(LONG)


TEASERS = "".join(
    f"<div><h3><a href='/news/{n}'>A headline of number {n} here</a></h3><p>A teaser text.</p></div>" for n in range(12)
)

DROPS = {
    "empty": ["", "   \n", "<html><head><title>Nothing here at all</title></head><body></body></html>"],
    "not-html": [
        "%PDF-1.7 x",
        '{"a": 1}',
        "<?xml version='1.0'?><rss><channel></channel></rss>",
        "plain words without markup",
    ],
    "bot-wall": [
        "<html><head><title>Just a moment...</title></head><body><h1>courier.example</h1><p>Checking your browser before"
        " accessing the site.</p></body></html>",
        "<html><head><title>Access</title></head><body><h1>One more step</h1><p>Please verify you are human to go on.</p></body></html>",
    ],
    "consent": [
        "<html><head><title>Before you continue to Courier</title></head><body><h1>Before you continue</h1><p>We and our"
        " 812 partners value your privacy.</p><button>Accept all cookies</button></body></html>"
    ],
    "not-article": [
        f"<html><head><title>The Courier: news</title></head><body><h1>News from the harbour</h1>{TEASERS}</body></html>",
        "<html><head><title>Page not found - The Courier</title></head><body><h1>Page not found</h1><p>There is no page at"
        " this address. It may have been moved or deleted since.</p></body></html>",
    ],
    "too-big": [
        "<html><body>" + "<p>x" * 60_000,
        "<html><body><div " + " ".join(f"a{n}='1'" for n in range(2_000)) + ">x</div>",
        "<html><body>" + "<br>" * 600_000,
    ],
}


@pytest.mark.parametrize(("reason", "html"), [(reason, html) for reason, pages in DROPS.items() for html in pages])
def test_pages_that_give_no_article(reason: str, html: str) -> None:
    assert drop(Page(URL, html.encode())).reason == reason


@pytest.mark.parametrize(
    "body", [b"\x00" * 1000, b"<" * 1000, b"\xff\xfe<\x00h\x00", bytes(range(256)) * 20, b"<html><body><p>\xed\xa0\x80"]
)
def test_no_bytes_raise(body: bytes) -> None:
    assert extract(Page(URL, body)) is not None
