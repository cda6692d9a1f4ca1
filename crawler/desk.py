"""The desk of one crawl: its session, leases, sources and agenda, found from the Scrapy crawler."""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from crawler.agenda import Agenda
from crawler.circuit import Circuit
from crawler.leases import Leases
from crawler.pace import PaceRules
from crawler.roster import Roster
from crawler.turns import Turns
from pipelines.session import Session, session_of


@dataclass(slots=True, eq=False)
class Desk:
    """What the spider, the middlewares and the extensions of one crawl share.

    `turns` hold the paces of hosts and who is in trouble, which `circuit` writes down; `scale` shares the budget of
    polls, None when that is still to be worked out.
    """

    session: Session
    turns: Turns
    leases: Leases
    circuit: Circuit
    roster: Roster = field(default_factory=Roster)
    agenda: Agenda | None = None
    scale: float | None = None


COMMAND_LINE = 40
"""Scrapy's priority of settings given with -s: they win over the delay that a source declares."""
_desks: WeakKeyDictionary[Crawler, Desk] = WeakKeyDictionary()


def desk_of(crawler: Crawler) -> Desk:
    """Return the crawler's desk."""
    desk = _desks.get(crawler)
    if desk is None:
        from crawler.further import FurtherPages

        session = session_of(crawler)
        turns = _turns(crawler.settings)
        desk = _desks[crawler] = Desk(session, turns, Leases(session, turns), Circuit(session, turns))
        session.fetch_page = FurtherPages(crawler).fetch
    return desk


def _turns(settings: BaseSettings) -> Turns:
    rules = PaceRules(
        delay=settings.getfloat("DOWNLOAD_DELAY"),
        longest=settings.getfloat("NEWSDESK_MAX_CRAWL_DELAY"),
        width=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
        is_fixed=(settings.getpriority("DOWNLOAD_DELAY") or 0) >= COMMAND_LINE,
    )
    return Turns(rules, by_domain=settings["NEWSDESK_POLITENESS"] == "domain")
