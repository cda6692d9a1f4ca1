"""sources.toml is edited without losing what a person wrote in it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.sources import Source, load_sources
from crawler.sources_file import add, free_name, name_of, remove, set_enabled, slug, table_of
from storage.errors import FailureError, UsageError

FILE = """\
# My papers.

[herald]  # the daily one
title = "The Herald"
feeds = [
  "https://herald.example/rss",  # everything
]

# Weeklies
# --------

["night.paper"]
home = "https://night.example/"   # no feed
every = "1d"
# the end
"""
NEW = Source("gazette", "Gazette", home="https://gazette.example/", feeds=("https://gazette.example/feed",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(FILE, "utf-8")
    return path


def test_a_source_is_added_at_the_end(path: Path) -> None:
    add(path, [NEW])
    text = path.read_text("utf-8")
    assert text == f"{FILE}\n{table_of(NEW)}"
    assert load_sources(path)["gazette"] == NEW


def test_the_file_is_made(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    add(path, [NEW])
    assert path.read_text("utf-8") == table_of(NEW)
    assert path.stat().st_mode & 0o777 == 0o644
    assert [one.name for one in tmp_path.iterdir()] == ["sources.toml"]


def test_every_setting_is_written_as_it_is_read(tmp_path: Path) -> None:
    whole = Source(
        name="w.hole",
        title='The "Whole" Paper',
        home="https://whole.example/",
        feeds=("https://whole.example/a", "https://whole.example/b"),
        sitemaps=("https://whole.example/news.xml",),
        sections=("https://whole.example/politics/" + "x" * 90, "https://whole.example/sport"),
        interval=timedelta(minutes=90),
        allow=(r"^https://whole\.example/\d+",),
        deny=("'",),
        delay=2.5,
        enabled=False,
        language="en",
        max_age=timedelta(days=7),
        labels=("a", "b"),
    )
    timed = Source("timed", "Timed", feeds=("https://t.example/f",), cron="*/5 * * * *", timezone="Europe/Vienna")
    thrifty = Source("thrifty", "Thrifty", feeds=("https://u.example/f",), polls_a_day=24, requests_a_day=99)
    add(tmp_path / "s.toml", [whole, timed, thrifty])
    assert load_sources(tmp_path / "s.toml") == {"w.hole": whole, "timed": timed, "thrifty": thrifty}


def test_a_removed_source_leaves_every_comment_around_it(path: Path) -> None:
    remove(path, "herald")
    text = path.read_text("utf-8")
    assert "# My papers." in text and '# Weeklies\n# --------\n\n["night.paper"]' in text
    assert list(load_sources(path)) == ["night.paper"]
    remove(path, "night.paper")
    assert load_sources(path) == {}
    assert path.read_text("utf-8") == "# My papers.\n\n\n# Weeklies\n# --------\n\n# the end\n"


def test_a_source_is_switched_off_and_on(path: Path) -> None:
    assert set_enabled(path, "herald", False)
    assert not set_enabled(path, "herald", False)
    text = path.read_text("utf-8")
    assert text == FILE.replace("# everything\n]\n", "# everything\n]\nenabled = false\n")
    assert set_enabled(path, "night.paper", False)
    assert [source.enabled for source in load_sources(path).values()] == [False, False]
    assert set_enabled(path, "herald", True)
    assert load_sources(path)["herald"].enabled
    assert not set_enabled(path, "herald", True)


def test_what_is_there_already_is_not_added(path: Path) -> None:
    with pytest.raises(UsageError, match="there is a source herald already; choose another name with --name"):
        add(path, [Source("herald", "H", feeds=("https://other.example/",))])
    with pytest.raises(UsageError, match=r"\[copy\] reads https://herald.example/rss, which \[herald\] reads already"):
        add(path, [Source("copy", "C", feeds=("https://herald.example/rss",))])
    with pytest.raises(UsageError, match="there is no source 'heralt'; did you mean herald"):
        remove(path, "heralt")
    with pytest.raises(UsageError, match=r"there is no source 'x'$"):
        set_enabled(path, "x", True)
    assert path.read_text("utf-8") == FILE


def test_a_broken_file_is_left_alone(path: Path) -> None:
    path.write_text("[a]\nhome = \n", "utf-8")
    with pytest.raises(UsageError, match="not valid TOML"):
        add(path, [NEW])
    path.write_text("[a]\nhom = 'x'\n", "utf-8")
    with pytest.raises(UsageError, match="did you mean home"):
        add(path, [NEW])
    assert path.read_text("utf-8") == "[a]\nhom = 'x'\n"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FailureError, match="cannot be written: No such file or directory"):
        add(tmp_path / "nowhere" / "sources.toml", [NEW])


def test_links_modes_and_line_ends_are_kept(path: Path, tmp_path: Path) -> None:
    path.write_bytes(FILE.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(path)
    add(link, [NEW])
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.read_bytes() == f"{FILE}\n{table_of(NEW)}".replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    "text", ["", "# only a comment", "[a]\nhome = 'https://a.example'", "a = {home = 'https://a.example'}"]
)
def test_odd_files_take_a_source(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    add(path, [NEW])
    sources = load_sources(path)
    assert sources["gazette"] == NEW
    assert path.read_text("utf-8").startswith(text)
    if "a" in sources:
        set_enabled(path, "a", False)
        assert not load_sources(path)["a"].enabled
        remove(path, "a")
    remove(path, "gazette")
    assert load_sources(path) == {}


def test_names() -> None:
    assert slug("Süddeutsche Straße – Zeitung!") == "suddeutsche-strasse-zeitung"
    assert slug("新聞") == ""
    assert name_of("https://www.bbc.co.uk/news") == "bbc"
    assert name_of("http://harbour-courier.localhost:8000/") == "harbour-courier"
    assert name_of("http://127.0.0.1:8000/") == "127.0.0.1"
    assert name_of("http://[::1]:8000/") == "1"
    assert free_name("a", {"a", "a-2"}) == "a-3"
    assert free_name("b", {"a"}) == "b"


@given(st.text())
def test_a_slug_is_a_name_or_nothing(text: str) -> None:
    made = slug(text)
    assert made == "" or re.fullmatch("[a-z0-9][a-z0-9-]*", made)
    assert slug(made) == made
