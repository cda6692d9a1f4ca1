"""Which addresses are one article, which are two; which canonical links are believed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.canonical import syndicated, trusted_canonical
from pipelines.hosts import host_of, registrable_domain
from pipelines.urls import url_key

A = "https://www.example.com/news/council-votes"

SAME = [
    ("http://example.com/a", "https://example.com/a"),
    (f"{A}-on-budget/print/", f"{A}-on-budget"),
    (f"{A}-on-budget/print.html", f"{A}-on-budget"),
    ("https://example.com/2026/11/story_123456/drucken", "https://example.com/2026/11/story_123456"),
    (f"{A}?print=1", A),
    (f"{A}?print", A),
    (f"{A}?id=5&view=print", f"{A}?id=5"),
    ("https://www.example.com/a", "https://example.com/a"),
    ("https://www2.example.com/a", "https://example.com/a"),
    ("https://m.example.com/a", "https://example.com/a"),
    ("https://mobile.example.co.uk/a", "https://example.co.uk/a"),
    ("https://amp.example.com/a", "https://example.com/a"),
    ("https://www.m.example.com/a", "https://example.com/a"),
    ("https://EXAMPLE.com/a", "https://example.com/a"),
    ("https://example.com./a", "https://example.com/a"),
    ("https://example.com:443/a", "https://example.com/a"),
    ("http://example.com:80/a", "https://example.com/a"),
    ("https://example.com", "https://example.com/"),
    ("https://example.com/a/", "https://example.com/a"),
    ("https://example.com/a//b", "https://example.com/a/b"),
    ("https://example.com/x/../a", "https://example.com/a"),
    ("https://example.com/a/./b", "https://example.com/a/b"),
    ("https://example.com/index.html", "https://example.com"),
    ("https://example.com/a/index.html", "https://example.com/a"),
    ("https://example.com/a/index.htm", "https://example.com/a/"),
    ("https://example.com/a/index.php?id=4", "https://example.com/a/?id=4"),
    ("https://example.com/a/Default.aspx", "https://example.com/a"),
    ("https://example.com/a#comments", "https://example.com/a"),
    ("https://example.com/a#:~:text=word", "https://example.com/a"),
    ("https://example.com/a?", "https://example.com/a"),
    ("https://example.com/a?#top", "https://example.com/a"),
    (f"{A}?utm_source=rss", A),
    (f"{A}?utm_source=rss&utm_medium=feed&utm_campaign=x", A),
    (f"{A}?UTM_Source=rss", A),
    (f"{A}?fbclid=IwAR0", A),
    (f"{A}?gclid=1", A),
    (f"{A}?gbraid=1&wbraid=2", A),
    (f"{A}?msclkid=1", A),
    (f"{A}?mc_cid=1&mc_eid=2", A),
    (f"{A}?igshid=1", A),
    (f"{A}?CMP=share_btn_tw", A),
    (f"{A}?cmpid=x", A),
    (f"{A}?at_medium=RSS&at_campaign=KARANGA", A),
    (f"{A}?xtor=RSS-1", A),
    (f"{A}?wt_mc=rss", A),
    (f"{A}?ns_mchannel=rss&ns_source=x", A),
    (f"{A}?smid=tw-share", A),
    (f"{A}?ocid=msedgntp", A),
    (f"{A}?guccounter=1&guce_referrer=x", A),
    (f"{A}?_ga=1.2&_gl=3", A),
    (f"{A}?ref=rss", A),
    (f"{A}?source=twitter", A),
    (f"{A}?pk_campaign=feed&mtm_source=x", A),
    (f"{A}?__twitter_impression=true", A),
    (f"{A}?_hsenc=p2&_hsmi=3&mkt_tok=4", A),
    (f"{A}?id=7&utm_source=rss&page=2", f"{A}?page=2&id=7"),
    (f"{A}?b=1&a=2", f"{A}?a=2&b=1"),
    (f"{A}?id=7&amp;utm_source=rss", f"{A}?id=7"),
    (f"{A}?id=7&amp;page=2", f"{A}?id=7&page=2"),
    (f"{A}?q=a+b", f"{A}?q=a%20b"),
    (f"{A}/amp", A),
    (f"{A}/amp/", A),
    (f"{A}.amp.html", f"{A}.html"),
    (f"{A}.amp", A),
    (f"{A}?amp=1", A),
    (f"{A}?amp", A),
    (f"{A}?outputType=amp", A),
    ("https://example.com/amp/news/a-1", "https://example.com/news/a-1"),
    ("https://www-example-com.cdn.ampproject.org/c/s/www.example.com/news/council-votes/amp/", A),
    ("https://www-example-com.cdn.ampproject.org/v/s/www.example.com/news/council-votes?amp_js_v=1", A),
    ("https://www.google.com/amp/s/www.example.com/news/council-votes.amp", A),
    ("https://www.google.co.uk/amp/www.example.com/news/council-votes/amp", A),
    ("https://www-example-com.bing-amp.com/c/s/www.example.com/news/council-votes", A),
    (f"{A};jsessionid=0A1B2C", A),
    (f"{A};jsessionid=0A1B2C?id=3", f"{A}?id=3"),
    (f"{A}?PHPSESSID=abcdef", A),
    ("https://example.com/%7Euser/a", "https://example.com/~user/a"),
    ("https://example.com/caf%c3%a9", "https://example.com/caf%C3%A9"),
    ("https://example.com/café", "https://example.com/caf%C3%A9"),
    ("https://example.com/a%2Cb", "https://example.com/a,b"),
    ("https://example.com/100%-sure", "https://example.com/100%25-sure"),
    ("https://example.com/a b", "https://example.com/a%20b"),
    ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
    ("  https://example.com/a\n", "https://example.com/a"),
    ("https://user:secret@example.com/a", "https://example.com/a"),
    ("http://127.0.0.1:8000/a/", "http://127.0.0.1:8000/a?utm_source=x"),
    ("https://example.com/#!/story/9", "https://www.example.com/#!/story/9"),
]  # fmt: skip

DIFFERENT = [
    ("https://example.com/a", "https://example.com/b"),
    ("https://example.com/a", "https://example.com/A"),
    ("https://example.com/a", "https://example.com/a/b"),
    ("https://example.com/a", "https://example.org/a"),
    ("https://example.com/a", "https://example.co.uk/a"),
    ("https://news.example.com/a", "https://example.com/a"),
    ("https://sport.example.com/a", "https://news.example.com/a"),
    ("https://example.com/a", "https://example.com:8080/a"),
    ("http://127.0.0.1:8000/a", "http://127.0.0.1:8001/a"),
    ("http://127.0.0.1/a", "http://127.0.0.2/a"),
    ("https://m.co.uk/a", "https://www.co.uk/a"),
    ("https://www.gov.uk/a", "https://m.gov.uk/a/b"),
    ("https://one.blogspot.com/a", "https://two.blogspot.com/a"),
    ("https://example.com/?p=1", "https://example.com/?p=2"),
    ("https://example.com/?p=1", "https://example.com/"),
    ("https://example.com/?1", "https://example.com/?2"),
    ("https://example.com/story.php?id=1", "https://example.com/story.php?id=2"),
    ("https://example.com/story.php?id=1", "https://example.com/story.php"),
    ("https://example.com/index.php?id=1", "https://example.com/index.php?id=2"),
    ("https://example.com/story?story=1", "https://example.com/story?story=2"),
    ("https://example.com/story?page=1", "https://example.com/story?page=2"),
    ("https://example.com/story?article=1", "https://example.com/story?article=2"),
    ("https://example.com/story?aid=1", "https://example.com/story?aid=2"),
    ("https://example.com/story?sid=1", "https://example.com/story?sid=2"),
    ("https://example.com/story?nid=1", "https://example.com/story?nid=2"),
    ("https://example.com/story?cid=1", "https://example.com/story?cid=2"),
    ("https://example.com/story?c=1", "https://example.com/story?c=2"),
    ("https://example.com/story?s=1", "https://example.com/story?s=2"),
    ("https://example.com/story?ref=101", "https://example.com/story?ref=102"),
    ("https://example.com/story?source=a1", "https://example.com/story?source=a2"),
    ("https://example.com/story?from=1", "https://example.com/story?from=2"),
    ("https://example.com/story?src=11", "https://example.com/story?src=12"),
    ("https://example.com/story?pk_id=1", "https://example.com/story?pk_id=2"),
    ("https://example.com/story?ns_id=1", "https://example.com/story?ns_id=2"),
    ("https://example.com/story?sh=1", "https://example.com/story?sh=2"),
    ("https://example.com/story?mod=1", "https://example.com/story?mod=2"),
    ("https://example.com/story?m=1", "https://example.com/story?m=2"),
    ("https://example.com/story?type=news", "https://example.com/story?type=sport"),
    ("https://example.com/story?date=2026-01-01", "https://example.com/story?date=2026-01-02"),
    ("https://example.com/story?lang=en", "https://example.com/story?lang=de"),
    ("https://example.com/story?amp=7", "https://example.com/story?amp=8"),
    ("https://example.com/story?output=print", "https://example.com/story?output=pdf"),
    ("https://example.com/story?id=1&id=2", "https://example.com/story?id=2&id=1"),
    ("https://example.com/story?id=a", "https://example.com/story?id=A"),
    ("https://example.com/story?q=%FC", "https://example.com/story?q=%E4"),
    ("https://example.com/story?id=1%262", "https://example.com/story?id=1&2"),
    ("https://example.com/a%2Fb", "https://example.com/a/b"),
    ("https://example.com/a%3Fid=1", "https://example.com/a?id=1"),
    ("https://example.com/a%23b", "https://example.com/a"),
    ("https://example.com/%FC", "https://example.com/%E4"),
    ("https://example.com/a;1", "https://example.com/a;2"),
    ("https://example.com/a,1", "https://example.com/a,2"),
    ("https://example.com/a.html", "https://example.com/a.pdf"),
    ("https://example.com/a.html", "https://example.com/a"),
    ("https://example.com/amplifier", "https://example.com/lifier"),
    ("https://example.com/best-guitar-amp", "https://example.com/best-guitar"),
    ("https://example.com/best-guitar-amp.html", "https://example.com/best-guitar.html"),
    ("https://example.com/champ", "https://example.com/ch"),
    ("https://example.com/index", "https://example.com/"),
    ("https://example.com/my-index.html", "https://example.com/"),
    ("https://example.com/index.html/2", "https://example.com/index.html"),
    ("https://example.com/2026/01/02/a", "https://example.com/2026/01/03/a"),
    ("https://example.com/a-1", "https://example.com/a-2"),
    ("https://example.com/de/a", "https://example.com/en/a"),
    ("https://example.com/#!/story/1", "https://example.com/#!/story/2"),
    ("https://example.com/#!/story/1", "https://example.com/"),
    ("https://www.google.com/amp/", "https://www.google.com/"),
    ("https://www.google.com/amp/s/a.example/x", "https://www.google.com/amp/s/b.example/x"),
    ("https://faß.example/a", "https://fass.example/a"),
    ("mailto:a@example.com", "mailto:b@example.com"),
    ("https://amp.com/a", "https://com/a"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_variants_of_an_address_have_one_key(one: str, other: str) -> None:
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_addresses_have_different_keys(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


@pytest.mark.parametrize("url", [url for pair in SAME + DIFFERENT for url in pair])
def test_a_key_is_its_own_key(url: str) -> None:
    key = url_key(url)
    if host_of(url):
        assert url_key(f"https://{key}") == key


@given(
    st.text(max_size=60),
    st.sampled_from(["", "http://", "https://a.example/", "https://a.example/?q=", "//", "http://["]),
)
def test_no_text_raises(text: str, front: str) -> None:
    url = front + text
    url_key(url), host_of(url), registrable_domain(url)
    trusted_canonical(url, "https://a.example/x"), syndicated(url, "https://a.example/x")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.Example.com/a", "www.example.com"),
        ("https://example.com:443/", "example.com"),
        ("http://example.com:443/", "example.com:443"),
        ("http://127.0.0.1:8000/a", "127.0.0.1:8000"),
        ("http://[::1]:8000/a", "[::1]:8000"),
        ("https://user@example.com/", "example.com"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("ftp://example.com/", ""),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("/relative", ""),
        ("https://", ""),
        ("http://example.com:99999/", ""),
        ("http://exam ple.com/", ""),
        ("http://[::1]@[[/", ""),
        ("https://./", ""),
        ("http://[::1/", ""),
        ("", ""),
    ],
)
def test_host(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("host", "outlet"),
    [
        ("www.example.com", "example.com"),
        ("news.example.co.uk", "example.co.uk"),
        ("https://www.example.com:8080/a", "example.com"),
        ("one.blogspot.com", "one.blogspot.com"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("[::1]:8000", "::1"),
        ("localhost", "localhost"),
        ("localhost:8000", "localhost"),
        ("harbour.localhost:8000", "harbour.localhost"),
        ("www.harbour.localhost", "harbour.localhost"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("", ""),
    ],
)
def test_outlet(host: str, outlet: str) -> None:
    assert registrable_domain(host) == outlet


@pytest.mark.parametrize(
    ("canonical", "page", "believed"),
    [
        (A, f"{A}?utm_source=x", A),
        ("https://example.com/new-address-1234", A, "https://example.com/new-address-1234"),
        ("https://m.example.com/story/12345", A, "https://m.example.com/story/12345"),
        ("/news/other", A, "https://www.example.com/news/other"),
        ("//www.example.com/x", A, "https://www.example.com/x"),
        (f"  {A}\n", A, A),
        ("https://www.example.com/", A, None),
        ("https://www.example.com", A, None),
        ("/index.html", A, None),
        ("/?utm_source=x", A, None),
        ("https://www.example.com/", "https://example.com/?utm_source=x", "https://www.example.com/"),
        ("https://other.example/a", A, None),
        ("https://example.co.uk/a", A, None),
        ("javascript:alert(1)", A, None),
        ("ftp://www.example.com/a", A, None),
        ("http://[", A, None),
        ("", A, None),
        (None, A, None),
        ("/news", "https://example.com/news/council-votes-on-budget", None),
        ("/news/", "https://example.com/news/2026/11/25/council", None),
        ("/story/12345", "https://example.com/story/12345/council-votes-on-budget", "https://example.com/story/12345"),
        ("/council-votes-on-budget", "https://example.com/council-votes-on-budget/2",
         "https://example.com/council-votes-on-budget"),
        ("/gallery", "https://example.com/gallery/2", "https://example.com/gallery"),
        ("/story.php", "https://example.com/story.php?id=5", None),
        ("/story.php?id=5", "https://example.com/story.php?id=5&page=2", "https://example.com/story.php?id=5"),
        ("/a-slug-of-words", "https://example.com/a-slug-of-words?id=5", "https://example.com/a-slug-of-words"),
        # a section or a day, above the page or beside it
        ("/news", "https://example.com/news/flood", None),
        ("/world-news", "https://example.com/world-news/flood", None),
        ("/2026/11/25/", "https://example.com/2026/11/25/flood", None),
        ("/2026/", "https://example.com/2026/flood-in-town", None),
        ("/world", "https://example.com/news/2026/council-votes-on-budget", None),
        ("/world/europe/", "https://example.com/story.php?id=5", None),
        ("/tag/flood", "https://example.com/news/flood-12345", None),
        ("/news/flood", "https://example.com/news/2026/flood", "https://example.com/news/flood"),
        # the first page of several
        ("/flood", "https://example.com/flood/seite-2", "https://example.com/flood"),
        ("/flood", "https://example.com/flood?page=2", "https://example.com/flood"),
        ("/news/flood-4711", "https://example.com/news/flood-4711/page/3/", "https://example.com/news/flood-4711"),
        ("/news/flood-4711.html", "https://example.com/news/flood-4711-2.html", "https://example.com/news/flood-4711.html"),
        # the id is lost, kept, or said in another way
        ("/story.php?lang=en", "https://example.com/story.php?id=5&lang=en", None),
        ("/story.php?id=", "https://example.com/story.php?id=5", None),
        ("/story", "https://example.com/story/12345", None),
        ("/show", "https://example.com/show?artid=4711", None),
        ("/story.php?id=5", "https://example.com/story.php?id=5&ref=1", "https://example.com/story.php?id=5"),
        ("/2026/11/flood-in-town", "https://example.com/?p=4711", "https://example.com/2026/11/flood-in-town"),
        ("/#!/story/9", "https://example.com/?_escaped_fragment_=/story/9", "https://example.com/#!/story/9"),
        # in other words, the page itself
        ("HTTPS://WWW.EXAMPLE.COM/news/council-votes", A, "https://WWW.EXAMPLE.COM/news/council-votes"),
        (f"{A}#comments", A, A),
        ("#top", A, A),
        ("", f"{A}?id=5", None),
        ("?id=5", f"{A}?id=5&utm_source=x", f"{A}?id=5"),
        (f"{A}/amp", A, f"{A}/amp"),
        (A, f"{A}/amp", A),
        ("https://amp.example.com/news/council-votes", A, "https://amp.example.com/news/council-votes"),
        # relative
        ("council-votes", A, A),
        ("../news/council-votes", A, A),
        ("news/council-votes", A, A),
        ("www.example.com/news/council-votes", f"{A}?x=1", A),
        ("example.com/news/flood-4711", A, "https://example.com/news/flood-4711"),
        ("//m.example.com/story/12345", A, "https://m.example.com/story/12345"),
        ("//other.example/story/12345", A, None),
        ("///story/12345", A, "https://www.example.com/story/12345"),
        # hosts that are not the outlet's, or that nobody reaches
        ("http://localhost/news/council-votes", A, None),
        ("http://localhost:3000/news/council-votes", A, None),
        ("http://10.0.0.7/news/council-votes", A, None),
        ("https://www.example.com:8443/news/council-votes-on-budget", A, None),
        ("https://www.example.com:443/news/flood-4711", A, "https://www.example.com:443/news/flood-4711"),
        ("https://two.blogspot.com/2026/11/flood.html", "https://one.blogspot.com/2026/11/flood.html", None),
        ("https://two.github.io/flood-in-town", "https://one.github.io/flood-in-town", None),
        ("https://blogspot.com/2026/11/flood.html", "https://one.blogspot.com/2026/11/flood.html", None),
        ("https://news.example.co.uk/flood-4711", "https://www.example.co.uk/a", "https://news.example.co.uk/flood-4711"),
        ("https://other.co.uk/flood-4711", "https://www.example.co.uk/a", None),
        ("http://[::1]:8000/b", "http://[::1]:8000/a", "http://[::1]:8000/b"),
        # no http(s) URL
        ("http:///news/council-votes", A, None),
        ("https://", A, A),
        ("about:blank", A, None),
        ("mailto:desk@example.com", A, None),
        ("https://www.example.com/" + "a-b-c-" * 400, A, None),
        ("http://127.0.0.1:8000/b", "http://127.0.0.1:8000/a", "http://127.0.0.1:8000/b"),
        ("http://127.0.0.1:9000/b", "http://127.0.0.1:8000/a", "http://127.0.0.1:9000/b"),
        ("http://127.0.0.2:8000/b", "http://127.0.0.1:8000/a", None),
    ],
)  # fmt: skip
def test_trusted_canonical(canonical: str | None, page: str, believed: str | None) -> None:
    assert trusted_canonical(canonical, page) == believed


@pytest.mark.parametrize(
    ("canonical", "page", "origin"),
    [
        ("https://wire.example/story-1", A, "https://wire.example/story-1"),
        ("https://wire.example/", A, None),
        (A, A, None),
        ("/relative", A, None),
        (None, A, None),
        ("javascript:void(0)", A, None),
        ("http://localhost:3000/story", A, None),
        ("http://10.0.0.7/story", A, None),
        ("http://desk.internal/story-1", A, None),
        ("http://[::1]/story-1", A, None),
        ("https://wire.example/world", A, None),
        ("https://wire.example/2026/11/25", A, None),
        ("https://wire.example/story?id=5", A, "https://wire.example/story?id=5"),
        ("//wire.example/story-1", A, "https://wire.example/story-1"),
        ("HTTPS://Wire.Example/story-1#top", A, "https://Wire.Example/story-1"),
        ("https://two.blogspot.com/2026/11/flood.html", "https://one.blogspot.com/2026/11/flood.html",
         "https://two.blogspot.com/2026/11/flood.html"),
        ("https://www.example.co.uk/flood-4711", A, "https://www.example.co.uk/flood-4711"),
        ("https://m.example.com/flood-4711", A, None),
        ("http://wire.localhost:8000/story", "http://harbour.localhost:8000/a", "http://wire.localhost:8000/story"),
        ("http://127.0.0.2:8000/b", "http://127.0.0.1:8000/a", "http://127.0.0.2:8000/b"),
    ],
)  # fmt: skip
def test_syndicated(canonical: str | None, page: str, origin: str | None) -> None:
    assert syndicated(canonical, page) == origin


def test_variants_of_a_long_address_have_one_key_that_ends_with_a_digest() -> None:
    page = "/story?id=" + "0a1b2c3d4e" * 300
    key = url_key(f"https://example.com{page}")
    assert key == url_key(f"http://www.example.com{page}&utm_source=rss#top")
    assert re.fullmatch(r"example\.com/story\?id=[0-9a-e]{1879}#[0-9a-f]{32}", key)
    assert url_key(f"https://example.com{page}1") != key
    assert "#" not in url_key(f"https://example.com{page}"[:2_000])
    assert url_key("mailto:" + "é" * 3_000).startswith("mailto:éé")
