"""The clock of the daemon: a few fixed APScheduler ticks in memory. What is due is a column, not a job."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from scrapy.settings import BaseSettings

from crawler.budgeting import share_budget
from crawler.desk import Desk
from crawler.recleaning import clean_earlier
from crawler.roster import enter, read_roster
from storage.crawls import forget_attempts
from storage.errors import NewsdeskError
from storage.learning import counted_sites, forget_blocks
from storage.postings import forget_postings
from storage.reopening import reopen_for_recheck
from storage.stats import failing_channels

logger = logging.getLogger(__name__)

DISPATCH_SECONDS = 5
RELOAD_SECONDS = 3
RECHECK_SECONDS = 60
RECHECKS_AT_ONCE = 500
FORGOTTEN_AT_ONCE = 200
CLEAN_SECONDS = 60
CLEAN_AT_MOST = 10.0
"""Seconds of a minute in which earlier articles are cleaned."""


class Clock:
    """Wakes the agenda, shares the budget of polls, reopens articles, reloads sources, cleans texts, forgets."""

    def __init__(self, desk: Desk, settings: BaseSettings) -> None:
        self._desk = desk
        self._path = Path(settings["NEWSDESK_SOURCES"])
        self._keep = timedelta(days=settings.getint("NEWSDESK_KEEP_ATTEMPTS_DAYS"))
        self._window = timedelta(days=settings.getint("NEWSDESK_STORY_WINDOW_DAYS"))
        self._polls_a_day = settings.getfloat("NEWSDESK_POLLS_A_DAY")
        self._recheck = settings.getbool("NEWSDESK_RECHECK")
        self._seen = _stamp(self._path)
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)

    def start(self) -> None:
        """Start ticking in the running event loop."""
        add = self._scheduler.add_job
        add(self.dispatch, "interval", seconds=DISPATCH_SECONDS, id="dispatch")
        add(self.reload, "interval", seconds=RELOAD_SECONDS, id="reload")
        add(self.budget, "interval", hours=6, id="budget")
        add(self.retention, "interval", hours=6, id="retention")
        add(self.health, "interval", hours=1, id="health", next_run_time=datetime.now(UTC) + timedelta(minutes=5))
        add(self.clean, "interval", seconds=CLEAN_SECONDS, id="clean")
        if self._recheck:
            add(self.recheck, "interval", seconds=RECHECK_SECONDS, id="recheck")
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking; what runs is not cancelled."""
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
        """Read the file of sources again when it has changed. One with mistakes changes nothing."""
        stamp = _stamp(self._path)
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            sources = read_roster(self._path)
        except NewsdeskError as error:
            logger.error("the sources stay as they are: %s", error)
            return
        self._desk.roster = await self._desk.session.write(lambda c: enter(c, sources, datetime.now(UTC)))
        logger.info("read %s again: %d sources", self._path, len(sources))
        await self.dispatch()

    async def retention(self) -> None:
        """Forget attempts past their time, lines that were seen once, and the sketches of texts past the window."""
        before = datetime.now(UTC) - self._keep
        gone = await self._desk.session.write(lambda c: forget_attempts(c, before))
        if gone:
            logger.info("forgot %d attempts of before %s", gone, before.date())
        since = datetime.now(UTC) - self._window
        forget = partial(forget_postings, before=since, limit=FORGOTTEN_AT_ONCE)
        while await self._desk.session.write(forget) == FORGOTTEN_AT_ONCE:
            await asyncio.sleep(0)
        for site in await self._desk.session.read(counted_sites):
            await self._desk.session.write(partial(forget_blocks, site=site, now=datetime.now(UTC)))

    async def clean(self) -> None:
        """Take what was learned as boilerplate out of earlier articles."""
        changed = await clean_earlier(self._desk.session, CLEAN_AT_MOST)
        if changed:
            logger.info("took learned boilerplate out of %d earlier articles", changed)

    async def health(self) -> None:
        """Say which channels have stopped working."""
        for url, failures, error in await self._desk.session.read(failing_channels):
            logger.warning("%s has failed %d times in a row: %s", url, failures, error)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
