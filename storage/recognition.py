"""Recognise an article by its addresses: its own, its canonical one, and those that redirect to it.

An address is trusted; what leads from one address to another is believed when the texts agree. A page whose canonical
link names an unrelated article keeps its own address, and an article whose address now leads to another one is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from storage.blocks import Reading
from storage.likeness import Circumstances, Kinship
from storage.schema import article_aliases, articles
from storage.types import Article, Identity

MOST = 8
"""Articles that the addresses of one page are looked at for."""
_KEYS: sa.BindParameter[Any] = sa.bindparam("keys", expanding=True)
_AT_KEY = sa.select(articles).where(articles.c.url_key == sa.bindparam("key"))
_AT_ALIAS = (
    sa.select(articles)
    .join(article_aliases, article_aliases.c.article_id == articles.c.id)
    .where(article_aliases.c.url_key == sa.bindparam("key"))
)
_AT_KEYS = sa.select(articles).where(articles.c.url_key.in_(_KEYS)).limit(MOST)
_ALIASES = sa.select(article_aliases).where(article_aliases.c.url_key.in_(_KEYS))
_BY_IDS = sa.select(articles).where(articles.c.id.in_(sa.bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Recognised:
    """The stored articles that a page is, the oldest first; more than one when it joins them.

    `identity` is the page's as it holds: without a canonical address that is not its own.
    """

    rows: tuple[Any, ...]
    identity: Identity


def by_key(connection: sa.Connection, key: str) -> Any:
    """Return the article at a URL key, or else the one that has it as an alias."""
    row = connection.execute(_AT_KEY, {"key": key}).first()
    return row if row is not None else _by_alias(connection, key)


def _by_alias(connection: sa.Connection, key: str) -> Any:
    return connection.execute(_AT_ALIAS, {"key": key}).first()


def recognise(connection: sa.Connection, article: Article, identity: Identity, reading: Reading | None) -> Recognised:
    """Return which stored articles a page is, judged by its addresses and by the texts."""
    keys = [identity.url_key, *(key for _, key in identity.aliases)]
    row = connection.execute(_AT_KEY, {"key": keys[0]}).first()
    if row is not None and reading is not None and _was_wrong(connection, row, article, identity, reading):
        row = None
    if len(keys) == 1:
        row = row if row is not None else _by_alias(connection, keys[0])
        return Recognised((row,) if row is not None else (), identity)
    known = _by_keys(connection, keys)
    if reading is None or not known:
        first = known.get(keys[0]) or next(iter(known.values()), None)
        return Recognised((first,) if first is not None else (), identity)
    return _judged(known, article, identity, reading)


def _judged(known: dict[str, Any], article: Article, identity: Identity, reading: Reading) -> Recognised:
    page = identity.page_key or identity.url_key
    own, at_canonical = known.get(page), known.get(identity.url_key)
    is_own = own is not None and at_canonical is not None and own.id == at_canonical.id
    if (
        at_canonical is not None
        and page != identity.url_key
        and not is_own
        and not is_one(at_canonical, article, reading)
    ):
        identity = _without_canonical(identity, page)
        known = {key: row for key, row in known.items() if row.id != at_canonical.id}
    found = {own.id: own} if own is not None else {}
    for row in known.values():
        if row.id not in found and is_one(row, article, reading):
            found[row.id] = row
    refused = {key for key, row in known.items() if row.id not in found}
    identity = replace(identity, aliases=tuple(pair for pair in identity.aliases if pair[1] not in refused))
    return Recognised(tuple(found[number] for number in sorted(found)), identity)


def _was_wrong(connection: sa.Connection, row: Any, article: Article, identity: Identity, reading: Reading) -> bool:
    """Give a stored article its own address back when it was filed under this page's by a wrong canonical link."""
    page = identity.page_key or identity.url_key
    if row.canonical_url is None or page != row.url_key or row.url == article.url:
        return False
    own = sa.and_(article_aliases.c.article_id == row.id, article_aliases.c.url == row.url)
    alias = connection.execute(sa.select(article_aliases.c.url_key).where(own)).scalar()
    if alias is None or is_one(row, article, reading):
        return False
    connection.execute(sa.delete(article_aliases).where(own))
    freed = {"url_key": alias, "canonical_url": None}
    connection.execute(sa.update(articles).where(articles.c.id == row.id).values(**freed))
    return True


def moved_away(connection: sa.Connection, key: str, article: Article, page: str, reading: Reading) -> int | None:
    """Return the article at an address that now leads to another one, at `page`: it is gone."""
    row = connection.execute(_AT_KEY, {"key": key}).first() if key != page else None
    if row is None or is_one(row, article, reading):
        return None
    there = by_key(connection, page)
    return row.id if there is None or there.id != row.id else None


def _without_canonical(identity: Identity, page: str) -> Identity:
    aliases = tuple(pair for pair in identity.aliases if pair[1] not in (page, identity.url_key))
    return replace(identity, url_key=page, canonical_url=None, is_version=False, page_key=None, aliases=aliases)


def is_one(row: Any, article: Article, reading: Reading) -> bool:
    """Tell whether a stored article and a page's are the same one, by text, headline or the number in their address."""
    if row.headline and row.headline.casefold() == article.headline.casefold():
        return True
    if reading.same_number(row.url, article.url):
        return True
    given = Circumstances(same_outlet=True, strict=False)
    kinship = reading.comparing.judgement.compare_texts(row.body, article.body, given).kinship
    return kinship in (Kinship.SAME_TEXT, Kinship.REPRINT, Kinship.CONTAINS, Kinship.EXCERPT)


def _by_keys(connection: sa.Connection, keys: Iterable[str]) -> dict[str, Any]:
    """Return the articles at URL keys, or that have them as aliases, by key, in the order of the keys."""
    keys = list(dict.fromkeys(keys))
    found = {row.url_key: row for row in connection.execute(_AT_KEYS, {"keys": keys})}
    missing = [key for key in keys if key not in found]
    led = connection.execute(_ALIASES, {"keys": missing}) if missing else ()
    aliases = {row.url_key: row.article_id for row in led}
    if aliases:
        rows = {row.id: row for row in connection.execute(_BY_IDS, {"ids": sorted(set(aliases.values()))[:MOST]})}
        found |= {key: rows[number] for key, number in aliases.items() if number in rows}
    return {key: found[key] for key in keys if key in found}
