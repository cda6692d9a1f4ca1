"""Politeness, told by the servers' own logs: real crawls and daemons against hosts with every kind of fault."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.acceptance.desk import Desk, daemon, until
from tests.acceptance.site import Answer, Page, Site, article

DELAY = 0.3
LEAST = DELAY - 0.01
RESTED = 4.9
"""The first step of a back-off is 5 seconds."""


@pytest.fixture
def hosts() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def outlet(hosts: ExitStack, number: int, count: int = 4) -> Site:
    """Return a running site on an address of its own, with a feed of so many articles."""
    site = hosts.enter_context(Site(f"127.0.0.{number}"))
    site.feed([f"n{number}-{turn}" for turn in range(count)])
    return site


def make_desk(directory: Path, url: str, sites: dict[str, str], **environment: str) -> Desk:
    """Return a desk whose sources are these feeds."""
    desk = Desk(directory, url, Site())
    lines = [f'[{name}]\nfeeds = ["{feed}"]\nevery = "1h"\n' for name, feed in sites.items()]
    (directory / "sources.toml").write_text("".join(lines))
    desk.environment |= {"NEWSDESK_DELAY": str(DELAY), "NEWSDESK_LOG_LEVEL": "INFO"} | environment
    return desk


def once(fault: Answer, page: Page) -> Page:
    """Return a page that is a fault the first time that it is asked for."""
    return lambda before: fault if before == 0 else page if isinstance(page, Answer) else page(before)


def first_fault(site: Site, path: str, fault: Answer) -> None:
    site.pages[path] = once(fault, site.pages[path])


def pause_after(site: Site, path: str) -> float:
    """Return the seconds in which the host was left alone after the first request for a path."""
    at = next(seen.at for seen in site.log if seen.path == path)
    return min(seen.at for seen in site.log if seen.at > at) - at


def articles(desk: Desk) -> set[str]:
    return {str(row[0]).rpartition("/")[2] for row in desk.rows("SELECT url FROM articles")}


def test_every_fault_rests_its_own_host_and_the_delay_is_kept_at_all(
    tmp_path: Path, database_url: str, hosts: ExitStack
) -> None:
    names = ["well", "limited", "patient", "overloaded", "torn", "dripping", "closed", "silent"]
    sites = {name: outlet(hosts, number) for number, name in enumerate(names, 2)}
    later = {name: f"/news/n{number}-1" for number, name in enumerate(names, 2)}
    first_fault(sites["limited"], later["limited"], Answer(429))
    first_fault(sites["patient"], later["patient"], Answer(429, headers={"Retry-After": "2"}))
    first_fault(sites["overloaded"], later["overloaded"], Answer(503))
    whole = sites["torn"].pages[later["torn"]]
    assert isinstance(whole, Answer)
    sites["torn"].pages[later["torn"]] = lambda before: Answer(reset=True) if before < 2 else whole
    first_fault(sites["dripping"], later["dripping"], Answer(body="<p>slow</p>" * 9, drip=0.2))
    first_fault(sites["closed"], "/robots.txt", Answer(500))
    sites["silent"].pages["/robots.txt"] = Answer(silence=60)
    feeds = {name: f"{site.base}/feed.xml" for name, site in sites.items()}
    feeds["nowhere"] = "http://nowhere.invalid/feed.xml"
    desk = make_desk(tmp_path, database_url, feeds, NEWSDESK_TIMEOUT="2")
    expected = {f"n{number}-{turn}" for number in range(2, 2 + len(names) - 1) for turn in range(4)}
    with daemon(desk):
        until(lambda: sum(len(site.paths()) for site in sites.values()) >= len(expected) + 5, 100)
        until(lambda: articles(desk) == expected, 20)
        until(lambda: len(sites["silent"].log) >= 2, 20)
        time.sleep(1)
    for name, site in sites.items():
        assert min(site.gaps()) >= LEAST, (name, site.gaps())
    assert [seen.path for seen in sites["silent"].log] == ["/robots.txt"] * 2, "one probe per step"
    assert sites["silent"].gaps()[0] >= 2 + RESTED
    assert sites["torn"].paths().count(later["torn"]) == 3 and max(sites["torn"].gaps()) >= RESTED
    for name in ("limited", "overloaded", "dripping"):
        assert pause_after(sites[name], later[name]) >= RESTED, name
    assert 1.99 <= pause_after(sites["patient"], later["patient"]) < RESTED
    assert [seen.path for seen in sites["closed"].log][:3] == ["/robots.txt", "/robots.txt", "/feed.xml"]
    assert pause_after(sites["closed"], "/robots.txt") >= RESTED
    trouble = dict(desk.rows("SELECT host, failures FROM hosts WHERE failures > 0"))
    assert trouble == {sites["silent"].base.removeprefix("http://"): 2, "nowhere.invalid": 2}
    assert all(site.log[-1].at < sites["well"].log[-1].at + 60 for site in sites.values())
    assert desk.rows("SELECT count(*) FROM links WHERE attempts > 2") == [(0,)]


def test_dead_hosts_cost_a_healthy_one_no_time(tmp_path: Path, hosts: ExitStack) -> None:
    dead = {f"dead{number}": outlet(hosts, number) for number in (2, 3, 4)}
    for site in dead.values():
        site.pages["/robots.txt"] = Answer(silence=60)
    well = outlet(hosts, 5, 6)
    feeds = {name: f"{site.base}/feed.xml" for name, site in (dead | {"well": well}).items()}
    desk = make_desk(tmp_path, f"sqlite:///{tmp_path / 'n.db'}", feeds, NEWSDESK_TIMEOUT="30", NEWSDESK_HOSTS="1")
    with daemon(desk):
        until(lambda: len(articles(desk)) == 6, 100)
        asked = {name: len(site.log) for name, site in dead.items()}
    assert max(asked.values()) == 1, "all that while the dead ones had not even let go of their first request"
    assert sum(asked.values()) >= 2, "and they are asked beside it"
    assert min(well.gaps()) >= LEAST


def test_channels_articles_rechecks_and_two_sources_share_one_rate(
    tmp_path: Path, database_url: str, hosts: ExitStack
) -> None:
    site = outlet(hosts, 2, 3)
    sitemap = "".join(f"<url><loc>{site.base}/news/s{n}</loc></url>" for n in range(3))
    site.pages["/sitemap.xml"] = Answer(body=f"<urlset>{sitemap}</urlset>")
    titles = "".join(
        f"<h2><a href='/news/place{n}'>Harbour wall {n} to be repaired in spring</a></h2>" for n in range(3)
    )
    site.pages["/local/"] = Answer(body=f"<main>{titles}</main>")
    site.pages |= {f"/news/{kind}{n}": Answer(body=article(f"{kind}{n}")) for kind in ("s", "place") for n in range(3)}
    desk = make_desk(tmp_path, database_url, {"first": f"{site.base}/feed.xml"})
    with (tmp_path / "sources.toml").open("a") as file:
        file.write(
            f'[second]\nsitemaps = ["{site.base}/sitemap.xml"]\nsections = ["{site.base}/local/"]\ndelay = 0.4\n'
        )
    site.slow = 0.05
    with daemon(desk):
        until(lambda: len(site.paths()) >= 2, 100)
        site.pages["/news/beside"] = Answer(body=article("beside"))
        out = desk.crawl("-a", f"url={site.base}/news/beside", NEWSDESK_PATIENCE="60")
        until(lambda: len(articles(desk)) == 10, 60)
        change = "UPDATE links SET recheck_at = '2026-01-01 00:00:00' WHERE url LIKE '%/n2-%'"
        _execute(desk, change)
        desk.run("crawler", "run", "--once", NEWSDESK_PATIENCE="60")
        until(lambda: len(site.paths("/news/n2-")) == 6, 60)
    assert min(site.gaps()) >= LEAST, (site.gaps(), out)
    ((latency, leased),) = desk.rows("SELECT latency, leased_by FROM hosts")
    assert isinstance(latency, float) and 0.0 < latency < 5 and leased is None


def _execute(desk: Desk, sql: str) -> None:
    import sqlalchemy as sa

    from storage.store import open_store

    store = open_store(desk.database_url)
    with store.begin() as connection:
        assert connection.execute(sa.text(sql)).rowcount > 0
    store.close()


def test_hosts_of_one_domain_share_a_rate_across_processes(tmp_path: Path, hosts: ExitStack) -> None:
    site = outlet(hosts, 1, 5)
    names = {name: f"http://{name}.paper.localhost:{site.port}" for name in ("www", "feeds")}
    for name, base in names.items():
        items = "".join(f"<item><link>{base}/news/{name}{n}</link></item>" for n in range(5))
        site.pages[f"/{name}.xml"] = Answer(body=f"<rss><channel>{items}</channel></rss>")
        site.pages |= {f"/news/{name}{n}": Answer(body=article(f"{name}{n}")) for n in range(5)}
    feeds = {name: f"{base}/{name}.xml" for name, base in names.items()}
    url = f"sqlite:///{tmp_path / 'n.db'}"
    desk = make_desk(tmp_path, url, feeds, NEWSDESK_POLITENESS="domain", NEWSDESK_PATIENCE="60")
    both = [desk.start("scrapy", "crawl", "news", "-a", f"source={name}") for name in names]
    outs = [process.communicate(timeout=90)[0] for process in both]
    assert len(articles(desk)) == 10, outs
    assert {seen.host.partition(".")[0] for seen in site.log} == {"www", "feeds"}
    assert min(site.gaps()) >= LEAST, site.gaps()
    assert desk.rows("SELECT host FROM hosts WHERE next_request_at IS NOT NULL") == [("paper.localhost",)]


def test_a_robots_txt_that_changes_is_obeyed_when_it_is_no_longer_fresh(tmp_path: Path, hosts: ExitStack) -> None:
    site = outlet(hosts, 2, 12)
    fresh = {"Cache-Control": "max-age=1"}
    closed = Answer(body="User-agent: *\nDisallow: /news/\n", kind="text/plain", headers=fresh)
    open_ = Answer(body="", kind="text/plain", headers=fresh)
    site.pages["/robots.txt"] = lambda before: closed if len(site.paths()) >= 3 else open_
    desk = make_desk(tmp_path, f"sqlite:///{tmp_path / 'n.db'}", {"paper": f"{site.base}/feed.xml"})
    desk.crawl("-s", "NEWSDESK_ROBOTS_LEAST=1")
    asked = [seen.path for seen in site.log]
    last = max(number for number, path in enumerate(asked) if path == "/robots.txt")
    assert last > 1, "it was asked for again"
    assert not [path for path in asked[last:] if path.startswith("/news/")]
    states = desk.rows("SELECT state, reason, count(*) FROM links GROUP BY 1, 2 ORDER BY 1, 2")
    assert {(state, reason) for state, reason, _ in states} == {("done", "stored"), ("dropped", "robots")}, states
    assert min(site.gaps()) >= LEAST


def test_a_slow_host_gets_as_much_time_as_it_takes(tmp_path: Path, hosts: ExitStack) -> None:
    site = outlet(hosts, 2, 6)
    site.slow = 0.9
    desk = make_desk(tmp_path, f"sqlite:///{tmp_path / 'n.db'}", {"paper": f"{site.base}/feed.xml"})
    desk.crawl()
    ((slow,),) = desk.rows("SELECT latency FROM hosts")
    assert isinstance(slow, float) and slow > 0.5
    site.slow = 0
    site.log.clear()
    site.feed([f"again{number}" for number in range(3)])
    desk.crawl()
    assert site.gaps()[1] >= 0.75 * slow - 0.02, "what the row says of a host's latency holds for the next crawl"
    ((quick,),) = desk.rows("SELECT latency FROM hosts")
    assert isinstance(quick, float) and quick < slow
