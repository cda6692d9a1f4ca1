"""Learn a site's boilerplate: count the blocks of each story once, and note those that have become boilerplate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage import tallies
from storage.blocks import BANNED, LEARNED, Block, Reading, Tally
from storage.schema import sites

MOST_LINES = 500
"""Lines of one text that are counted: half from its beginning, half from its end."""
SAME_STORY, SAME_TEXT = 0.4, 0.7
"""Of a text's words, in blocks that one earlier story had: it is told again if the rest is about the same; anyway."""
LONG = 8
LEAST_STORIES = 3
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

    def taken(self) -> dict[int, str]:
        """Return the blocks that are taken out, each with its rule."""
        return _taken(self.rows)

    def blocks(self) -> dict[int, tuple[str, Block]]:
        """Return each block once, with its line."""
        return {block.hash: (line, block) for line, block in self.lines if block.hash}


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


def _taken(rows: dict[int, Any]) -> dict[int, str]:
    return {hash_: rule for hash_, row in rows.items() if (rule := rule_of(row)) is not None}


def study(connection: sa.Connection, site: str, lines: Sequence[str], reading: Reading) -> Study:
    """Read what the site's counts say of a text's lines."""
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES // 2], *lines[-MOST_LINES // 2 :]]
    blocks = [(line, reading.block(line)) for line in lines]
    return Study(site, blocks, tallies.known_blocks(connection, site, [block.hash for _, block in blocks]))


def taken_at(connection: sa.Connection, site: str, hashes: Iterable[int]) -> dict[int, str]:
    """Return those of the blocks that are taken out of the site's articles, each with its rule."""
    return _taken(tallies.known_blocks(connection, site, hashes))


def weigh(connection: sa.Connection, found: Study, headline: str, reading: Reading) -> Lesson:
    """Decide what a new article adds to its site's counts: nothing but its new lines when its story is known."""
    own = "\n".join([headline, *(line for line, block in found.lines if block.hash not in found.rows)])
    story, share = _shared(found)
    related, alike = _related(connection, found, story, own, reading)
    known = share >= SAME_TEXT or (share >= SAME_STORY and story in related and not alike)
    if alike:
        related = related & {story} if share >= SAME_STORY else set()
    story = story if known else None
    top, end = _edges(found)
    counted = []
    for hash_, (line, block) in found.blocks().items():
        row = found.rows.get(hash_)
        if story is not None and row is not None:
            continue
        one = {
            "block_hash": hash_,
            "df": 1,
            "apart": int(row is None or row.last_story not in related),
            "at_top": int(hash_ in top),
            "at_end": int(hash_ in end),
            "varied": int(row is not None and row.digits != block.digits),
            "n_words": block.words,
            "digits": block.digits,
            "example": line if row is not None else None,
        }
        counted.append(one)
    return Lesson(story, share, counted, _learned(connection, found, counted, reading))


def _learned(
    connection: sa.Connection, found: Study, counted: list[dict[str, Any]], reading: Reading
) -> frozenset[int]:
    """Return the blocks that become boilerplate."""
    near = [(one, row) for one in counted if (row := _candidate(found.rows.get(one["block_hash"]))) is not None]
    stories = tallies.count_stories(connection, found.site) + 1 if near else 0
    tallied = [
        (one["block_hash"], Tally(one["n_words"], *(getattr(row, name) + one[name] for name in tallies.SUMS)))
        for one, row in near
    ]
    return frozenset(hash_ for hash_, tally in tallied if reading.is_boilerplate(tally, stories))


def _candidate(row: Any) -> Any:
    """Return the row when its block can be learned now."""
    return row if row is not None and row.learned_at is None and row.df + 1 >= LEAST_STORIES else None


def _shared(found: Study) -> tuple[int | None, float]:
    """Return the earlier story that shares most of the text with it, and how much: its words in long blocks."""
    words: Counter[int] = Counter()
    total = 0
    for hash_, (_, block) in found.blocks().items():
        row = found.rows.get(hash_)
        if row is not None and (row.learned_at is not None or row.verdict is not None):
            continue
        total += block.words
        if row is not None and row.last_story is not None and block.words >= LONG:
            words[row.last_story] += block.words
    if not words:
        return None, 0.0
    story, shared = words.most_common(1)[0]
    return story, shared / total


def _related(
    connection: sa.Connection, found: Study, story: int | None, text: str, reading: Reading
) -> tuple[set[int], bool]:
    """Return the stories that share long lines with a text and are about the same as the rest of it.

    And whether that says nothing, because the site's latest other articles are as much about it.
    """
    long = (row for row in found.rows.values() if row.learned_at is None and row.n_words >= LONG)
    stories = {row.last_story for row in long} | {story}
    asked = [number for number in stories if number is not None]
    told = tallies.earlier_stories(connection, asked)
    related = {number for number, headline, body in told if reading.are_related(headline, body, text)}
    others = tallies.other_stories(connection, found.site, asked) if related else []
    return related, bool(others) and all(reading.are_related(headline, body, text) for _, headline, body in others)


def _edges(found: Study) -> tuple[set[int], set[int]]:
    """Return the blocks with nothing but repeated lines above them, and those with nothing else below."""
    hashes = [block.hash for _, block in found.lines]
    return _reach(hashes, found), _reach(hashes[::-1], found)


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
    own = {"site": found.site, "now": now, "last_story": story}
    if lesson.story is not None:
        tallies.note(connection, [{**one, **own} for one in lesson.counted])
        return
    rows = [
        {**one, **own, "learned_at": now if one["block_hash"] in lesson.learned else None} for one in lesson.counted
    ]
    tallies.add(connection, found.site, rows)
    if lesson.learned:
        ask_cleaning(connection, found.site, article_id, now - AGE)


def record_revision(connection: sa.Connection, found: Study, article_id: int, now: datetime) -> None:
    """Note the new lines of an article's next version; what is known already does not count again."""
    own = {"site": found.site, "now": now, "last_story": article_id}
    new = [block for hash_, (_, block) in found.blocks().items() if hash_ not in found.rows]
    rows = [{"block_hash": block.hash, "n_words": block.words, "digits": block.digits, **own} for block in new]
    tallies.note(connection, rows)


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
    return tallies.forget(connection, site, now - UNSEEN)
