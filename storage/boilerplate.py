"""What was learned of a source's sites, for a person to read, and that person's verdicts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

import sqlalchemy as sa

from storage.blocks import BANNED, LEARNED, Reading
from storage.cleaning import recleaned
from storage.errors import FailureError, UsageError
from storage.learning import AGE, LONG, ask_cleaning, rule_of
from storage.locks import lock_outlet
from storage.schema import articles, removals, site_blocks, sites, sources
from storage.upsert import insert_ignore, upsert

EXAMPLES = 3
CANDIDATES = 200
NEAR_LONG, NEAR_SHORT = 2, 5
"""Stories from which a long and a short block are candidates."""
_ID = re.compile(r"[0-9a-f]{6,16}")
_ALL_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SiteBlock:
    """A block of a site as it is listed. `state` is learned | banned | kept | candidate.

    `removed_from` counts the articles that it is out of; `examples` are (id, headline) of articles that had it.
    """

    id: str
    site: str
    state: str
    text: str
    stories: int
    words: int
    since: datetime | None
    last_seen: datetime
    removed_from: int
    verdict: str | None
    examples: tuple[tuple[int, str], ...]


def source_sites(connection: sa.Connection, name: str) -> list[str]:
    """Return the sites of a source's articles. Raises UsageError when there is no such source."""
    source = sa.select(sources.c.id).where(sources.c.name == name).scalar_subquery()
    found = list(
        connection.execute(sa.select(articles.c.outlet).where(articles.c.source_id == source).distinct()).scalars()
    )
    if found:
        return sorted(found)
    if connection.execute(sa.select(sites.c.site).where(sites.c.site == name)).first():
        return [name]
    names = list(connection.execute(sa.select(sources.c.name)).scalars())
    if name in names:
        raise FailureError(f"no article of {name} is stored yet; crawl first (newsdesk crawl {name})")
    close = get_close_matches(name, names, 1)
    raise UsageError(f"there is no source {name!r}" + (f"; did you mean {close[0]}?" if close else ""))


def list_blocks(connection: sa.Connection, of_sites: Sequence[str], *, candidates: bool = False) -> list[SiteBlock]:
    """Return what was learned or judged at the sites, the most frequent first; then those that are close to it."""
    known = sa.or_(site_blocks.c.learned_at.is_not(None), site_blocks.c.verdict.is_not(None))
    own = sa.select(site_blocks).where(site_blocks.c.site.in_(of_sites))
    ordered = own.order_by(site_blocks.c.df.desc(), site_blocks.c.block_hash)
    rows = list(connection.execute(ordered.where(known)))
    if candidates:
        near = sa.case((site_blocks.c.n_words >= LONG, NEAR_LONG), else_=NEAR_SHORT)
        rows += connection.execute(ordered.where(~known, site_blocks.c.df >= near).limit(CANDIDATES))
    return [_listed(connection, row) for row in rows]


def _listed(connection: sa.Connection, row: Any) -> SiteBlock:
    ids = _cleaned_of(connection, row.site, row.block_hash)
    shown = ids[-EXAMPLES:][::-1] or [row.last_story]
    heads = connection.execute(sa.select(articles.c.id, articles.c.headline).where(articles.c.id.in_(shown)))
    states = {LEARNED: "learned", BANNED: "banned", None: "kept" if row.verdict else "candidate"}
    return SiteBlock(
        id=format_id(row.block_hash),
        site=row.site,
        state=states[rule_of(row)],
        text=row.example or "",
        stories=row.df,
        words=row.n_words,
        since=row.learned_at,
        last_seen=row.last_seen,
        removed_from=len(ids),
        verdict=row.verdict,
        examples=tuple(sorted(((head.id, head.headline) for head in heads), reverse=True)),
    )


def format_id(hash_: int) -> str:
    """Return a block's hash as people type it."""
    return f"{hash_ & 0xFFFF_FFFF_FFFF_FFFF:016x}"


def _cleaned_of(connection: sa.Connection, site: str, hash_: int) -> list[int]:
    """Return the articles of a site that a block was taken out of."""
    query = sa.select(removals.c.article_id).join(articles, articles.c.id == removals.c.article_id)
    query = query.where(removals.c.block_hash == hash_, articles.c.outlet == site).distinct()
    return list(connection.execute(query.order_by(removals.c.article_id)).scalars())


def find_blocks(connection: sa.Connection, of_sites: Sequence[str], what: str, reading: Reading) -> list[Any]:
    """Return the blocks that an id, the beginning of one, a line or a part of a line names: one a site at most.

    Raises UsageError when that is more than one line.
    """
    own = sa.select(site_blocks).where(site_blocks.c.site.in_(of_sites))
    asked = [own.where(site_blocks.c.block_hash == reading.block(what).hash)]
    if _ID.fullmatch(what):
        low, high = (_signed(int(what.ljust(16, digit), 16)) for digit in "0f")
        asked.insert(0, own.where(site_blocks.c.block_hash.between(low, high)))
    asked.append(own.where(site_blocks.c.example.icontains(what, autoescape=True)))
    for query in asked:
        rows = list(connection.execute(query.limit(CANDIDATES)))
        if len({row.block_hash for row in rows}) > 1:
            raise UsageError(f"{what!r} names {len(rows)} lines; name one by its id (newsdesk boilerplate lists them)")
        if rows:
            return rows
    return []


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number


def set_verdict(
    connection: sa.Connection, site: str, line: str, hash_: int, verdict: str | None, reading: Reading, now: datetime
) -> None:
    """Keep or ban a block, or (None) leave it to the counts; what goes out by that is asked out of earlier articles."""
    lock_outlet(connection, site)
    values = {"site": site, "block_hash": hash_, "df": 0, "apart": 0, "at_top": 0, "at_end": 0, "varied": 0}
    values |= {"n_words": reading.block(line).words, "digits": 0, "first_seen": now, "last_seen": now}
    statement = upsert(connection, site_blocks).values(**values, example=line or None, verdict=verdict)
    example = sa.func.coalesce(site_blocks.c.example, statement.excluded.example)
    statement = statement.on_conflict_do_update(
        index_elements=["site", "block_hash"], set_={"verdict": verdict, "example": example}
    )
    row = connection.execute(statement.returning(site_blocks)).one()
    rule = rule_of(row)
    if rule is not None:
        connection.execute(insert_ignore(connection, sites).values(site=site))
        latest = connection.execute(sa.select(sa.func.max(articles.c.id)).where(articles.c.outlet == site)).scalar()
        ask_cleaning(connection, site, latest or 0, _ALL_TIME if rule == BANNED else now - AGE)


def put_back_next(
    connection: sa.Connection, site: str, hash_: int, reading: Reading, limit: int, after: int
) -> tuple[int, int] | None:
    """Bring the next articles that a block was taken out of, by id, to what the counts say now.

    Returns how many have changed and the last id; None when there are no more.
    """
    lock_outlet(connection, site)
    ids = [number for number in _cleaned_of(connection, site, hash_) if number > after][:limit]
    if not ids:
        return None
    rows = connection.execute(sa.select(articles).where(articles.c.id.in_(ids))).all()
    return sum(recleaned(connection, row, reading) is not row for row in rows), ids[-1]
