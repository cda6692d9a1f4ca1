"""Processes that learn one site's boilerplate at the same time lose no count, and one that is killed breaks nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import sqlalchemy as sa

from pipelines.blocks import READING, read_block
from storage.blocks import original
from storage.cleaning import clean_waiting
from storage.removals import read_removed
from storage.schema import articles, site_blocks, sites
from storage.store import open_store
from tests.integration.storage.test_boilerplate import SERVICE, prose, put

ROOT = Path(__file__).parents[3]
SCRIPT = """
import sys
from storage.store import open_store
from pipelines.blocks import READING
from storage.cleaning import clean_waiting
from tests.integration.storage.test_boilerplate import SERVICE, prose, put

url, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
store = open_store(url)
for number in range(first, last):
    with store.begin() as connection:
        put(connection, number, [*prose(number), SERVICE])
    with store.begin() as connection:
        clean_waiting(connection, READING, 2)
    print(number, flush=True)
"""


def start(url: str, first: int, last: int) -> subprocess.Popen[str]:
    """Start a process that stores these articles and cleans in between."""
    command = [sys.executable, "-c", SCRIPT, url, str(first), str(last)]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    )


def test_two_processes_count_every_story_and_a_killed_one_leaves_whole_texts(database_url: str) -> None:
    open_store(database_url).close()
    one, two = start(database_url, 0, 30), start(database_url, 100, 130)
    killed = start(database_url, 200, 260)
    assert killed.stdout is not None
    for _ in range(3):
        killed.stdout.readline()
    time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    assert one.wait(100) == two.wait(100) == 0
    killed.wait(10)
    again = start(database_url, 200, 230)
    assert again.wait(100) == 0
    store = open_store(database_url)
    with store.begin() as connection:
        while clean_waiting(connection, READING) is not None:
            continue
        rows = connection.execute(sa.select(articles)).all()
        expected = {f"https://a.example/n{n}": n for n in (*range(30), *range(100, 130), *range(200, 260))}
        for row in rows:
            whole = "\n\n".join([*prose(expected[row.url]), SERVICE])
            assert row.body == "\n\n".join(prose(expected[row.url])) and row.revision == 1
            assert original(row.body, read_removed(connection, row.id)) == whole
        block = connection.execute(
            sa.select(site_blocks).where(site_blocks.c.block_hash == read_block(SERVICE).hash)
        ).one()
        assert len(rows) >= 90
        assert block.df == connection.execute(sa.select(sites.c.stories)).scalar_one() == len(rows)
    store.close()


def test_the_work_of_cleaning_survives_a_kill(database_url: str) -> None:
    """What waits is a column: another process goes on where the first was killed."""
    store = open_store(database_url)
    with store.begin() as connection:
        for number in range(6):
            put(connection, number, prose(number))
        for number in range(6, 10):
            put(connection, number, [*prose(number), SERVICE])
        assert clean_waiting(connection, READING, 2) == 1
    store.close()
    store = open_store(database_url)
    with store.begin() as connection:
        changed = 0
        while (number_changed := clean_waiting(connection, READING, 2)) is not None:
            changed += number_changed
        left = connection.execute(
            sa.select(sa.func.count()).where(articles.c.body.contains("morning letter"))
        ).scalar_one()
    assert changed >= 1 and left == 0
    store.close()
