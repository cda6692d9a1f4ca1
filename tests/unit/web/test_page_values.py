"""What pages are made of: addresses, words, texts, charts, kept counts. Pure."""

from __future__ import annotations

import shlex
from datetime import UTC, date, datetime, timedelta

import pytest

from storage.search import Query
from storage.types import Removed
from storage.web.api.trends import Share, Trend, TrendBar, Trends
from storage.web.asking import Asked
from storage.web.pages import charts, words
from storage.web.pages.charts import Value
from storage.web.pages.counts import Counted, Kept, bars
from storage.web.pages.links import Here, address, local
from storage.web.pages.search import watched
from storage.web.pages.texts import Block, Piece, authors, blocks, marked
from storage.web.pages.trends import SourceRow, by_source

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HERE = Here("/", (("q", "a b&c"), ("source", "x"), ("source", "y"), ("cursor", "zz")))


def test_an_address_is_the_same_place_with_other_parameters() -> None:
    assert HERE.to() == "/?q=a+b%26c&source=x&source=y"
    assert HERE.to(source=None, since="7d") == "/?q=a+b%26c&since=7d"
    assert HERE.to(source=["p", "q"], q=None) == "/?source=p&source=q"
    assert HERE.toggled("source", "x") == "/?q=a+b%26c&source=y"
    assert HERE.toggled("source", "z") == "/?q=a+b%26c&source=x&source=y&source=z"
    assert HERE.twin("csv") == "/search.csv?q=a+b%26c&source=x&source=y&cursor=zz"
    assert HERE.at("/feed.rss") == "/feed.rss?q=a+b%26c&source=x&source=y"
    assert Here("/stories/ü\ud800").to() == "/stories/%C3%BC%3F" and address("/a b?") == "/a%20b%3F"


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "", "x", "/a\r\nb", "/a\\b"]
)
def test_nobody_is_sent_elsewhere(path: str) -> None:
    assert local(path) == "/"


def test_one_is_sent_where_one_wanted_to_go() -> None:
    assert local("/articles/1?q=a%20b") == "/articles/1?q=a%20b"


def test_times_numbers_and_sizes_are_words() -> None:
    assert words.moment(NOW) == "26 Nov 2026, 12:00" and words.moment(NOW, "day") == "26 Nov 2026"
    assert words.moment(NOW, "month") == "Nov 2026" and words.moment(date(2026, 1, 2)) == "2 Jan 2026"
    assert words.moment(None) == "unknown" and words.machine(NOW) == "2026-11-26T12:00:00Z"
    spans = {
        5: "5 s",
        300: "5 min",
        7_500: "2 h 5 min",
        3_600: "1 h",
        90_000: "25 h",
        200_000: "2 days",
        10**8: "3 years",
    }
    assert {seconds: words.span(timedelta(seconds=seconds)) for seconds in spans} == spans
    assert words.ago(NOW - timedelta(minutes=3), NOW) == "3 min ago" and words.ago(None, NOW) == "never"
    assert words.ago(NOW + timedelta(minutes=3), NOW) == "in 3 min" and words.ago(NOW, NOW) == "now"
    assert words.count(1, "story", "stories") == "1 story" and words.count(1234, "article") == "1\u202f234 articles"
    shares = {0.0: "0 %", 0.0004: "< 0.1 %", 0.052: "5.2 %", 0.5: "50 %", 1.0: "100 %"}
    assert {share: words.percent(share) for share in shares} == shares
    assert [words.size(number) for number in (7, 1500, 25_000, 3 * 10**9)] == ["7 B", "1.5 kB", "25 kB", "3.0 GB"]


def test_languages_have_names_and_directions() -> None:
    assert [words.language(code) for code in ("de", "zh-Hant", "und", None, "qq")] == [
        "German", "Traditional Chinese", "unknown", "unknown", "qq",
    ]  # fmt: skip
    assert [words.direction(code) for code in ("ar", "he", "fa", "ur", "en", None, "qq", "\x00")] == [
        "rtl", "rtl", "rtl", "rtl", "ltr", "auto", "auto", "auto",
    ]  # fmt: skip


def test_a_text_cannot_turn_the_page_around() -> None:
    assert words.clean("a\u202egnp.exe\x00\x1b[31m\ud800\nb") == "agnp.exe[31m\nb"
    assert words.clean("سلام 🗞️\u200d") == "سلام 🗞️\u200d"


def test_only_web_addresses_have_a_host() -> None:
    assert words.host("https://user@example.org:81/x") == "example.org:81"
    assert words.host("javascript:alert(1)") == words.host("data:text/html,x") == words.host(None) == ""


def test_marked_words_and_what_lies_between() -> None:
    assert marked("the ferry is late", [(4, 9)]) == [
        Piece("the ", False),
        Piece("ferry", True),
        Piece(" is late", False),
    ]
    assert marked("ferry", [(0, 5)]) == [Piece("ferry", True)] and marked("", []) == []


def test_what_was_taken_out_stands_in_its_place() -> None:
    body = "One.\n\nA heading\n\nTwo is a longer paragraph of text."
    assert blocks(body) == [
        Block("One."), Block("A heading", None, True), Block("Two is a longer paragraph of text."),
    ]  # fmt: skip
    found = blocks(body, [Removed(0, "Share this", "learned"), Removed(3, "Sign up", "banned")])
    assert [(one.text[:4], one.rule) for one in found] == [
        ("Shar", "learned"), ("One.", None), ("A he", None), ("Two ", None), ("Sign", "banned"),
    ]  # fmt: skip
    assert blocks("") == [] and authors(("A", "B", "C")) == "A, B and C" and authors(()) == ""


def test_bars_stay_in_their_box_and_lead_somewhere() -> None:
    values = [Value(NOW + timedelta(days=day), day % 4 * 7, f"day {day}", f"/{day}") for day in range(40)]
    chart = charts.bar_chart(values)
    assert all(bar.x >= 0 and bar.x + bar.width <= 100.01 and bar.y >= charts.TOP for bar in chart.bars)
    assert max(bar.height for bar in chart.bars) <= chart.floor - charts.TOP
    tall = {bar.title: bar.height for bar in chart.bars}
    assert tall["day 3"] == pytest.approx(3 * tall["day 1"], abs=0.1) and tall["day 4"] == 0
    assert chart.up[-1].label == "25" and 3 <= len(chart.across) <= charts.MOST_TICKS
    (whole,) = charts.bar_chart([Value(NOW, 3, "")]).bars
    assert (whole.y, whole.height) == (charts.TOP, chart.floor - charts.TOP), "the mark at the top is its height"
    assert charts.bar_chart([]).bars == () and charts.bar_chart([Value(NOW, 0, "")]).bars[0].height == 0
    assert charts.bar_chart([Value(NOW, 1, ""), Value(NOW, 10**7, "")]).bars[0].height == 1.5


def test_lines_have_a_point_for_every_time() -> None:
    starts = [NOW + timedelta(days=day) for day in range(5)]
    chart = charts.line_chart(starts, [("a", [0, 1, 2, 3, 4]), ("b", [0, 0, 0, 0, 0])])
    assert [len(line.points.split()) for line in chart.lines] == [5, 5]
    assert [len(line.dots) for line in chart.lines] == [4, 0]
    assert chart.lines[0].points.split()[-1] == f"90.0,{charts.TOP}.0" and chart.up[-1].label == "4"
    shares = charts.line_chart(starts, [("a", [0, 0.001, 0.0032, 0, 0])], is_share=True)
    assert shares.up[-1].label == "0.4%"


def test_times_lie_between_the_first_and_the_last() -> None:
    assert charts.places([NOW, NOW + timedelta(hours=1), NOW + timedelta(hours=4)]) == [1.0, 25.5, 99.0]
    assert charts.places([NOW]) == [1.0]
    assert charts.spark([0, 0]) == charts.spark([]) == "" and charts.spark([0, 2]).startswith("M45.0 20v-20.0")
    assert charts.parts([("a", 1), ("b", 3)], 100) == [("a", 0.0, 25.0), ("b", 25.0, 75.0)]


@pytest.mark.parametrize(("days", "by"), [(10, "day"), (200, "week"), (900, "month")])
def test_hits_over_time_are_days_weeks_or_months(days: int, by: str) -> None:
    own = tuple((datetime(2026, 11, 26, tzinfo=UTC) - timedelta(days=days - day), 1) for day in range(0, days + 1))
    found, values = bars(Counted({}, own, days, True, False), Query(), NOW, HERE)
    assert found == by and sum(one.value for one in values) == days + 1
    assert all(one.at < other.at for one, other in zip(values, values[1:], strict=False))
    assert values[0].href is not None and "since=20" in values[0].href and "until=20" in values[0].href


def test_recent_days_without_a_hit_are_shown_too() -> None:
    own = ((datetime(2026, 11, 20, tzinfo=UTC), 2),)
    _, values = bars(Counted({}, own, 2, True, True), Query(), NOW, HERE)
    assert len(values) == 30 and values[-1].at.day == 26 and values[-1].href is None
    assert bars(Counted({}, (), 0, True, True), Query(), NOW, HERE) == ("day", [])


def test_what_is_counted_is_kept_for_some_seconds() -> None:
    times = [0.0]
    kept: Kept[str, int] = Kept(20, lambda: times[0])
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [kept.get("a", make), kept.get("a", make), kept.get("b", make)] == [1, 1, 2]
    times[0] = 20.1
    assert kept.find("a") is None and kept.get("a", make) == 3
    for number in range(100):
        kept.keep(str(number), number)
    assert kept.find("a") is None and kept.find("99") == 99


def test_what_a_source_has_of_a_search_is_a_share_of_all_that_it_published() -> None:
    parts = ((Share("x", "X", 1, 4, 0.25), Share("y", "Y", 0, 2, 0.0)), (Share("x", "X", 2, 8, 0.25),))
    bars = tuple(TrendBar(NOW, 1, 6, 0.1, own) for own in parts)
    found = Trends("day", NOW, NOW, (Trend("a", 3, bars), Trend("b", 0, ())))
    assert by_source(found) == [SourceRow("x", "X", (3, 0), (0.25, 0.0)), SourceRow("y", "Y", (0, 0), (0.0, 0.0))]


def test_a_proposed_command_takes_any_search() -> None:
    assert watched(Asked(q='ferry "old pier"', source=["a b"])) == "'ferry \"old pier\"' --source 'a b'"
    assert shlex.split(watched(Asked(q="-ferry port"))) == [" -ferry port"], "no option"
    assert watched(Asked(q="ferry", kind="live")) == ""
