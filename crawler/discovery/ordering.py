"""Order what was found so that what is new is asked for first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import unquote, urlsplit

from storage.types import FoundLink

_NUMBER = re.compile(r"\d{1,12}")


def newest_first(links: Iterable[FoundLink]) -> list[FoundLink]:
    """Return the links by date, the latest first, and those without a date behind them.

    Undated pages keep their order. Undated child sitemaps that are numbered or dated by name
    (`posts-1.xml`, `posts-2.xml`, `2026-11.xml`) come highest number first within their series, as generators append.
    """
    listed = _series_descending(list(links))
    dated = sorted((link for link in listed if _date(link)), key=_known_date, reverse=True)
    return [*dated, *(link for link in listed if not _date(link))]


def _date(link: FoundLink) -> datetime | None:
    return link.updated or link.published


def _known_date(link: FoundLink) -> datetime:
    at = _date(link)
    assert at is not None
    return at


def _series_descending(links: list[FoundLink]) -> list[FoundLink]:
    """Return the links with each series of child sitemaps turned so that its highest numbers stand first."""
    series: dict[str, list[int]] = {}
    for place, link in enumerate(links):
        if link.kind == "sitemap":
            series.setdefault(_NUMBER.sub("#", _name(link)), []).append(place)
    ordered = list(links)
    for places in series.values():
        members = sorted((links[place] for place in places), key=_numbers, reverse=True)
        for place, link in zip(places, members, strict=True):
            ordered[place] = link
    return ordered


def _name(link: FoundLink) -> str:
    parts = urlsplit(link.url)
    return unquote(f"{parts.path}?{parts.query}")


def _numbers(link: FoundLink) -> list[int]:
    return [int(number) for number in _NUMBER.findall(_name(link))]
