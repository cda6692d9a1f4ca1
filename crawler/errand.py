"""What a crawl was sent for: spider arguments, checked, and made into a scope of work."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from scrapy.crawler import Crawler

from crawler.agenda import Agenda, Terms
from crawler.desk import Desk
from crawler.roster import check_names, enter, read_roster
from pipelines.hosts import host_of, registrable_domain
from pipelines.urls import url_key
from storage.agenda_views import due_channel_ids
from storage.channels import ensure_channel, ensure_source, get_channel_at, source_channels
from storage.crawls import mark_interrupted, start_crawl
from storage.due import Scope
from storage.errors import UsageError
from storage.frontier import NewLink, ensure_link
from storage.hosts import reap_leases
from storage.reopening import reopen_for_recheck, reopen_link
from storage.types import ChannelKind

RECHECKS = 2_000
"""Stored articles that a one-off crawl looks at again for changes, at most."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Errand:
    """A spider's arguments. Without any: all declared sources. `once`: what the daemon would do now, and no more."""

    source: str | None = None
    feed: str | None = None
    sitemap: str | None = None
    section: str | None = None
    url: str | None = None
    daemon: bool = False
    once: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """The names in `source`."""
        return tuple(name.strip() for name in (self.source or "").split(",") if name.strip())

    @property
    def channels(self) -> tuple[tuple[str, ChannelKind], ...]:
        """The channels that are named by URL."""
        named = (
            (self.feed, ChannelKind.FEED),
            (self.sitemap, ChannelKind.SITEMAP),
            (self.section, ChannelKind.SECTION),
        )
        return tuple((url, kind) for url, kind in named if url)

    @property
    def subject(self) -> str:
        """What the crawl's record calls it."""
        if self.once:
            return "all that is due"
        parts = [*self.sources, *(url for url, _ in self.channels), *([self.url] if self.url else [])]
        return ", ".join(parts) or "all sources"


def check(errand: Errand, path: Path) -> None:
    """Raise UsageError for arguments that cannot be crawled: an unknown source, a URL that is none, no sources."""
    for name in ("feed", "sitemap", "section", "url"):
        url = getattr(errand, name)
        if url is not None and not host_of(url):
            raise UsageError(f"{name}={url}: is not a URL to fetch; write e.g. {name}=https://example.org/…")
    if errand.source is not None and not errand.sources:
        raise UsageError("source= names no source")
    if errand.once and (errand.source or errand.channels or errand.url):
        raise UsageError("once= does all that is due; leave out the other arguments")
    sources = read_roster(path)
    check_names(sources, errand.sources, path)
    nothing_named = not (errand.sources or errand.channels or errand.url or errand.daemon or errand.once)
    if nothing_named and not sources:
        raise UsageError(
            f"{path} declares no sources; add one with `newsdesk add URL`, or name a feed=, sitemap=, section= or url="
        )


async def prepare(crawler: Crawler, desk: Desk, errand: Errand) -> Agenda:
    """Enter sources, channels and the crawl's record into the database, and return the agenda."""
    settings = crawler.settings
    path = Path(settings["NEWSDESK_SOURCES"])
    sources = read_roster(path)

    def intent(connection: sa.Connection) -> Scope:
        now = datetime.now(UTC)
        freed = reap_leases(connection, now)
        left = mark_interrupted(connection, now)
        if freed or left:
            logger.info("took over from a crawl that was interrupted: %d crawls, %d hosts", left, len(freed))
        desk.roster = enter(connection, sources, now)
        if errand.daemon:
            return Scope(due_only=True)
        if errand.once:
            desk.session.crawl_id = start_crawl(connection, "once", errand.subject, desk.session.owner, now)
            return _due_now(connection, now, recheck=settings.getbool("NEWSDESK_RECHECK"))
        desk.session.crawl_id = start_crawl(connection, "one-off", errand.subject, desk.session.owner, now)
        scope = _scope(connection, desk, errand, now)
        if settings.getbool("NEWSDESK_RECHECK") and scope.source_ids:
            reopen_for_recheck(connection, now, RECHECKS, scope.source_ids)
        return scope

    scope = await desk.session.write(intent)
    if errand.daemon:
        logger.info("following %d sources", sum(source.enabled for source in sources.values()))
    patience = None if errand.daemon else settings.getfloat("NEWSDESK_PATIENCE")
    terms = Terms(settings.getint("NEWSDESK_HOSTS"), patience, log_visits=errand.daemon)
    desk.agenda = Agenda(desk.session, desk.leases, desk.turns, scope, terms)
    return desk.agenda


def _scope(connection: sa.Connection, desk: Desk, errand: Errand, now: datetime) -> Scope:
    named = bool(errand.channels or errand.url)
    source_ids: frozenset[int] = frozenset() if named and not errand.sources else desk.roster.ids(errand.sources)
    channel_ids = frozenset(channel.id for channel in source_channels(connection, source_ids))
    named_ids = frozenset(_named_channel(connection, url, kind, now) for url, kind in errand.channels)
    link_ids = frozenset({_named_link(connection, errand.url, now)} if errand.url else ())
    return Scope(source_ids, link_ids, channel_ids | named_ids, listed_by=named_ids)


def _due_now(connection: sa.Connection, now: datetime, *, recheck: bool) -> Scope:
    """Return the daemon's work as of now: one whose channels were taken as they fall due would never end."""
    while recheck and reopen_for_recheck(connection, now, RECHECKS):
        continue
    return Scope(channel_ids=due_channel_ids(connection, now))


def _named_channel(connection: sa.Connection, url: str, kind: ChannelKind, now: datetime) -> int:
    """Return the id of a channel that is named by URL; a declared one keeps its source."""
    known = get_channel_at(connection, url)
    if known is not None:
        return known.id
    source_id = ensure_source(connection, registrable_domain(url), now)
    # Not enabled: the daemon polls what is declared, not what somebody once looked at.
    return ensure_channel(connection, source_id, url, host_of(url), kind, now, enabled=False)


def _named_link(connection: sa.Connection, url: str, now: datetime) -> int:
    source_id = ensure_source(connection, registrable_domain(url), now)
    link = ensure_link(connection, NewLink(url, url_key(url), host_of(url)), source_id, now)
    reopen_link(connection, link.id, now)
    return link.id
