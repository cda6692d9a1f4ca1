"""When an article appeared, and which of the articles that tell one story was first. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from storage.types import DatePrecision

_EXACT = (DatePrecision.SECOND.value, DatePrecision.MINUTE.value)


class KnownBy(StrEnum):
    """What tells when an article appeared: its date, its date without a time, or when it was first seen."""

    DATE = "date"
    DAY = "day"
    SEEN = "seen"


@dataclass(frozen=True, slots=True)
class Appearance:
    """When an article appeared, as far as that is known."""

    at: datetime
    known_by: KnownBy


class Told(Protocol):
    """What is asked of an article to find the first one."""

    @property
    def article_id(self) -> int:
        """Its id."""

    @property
    def outlet(self) -> str:
        """Its registrable domain."""

    @property
    def appeared(self) -> Appearance:
        """When it appeared."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The URLs at which it says that its text is from."""


def appearance(published: datetime | None, precision: str | None, first_seen: datetime) -> Appearance:
    """Return when an article appeared.

    That is its date when it has a time of day. A date without one makes no article the first: it counts as the end of
    that day, and never as later than the article was seen. So does a date that lies in the future of that, and an
    article without one.
    """
    if published is not None and precision in _EXACT and published <= first_seen:
        return Appearance(published, KnownBy.DATE)
    if published is not None and precision == DatePrecision.DAY.value and published + timedelta(days=1) <= first_seen:
        return Appearance(published + timedelta(days=1), KnownBy.DAY)
    return Appearance(first_seen, KnownBy.SEEN)


AnyTold = TypeVar("AnyTold", bound=Told)


def copied_from(told: Told, outlets: Collection[str]) -> str | None:
    """Return the other one of these outlets that an article's page names as the place of its text."""
    for address in told.addresses:
        for outlet in _domains(address):
            if outlet in outlets and outlet != told.outlet:
                return outlet
    return None


def _domains(address: str) -> Iterable[str]:
    """Return the host of an address and the domains above it."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ()
    labels = host.split(".")
    return [".".join(labels[place:]) for place in range(len(labels))]


def in_order(articles: Iterable[AnyTold]) -> list[AnyTold]:
    """Return the articles of a story in the order in which they appeared, the first publication on top.

    The first is the earliest one, of equals the one with the lowest id. An article that names another outlet of the
    story as the place of its text is not the first, whatever its date, unless all do.
    """
    ordered = sorted(articles, key=lambda one: (one.appeared.at, one.article_id))
    outlets = {one.outlet for one in ordered}
    first = next((one for one in ordered if copied_from(one, outlets) is None), None)
    return ordered if first is None else [first, *(one for one in ordered if one is not first)]
