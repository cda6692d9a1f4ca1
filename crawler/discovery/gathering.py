"""Gather the links of one document: each once, in its order, so many at most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from storage.types import ChannelKind, Found, FoundLink


def gather(
    kind: ChannelKind,
    links: Iterable[FoundLink],
    limit: int,
    *,
    unread: int = 0,
    title: str | None = None,
    language: str | None = None,
    problem: str | None = None,
) -> Found:
    """Return what was found. `unread` counts the entries that were not looked at, beyond the limit."""
    distinct: dict[str, FoundLink] = {}
    for link in links:
        first = distinct.setdefault(link.url, link)
        if first is not link:
            distinct[link.url] = _both(first, link)
    kept = tuple(distinct.values())[:limit]
    return Found(
        kind,
        kept,
        title=title,
        language=language,
        truncated=len(distinct) - len(kept) + unread,
        problem=problem,
    )


def _both(first: FoundLink, second: FoundLink) -> FoundLink:
    """Return a link that is listed twice as it was first listed, with what only the second mention tells."""
    return replace(
        first,
        title=first.title or second.title,
        published=first.published or second.published,
        updated=first.updated or second.updated,
    )
