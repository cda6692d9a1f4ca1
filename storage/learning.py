"""Learn a site's boilerplate: count the blocks of each story once, and note those that have become boilerplate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.blocks import BANNED, LEARNED, Block, Reading, Tally
from storage.schema import articles, site_blocks, sites
from storage.upsert import insert_ignore, upsert

MOST_LINES = 500
"""Lines of one text that are counted: half from its beginning, half from its end."""
SAME_STORY = 0.4
"""Of a text's words, in blocks that one earlier story had: it is told again."""
LONG = 8
STORIES_ASKED = 20
AGE = timedelta(days=45)
"""How far back articles are cleaned again when something is learned."""
UNSEEN = timedelta(days=30)
"""After so long a block that was seen once is forgotten."""


@dataclass(frozen=True, slots=True)
class Study:
    """A text's lines as blocks, with what their site's counts say before it is counted."""

    site: str
    lines: list[tuple[str, Block]]
    rows: dict[int, Any]
    stories: int = 0
    articles: int = 0

    def taken(self) -> dict[int, str]:
        """Return the blocks that are taken out, each with its rule."""
        rules = {hash_: rule_of(row) for hash_, row in self.rows.items()}
        return {hash_: rule for hash_, rule in rules.items() if rule is not None}


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a text adds to its site's counts. `story` is the earlier article that tells the same, if one does.

    `counted` are the rows to write; `learned` the blocks that become boilerplate with this text.
    """

    story: int | None
    share: float
    counted: list[dict[str, Any]] = field(default_factory=list)
    learned: frozenset[int] = frozenset()

    def taken(self) -> dict[int, str]:
        """Return the blocks that are taken out from now on."""
        return dict.fromkeys(self.learned, LEARNED)


def rule_of(row: Any) -> str | None:
    """Return the rule by which a block is taken out; None when it stands."""
    if row.verdict is not None:
        return BANNED if row.verdict == "ban" else None
    return LEARNED if row.learned_at is not None else None


def study(connection: sa.Connection, site: str, lines: Sequence[str], reading: Reading) -> Study:
    """Read what the site's counts say of a text's lines."""
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES // 2], *lines[-MOST_LINES // 2 :]]
    blocks = [(line, reading.block(line)) for line in lines]
    rows = _known(connection, site, [block.hash for _, block in blocks])
    total = connection.execute(sa.select(sites.c.stories, sites.c.articles).where(sites.c.site == site)).first()
    return Study(site, blocks, rows, *(total or (0, 0)))


def taken_at(connection: sa.Connection, site: str, hashes: Iterable[int]) -> dict[int, str]:
    """Return those of the blocks that are taken out of the site's articles, each with its rule."""
    return Study(site, [], _known(connection, site, hashes)).taken()


def _known(connection: sa.Connection, site: str, hashes: Iterable[int]) -> dict[int, Any]:
    """Return the rows of blocks."""
    asked = sorted(set(hashes) - {0})
    rows: dict[int, Any] = {}
    for first in range(0, len(asked), MOST_LINES):
        some = site_blocks.c.block_hash.in_(asked[first : first + MOST_LINES])
        found = connection.execute(sa.select(site_blocks).where(site_blocks.c.site == site, some))
        rows |= {row.block_hash: row for row in found}
    return rows


def weigh(connection: sa.Connection, found: Study, text: str, reading: Reading, now: datetime) -> Lesson:
    """Decide what a new article adds to its site's counts. `text` is its headline and body."""
    story, share = _same_story(found)
    related = _related(connection, found, text, reading)
    places = _edges(found)
    values = []
    for hash_, (line, block) in {block.hash: (line, block) for line, block in found.lines if block.hash}.items():
        row = found.rows.get(hash_)
        new_story = story is None and (row is None or row.last_story not in related)
        top, end = places[hash_] if new_story else (0, 0)
        values.append(_row(row, hash_, block, line, new_story or row is None, (top, end)))
    total = (found.stories + (story is None), found.articles + 1)
    learned = frozenset(one["block_hash"] for one in values if _is_learned(one, found.rows, total, reading))
    for one in values:
        one["learned_at"] = now if one["block_hash"] in learned else None
    return Lesson(story, share, values, learned)


def _row(row: Any, hash_: int, block: Block, line: str, new_story: bool, edges: tuple[int, int]) -> dict[str, Any]:
    """Return what one article adds to a block's row: numbers are added, the rest is set."""
    return {
        "block_hash": hash_,
        "df": int(new_story),
        "articles": 1,
        "at_top": edges[0],
        "at_end": edges[1],
        "varied": int(row is not None and row.digits != block.digits),
        "n_words": block.words,
        "digits": block.digits,
        "example": line if row is not None else None,
    }


def _is_learned(one: dict[str, Any], rows: dict[int, Any], total: tuple[int, int], reading: Reading) -> bool:
    row = rows.get(one["block_hash"])
    if row is None or row.learned_at is not None:
        return False
    names = ("df", "articles", "at_top", "at_end", "varied")
    return reading.is_boilerplate(Tally(one["n_words"], *(getattr(row, n) + one[n] for n in names)), *total)


def _same_story(found: Study) -> tuple[int | None, float]:
    """Return the earlier story that a large part of the text stands in already, and that part."""
    words: Counter[int] = Counter()
    total = 0
    for hash_, block in {block.hash: block for _, block in found.lines if block.hash}.items():
        row = found.rows.get(hash_)
        if row is not None and (row.learned_at is not None or row.verdict is not None):
            continue
        total += block.words
        if row is not None and row.last_story is not None and block.words >= LONG:
            words[row.last_story] += block.words
    if not words:
        return None, 0.0
    story, shared = words.most_common(1)[0]
    share = shared / total
    return (story, share) if share >= SAME_STORY else (None, share)


def _related(connection: sa.Connection, found: Study, text: str, reading: Reading) -> set[int]:
    """Return the stories that share blocks with the text and are about the same: their blocks are background."""
    stories = {row.last_story for row in found.rows.values() if row.learned_at is None and row.last_story is not None}
    if not stories:
        return set()
    headlines = sa.select(articles.c.id, articles.c.headline).where(articles.c.id.in_(sorted(stories)[-STORIES_ASKED:]))
    stems = reading.stems(text)
    return {row.id for row in connection.execute(headlines) if reading.are_related(row.headline, stems)}


def _edges(found: Study) -> dict[int, tuple[int, int]]:
    """Return for each block whether nothing but repeated lines stands above it, and below it."""
    hashes = [block.hash for _, block in found.lines]
    top, end = _reach(hashes, found), _reach(hashes[::-1], found)
    return {hash_: (int(hash_ in top), int(hash_ in end)) for hash_ in hashes}


def _reach(hashes: list[int], found: Study) -> set[int]:
    """Return the blocks from an edge inwards, up to the first one that is new and with it."""
    reached = set()
    for hash_ in hashes:
        reached.add(hash_)
        if hash_ not in found.rows:
            break
    return reached


def record(connection: sa.Connection, found: Study, lesson: Lesson, article_id: int, now: datetime) -> None:
    """Write what a new article has added to its site's counts."""
    story = lesson.story if lesson.story is not None else article_id
    total = {"site": found.site, "stories": int(lesson.story is None), "articles": 1}
    statement = upsert(connection, sites).values(**total)
    sums = {name: sites.c[name] + statement.excluded[name] for name in ("stories", "articles")}
    connection.execute(statement.on_conflict_do_update(index_elements=[sites.c.site], set_=sums))
    rows = [
        {"site": found.site, **one, "first_seen": now, "last_seen": now, "last_story": story} for one in lesson.counted
    ]
    if rows:
        connection.execute(_count(connection), rows)
    if lesson.learned:
        ask_cleaning(connection, found.site, article_id, now - AGE)


def _count(connection: sa.Connection) -> Any:
    statement = upsert(connection, site_blocks)
    new, old = statement.excluded, site_blocks.c
    sums = {name: old[name] + new[name] for name in ("df", "articles", "at_top", "at_end", "varied")}
    counted = new.df > 0
    return statement.on_conflict_do_update(
        index_elements=[old.site, old.block_hash],
        set_=sums
        | {
            "last_seen": new.last_seen,
            "digits": new.digits,
            "last_story": sa.case((counted, new.last_story), else_=old.last_story),
            "example": sa.func.coalesce(old.example, new.example),
            "learned_at": sa.func.coalesce(old.learned_at, new.learned_at),
        },
    )


def record_revision(connection: sa.Connection, found: Study, article_id: int, now: datetime) -> None:
    """Note the new lines of an article's next version; what is known already does not count again."""
    names = ("df", "articles", "at_top", "at_end", "varied")
    fixed = dict(zip(names, (1, 1, 0, 0, 0), strict=True)) | {"first_seen": now, "last_seen": now}
    rows = [
        {"site": found.site, "block_hash": block.hash, "n_words": block.words, "digits": block.digits, **fixed}
        | {"last_story": article_id}
        for _, block in found.lines
        if block.hash and block.hash not in found.rows
    ]
    if rows:
        connection.execute(insert_ignore(connection, site_blocks), rows)


def ask_cleaning(connection: sa.Connection, site: str, article_id: int, since: datetime) -> None:
    """Ask for the site's articles up to this one, first seen since then, to be cleaned again."""
    waiting = sa.update(sites).where(sites.c.site == site)
    earliest = sa.case((sites.c.reclean_since < since, sites.c.reclean_since), else_=since)
    latest = sa.case((sites.c.reclean_below > article_id, sites.c.reclean_below), else_=article_id)
    connection.execute(waiting.values(reclean_below=latest, reclean_since=earliest))


def counted_sites(connection: sa.Connection) -> list[str]:
    """Return the sites that have counts."""
    return list(connection.execute(sa.select(sites.c.site).order_by(sites.c.site)).scalars())


def forget_blocks(connection: sa.Connection, site: str, now: datetime) -> int:
    """Delete the blocks of a site that were seen in one story alone, long ago; return how many."""
    once = sa.and_(site_blocks.c.df <= 1, site_blocks.c.last_seen < now - UNSEEN)
    untouched = sa.and_(site_blocks.c.verdict.is_(None), site_blocks.c.learned_at.is_(None))
    gone = connection.execute(sa.delete(site_blocks).where(site_blocks.c.site == site, once, untouched))
    return int(gone.rowcount)
