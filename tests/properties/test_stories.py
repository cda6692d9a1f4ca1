"""Whatever is stored, edited and joined in whatever order: the tables of stories agree with each other."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from pipelines.blocks import READING
from storage.postings import FULL, read_sketches
from storage.schema import articles, merged_articles, postings, relations, sketches, stories
from storage.store import Store, open_store
from storage.stories import unite_waiting
from tests.integration.storage.fixtures import NOW
from tests.integration.storage.telling import paragraphs, sentences, tell
from tests.integration.storage.test_recognition import version

OUTLETS = "abcdefgh"


def live(store: Store, draw: Random) -> None:
    """Store, edit and join some seventy articles of five texts."""
    texts = [sentences(seed, 16) for seed in range(5)]
    names: list[tuple[str, str]] = []
    for turn in range(70):
        told = draw.choice(texts)
        first = draw.randint(0, 6)
        body = told[first : first + draw.randint(5, 12)] + sentences(1000 + turn, draw.choice([0, 0, 2, 6]))
        if draw.random() < 0.15:
            body += draw.choice(texts)[:8]
        outlet, name = draw.choice(OUTLETS), f"n{turn}"
        identity = None
        if names and draw.random() < 0.4:
            outlet, name = draw.choice(names)
            others = [known for where, known in names if where == outlet and known != name]
            if others and draw.random() < 0.7:
                identity = version(outlet, name, draw.choice(others))
        with store.begin() as connection:
            tell(connection, outlet, name, paragraphs(body), now=NOW + timedelta(minutes=turn), identity=identity)
        names.append((outlet, name))
        if draw.random() < 0.3:
            with store.begin() as connection:
                unite_waiting(connection, READING.comparing)
    with store.begin() as connection:
        while unite_waiting(connection, READING.comparing):
            continue


def check(connection: sa.Connection) -> int:
    """Assert that the tables agree; return how many stories there are."""
    rows = {row.id: row for row in connection.execute(sa.select(articles))}
    found = {row.id: row for row in connection.execute(sa.select(stories))}
    roots = {story for story, row in found.items() if row.merged_into is None}
    assert all(row.merged_into in roots for row in found.values() if row.merged_into is not None)
    assert all(row.merged_into < story for story, row in found.items() if row.merged_into is not None)
    assert {row.story_id for row in rows.values() if row.story_id is not None} <= roots
    for story in roots:
        told = [row for row in rows.values() if row.story_id == story]
        assert (found[story].articles, found[story].outlets) == (len(told), len({row.outlet for row in told}))
        if told:
            assert found[story].first_seen <= min(row.first_seen for row in told)
            assert found[story].last_seen >= max(row.first_seen for row in told)
    for row in connection.execute(sa.select(relations)):
        assert row.article_id > row.other_id and {row.article_id, row.other_id} <= rows.keys()
    for row in connection.execute(sa.select(merged_articles)):
        assert row.id not in rows and row.into_id in rows
    kept = {one.article_id: set(one.sketch.postings) for one in read_sketches(connection, rows)}
    assert set(connection.execute(sa.select(sketches.c.article_id)).scalars()) == kept.keys()
    lists: Counter[int] = Counter()
    for shingle, article_id in connection.execute(sa.select(postings.c.shingle, postings.c.article_id)):
        assert shingle in kept[article_id]
        lists[shingle] += 1
    assert max(lists.values()) <= FULL
    for article_id, row in rows.items():
        expected = READING.comparing.judgement.sketch(row.headline, row.body)
        assert expected is not None and kept[article_id] == set(expected.postings)
    return len(roots)


@pytest.mark.parametrize("seed", range(4))
def test_the_tables_agree_on_sqlite(tmp_path: Path, seed: int) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'newsdesk.db'}")
    live(store, Random(seed))
    with store.read() as connection:
        assert check(connection) > 1
        assert connection.execute(sa.select(sa.func.count()).select_from(merged_articles)).scalar_one() > 0
    store.close()


def test_the_tables_agree_on_postgresql(postgresql_url: str) -> None:
    store = open_store(postgresql_url)
    live(store, Random(9))
    with store.read() as connection:
        assert check(connection) > 1
        assert not connection.execute(sa.select(sketches.c.article_id).where(sketches.c.waits)).all()
    store.close()
