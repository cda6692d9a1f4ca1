"""Processes that store the parts of one story at the same moment end with one story."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from pipelines.blocks import READING
from storage.schema import articles, sketches, stories
from storage.store import open_store
from storage.stories import unite_waiting
from tests.integration.storage.telling import tell, text

ROOT = Path(__file__).parents[3]
MEETING = """
import sys, time
from pathlib import Path
from pipelines.blocks import READING
from storage.store import open_store
from storage.stories import unite_waiting
from storage.writer import BatchWriter
from tests.integration.storage.telling import tell, text

url, own, others, rounds = sys.argv[1], sys.argv[2], sys.argv[3].split(","), int(sys.argv[4])
store = open_store(url)
writer = BatchWriter(store, afterwards=lambda connection: unite_waiting(connection, READING.comparing))

def meet(number):
    Path(f"{own}-{number}").touch()
    end = time.monotonic() + 30
    while time.monotonic() < end and not all(Path(f"{other}-{number}").exists() for other in others):
        time.sleep(0.002)

def intent(number):
    def store_and_wait(connection):
        tell(connection, own, f"n{number}", text(500 + number))
        meet(number)
    return store_and_wait

for number in range(rounds):
    writer.submit(intent(number)).result(60)
writer.close()
"""


def test_two_processes_that_store_the_two_halves_at_once_end_with_one_story(
    postgresql_url: str, tmp_path: Path
) -> None:
    """Each transaction stays open until the other has stored its half: neither can see the other's."""
    open_store(postgresql_url).close()
    names = ["a", "b", "c"]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", MEETING, postgresql_url, name, ",".join(set(names) - {name}), "8"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        for name in names
    ]
    assert [process.wait(100) for process in running] == [0, 0, 0]
    store = open_store(postgresql_url)
    with store.read() as connection:
        found = connection.execute(sa.select(articles.c.url, articles.c.story_id)).all()
        roots = connection.execute(sa.select(stories).where(stories.c.merged_into.is_(None))).all()
        waiting = connection.execute(sa.select(sketches.c.article_id).where(sketches.c.waits)).all()
    store.close()
    by_text = {url.rpartition("/")[2]: set() for url, _ in found}
    for url, story in found:
        by_text[url.rpartition("/")[2]].add(story)
    assert len(found) == 24 and all(len(ids) == 1 and None not in ids for ids in by_text.values())
    assert len(roots) == 8 and {(row.articles, row.outlets) for row in roots} == {(3, 3)}
    assert waiting == []


def test_a_look_that_a_killed_process_left_undone_is_done_by_the_next(postgresql_url: str) -> None:
    store = open_store(postgresql_url)
    with store.begin() as one, store.begin() as two:
        tell(one, "a", "x", text(1))
        tell(two, "b", "x", text(1))
    with store.read() as connection:
        assert set(connection.execute(sa.select(articles.c.story_id)).scalars()) == {None}
    with store.begin() as connection:
        assert unite_waiting(connection, READING.comparing) == 2
        found = connection.execute(sa.select(articles.c.story_id)).scalars().all()
    store.close()
    assert len(found) == 2 and len(set(found)) == 1 and None not in found
