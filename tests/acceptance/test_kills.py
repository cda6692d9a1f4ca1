"""kill -9 again and again in the middle of work: nothing is lost, nothing is there twice, and every pace is kept.

NEWSDESK_KILLS says how often each daemon is killed (4).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.reopening import reopen_for_recheck
from storage.store import open_store
from tests.acceptance.site import Answer, article
from tests.acceptance.test_politeness import LEAST, first_fault, hosts, make_desk, outlet

__all__ = ["hosts"]

KILLS = int(os.environ.get("NEWSDESK_KILLS", "4"))
ARTICLES = 8
LONGEST = 120 + 10 * KILLS
ROBOTS = Answer(body="User-agent: *\nCrawl-delay: 0.5\n", kind="text/plain")
QUERIES = {
    "links": "SELECT url, state, reason FROM links ORDER BY url",
    "articles": "SELECT url, headline, body, revision, content_hash, access FROM articles ORDER BY url",
    "revisions": "SELECT a.url, r.revision, r.headline, r.body FROM revisions r JOIN articles a ON a.id = r.article_id "
    "ORDER BY a.url, r.revision",
    "sightings": "SELECT l.url, c.url, s.title FROM link_sightings s JOIN links l ON l.id = s.link_id "
    "JOIN channels c ON c.id = s.channel_id ORDER BY l.url, c.url",
    "channels": "SELECT url, failures, last_error FROM channels ORDER BY url",
    "leases": "SELECT count(*) FROM hosts WHERE failures > 0",
}


class World:
    """Four outlets, three of which fail at first, and a desk that follows them."""

    def __init__(self, stack: ExitStack, directory: Path, url: str) -> None:
        self.sites = [outlet(stack, number, ARTICLES) for number in (2, 3, 4, 5)]
        well, limited, torn, shut = self.sites
        well.pages["/robots.txt"] = ROBOTS
        first_fault(limited, "/news/n3-4", Answer(429, headers={"Retry-After": "1"}))
        first_fault(torn, "/news/n4-4", Answer(reset=True))
        first_fault(shut, "/robots.txt", Answer(503))
        feeds = {f"paper{number}": f"{site.base}/feed.xml" for number, site in enumerate(self.sites)}
        self.desk = make_desk(directory, url, feeds, NEWSDESK_LOG_LEVEL="WARNING")
        self.kills = 0

    @property
    def asked(self) -> int:
        return sum(len(site.log) for site in self.sites)

    def start(self) -> subprocess.Popen[str]:
        return self.desk.start("crawler", "run")

    def is_done(self) -> bool:
        """Tell whether all is stored, and nothing waits."""
        [(stored, pending, due)] = self.desk.rows(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM links WHERE state = 'pending'),"
            " (SELECT count(*) FROM channels WHERE last_polled IS NULL)"
        )
        return (stored, pending, due) == (ARTICLES * len(self.sites), 0, 0)

    def work_off(self, kills: int, done: Callable[[], bool]) -> None:
        """Run daemons one after the other until all is done; kill the first ones after a few requests each."""
        chance = random.Random(kills)
        process, aim = self.start(), self.asked + chance.randint(1, 6)
        deadline = time.monotonic() + LONGEST
        try:
            while not done():
                assert time.monotonic() < deadline, "waited in vain"
                assert process.poll() is None, process.communicate()[0]
                if kills and self.asked >= aim:
                    time.sleep(chance.random() * 0.3)
                    process.kill()
                    process.communicate()
                    kills, self.kills = kills - 1, self.kills + 1
                    process, aim = self.start(), self.asked + chance.randint(1, 6)
                time.sleep(0.02 if kills else 0.2)
        finally:
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=60)
        assert "Traceback" not in out, out

    def correct(self) -> None:
        """Change an article of each outlet, and let all be looked at again."""
        for number, site in enumerate(self.sites, 2):
            told = "Correction: the council met on Monday, not on Tuesday."
            site.pages[f"/news/n{number}-2"] = Answer(body=article(f"n{number}-2", extra=told))
        store = open_store(self.desk.database_url)
        with store.begin() as connection:
            reopened = reopen_for_recheck(connection, datetime.now(UTC) + timedelta(hours=2), 1000)
        store.close()
        assert len(set(reopened)) == len(self.sites)

    def tables(self) -> dict[str, list[tuple[object, ...]]]:
        """Return what is stored, without the ports of the servers."""
        return {name: [self._plain(row) for row in self.desk.rows(sql)] for name, sql in QUERIES.items()}

    def _plain(self, row: Sequence[object]) -> tuple[object, ...]:
        return tuple(self._without_port(value) if isinstance(value, str) else value for value in row)

    def _without_port(self, text: str) -> str:
        for site in self.sites:
            text = text.replace(f":{site.port}", "")
        return text


@pytest.mark.timeout(300 + 40 * KILLS)
def test_a_daemon_that_is_killed_again_and_again_stores_what_an_undisturbed_one_does(
    tmp_path: Path, database_url: str, hosts: ExitStack
) -> None:
    (tmp_path / "calm").mkdir()
    calm = World(hosts, tmp_path / "calm", f"sqlite:///{tmp_path / 'calm' / 'calm.db'}")
    torn = World(hosts, tmp_path, database_url)
    for world, kills in ((calm, 0), (torn, KILLS)):
        world.work_off(kills - kills // 2, world.is_done)
        world.correct()
        world.work_off(kills // 2, world.is_done)
        for site in world.sites:
            assert min(site.gaps()) >= LEAST, (site.base, site.gaps())
        assert min(world.sites[0].gaps()[1:]) >= 0.49, "its Crawl-delay, also across a kill"
    assert torn.kills == KILLS
    kept, told = torn.tables(), calm.tables()
    for name in QUERIES:
        assert kept[name] == told[name], name
    assert len(kept["articles"]) == ARTICLES * 4 and len(kept["revisions"]) == 4 * 2
    assert torn.asked <= calm.asked + KILLS * 4 * 3, "a kill costs what was in flight, the feed and the robots.txt"
