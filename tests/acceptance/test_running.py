"""Running it: sources that are read again, stops that drain, logs, metrics, word to systemd, housekeeping."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import zygote
from tests.acceptance.desk import Desk, change, until
from tests.acceptance.site import Answer, Site, article

ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(tmp_path: Path, site: Site) -> Desk:
    site.feed(["one", "two"])
    return Desk(tmp_path, f"sqlite:///{tmp_path / 'newsdesk.db'}", site)


class Daemon:
    """A daemon whose log can be read while it runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def said(self, text: str, times: int = 1) -> bool:
        return sum(text in line for line in list(self.lines)) >= times

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(30)
        self._reader.join(5)
        return code


@contextmanager
def running(desk: Desk, **environment: str) -> Iterator[Daemon]:
    process = desk.start("crawler", "run", **environment)
    daemon = Daemon(process)
    try:
        # Not "newsdesk runs": the sources are read after that, and a test may break their file.
        until(lambda: daemon.said("following") or process.poll() is not None)
        assert process.poll() is None, daemon.lines
        yield daemon
    except BaseException:
        print("".join(daemon.lines))
        raise
    finally:
        process.kill()
        process.wait(10)


def declare(desk: Desk, text: str) -> None:
    (desk.directory / "sources.toml").write_text(text)


def enabled(desk: Desk) -> list[str]:
    return [str(row[0]) for row in desk.rows("SELECT name FROM sources WHERE enabled ORDER BY name")]


def test_sources_are_read_again_and_a_mistake_costs_nothing(desk: Desk, site: Site, tmp_path: Path) -> None:
    file = desk.directory / "sources.toml"
    one, two, six = (f'[{name}]\nfeeds = ["{site.base}/{name}.xml"]\n' for name in ("one", "two", "six"))
    for name in ("one", "two", "six"):
        site.pages[f"/{name}.xml"] = Answer(
            body=f"<rss><channel><item><link>{site.base}/news/{name}</link></item></channel></rss>"
        )
        site.pages[f"/news/{name}"] = Answer(body=article(name))
    declare(desk, one)
    words = listen(tmp_path / "notify")
    hear = lambda wanted: until(lambda: any(wanted in word.split("\n") for word in list(words)))  # noqa: E731
    reload = lambda: daemon.process.send_signal(signal.SIGHUP)  # noqa: E731
    with running(desk, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="2000000") as daemon:
        hear("READY=1")
        hear("WATCHDOG=1")
        until(lambda: site.paths() == ["/news/one"])
        declare(desk, one + two)
        until(lambda: daemon.said("sources.toml again: 2 sources"))
        until(lambda: site.paths() == ["/news/one", "/news/two"])
        stamp = file.stat()
        declare(desk, one + six)  # of the same size and time: only the signal tells
        os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        words.clear()
        reload()
        hear("READY=1")
        assert [word.split("\n")[0] for word in words if word != "WATCHDOG=1"] == ["RELOADING=1", "READY=1"]
        assert any(re.search(r"^MONOTONIC_USEC=\d+$", word, re.M) for word in words)
        until(lambda: site.paths() == ["/news/one", "/news/two", "/news/six"])
        assert enabled(desk) == ["one", "six"]
        assert desk.rows("SELECT count(*) FROM articles JOIN sources ON sources.id = source_id WHERE name = 'two'") == [
            (1,)
        ]
        declare(desk, one + "[six]\nfeds = []\n")
        until(
            lambda: daemon.said(
                "the sources stay as they are: sources.toml: [six] feds: there is no such key; did you mean feeds?"
            )
        )
        declare(desk, "# all gone\n")
        reload()
        until(lambda: daemon.said("sources.toml declares none"))
        file.unlink()
        reload()
        until(lambda: daemon.said("the sources stay as they are: sources.toml: no such file"))
        assert enabled(desk) == ["one", "six"]
        assert daemon.process.poll() is None
        declare(desk, six)
        reload()
        until(lambda: enabled(desk) == ["six"])
        assert daemon.end() == 0
        hear("STOPPING=1")


def listen(path: Path) -> list[str]:
    """Return what is said to a socket, as systemd would hear it; the list grows."""
    told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    told.bind(str(path))
    words: list[str] = []

    def hear() -> None:
        while True:
            words.append(told.recv(4096).decode())

    threading.Thread(target=hear, daemon=True).start()
    return words


@contextmanager
def dripping() -> Iterator[str]:
    """A server whose pages never end: a byte every tenth of a second."""
    stopped = threading.Event()
    listener = socket.create_server(("127.0.0.3", 0))

    def serve(client: socket.socket) -> None:
        with client, suppress(OSError):
            asked = client.recv(4096)
            if b"/robots.txt" in asked:
                client.sendall(b"HTTP/1.1 404 Not found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
            while not stopped.wait(0.1):
                client.sendall(b"<")

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.3:{listener.getsockname()[1]}"
    stopped.set()
    listener.close()


def processes_under(pid: int) -> list[int]:
    """Return a process's children, their children, and so on."""
    found = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (thread / "children").read_text().split()):
            found += [child, *processes_under(child)]
    return found


def test_a_stop_drains_within_twenty_seconds_whatever_hangs(desk: Desk, site: Site) -> None:
    """A host drips, and the extraction processes do not answer: what was done is stored, the rest stays pending."""
    with dripping() as slow:
        site.pages["/feed.xml"] = Answer(
            body=f"<rss><channel>{''.join(f'<item><link>{url}</link></item>' for url in (f'{site.base}/news/one', f'{slow}/drip'))}</channel></rss>"
        )
        with running(desk, NEWSDESK_WORKER_TIMEOUT="600", NEWSDESK_TIMEOUT="600", NEWSDESK_TESTS="anew") as daemon:
            until(lambda: desk.rows("SELECT count(*) FROM articles") == [(1,)])

            def held(_: int) -> Answer:
                for server in processes_under(daemon.process.pid):
                    for pid in processes_under(server):
                        os.kill(pid, signal.SIGSTOP)
                return Answer(body=article("two"))

            site.pages["/news/two"] = held
            site.feed(["one", "two", "three"])
            change(desk, "UPDATE channels SET next_due = :now", now=datetime.now(UTC))
            until(lambda: "/news/two" in site.paths())
            time.sleep(0.5)
            workers = processes_under(daemon.process.pid)
            assert len(workers) >= 2, "the server that workers are forked from, and one"
            began = time.monotonic()
            assert daemon.end() == 0
            assert 14 < time.monotonic() - began < 20
            assert daemon.said("not everything ended within 15 s")
            until(lambda: not any(zygote.is_alive(pid) for pid in workers))
    states = dict(desk.rows("SELECT url, state FROM links"))
    assert states[f"{site.base}/news/one"] == "done"
    assert states[f"{slow}/drip"] == states[f"{site.base}/news/two"] == "pending"


def test_a_second_signal_ends_at_once(desk: Desk) -> None:
    with dripping() as slow:
        declare(desk, f'[slow]\nfeeds = ["{slow}/feed.xml"]\n')
        with running(desk) as daemon:
            until(lambda: desk.rows("SELECT count(*) FROM crawls") == [(1,)])
            time.sleep(0.5)
            daemon.process.send_signal(signal.SIGINT)
            until(lambda: daemon.said("finishing what is in flight"))
            began = time.monotonic()
            assert daemon.end() == 1
            assert time.monotonic() - began < 5


def test_a_crawl_that_ends_by_itself_is_a_failure(desk: Desk) -> None:
    with running(desk) as daemon:
        until(lambda: desk.rows("SELECT count(*) FROM articles") == [(2,)])
        change(desk, "UPDATE channels SET next_due = :now", now=datetime.now(UTC))
        desk_sql(desk, "ALTER TABLE hosts RENAME TO hosts_gone")
        assert daemon.process.wait(40) == 1
        until(lambda: daemon.said("the crawl has ended by itself"))


def desk_sql(desk: Desk, sql: str) -> None:
    import sqlite3

    with sqlite3.connect(desk.directory / "newsdesk.db", timeout=30) as connection:
        connection.execute(sql)


def scrape(port: int) -> dict[str, float]:
    """Return what is served, by name with labels."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[:1] != "#")}


def test_metrics_tell_what_was_done(desk: Desk, site: Site) -> None:
    site.pages["/news/two"] = Answer(404)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = desk.run("crawler", "run", code=1, NEWSDESK_METRICS_PORT=str(port))
        assert (
            said
            == f"Error: the metrics cannot be served at 127.0.0.1:{port}: Address already in use; see metrics_address and metrics_port\n"
        )
    with running(desk, NEWSDESK_METRICS_PORT=str(port)) as daemon:
        until(lambda: scrape(port).get('newsdesk_articles_total{outcome="stored"}') == 1)
        found = scrape(port)
        assert (
            found['newsdesk_requests_total{outcome="polled"}'] == 1 == found['newsdesk_polls_total{outcome="polled"}']
        )
        assert found['newsdesk_failures_total{reason="http-404"}'] == 1
        assert found["newsdesk_links_new_total"] == 2
        assert found["newsdesk_links_pending"] == 0
        assert found["newsdesk_worker_tasks_total"] == 2, "the feed, and the page"
        assert found["newsdesk_writer_writes_total"] >= found["newsdesk_writer_transactions_total"] > 2
        assert found['newsdesk_sources{state="healthy"}'] >= 0
        assert found["newsdesk_loop_lag_seconds_count"] > 2
        names = {name.partition("{")[0] for name in found}
        text = (ROOT / "docs/deployment.md").read_text("utf-8")
        listed = set(re.findall(r"^\| `(\w+?)(?:\{[^}]*\})?` \|", text, re.M))
        of = lambda name: re.sub(r"_(bucket|count|sum)$", "", name)  # noqa: E731
        assert {of(name) for name in names if name.startswith("newsdesk")} - listed == set()
        assert daemon.end() == 0


def test_json_logs_are_one_object_a_line(desk: Desk, site: Site) -> None:
    (desk.directory / "newsdesk.toml").write_text('log_format = "json"\n')
    lines = [json.loads(line) for line in desk.crawl().splitlines()]
    (end,) = [
        line for line in lines if line["message"].startswith("crawl 1 finished (all sources): 1 polled, 2 stored")
    ]
    assert (end["crawl"], end["outcomes"], end["left_pending"]) == (1, {"polled": 1, "stored": 2}, 0)
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    assert all(datetime.fromisoformat(line["time"]).utcoffset() == timedelta(0) for line in lines)
    assert not any("spider" in line for line in lines)
    change(desk, "UPDATE channels SET next_due = :now", now=datetime.now(UTC))
    with running(desk) as daemon:
        until(lambda: daemon.said("visited"))
        declare(desk, "[broken")
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: daemon.said("not valid TOML"))
        assert daemon.end() == 0
    told = [json.loads(line) for line in daemon.lines]
    assert {line["level"] for line in told if "TOML" in line["message"]} == {"ERROR"}
    visit = next(line for line in told if line["message"].startswith("visited"))
    assert (visit["host"], visit["requests"], visit["links_new"]) == (site.base.removeprefix("http://"), 1, 0)
    assert visit["outcomes"] == {"not-modified": 1} and visit["crawl_id"] == 2 and visit["seconds"] > 0


def test_the_console_log_is_short(desk: Desk) -> None:
    lines = desk.crawl("-s", "LOG_LEVEL=WARNING").splitlines()
    assert lines == []
    lines = desk.crawl("-s", "STATS_DUMP=0").splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (INFO|WARNING) [\w.]+: ", line) for line in lines), lines
    assert len(lines) < 12, lines


def aged(desk: Desk) -> str:
    """Store two articles, the first one 40 days ago, and keep articles for 30; return the first one's address."""
    desk.site.feed(["one", "two"])
    desk.crawl()
    change(desk, "UPDATE articles SET first_seen = :at WHERE id = 1", at=datetime.now(UTC) - timedelta(days=40))
    file = desk.directory / "sources.toml"
    file.write_text(file.read_text() + 'keep = "30d"\n')
    return str(desk.rows("SELECT url FROM articles WHERE id = 1")[0][0])


def test_housekeeping_deletes_what_was_asked_for_and_it_is_not_fetched_again(
    tmp_path: Path, database_url: str, site: Site
) -> None:
    desk = Desk(tmp_path, database_url, site)
    url = aged(desk)
    path = url.removeprefix(site.base)
    said = desk.newsdesk("housekeeping", "--dry-run")
    day = (datetime.now(UTC) - timedelta(days=30)).date()
    assert said == f"harbour: 1 article first seen before {day} UTC\n1 article would be deleted\n"
    assert desk.rows("SELECT count(*) FROM articles") == [(2,)]
    said = desk.newsdesk("housekeeping", "--vacuum")
    assert "deleted 1 article of harbour after 30 d\n" in said
    assert re.search(r"^vacuumed: \d+\.\d MB before, \d+\.\d MB after$", said, re.M), said
    assert desk.rows("SELECT id FROM articles") == [(2,)]
    why = desk.newsdesk("why", url)
    assert "link of harbour: done (expired)" in why and "its article was kept for 30 days" in why
    asked = site.paths().count(path)
    site.feed(["one", "two"], "<atom:updated xmlns:atom='a'>2099-01-01T10:00:00Z</atom:updated>")
    desk.crawl()
    assert site.paths().count(path) == asked
    desk.newsdesk("crawl", "--url", url)
    assert desk.rows("SELECT count(*) FROM articles") == [(2,)], "a person asked for it"


def test_nothing_is_deleted_unless_asked(desk: Desk) -> None:
    aged(desk)
    file = desk.directory / "sources.toml"
    text = file.read_text()
    file.write_text(text.replace('keep = "30d"\n', ""))
    assert "deleted" not in desk.newsdesk("housekeeping")
    file.write_text(text.replace('"30d"', '"forever"'))
    assert "0 articles would be deleted" in desk.run(
        "crawler", "housekeeping", "--dry-run", NEWSDESK_KEEP_ARTICLES="1d"
    )
    assert desk.rows("SELECT count(*) FROM articles") == [(2,)]
    file.write_text(text.replace('keep = "30d"\n', ""))
    assert "deleted 1 article" in desk.run("crawler", "housekeeping", NEWSDESK_KEEP_ARTICLES="30d")
