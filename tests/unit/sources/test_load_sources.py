"""sources.toml is read, and each mistake is named by file, table and key."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources import Source, admits, format_interval, load_sources, parse_interval
from storage.errors import UsageError

WHOLE = """
# Everything that can be said of a source.
[herald]
title = "The Herald"
home = "https://herald.example/"
feeds = ["https://herald.example/rss", "https://herald.example/rss"]
sitemaps = ["https://herald.example/news.xml"]
sections = ["https://herald.example/politics"]
every = "1h 30m"
allow = ["^https://herald\\\\.example/"]
deny = ["/video/"]
delay = 2
enabled = false
language = "en-GB"
max_age = "7d"
labels = ["daily", "uk"]

["night.paper"]
home = "https://night.example/"
cron = "*/10 6-22 * * mon-fri"
timezone = "Europe/Vienna"
"""


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(text, "utf-8")
    return path


def _mistakes(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        load_sources(_write(tmp_path, text))
    return [line.replace(f"{tmp_path}/", "") for line in str(caught.value).splitlines()]


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    sources = load_sources(_write(tmp_path, WHOLE))
    assert list(sources) == ["herald", "night.paper"]
    assert sources["herald"] == Source(
        name="herald",
        title="The Herald",
        home="https://herald.example/",
        feeds=("https://herald.example/rss",),
        sitemaps=("https://herald.example/news.xml",),
        sections=("https://herald.example/politics",),
        interval=timedelta(minutes=90),
        allow=(r"^https://herald\.example/",),
        deny=("/video/",),
        delay=2.0,
        enabled=False,
        language="en-GB",
        max_age=timedelta(days=7),
        labels=("daily", "uk"),
    )


def test_a_home_alone_is_read_as_a_section(tmp_path: Path) -> None:
    night = load_sources(_write(tmp_path, WHOLE))["night.paper"]
    assert night.sections == ("https://night.example/",)
    assert (night.title, night.cron, night.timezone) == ("night.paper", "*/10 6-22 * * mon-fri", "Europe/Vienna")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text("\ufeff[a]\nhome = 'https://a.example/'\n", "utf-8")
    assert list(load_sources(path)) == ["a"]


FEED = 'feeds = ["https://a.example/f"]\n'
MISTAKES = [
    (
        f'[a]\n{FEED}every = "10 minits"',
        """[a] every: '10 minits' is not an interval; write e.g. "15m", "2h" or "1d\"""",
    ),
    (f"[a]\n{FEED}every = 15", '[a] every: 15 is not an interval; write e.g. "15m", "2h" or "1d"'),
    (f'[a]\n{FEED}every = "1s"', "[a] every: '1s' is too short or too long; write something from 10s to 366d"),
    (f'[a]\n{FEED}max_age = "{"9" * 400}w"', "is too long"),
    (f"[a]\n{FEED}polls_a_day = 0", "[a] polls_a_day: Input should be greater than or equal to 1 (it is 0)"),
    (f'[a]\n{FEED}polls_a_day = 9\nevery = "1h"', "[a] has polls_a_day beside every or cron"),
    (f'[a]\n{FEED}evry = "1h"', "[a] evry: there is no such key; did you mean every?"),
    (f'[a]\n{FEED}cron = "* *"', "[a] cron: '* *' is not a cron expression"),
    (f'[a]\n{FEED}cron = "61 * * * *"', "[a] cron: '61 * * * *' is not a cron expression"),
    (f'[a]\n{FEED}cron = "0 * * * *"\nevery = "1h"', "[a] has both every and cron; keep one"),
    (f'[a]\n{FEED}timezone = "Europe/Vienna"', "[a] has a timezone but no cron that it would be for"),
    (f'[a]\n{FEED}timezone = "Europe/Wien"', "[a] timezone: 'Europe/Wien' is not a time zone"),
    (f'[a]\n{FEED}timezone = "../../etc/passwd"', "is not a time zone"),
    (f'[a]\n{FEED}deny = ["(x"]', "[a] deny: '(x' is not a regular expression: missing )"),
    (f'[a]\n{FEED}deny = [""]', "[a] deny: an empty regular expression matches every URL"),
    (f"[a]\n{FEED}delay = true", "[a] delay: Input should be a valid number (it is True)"),
    (f"[a]\n{FEED}delay = -1", "[a] delay: Input should be greater than or equal to 0 (it is -1)"),
    (f'[a]\n{FEED}language = "english"', "[a] language: 'english' is not a language code"),
    ('[a]\nfeeds = "https://a.example/f"', "[a] feeds: Input should be a valid list"),
    ('[a]\nfeeds = ["file:///etc/passwd"]', "[a] feeds: 'file:///etc/passwd' is not a URL"),
    ('[a]\nfeeds = ["https://a.example/a b"]', "is not a URL"),
    ("[a]\ntitle = 'A'", "[a] names nothing to read; give it feeds, sitemaps, sections or at least a home"),
    ("[A]\nhome = 'https://a.example/'", "[A] is no name for a source"),
    ("[a.b]\nhome = 'https://a.example/'", "[a] b: is a table within a table; a name with a dot stands in quotes"),
    ("a = 1", "[a] is a value, not a table; settings belong into newsdesk.toml"),
    ("[a]\nhome = x\n", "not valid TOML: Invalid value (at line 2, column 8)"),
    (f"[a]\n{FEED}[b]\n{FEED}", "[b] reads https://a.example/f, which [a] reads already"),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    (line,) = _mistakes(tmp_path, text)
    assert line.startswith("sources.toml: ")
    assert said in line


def test_mistakes_are_told_together_but_not_without_end(tmp_path: Path) -> None:
    lines = _mistakes(tmp_path, "\n".join(f"[s{n}]\ntitle = 'x'\nfoo = 1" for n in range(14)))
    assert len(lines) == 11
    assert lines[-1] == "… and 4 more"


def test_a_file_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file; add a first source with `newsdesk add URL`"):
        load_sources(tmp_path / "sources.toml")
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        load_sources(tmp_path)


def test_a_file_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes("[a]\ntitle = 'Zeitung für alle'\n".encode("latin-1"))
    with pytest.raises(UsageError, match="is not UTF-8"):
        load_sources(path)


def test_admits() -> None:
    source = Source("a", "A", allow=(r"/news/", r"/sport/"), deny=(r"\?print=",))
    assert admits(source, "https://a.example/news/1") is None
    assert admits(source, "https://a.example/blog/1") == "allow"
    assert admits(source, "https://a.example/news/1?print=1") == "deny"
    assert admits(Source("a", "A"), "https://a.example/anything") is None


@given(st.integers(min_value=0, max_value=400 * 86400))
def test_intervals_are_read_as_they_are_written(seconds: int) -> None:
    interval = timedelta(seconds=seconds)
    assert parse_interval(format_interval(interval)) == interval


def test_interval_forms() -> None:
    assert parse_interval("auto") is None
    assert parse_interval("1.5h") == timedelta(minutes=90)
    assert format_interval(timedelta(hours=36)) == "1d 12h"
    assert format_interval(timedelta(0)) == "0s"


def test_the_example_is_without_mistakes() -> None:
    sources = load_sources(Path(__file__).parents[3] / "sources.example.toml")
    assert len(sources) >= 12
    assert len({source.language for source in sources.values()}) >= 5
