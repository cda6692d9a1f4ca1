"""Lists of feeds come in from other readers, and go out again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from crawler.opml import read_opml, write_opml
from crawler.sources import Source
from storage.errors import FailureError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>mine</title></head><body>
  <outline text="Dailies">
    <outline text="Europe" title="Europe">
      <outline type="rss" text="The Herald" xmlUrl="https://herald.example/rss" htmlUrl="https://herald.example/"
               category="/uk/politics,daily" language="en-GB"/>
    </outline>
    <outline type="rss" text="The Herald" xmlUrl="https://herald.example/sport" htmlUrl="https://herald.example/"/>
  </outline>
  <outline type="rss" title="Straßen &amp; Wege" xmlUrl="feed://wege.example/atom"/>
  <outline type="rss" text="straßen &amp; wege" xmlUrl="feed:https://other.example/atom"/>
  <outline type="rss" text="" XMLURL="https://新聞.example/feed"/>
  <outline type="rss" text="again" xmlUrl="https://herald.example/rss"/>
  <outline type="rss" text="bad" xmlUrl="javascript:alert(1)"/>
  <outline type="link" text="no feed" url="https://link.example/"/>
</body></opml>
"""


def test_folders_categories_and_odd_addresses() -> None:
    found = read_opml(LIST.encode())
    assert found.unusable == ("javascript:alert(1)",)
    assert found.sources == (
        Source(
            name="the-herald",
            title="The Herald",
            home="https://herald.example/",
            feeds=("https://herald.example/rss", "https://herald.example/sport"),
            language="en",
            labels=("Dailies", "Europe", "uk/politics", "daily"),
        ),
        Source("strassen-wege", "Straßen & Wege", feeds=("http://wege.example/atom",)),
        Source("strassen-wege-2", "straßen & wege", feeds=("https://other.example/atom",)),
        Source("xn-efvv70d", "xn--efvv70d.example", feeds=("https://新聞.example/feed",)),
    )


def test_broken_xml_gives_what_can_be_read() -> None:
    broken = LIST.replace("Straßen &amp; Wege", "Fish & Chips &nbsp; \x07").replace("</body></opml>", "")
    titles = [source.title for source in read_opml(broken.encode()).sources]
    assert titles[0] == "The Herald" and titles[1].startswith("Fish & Chips")
    cut = LIST[: LIST.index('<outline type="rss" title')]
    assert [source.title for source in read_opml(cut.encode()).sources] == ["The Herald"]


def test_nothing_outside_the_file_is_read(tmp_path: object) -> None:
    bad = (
        '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "yyyy">]>'
        '<opml><body><outline text="&x;&y;" xmlUrl="https://a.example/f"/></body></opml>'
    )
    (source,) = read_opml(bad.encode()).sources
    assert "root:" not in source.title and source.feeds == ("https://a.example/f",)


@pytest.mark.parametrize("body", [b"", b"no xml", b"<html><body>Sign in</body></html>", b"\x00\xff" * 50])
def test_what_is_no_opml_is_told(body: bytes) -> None:
    with pytest.raises(FailureError, match="no OPML"):
        read_opml(body)


def test_another_charset() -> None:
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?><opml><outline text="Glück" xmlUrl="https://a.example/f"/></opml>'
    )
    assert read_opml(text.encode("latin-1")).sources[0].title == "Glück"


def test_export_is_opml_2() -> None:
    sources = [
        Source(
            "a", 'A "<b>" & C', home="https://a.example/", feeds=("https://a.example/1?x=1&y=2",), labels=("x, y", "z")
        ),
        Source("n", "No feed", sections=("https://n.example/",), labels=("empty",)),
        Source("c", "bell\x07", feeds=("https://c.example/",)),
    ]
    root = etree.fromstring(write_opml(sources, NOW).encode())
    assert root.get("version") == "2.0"
    assert root.findtext("head/dateCreated") == "Sun, 01 Mar 2026 12:00:00 GMT"
    assert [folder.get("text") for folder in root.find("body")] == ["x, y", "bell"]
    outline = root.find("body/outline/outline")
    assert dict(outline.attrib) == {
        "type": "rss",
        "text": 'A "<b>" & C'.replace("<b>", ""),
        "title": 'A "" & C',
        "xmlUrl": "https://a.example/1?x=1&y=2",
        "htmlUrl": "https://a.example/",
        "category": "x  y,z",
    }


WORDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=12).filter(lambda word: word == word.strip())


@st.composite
def _sources(draw: st.DrawFn) -> list[Source]:
    count = draw(st.integers(0, 5))
    return [
        Source(
            name=f"s{number}",
            title=draw(WORDS),
            home=f"https://s{number}.example/",
            feeds=tuple(f"https://s{number}.example/{feed}" for feed in range(draw(st.integers(1, 3)))),
            language=draw(st.sampled_from([None, "en", "de"])),
            labels=tuple(draw(st.lists(WORDS, max_size=3, unique=True))),
        )
        for number in range(count)
    ]


@given(_sources())
def test_what_goes_out_comes_in_again(sources: list[Source]) -> None:
    from pipelines.clean import clean_text

    clean = [s for s in sources if all(clean_text(word) == word for word in (s.title, *s.labels))]
    found = read_opml(write_opml(clean, NOW).encode()).sources if clean else ()

    def facts(some: object) -> set[object]:
        return {(s.title, s.home, s.feeds, s.language, s.labels) for s in some}  # type: ignore[attr-defined]

    assert facts(found) == facts(clean)
