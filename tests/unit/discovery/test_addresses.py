"""Links as documents write them become absolute URLs."""

from __future__ import annotations

import pytest

from crawler.discovery.addresses import LONGEST, absolute

BASE = "https://www.courier.example/harbour/"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("tide", "https://www.courier.example/harbour/tide"),
        (" /tide?a=1&amp;b=2 ", "https://www.courier.example/tide?a=1&b=2"),
        ("/tide?a=1&amp;amp;amp;b=2&amp;c=3", "https://www.courier.example/tide?a=1&b=2&c=3"),
        ("/tide?amp;a=1&am&amp;p;b", "https://www.courier.example/tide?amp;a=1&am&p;b"),
        ("www.ferry.example/tide", "https://www.ferry.example/tide"),
        ("mailto:desk@courier.example", None),
        ("", None),
        ("/" + "a" * LONGEST, None),
    ],
)
def test_absolute(link: str, url: str | None) -> None:
    assert absolute(BASE, link) == url


def test_an_ampersand_that_was_escaped_a_million_times_comes_to_an_end() -> None:
    assert absolute(BASE, f"/tide?a=1&{'amp;' * 1_000_000}b=2") == "https://www.courier.example/tide?a=1&b=2"
    assert absolute(BASE, f"/tide?{'&amp;' * 1_000_000}") is None
