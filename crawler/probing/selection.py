"""Which channels of a site are worth polling: fresh ones, as few as list most of what is there. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.probing.candidates import is_about_comments
from pipelines.urls import url_key
from storage.types import ChannelKind, FoundLink

MOST_CHOSEN = 6
MOST_KEYS = 3_000
STALE = timedelta(days=60)
RECENT = timedelta(days=7)
LEAST_KEYS = 10
ROLLING = timedelta(days=45)
"""A sitemap that reaches further back than this is an archive: to poll it would be to crawl the past."""
LEAST_GAIN = 0.1
LEAST_LINKS = 3
"""A further channel must add so many links, and this share of everything that the fit channels list."""
FEED_WEIGHT = 1.2
"""A feed is preferred to a sitemap that lists slightly more: it is smaller, and tells titles."""
LEAST_SECTION = 5
"""A page with fewer links to articles is no list of articles."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A document of the site as it was read: a channel that could be polled. `problem` says why it could not."""

    kind: ChannelKind
    url: str
    why: str
    links: tuple[FoundLink, ...] = ()
    title: str | None = None
    language: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ProbedChannel:
    """A channel with its scores. `newest` is its newest date, `per_day` how many dated links a day it gets.

    `overlap` is the share of its links that other channels list too. `why` tells where it was found and why it was
    chosen or not.
    """

    kind: ChannelKind
    url: str
    entries: int
    newest: datetime | None
    per_day: float | None
    overlap: float
    chosen: bool
    why: str


@dataclass(frozen=True, slots=True)
class _Scored:
    """A reading with what the choice is made by. `keys` are its recent links, `unfit` why it is out of the question."""

    reading: Reading
    keys: frozenset[str]
    newest: datetime | None
    per_day: float | None
    archive: bool
    unfit: str | None


def date_of(link: FoundLink) -> datetime | None:
    """Return when a link was published or, when that is not told, changed."""
    return link.published or link.updated


def select(readings: Sequence[Reading], now: datetime) -> tuple[ProbedChannel, ...]:
    """Return the channels, the chosen ones marked, in the order in which they were read."""
    scored = [_score(reading, now) for reading in readings]
    fit = [one for one in scored if one.unfit is None]
    reasons = _choose(fit)
    return tuple(_channel(one, fit, reasons) for one in scored)


def _score(reading: Reading, now: datetime) -> _Scored:
    dates = sorted((at for link in reading.links if (at := date_of(link)) is not None), reverse=True)
    newest = min(dates[0], now) if dates else None
    archive = is_archive(reading, now)
    keys = frozenset(url_key(link.url) for link in _recent(reading.links, now))
    return _Scored(reading, keys, newest, _per_day(dates, now), archive, _unfit(reading, newest, archive, now))


def _recent(links: Sequence[FoundLink], now: datetime) -> list[FoundLink]:
    """Return the links by which channels are compared: those of the last days, some at least, and undated ones."""
    undated = [link for link in links if date_of(link) is None]
    dated = sorted((link for link in links if date_of(link) is not None), key=lambda one: date_of(one) or now)[::-1]
    fresh = [link for link in dated if now - (date_of(link) or now) <= RECENT]
    return [*(fresh if len(fresh) >= LEAST_KEYS else dated[:LEAST_KEYS]), *undated][:MOST_KEYS]


def _per_day(dates: Sequence[datetime], now: datetime) -> float | None:
    """Return the links a day within the last week, or since the oldest when that is later."""
    if not dates:
        return None
    span = min(max(now - dates[-1], timedelta(hours=1)), RECENT)
    return round(sum(1 for at in dates if now - at <= span) / (span / timedelta(days=1)), 1)


def _unfit(reading: Reading, newest: datetime | None, archive: bool, now: datetime) -> str | None:
    if reading.problem is not None:
        return reading.problem
    if not reading.links:
        return "it lists nothing"
    if reading.kind is ChannelKind.FEED and _about_comments(reading):
        return "it lists readers' comments"
    if newest is not None and now - newest > STALE:
        return f"nothing new for {(now - newest).days} days"
    if archive and sum(1 for link in reading.links if date_of(link)) < len(reading.links) * 0.8:
        return "it lists the archive, without dates"
    if reading.kind is ChannelKind.SECTION and len(reading.links) < LEAST_SECTION:
        return "hardly a link in it looks like an article's"
    return None


def _about_comments(reading: Reading) -> bool:
    anchored = sum(1 for link in reading.links if "#comment" in link.url)
    return is_about_comments(reading.title) or anchored * 2 > len(reading.links)


def is_archive(reading: Reading, now: datetime) -> bool:
    """Tell whether a sitemap lists the site's past, not only its news."""
    if reading.kind is not ChannelKind.SITEMAP:
        return False
    links = reading.links
    published = [link.published for link in links if link.published is not None]
    if len(published) * 2 >= len(links):
        return now - min(published, default=now) > ROLLING
    # Without publication dates only few pages that changed at different times are taken for news.
    changed = [link.updated for link in links if link.updated is not None]
    telling = len(changed) == len(links) <= 1_000 and len(set(changed)) * 2 > len(links)
    return not telling or now - min(changed, default=now) > ROLLING


def _choose(fit: Sequence[_Scored]) -> dict[str, str]:
    """Return why each chosen channel was chosen, by its URL."""
    feeds = [one for one in fit if one.reading.kind is ChannelKind.FEED]
    sitemaps = [one for one in fit if one.reading.kind is ChannelKind.SITEMAP]
    pages = [one for one in fit if one.reading.kind is ChannelKind.SECTION]
    reasons = _cover([*feeds, *(one for one in sitemaps if not one.archive)])
    if not reasons:
        reasons = _cover(sitemaps, most=1)
    listed: frozenset[str] = frozenset().union(*(one.keys for one in fit if one.reading.url in reasons))
    if pages and not (reasons and _shows(pages[0], listed)):
        reasons |= _cover(pages, covered=listed)
    return reasons


def _shows(page: _Scored, listed: frozenset[str]) -> bool:
    """Tell whether the chosen channels are about what the front page shows: a press blog's feed would not be."""
    return len(page.keys & listed) >= max(3, len(page.keys) * 0.05)


def _cover(
    channels: Sequence[_Scored], most: int = MOST_CHOSEN, covered: frozenset[str] = frozenset()
) -> dict[str, str]:
    """Choose greedily: always the channel that adds most, until the next one would add next to nothing."""
    everything: frozenset[str] = frozenset().union(*(one.keys for one in channels)) - covered
    reasons: dict[str, str] = {}
    left = list(channels)
    while left and len(reasons) < most:
        best = max(left, key=lambda one: _gain(one, covered))
        gain = len(best.keys - covered)
        if gain < max(LEAST_LINKS if reasons or covered else 1, len(everything) * LEAST_GAIN):
            break
        reasons[best.reading.url] = f"adds {gain} of {len(everything)} recent links"
        covered |= best.keys
        left.remove(best)
    return reasons


def _gain(one: _Scored, covered: frozenset[str]) -> float:
    return len(one.keys - covered) * (FEED_WEIGHT if one.reading.kind is ChannelKind.FEED else 1.0)


def _channel(one: _Scored, fit: Sequence[_Scored], reasons: dict[str, str]) -> ProbedChannel:
    others: frozenset[str] = frozenset().union(*(o.keys for o in fit if o.reading.url != one.reading.url))
    verdict = one.unfit or reasons.get(one.reading.url) or _spare(one)
    return ProbedChannel(
        kind=one.reading.kind,
        url=one.reading.url,
        entries=len(one.reading.links),
        newest=one.newest,
        per_day=one.per_day,
        overlap=len(one.keys & others) / len(one.keys) if one.keys else 0.0,
        chosen=one.reading.url in reasons,
        why=f"{one.reading.why}: {verdict}",
    )


def _spare(one: _Scored) -> str:
    """Return why a fit channel is not needed."""
    if one.archive:
        return "it lists the archive"
    if one.reading.kind is ChannelKind.SECTION:
        return "the others list what is new"
    return "the others list nearly all of it"
