"""The desk of one crawl: its session, leases, sources and agenda, found from the Scrapy crawler."""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from scrapy.crawler import Crawler

from crawler.agenda import Agenda
from crawler.leases import Leases
from crawler.roster import Roster
from pipelines.session import Session, session_of


@dataclass(slots=True, eq=False)
class Desk:
    """What the spider, the middlewares and the extensions of one crawl share.

    `crawl_delays` holds what robots.txt asks, `declared_delays` what the sources declare, in seconds by host;
    `troubled` are hosts that were put in back-off and have not answered since; `scale` shares the budget of polls, None
    when that is still to be worked out.
    """

    session: Session
    leases: Leases
    roster: Roster = field(default_factory=Roster)
    agenda: Agenda | None = None
    crawl_delays: dict[str, float] = field(default_factory=dict)
    declared_delays: dict[str, float] = field(default_factory=dict)
    troubled: set[str] = field(default_factory=set)
    scale: float | None = None


_desks: WeakKeyDictionary[Crawler, Desk] = WeakKeyDictionary()


def desk_of(crawler: Crawler) -> Desk:
    """Return the crawler's desk."""
    desk = _desks.get(crawler)
    if desk is None:
        from crawler.further import FurtherPages
        from crawler.middlewares.pace import pace_left

        session = session_of(crawler)
        desk = _desks[crawler] = Desk(session, Leases(session, lambda host: pace_left(crawler, host)))
        session.fetch_page = FurtherPages(crawler, desk).fetch
    return desk
