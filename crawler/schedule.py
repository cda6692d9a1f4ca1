"""The clock of the daemon: a few fixed APScheduler ticks in memory. What is due is a column, not a job."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from scrapy.settings import BaseSettings

from crawler.alerts.tick import check_saved, deliver_saved
from crawler.budgeting import share_budget
from crawler.delivery.terms import Terms
from crawler.desk import Desk
from crawler.keeping import Keep, chores
from crawler.metrics.meters import Meters
from crawler.metrics.survey import Survey
from crawler.recleaning import clean_earlier
from crawler.roster import enter
from crawler.sources import load_sources
from crawler.watch.tick import deliver, watch
from storage.errors import NewsdeskError
from storage.housekeeping import tidy
from storage.reopening import reopen_for_recheck

logger = logging.getLogger(__name__)

DISPATCH_SECONDS = 5
RELOAD_SECONDS = 2
RECHECK_SECONDS = 60
RECHECKS_AT_ONCE = 500
CLEAN_SECONDS = 60
DELIVER_SECONDS = 30
ALERT_SECONDS = 5
CLEAN_AT_MOST = 10.0
"""Seconds of a minute in which earlier articles are cleaned."""
MEASURE_SECONDS = 15
SOON, LATER = timedelta(minutes=5), timedelta(minutes=10)
"""After the start: when what is seldom done is done first, so that it is done where restarts are frequent."""


Tick = Callable[[], Coroutine[Any, Any, None]]


class Clock:
    """Wakes the agenda, shares the budget of polls, reopens articles, reloads sources, cleans, forgets and tidies."""

    def __init__(self, desk: Desk, settings: BaseSettings, meters: Meters | None = None) -> None:
        self._desk = desk
        self._meters = meters
        self._path = Path(settings["NEWSDESK_SOURCES"])
        self._url: str = settings["NEWSDESK_DATABASE_URL"]
        self._keep = Keep(
            attempts=timedelta(days=settings.getint("NEWSDESK_KEEP_ATTEMPTS_DAYS")),
            sketches=timedelta(days=settings.getint("NEWSDESK_STORY_WINDOW_DAYS")),
            articles=settings["NEWSDESK_KEEP_ARTICLES"],
        )
        self._polls_a_day = settings.getfloat("NEWSDESK_POLLS_A_DAY")
        self._recheck = settings.getbool("NEWSDESK_RECHECK")
        self._watch_seconds = round(60 * settings.getfloat("NEWSDESK_HEALTH_MINUTES"))
        self._terms: Terms = settings["NEWSDESK_HEALTH_TERMS"]
        self._shown = settings.getint("NEWSDESK_WATCH_ARTICLES")
        self._read = self._seen = _stamp(self._path)
        self._reloading = asyncio.Lock()
        self._survey = None if meters is None else Survey(desk.session, meters)
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)

    def start(self) -> None:
        """Start ticking in the running event loop."""
        now = datetime.now(UTC)
        self._every(self.dispatch, seconds=DISPATCH_SECONDS)
        self._every(self.reload, seconds=RELOAD_SECONDS)
        self._every(self.budget, hours=6)
        self._every(self.retention, hours=6, first=now + LATER)
        self._every(self.housekeeping, hours=6, first=now + 2 * LATER)
        first = now + min(SOON, timedelta(seconds=self._watch_seconds))
        self._every(self.health, seconds=self._watch_seconds, first=first)
        self._every(self.deliver, seconds=DELIVER_SECONDS)
        self._every(self.check_saved, seconds=ALERT_SECONDS)
        self._every(self.deliver_saved, seconds=ALERT_SECONDS)
        self._every(self.clean, seconds=CLEAN_SECONDS)
        if self._recheck:
            self._every(self.recheck, seconds=RECHECK_SECONDS)
        if self._survey is not None:
            self._every(self._survey.measure, seconds=MEASURE_SECONDS, first=now)
        self._scheduler.start()

    def _every(self, tick: Tick, *, first: datetime | None = None, **interval: float) -> None:
        name = tick.__name__
        at = {} if first is None else {"next_run_time": first}
        self._scheduler.add_job(partial(self._timed, name, tick), "interval", id=name, name=name, **interval, **at)

    async def _timed(self, name: str, tick: Tick) -> None:
        began, failed = monotonic(), True
        try:
            await tick()
            failed = False
        except asyncio.CancelledError:
            if self._scheduler.running:
                raise
            failed = False  # the daemon stops: no fault of the tick's, which is done anew after the next start
        finally:
            if self._meters is not None:
                self._meters.tick(name, monotonic() - began, failed=failed)

    def stop(self) -> None:
        """Stop ticking; what runs ends where it waits, and what it has given to the writer is still written."""
        if self._scheduler.running:
            self._scheduler.pause()
            self._scheduler.shutdown(wait=False)

    async def dispatch(self) -> None:
        """Let the agenda look for what has become due."""
        if self._desk.agenda is not None:
            self._desk.agenda.wake()

    async def budget(self) -> None:
        """Share the budget of polls anew, for what is known of the channels by now."""
        share = partial(share_budget, roster=self._desk.roster, polls_a_day=self._polls_a_day)
        self._desk.scale = await self._desk.session.read(share)

    async def recheck(self) -> None:
        """Make pending the links of stored articles that are due for a look at changes."""
        hosts = await self._desk.session.write(lambda c: reopen_for_recheck(c, datetime.now(UTC), RECHECKS_AT_ONCE))
        if hosts and self._desk.agenda is not None:
            self._desk.agenda.wake()

    async def reload(self) -> None:
        """Read the file of sources again when it has changed and come to rest."""
        seen, self._seen = self._seen, _stamp(self._path)
        if self._seen == seen and self._seen != self._read:
            await self.read_sources()

    async def read_sources(self) -> bool:
        """Read the file of sources; tell whether it counts now.

        One with mistakes, without a source, or that is gone changes nothing: nobody means that by emptying a file, and
        half of one may be what an editor has written so far.
        """
        async with self._reloading:
            self._read = _stamp(self._path)
            try:
                sources = load_sources(self._path)
            except NewsdeskError as error:
                logger.error("the sources stay as they are: %s", error)
                return False
            if not sources:
                logger.error("the sources stay as they are: %s declares none", self._path)
                return False
            self._desk.roster = await self._desk.session.write(lambda c: enter(c, sources, datetime.now(UTC)))
            logger.info("read %s again: %d sources", self._path, len(sources), extra={"sources": len(sources)})
        await self.dispatch()
        return True

    async def retention(self) -> None:
        """Forget and delete what has been kept as long as it was to be, in small transactions."""
        session, sources = self._desk.session, list(self._desk.roster.by_id.values())
        for chore in await session.read(lambda c: chores(c, self._keep, sources, datetime.now(UTC))):
            done = total = await session.write(chore.batch)
            while chore.goes_on(done) and self._scheduler.running:
                await asyncio.sleep(0)
                done = await session.write(chore.batch)
                total += done
            if total:
                logger.info(chore.said(total))

    async def housekeeping(self) -> None:
        """Renew the planner's statistics, and cut a large write-ahead log."""
        done = await asyncio.to_thread(tidy, self._url)
        wal = {"wal_before": done.wal[0], "wal_after": done.wal[1]}
        logger.info("analysed %d tables, the longest took %.2f s", len(done.analysed), done.longest, extra=wal)

    async def clean(self) -> None:
        """Take what was learned as boilerplate out of earlier articles."""
        changed = await clean_earlier(self._desk.session, CLEAN_AT_MOST)
        if changed:
            logger.info("took learned boilerplate out of %d earlier articles", changed)

    async def health(self) -> None:
        """Look at how the sources are, and say what has changed."""
        await watch(self._desk.session, self._terms)
        await self.deliver()

    async def deliver(self) -> None:
        """Try the messages about changes that are due."""
        await deliver(self._desk.session, self._terms)

    async def check_saved(self) -> None:
        """Check the saved searches against what was stored since."""
        await check_saved(self._desk.session, self._shown)

    async def deliver_saved(self) -> None:
        """Try the messages of saved searches that are due: on its own, since a slow target must not hold up checks."""
        await deliver_saved(self._desk.session, self._terms)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
