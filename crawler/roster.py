"""The sources of a crawl: what sources.toml declares, joined with the ids that the database gave them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from crawler.polling import Schedule
from crawler.sources import Source, load_sources
from pipelines.hosts import host_of
from storage.channels import Declaration, declare
from storage.errors import UsageError
from storage.types import ChannelKind


@dataclass(frozen=True, slots=True)
class Roster:
    """Declared sources by their database id. A source that is not here was made by an ad-hoc crawl."""

    by_id: dict[int, Source] = field(default_factory=dict)

    def source(self, source_id: int | None) -> Source | None:
        """Return the declaration of a source, None for an ad-hoc one."""
        return self.by_id.get(source_id) if source_id is not None else None

    def schedule(self, source_id: int) -> Schedule:
        """Return when the channels of a source are polled."""
        source = self.by_id.get(source_id)
        return Schedule(source.interval, source.cron, source.timezone) if source else Schedule()

    def ids(self, names: Sequence[str]) -> frozenset[int]:
        """Return the ids of the enabled sources with these names; of all enabled ones for no names."""
        chosen = {id_ for id_, source in self.by_id.items() if source.name in names or (not names and source.enabled)}
        return frozenset(chosen)


def declarations(sources: dict[str, Source]) -> list[Declaration]:
    """Return what the database is told of the declared sources."""
    return [
        Declaration(
            name=source.name,
            title=source.title,
            home=source.home,
            language=source.language,
            enabled=source.enabled,
            channels=tuple((url, host_of(url), kind) for kind, urls in _channels(source) for url in urls),
        )
        for source in sources.values()
    ]


def _channels(source: Source) -> list[tuple[ChannelKind, Sequence[str]]]:
    return [
        (ChannelKind.FEED, source.feeds),
        (ChannelKind.SITEMAP, source.sitemaps),
        (ChannelKind.SECTION, source.sections),
    ]


def read_roster(path: Path) -> dict[str, Source]:
    """Return the declared sources, none when there is no such file. Raises UsageError for a file with mistakes."""
    return load_sources(path) if path.exists() else {}


def check_names(sources: dict[str, Source], names: Sequence[str], path: Path) -> None:
    """Raise UsageError when a name is not declared."""
    for name in names:
        if name not in sources:
            from difflib import get_close_matches

            near = get_close_matches(name, sources, 1)
            hint = f"did you mean {near[0]}?" if near else f"it declares {', '.join(sorted(sources)) or 'none'}"
            raise UsageError(f"there is no source {name!r} in {path}; {hint}")


def enter(connection: sa.Connection, sources: dict[str, Source], now: datetime) -> Roster:
    """Declare the sources to the database and return the roster."""
    if not sources:
        return Roster()
    ids = declare(connection, declarations(sources), now)
    return Roster({ids[name]: source for name, source in sources.items()})
