"""Authors and headlines as people would write them."""

from __future__ import annotations

import pytest

from pipelines.authors import clean_authors
from pipelines.headlines import best_headline, without_outlet


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (["By Ada Byron"], ("Ada Byron",)),
        (["Von Ada Byron und Karl Weiß"], ("Ada Byron", "Karl Weiß")),
        (["Ada Byron, Karl Weiß and Eva Lind"], ("Ada Byron", "Karl Weiß", "Eva Lind")),
        (["Ada Byron", "ada byron"], ("Ada Byron",)),
        (["ADA BYRON"], ("Ada Byron",)),
        (["Ada Byron, Senior Political Correspondent"], ("Ada Byron",)),
        (["Ada Byron | The Courier News"], ("Ada Byron",)),
        (["Ada Byron (ada@courier.example)"], ("Ada Byron",)),
        (["Ada Byron @adabyron"], ("Ada Byron",)),
        (["Ada Byron", "Chief Technology Officer"], ("Ada Byron",)),
        (["Ada Byron", "The Jersey Journal"], ("Ada Byron",)),
        (["Nelson C.J."], ("Nelson C.J.",)),
        (["Ada Byron Link Copied"], ("Ada Byron",)),
        (["Associated Press"], ("Associated Press",)),
        (["<b>Ada Byron</b>"], ("Ada Byron",)),
        (["https://courier.example/author/ada"], ()),
        (["admin", "Staff", "Redaktion", "null", ""], ()),
        (["The Courier"], ()),
    ],
)
def test_authors(raw: list[str], names: tuple[str, ...]) -> None:
    assert clean_authors(raw, "The Courier") == names


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Bridge to close | The Courier", "Bridge to close"),
        ("Bridge to close - The Courier", "Bridge to close"),
        ("Bridge to close – thecourier.com", "Bridge to close"),
        ("The Courier: Bridge to close", "The Courier: Bridge to close"),
        ("The Courier | Bridge to close", "Bridge to close"),
        ("Bridge to close | Opinion", "Bridge to close"),
        ("Opinion | Bridge to close", "Bridge to close"),
        ("North-South bridge - what we know", "North-South bridge - what we know"),
        ("Video games sell well", "Video games sell well"),
        ("Analysis of samples takes a week", "Analysis of samples takes a week"),
    ],
)
def test_without_outlet(title: str, headline: str) -> None:
    assert without_outlet(title, "The Courier") == headline


@pytest.mark.parametrize(
    ("told", "og", "h1", "title", "headline"),
    [
        ("Bridge closure: all dates", "", ["Swing bridge to close, with all the dates"], "", "Swing bridge to close, with all the dates"),
        ("What I will pray for now", "", ["Opinion What I will pray for now"], "", "What I will pray for now"),
        ("Bridge to close for elev…", "", ["Bridge to close for eleven weeks"], "", "Bridge to close for eleven weeks"),
        ("Bridge to close for weeks", "", ["College Sports"], "", "Bridge to close for weeks"),
        ("", "Bridge to close | The Courier", [], "", "Bridge to close"),
        ("", "", ["Bridge to close for weeks"], "Bridge to close for weeks | The Courier", "Bridge to close for weeks"),
        ("", "", [], "Bridge to close for weeks | The Courier", "Bridge to close for weeks"),
        ("The Courier", "", ["The Courier", "Bridge to close for weeks"], "Bridge to close for weeks", "Bridge to close for weeks"),
        ("", "", [], "", ""),
    ],
)  # fmt: skip
def test_headline(told: str, og: str, h1: list[str], title: str, headline: str) -> None:
    assert best_headline(told, og, h1, title, "The Courier") == headline


def test_an_unknown_outlet_matches_nothing() -> None:
    shown = best_headline("", "", ["Bridge to close for eleven weeks"], "Bridge to close | The Courier", "")
    assert shown == "Bridge to close for eleven weeks"
