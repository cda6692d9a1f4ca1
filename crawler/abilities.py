"""What the web app can do through crawler and pipelines: compare texts, read addresses, look at sites, time digests."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

from crawler.alerts.times import next_digest
from crawler.config import Config
from pipelines.changes import changes
from pipelines.hosts import host_of
from pipelines.urls import url_key
from pipelines.worddiff import Line, Piece, changed_share, diff_words
from storage.errors import FailureError, UsageError
from storage.types import Version
from storage.web.abilities import (
    Abilities,
    Address,
    Difference,
    Offer,
    OfferedChannel,
    Paragraph,
    Passage,
    Preview,
)

if TYPE_CHECKING:
    from crawler.probe import Probe


def abilities(config: Config) -> Abilities:
    """Return what the app can do with this configuration."""
    sites = _Sites(config)
    return Abilities(
        compare=compare, address=address, probe=sites.probe, declare=sites.declare, next_digest=next_digest
    )


def compare(old: Version, new: Version) -> Difference:
    """Return what lies between two texts."""
    gone, added = changed_share(old.body, new.body)
    return Difference(
        changes=tuple(changes(old, new)),
        share_removed=round(gone, 4),
        share_added=round(added, 4),
        headline=tuple(_passages(piece for line in diff_words(old.headline, new.headline) for piece in line.pieces)),
        authors=tuple(_authors(old.authors, new.authors)),
        lines=tuple(_paragraphs(diff_words(old.body, new.body))),
    )


def _passages(pieces: Iterable[Piece]) -> Iterable[Passage]:
    return (Passage(piece.kind, piece.text) for piece in pieces)


def _paragraphs(lines: Iterable[Line]) -> Iterable[Paragraph]:
    return (Paragraph(line.kind, tuple(_passages(line.pieces))) for line in lines)


def _authors(old: Sequence[str], new: Sequence[str]) -> list[Passage]:
    if set(old) == set(new):
        return []
    kept = [Passage("same" if name in new else "removed", name) for name in old]
    return kept + [Passage("added", name) for name in new if name not in old]


def address(url: str) -> Address | None:
    """Return a URL with its key and host, None for what is none."""
    host = host_of(url)
    return Address(url.strip(), url_key(url), host) if host else None


class _Sites:
    """Looks at one site at a time, and writes what was found into sources.toml."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._turn = Lock()

    def probe(self, url: str) -> Offer:
        """Return what a site offers. Raises UsageError for no URL, FailureError when the site cannot be had."""
        from crawler.fetch_once import fetch
        from crawler.probe import probe
        from crawler.probing.workers import workers

        if not self._turn.acquire(blocking=False):
            raise FailureError("another site is being looked at; try again in a minute")
        try:
            with workers(self._config) as run:
                found = probe(url if "://" in url else f"https://{url}", self._config, fetch, run)
        finally:
            self._turn.release()
        return self._offer(found)

    def _offer(self, found: Probe) -> Offer:
        from crawler.sources_file import name_of, table_of

        name = name_of(found.home)
        names = ("url", "chosen", "entries", "newest", "per_day", "why")
        shown = ("url", "headline", "published", "authors", "words", "text", "problem")
        return Offer(
            name=name,
            title=found.title,
            home=found.home,
            language=found.language,
            channels=tuple(
                OfferedChannel(kind=one.kind.value, **{each: getattr(one, each) for each in names})
                for one in found.channels
            ),
            previews=tuple(Preview(**{each: getattr(one, each) for each in shown}) for one in found.previews),
            declaration=table_of(found.source(name)),
        )

    def declare(self, offer: Offer, name: str) -> None:
        """Write an offer into sources.toml under a name. Raises UsageError when the name or a channel is taken."""
        from crawler.sources import check_tables
        from crawler.sources_file import add

        if not any(channel.chosen for channel in offer.channels):
            raise UsageError(f"{offer.home} has no feed, sitemap or section page that is worth polling")
        path = self._config.sources
        (source,) = check_tables(tomllib.loads(offer.declaration), path).values()
        add(path, [replace(source, name=name)])
