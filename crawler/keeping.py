"""What is forgotten and deleted when its time is over: one list of chores for the daemon and for the command."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from crawler.commands.wording import number, span
from crawler.sources import Source
from pipelines.hosts import host_of
from storage.alerts_told import forget_matches
from storage.crawls import forget_attempts
from storage.learning import counted_sites, forget_blocks
from storage.postings import forget_postings
from storage.retention import Term, expire_batch, terms

POSTINGS_AT_ONCE = 200
ATTEMPTS_AT_ONCE = 5_000
KEEP_MATCHES = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Keep:
    """How long things are kept: attempts, sketches of texts, and articles (None: for ever) unless a source says."""

    attempts: timedelta
    sketches: timedelta
    articles: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Chore:
    """Work in small transactions: `batch` is run again, for as long as it returns `again` or more.

    `done` is a sentence with a place for how many of `what` it was done to.
    """

    batch: Callable[[sa.Connection], int]
    done: str
    what: str
    again: int | None = None

    def said(self, total: int) -> str:
        """Return what was done, for people."""
        return self.done.format(number(total, self.what))

    def goes_on(self, did: int) -> bool:
        """Tell whether there may be more to do after a batch that did so much."""
        return self.again is not None and did >= self.again


def expiring(connection: sa.Connection, keep: Keep, sources: Iterable[Source], now: datetime) -> list[Term]:
    """Return the sources that have articles to lose some day."""
    declared = {source.name: source.keep for source in sources if source.keep is not None}
    return terms(connection, declared, keep.articles, now)


def chores(connection: sa.Connection, keep: Keep, sources: Iterable[Source], now: datetime) -> list[Chore]:
    """Return what is to be done now."""
    found = [
        Chore(
            partial(forget_attempts, before=now - keep.attempts, limit=ATTEMPTS_AT_ONCE),
            "forgot {} of the log",
            "attempt",
            ATTEMPTS_AT_ONCE,
        ),
        Chore(
            partial(forget_postings, before=now - keep.sketches, limit=POSTINGS_AT_ONCE),
            "forgot the sketches of {} compared no more",
            "text",
            POSTINGS_AT_ONCE,
        ),
        Chore(
            partial(forget_matches, before=now - max(KEEP_MATCHES, keep.sketches)),
            "forgot {} that saved searches had found",
            "article",
        ),
    ]
    found += [
        Chore(partial(forget_blocks, site=site, now=now), f"forgot {{}} of {site} seen once", "line")
        for site in counted_sites(connection)
    ]
    found += [
        Chore(
            partial(expire_batch, term=term, host_of=host_of, now=now),
            f"deleted {{}} of {term.source} after {span(term.keep)}",
            "article",
            1,
        )
        for term in expiring(connection, keep, sources, now)
    ]
    return found
