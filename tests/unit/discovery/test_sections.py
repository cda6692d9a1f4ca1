"""Section pages: articles told from navigation."""

from __future__ import annotations

import pytest

from crawler.discovery import sections
from crawler.discovery.sections import read_section
from storage.types import ChannelKind, Found, Unreadable

URL = "https://www.herald.example/news/"


def found(html: str | bytes, url: str = URL) -> Found:
    read = read_section(html if isinstance(html, bytes) else html.encode(), url)
    assert isinstance(read, Found), read
    assert read.kind is ChannelKind.SECTION
    return read


def urls(html: str | bytes, url: str = URL) -> list[str]:
    return [link.url for link in found(html, url).links]


FRONT = """<!doctype html><html lang="en-GB"><head><title>The Herald | News</title></head><body>
<header><a href="/">The Herald</a><a href="/subscribe/">Subscribe now for just one pound a month</a></header>
<nav><ul><li><a href="/politics/">Politics</a></li><li><a href="/news/local-council-news-today/">Local council news today</a></li>
<li><a href="/tag/river/">River</a></li></ul></nav>
<main>
<article><a href="/news/2025/11/03/river-rises-again"><img src="r.jpg" alt=""></a>
<h2><a href="/news/2025/11/03/river-rises-again">River rises again after a week of rain</a></h2>
<p><a href="/author/jane-smith-reporter-at-large/">Jane Smith, reporter at large for us</a></p></article>
<div class="teaser"><h3><a href="https://www.herald.example/news/mercado">Market traders win their long fight with the council</a></h3></div>
<div class="card"><a href="/sport/cup-final-goes-to-penalties-4711382.html"><h3>Cup final goes to penalties</h3><p>A long text.</p></a></div>
<a href="https://football.herald.example/a/derby-ends-in-a-draw-12345678">Derby ends in a draw as fans stay away</a>
<a href="https://other.example/news/2025/11/03/somewhere-else-entirely">Somewhere else entirely, a story was told</a>
<a href="/news/">News</a><a href="#top">Back to the top of this page</a><a href="/news/?page=2">Next page of our news stories</a>
<a href="javascript:void(0)">Show me many more of these stories</a><a href="mailto:desk@herald.example">Write to our news desk today</a>
<a href="/video/">Watch all of our videos here</a><a href="/files/annual-report-of-the-herald.pdf">Annual report of the Herald</a>
</main>
<footer><a href="/about-us/">About us and how we work</a><a href="/privacy-policy/">Our privacy policy for readers</a>
<a href="/terms-and-conditions-of-use/">Terms and conditions</a></footer></body></html>"""


def test_a_front_page() -> None:
    read = found(FRONT)
    assert [(link.url, link.title) for link in read.links] == [
        ("https://www.herald.example/news/2025/11/03/river-rises-again", "River rises again after a week of rain"),
        ("https://www.herald.example/news/mercado", "Market traders win their long fight with the council"),
        ("https://www.herald.example/sport/cup-final-goes-to-penalties-4711382.html", "Cup final goes to penalties"),
        ("https://football.herald.example/a/derby-ends-in-a-draw-12345678", "Derby ends in a draw as fans stay away"),
    ]
    assert (read.title, read.language) == ("The Herald | News", "en")


def anchor(href: str, text: str = "Council votes for a new bridge") -> str:
    return f'<html><body><main><div><p><a href="{href}">{text}</a></p></div></main></body></html>'


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("/2025/11/03/bridge/", "Bridge opens"),
        ("/politics/council-votes-for-new-bridge", "Council votes for new bridge"),
        ("/a/council-votes-for-a-bridge-12345678.html", "Council votes"),
        ("/artikel/12345678/", "Der Rat stimmt für eine neue Brücke"),
        ("/index.php?id=48213", "The council votes for a new bridge, at last"),
        ("/?p=12345", "The council votes for a new bridge, at last"),
        ("/news/articleView.html?idxno=302211", "시의회, 새 다리 건설 계획을 만장일치로 승인했다"),
        ("/articles/ASTC12345678.html", "市議会が新しい橋の建設計画を全会一致で承認"),
        ("/world/20251103-council-bridge", "Bridge vote"),
    ],
)
def test_articles(href: str, text: str) -> None:
    assert len(urls(anchor(href, text))) == 1


@pytest.mark.parametrize("text", ["Council", "Council votes for a new bridge"])
@pytest.mark.parametrize(
    "href",
    ["/", "/news/", "/tag/bridge/", "/author/jane-smith/", "/category/politics/", "/login/", "/about/", "/privacy/",
     "/search?q=bridge", "/page/3/", "/news/?page=2", "/newsletter/", "/rss/", "/photo-of-the-new-bridge.jpg", "tel:123",
     "/topics/climate-change-and-us/", "/kontakt.html", "//other.example/2025/11/03/council-votes-for-bridge"],
)  # fmt: skip
def test_no_articles(href: str, text: str) -> None:
    assert urls(anchor(href, text)) == []


@pytest.mark.parametrize(
    "place", ["nav", "footer", "header", "aside", 'div class="main-menu"', 'div role="navigation"']
)
def test_the_words_of_navigation_are_not_headlines(place: str) -> None:
    tag = place.split()[0]
    assert urls(f'<body><{place}><a href="/guide">Find a doctor near you now</a></{tag}></body>') == []


def test_an_article_that_stands_in_navigation_too_is_one() -> None:
    story = '<a href="/guide">Find a doctor near you, now that it is winter</a>'
    assert len(urls(f"<body><nav>{story}</nav><main><h2>{story}</h2></main></body>")) == 1


def test_a_small_page() -> None:
    assert urls('<h2><a href="/news/slug">Headline words</a></h2>', "https://x.example/") == []
    assert urls('<h2><a href="/news/slug">Headline words of a story</a></h2>', "https://x.example/") == [
        "https://x.example/news/slug"
    ]


def test_base_and_fragment() -> None:
    html = '<head><base href="/deep/"></head><body><h2><a href="council-votes-for-bridge#c">Council votes for a bridge</a></h2>'
    assert urls(html) == ["https://www.herald.example/deep/council-votes-for-bridge"]


def test_variants_of_an_address_are_one_link() -> None:
    path = "/2025/11/03/council-votes-for-bridge"
    html = f'<a href="{path}">Council votes</a><a href="{path}/?utm_source=x">Council votes for a bridge at last</a>'
    (link,) = found(html).links
    assert (link.url, link.title) == (f"https://www.herald.example{path}", "Council votes for a bridge at last")


def test_a_headline_is_the_title_rather_than_a_longer_teaser() -> None:
    href = "/2025/11/03/bridge-vote-goes-through"
    html = f'<h2><a href="{href}">Bridge vote goes through</a></h2><p><a href="{href}">A very long teaser text that tells more of it</a></p>'
    assert found(html).links[0].title == "Bridge vote goes through"


def test_an_image_names_its_link() -> None:
    html = '<a href="/2025/11/03/bridge-vote-goes-through"><img src="x.jpg" alt="The bridge at dawn"></a>'
    assert found(html).links[0].title == "The bridge at dawn"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1251", "utf-8-sig"])
def test_charset_of_the_bytes(encoding: str) -> None:
    html = f'<html><head><meta charset="{encoding}"></head><body><h2><a href="/2025/11/03/most-most-most">Новый мост</a></h2></body></html>'
    assert found(html.encode(encoding)).links[0].title == "Новый мост"


def test_hosts_of_a_local_network() -> None:
    html = '<h2><a href="http://127.0.0.1:8000/2025/11/03/council-votes">Council votes for a bridge</a></h2>'
    assert len(urls(html, "http://127.0.0.1:8000/")) == 1


def test_links_beyond_the_limit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "MAX_LINKS", 5)
    read = found("".join(f'<a href="/2025/11/03/story-of-the-day-{n}">Story of the day {n}</a>' for n in range(8)))
    assert (len(read.links), read.truncated) == (5, 3)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<p " + b"a='1' " * 50_000 + b">x", "too-big"),
        (b"<p>" * 200_000, "too-big"),
    ],
    ids=["empty", "blank", "attributes", "elements"],
)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    read = read_section(body, URL)
    assert isinstance(read, Unreadable)
    assert reason in read.reason
