"""Part B: what looking up and telling stories cost while the past grows, on one growing database of each kind."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import fmean

import sqlalchemy as sa

from benchmarks.dedup.background import Background
from benchmarks.dedup.bodies import Body
from benchmarks.dedup.cases import Told
from benchmarks.dedup.databases import Database, Spent, database, index_bytes
from benchmarks.dedup.loading import PAST, Past, source_of
from benchmarks.dedup.ours import as_article
from benchmarks.dedup.phrases import Phrases
from benchmarks.dedup.probes import Probes
from pipelines.blocks import READING
from pipelines.identify import identify
from pipelines.items import PageItem
from storage.articles import store_article, with_text
from storage.likeness import Comparing, Sketch
from storage.postings import candidates, look_up
from storage.recognition import recognise
from storage.relations import Text
from storage.schema import sketches
from storage.stories import tell, unite_waiting
from storage.types import Article, Identity

SIZES = (10_000, 100_000, 1_000_000)
LOOKUPS, BATCHES, BATCH = 300, 24, 16
WARM = 20
WITHOUT_STORIES = replace(READING, comparing=Comparing(replace(READING.comparing.judgement, sketch=lambda _, __: None)))


@dataclass(slots=True)
class Point:
    """What was measured at one size. CPU in milliseconds an article; `server` is PostgreSQL's backend alone."""

    dialect: str
    size: int
    seconds: float = 0.0
    bytes_per_article: float = 0.0
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    candidates: float = 0.0
    identity: float = 0.0
    story: float = 0.0
    commit: float = 0.0
    server: float = 0.0
    again: float = 0.0
    store: float = 0.0
    by_operation: dict[str, float] = field(default_factory=dict)

    @property
    def work(self) -> float:
        """Identity and story work, the database's part included."""
        return self.identity + self.story + self.commit + self.server + self.again


def measure(bodies: Sequence[Body], dialects: Sequence[str], sizes: Sequence[int]) -> Iterator[Point]:
    """Grow a database of each kind and measure at every size, one after the other."""
    vocabulary = sorted({word for body in bodies for word in body.text.split()})
    phrases = Phrases(vocabulary)
    for dialect in dialects:
        yield from _grow(bodies, phrases, vocabulary, dialect, sizes)


def _grow(
    bodies: Sequence[Body], phrases: Phrases, vocabulary: Sequence[str], dialect: str, sizes: Sequence[int]
) -> Iterator[Point]:
    now = datetime.now(UTC)
    probes = Probes(bodies, phrases)
    with database(dialect) as own:
        source = source_of(own, now)
        for told in probes.originals():
            with own.store.begin() as connection:
                store_article(connection, *as_article(told.name, told), source, now - PAST, READING)
        past = Past(own, Background(phrases, vocabulary), source, now, sizes[-1])
        for place, size in enumerate(sizes):
            probes.turn(place, len(sizes))
            start = time.perf_counter()
            past.grow(size)
            point = Point(dialect, size, time.perf_counter() - start)
            with own.store.read() as connection:
                number = connection.execute(sa.select(sa.func.count()).select_from(sketches)).scalar_one()
                point.bytes_per_article = index_bytes(connection) / number
            _look_up(own, probes.texts(LOOKUPS), now, point)
            _tell(own, probes, source, now, point)
            yield point


def _look_up(own: Database, texts: Sequence[Told], now: datetime, point: Point) -> None:
    """Time the look-up of texts that are not stored."""
    known = [sketch for told in texts if (sketch := READING.comparing.judgement.sketch(told.headline, told.text))]
    since = now - READING.comparing.window
    found = []
    with own.store.read() as connection:
        for sketch in known[:WARM]:
            _candidates(connection, sketch, since)
        for sketch in known:
            wall, cpu = time.perf_counter(), time.process_time()
            number = _candidates(connection, sketch, since)
            point.cpu.append(1000 * (time.process_time() - cpu))
            point.wall.append(1000 * (time.perf_counter() - wall))
            found.append(number)
    point.candidates = fmean(found)


def _candidates(connection: sa.Connection, sketch: Sketch, since: datetime) -> int:
    return len(candidates(connection, look_up(connection, sketch, since), sketch, since))


def _tell(own: Database, probes: Probes, source: int, now: datetime, point: Point) -> None:
    """Store batches of texts in turn without and with their stories, and time the parts.

    Both kinds of batch are stored by `store_article` with stories switched off, and committed; `tell` comes on top.
    """
    spent = Spent()
    number = 0
    for turn in range(2 * BATCHES):
        texts = probes.texts(BATCH)
        if turn % 2 == 0:
            _batch(own, texts, source, now, spent, "plain")
            continue
        number += len(texts)
        _batch(own, texts, source, now, spent, "told")
        if own.dialect == "postgresql":
            with spent.on("again"), own.store.begin() as connection:
                unite_waiting(connection, READING.comparing, BATCH)
    ms = {name: 1000 * seconds / number for name, seconds in spent.own.items()}
    server = {name: 1000 * seconds / number for name, seconds in spent.server.items()}
    point.identity = ms["identify"]
    point.story = ms["tell new"] + ms["tell reprint"]
    point.commit = ms["told commit"] - ms["plain commit"]
    point.again = ms.get("again", 0.0) + server.get("again", 0.0)
    point.server = server["identify"] + server["tell"] + server["told commit"] - server["plain commit"]
    point.store = ms["plain store"] + server["plain store"]
    for name in ("new", "reprint"):
        point.by_operation[name] = 1000 * spent.own[f"tell {name}"] / spent.count[f"tell {name}"]


def _batch(own: Database, texts: Sequence[Told], source: int, now: datetime, spent: Spent, name: str) -> None:
    with own.store.begin() as connection:
        spent.watch(connection)
        items = [as_article(told.name, told) for told in texts]
        with spent.on(f"{name} store"):
            ids = [store_article(connection, *item, source, now, WITHOUT_STORIES).article_id for item in items]
        if name == "told":
            with spent.on("identify"):
                for item in items:
                    _identify(connection, *item)
            with spent.on("tell"):
                for told, (article, identity), article_id in zip(texts, items, ids, strict=True):
                    text = Text(article_id, identity.outlet, article.kind, article.headline, article.body)
                    with spent.own_on(f"tell {told.operation}"):
                        tell(connection, text, READING.comparing, now)
        start = spent.reading()
    spent.add(f"{name} commit", start)


def _identify(connection: sa.Connection, article: Article, identity: Identity) -> None:
    """Do what is done to find out which article a page is: keys, hash, and a look for each."""
    found = identify(PageItem(article.url, b""), article)
    recognise(connection, article, replace(found, url_key=f"{identity.url_key}-other"), READING)
    with_text(connection, replace(found, outlet=identity.outlet), found.content_hash[::-1])
