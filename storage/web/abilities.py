"""What the app can do through the rooms above it: values and callables that `newsdesk serve` hands in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from storage.saved import Saved
from storage.types import Version


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of text that both versions have ("same"), or one of them ("removed", "added")."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: "same", "changed" in its words, or as a whole "added" or "removed"."""

    kind: str
    pieces: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What lies between two texts. The shares (0 to 1) are of the old one's words, and of the new one's.

    `changes` are what is not the same: headline, authors, body, correction. `authors` is empty where they are the same.
    """

    changes: tuple[str, ...]
    share_removed: float
    share_added: float
    headline: tuple[Passage, ...]
    authors: tuple[Passage, ...]
    lines: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """A URL with the key by which it is stored, and the host that it is asked for at."""

    url: str
    key: str
    host: str


@dataclass(frozen=True, slots=True)
class OfferedChannel:
    """A document of a site that lists links, with the reason why it is `chosen` or not."""

    url: str
    kind: str
    chosen: bool
    entries: int
    newest: datetime | None
    per_day: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """An article of a site, as it would be stored; `problem` says why it would not."""

    url: str
    headline: str
    published: datetime | None
    authors: tuple[str, ...]
    words: int
    text: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What a site offers, under the name that it would get, and the lines of sources.toml that would be written."""

    name: str
    title: str
    home: str
    language: str | None
    channels: tuple[OfferedChannel, ...]
    previews: tuple[Preview, ...]
    declaration: str


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the app can do besides reading; None: it cannot.

    `compare` tells what lies between an old and a new text. `address` reads a URL, None for what is none. `probe` looks
    at a site and tells what it offers (it takes seconds, and needs the net); `declare` writes an offer's declaration
    under a name into sources.toml, so that the site is followed. Both raise UsageError or FailureError. `next_digest`
    tells when a saved search's first digest after a time is due, None where what is found is told at once.
    """

    compare: Callable[[Version, Version], Difference] | None = None
    address: Callable[[str], Address | None] | None = None
    probe: Callable[[str], Offer] | None = None
    declare: Callable[[Offer, str], None] | None = None
    next_digest: Callable[[Saved, datetime], datetime | None] | None = None
