"""Store articles: one row per article, aliases for its other addresses, a revision for each change of its text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import fulltext
from storage.blocks import Reading, lines_of
from storage.cleaning import clean, recleaned
from storage.learning import Lesson, Study, record, record_revision, study, weigh
from storage.locks import lock_outlet
from storage.removals import add_removed, read_removed, write_removed
from storage.schema import article_aliases, articles, revisions, sources
from storage.types import Access, Article, Identity, Outcome, Revision, Stored, StoredArticle
from storage.upsert import insert_ignore
from storage.versions import defers_to_own_page

_WALLS = {Access.PAYWALLED, Access.CONSENT, Access.BOT_WALL}
SAME_TEXT = 0.8
"""Of a text's words in blocks of one earlier article: worth a look whether it is the same text."""
_READ = {
    "id", "url", "canonical_url", "url_key", "outlet", "headline", "date_published", "date_published_raw",
    "date_source", "date_precision", "date_modified", "language", "section", "description", "main_image",
    "body", "word_count", "access", "kind", "syndicated_from", "first_seen", "last_fetched", "revision",
    "extractor", "story_id", "source_id",
}  # fmt: skip
COLUMNS = [*(articles.c[name] for name in sorted(_READ)), articles.c.authors, articles.c.tags,
           sources.c.name.label("source")]  # fmt: skip
_FIRST = sa.select(articles).order_by(articles.c.id).limit(1)
_KEYS: sa.BindParameter[Any] = sa.bindparam("keys", expanding=True)
_ALIASED = sa.select(article_aliases.c.article_id).where(article_aliases.c.url_key.in_(_KEYS))
_AT_KEY = sa.select(articles).where(articles.c.url_key == sa.bindparam("key"))
_AT_KEYS = _FIRST.where(sa.or_(articles.c.url_key.in_(_KEYS), articles.c.id.in_(_ALIASED)))
_WITH_TEXT = _FIRST.where(
    articles.c.outlet == sa.bindparam("outlet"), articles.c.content_hash.in_(sa.bindparam("hashes", expanding=True))
)


def store_article(
    connection: sa.Connection,
    article: Article,
    identity: Identity,
    source_id: int,
    now: datetime,
    reading: Reading | None = None,
) -> Stored:
    """Insert, revise or confirm an article in the caller's transaction.

    The same URL key (or an alias of it) is the same article; so is the same text at another URL of the same
    outlet, which becomes an alias. A changed text becomes the next revision; a page that has turned into
    a paywall, consent or bot wall never replaces a readable text, nor does a part of an article the whole. With a
    `reading` the site's boilerplate is learned and taken out; texts are compared without it.
    """
    lock_outlet(connection, identity.outlet)
    known = _by_key(connection, [identity.url_key, *(key for _, key in identity.aliases)])
    if known is not None and identity.is_version and defers_to_own_page(connection, known, now):
        _add_aliases(connection, known.id, identity, known.url_key, now)
        return Stored(Outcome.ALIAS, known.id, known.revision, known.story_id)
    if known is not None:
        outcome = _look_again(connection, known, article, identity, now, reading)
        _add_aliases(connection, known.id, identity, known.url_key, now)
        return Stored(outcome[0], known.id, outcome[1], known.story_id)
    found = study(connection, identity.outlet, lines_of(article.body), reading) if reading else None
    lesson = _lesson(connection, found, article, reading)
    raw = identity.content_hash
    if reading and found:
        taken = found.taken() | (lesson.taken() if lesson else {})
        article, identity = clean(article, identity, taken, reading)
    twin = _by_content(connection, identity, raw) or _by_story(connection, identity, lesson, reading)
    if twin is not None:
        _add_aliases(connection, twin.id, identity, twin.url_key, now)
        connection.execute(sa.update(articles).where(articles.c.id == twin.id).values(last_fetched=now))
        return Stored(Outcome.ALIAS, twin.id, twin.revision, twin.story_id)
    article_id = _insert(connection, article, identity, source_id, now)
    if reading and article.removed:
        add_removed(connection, article_id, article.removed, reading.block)
    if found and lesson:
        record(connection, found, lesson, article_id, now)
    _add_aliases(connection, article_id, identity, identity.url_key, now)
    return Stored(Outcome.STORED, article_id, 1)


def _lesson(connection: sa.Connection, found: Study | None, article: Article, reading: Reading | None) -> Lesson | None:
    """Return what a new article teaches of its site; a consent or bot wall is no article of it."""
    if found is None or reading is None or article.access in (Access.CONSENT, Access.BOT_WALL):
        return None
    return weigh(connection, found, article.headline, reading)


def _look_again(
    connection: sa.Connection, known: Any, article: Article, identity: Identity, now: datetime, reading: Reading | None
) -> tuple[Outcome, int]:
    """Confirm or revise a known article; old and new text are compared as the site's counts leave them now."""
    if reading is None:
        return _confirm_or_revise(connection, known, article, identity, now)
    known = recleaned(connection, known, reading)
    found = study(connection, known.outlet, lines_of(article.body), reading)
    article, identity = clean(article, identity, found.taken(), reading)
    outcome = _confirm_or_revise(connection, known, article, identity, now)
    if not _shows_less(known, article) and article.removed != read_removed(connection, known.id):
        write_removed(connection, known.id, article.removed, reading.block)
    if outcome[0] is Outcome.REVISED:
        record_revision(connection, found, known.id, now)
    return outcome


def _by_key(connection: sa.Connection, keys: list[str]) -> Any:
    row = connection.execute(_AT_KEY, {"key": keys[0]}).first()
    return row if row is not None else connection.execute(_AT_KEYS, {"keys": keys}).first()


def _by_content(connection: sa.Connection, identity: Identity, raw: str) -> Any:
    """Return the outlet's article with this text, be it cleaned or still as it was extracted."""
    same = {"outlet": identity.outlet, "hashes": [identity.content_hash, raw]}
    return connection.execute(_WITH_TEXT, same).first()


def _by_story(connection: sa.Connection, identity: Identity, lesson: Lesson | None, reading: Reading | None) -> Any:
    """Return the article that tells the same story when its text is the same once it is cleaned as this one is."""
    if lesson is None or reading is None or lesson.share < SAME_TEXT:
        return None
    row = connection.execute(sa.select(articles).where(articles.c.id == lesson.story)).first()
    if row is None or row.outlet != identity.outlet:
        return None
    row = recleaned(connection, row, reading, lesson.taken())
    return row if row.content_hash == identity.content_hash else None


def _confirm_or_revise(
    connection: sa.Connection, known: Any, article: Article, identity: Identity, now: datetime
) -> tuple[Outcome, int]:
    if _shows_less(known, article):
        connection.execute(sa.update(articles).where(articles.c.id == known.id).values(last_fetched=now))
        return Outcome.UNCHANGED, known.revision
    values = _values(article, identity) | {"last_fetched": now, "gone_at": None}
    if values["date_published"] is None:
        for name in ("date_published", "date_published_raw", "date_source", "date_precision"):
            values.pop(name)
    values.pop("url_key")
    values.pop("outlet")
    changed = known.content_hash != identity.content_hash
    number = known.revision + 1 if changed else known.revision
    if changed:
        _keep_revision(connection, known, article, identity, now)
    connection.execute(sa.update(articles).where(articles.c.id == known.id).values(**values, revision=number))
    if changed or list(article.authors) != known.authors:
        fulltext.index(connection, known.id, article.headline, article.authors, article.body)
    return (Outcome.REVISED if changed else Outcome.UNCHANGED), number


def _shows_less(known: Any, article: Article) -> bool:
    """Tell whether a page shows less than what is stored because of a wall, or because its next page is missing."""
    walled = article.access in _WALLS and known.access not in _WALLS
    return (walled or article.next_page is not None) and article.word_count < int(known.word_count)


def _keep_revision(connection: sa.Connection, known: Any, article: Article, identity: Identity, now: datetime) -> None:
    """Write the new version, and at the first change the original before it."""
    rows = []
    if known.revision == 1:
        names = ("headline", "authors", "body", "date_modified", "content_hash")
        rows.append(
            {"article_id": known.id, "revision": 1, "seen_at": known.first_seen}
            | {name: getattr(known, name) for name in names}
        )
    rows.append(
        {
            "article_id": known.id,
            "revision": known.revision + 1,
            "seen_at": now,
            "headline": article.headline,
            "authors": list(article.authors),
            "body": article.body,
            "date_modified": article.modified.value if article.modified else None,
            "content_hash": identity.content_hash,
        }
    )
    connection.execute(sa.insert(revisions), rows)


def _insert(connection: sa.Connection, article: Article, identity: Identity, source_id: int, now: datetime) -> int:
    values = _values(article, identity) | {"source_id": source_id, "first_seen": now, "last_fetched": now}
    statement = sa.insert(articles).values(**values, url=article.url).returning(articles.c.id)
    article_id: int = connection.execute(statement).scalar_one()
    fulltext.index(connection, article_id, article.headline, article.authors, article.body)
    return article_id


def _values(article: Article, identity: Identity) -> dict[str, Any]:
    published, modified = article.published, article.modified
    return {
        "canonical_url": identity.canonical_url,
        "url_key": identity.url_key,
        "outlet": identity.outlet,
        "headline": article.headline,
        "authors": list(article.authors),
        "date_published": published.value if published else None,
        "date_published_raw": published.raw if published else None,
        "date_source": published.source.value if published else None,
        "date_precision": published.precision.value if published else None,
        "date_modified": modified.value if modified else None,
        "language": article.language,
        "section": article.section,
        "tags": list(article.tags),
        "description": article.description,
        "main_image": article.main_image,
        "body": article.body,
        "word_count": article.word_count,
        "access": article.access.value,
        "kind": article.kind,
        "content_hash": identity.content_hash,
        "syndicated_from": identity.syndicated_from,
        "extractor": article.extractor,
    }


def _add_aliases(connection: sa.Connection, article_id: int, identity: Identity, own_key: str, now: datetime) -> None:
    """Record every other address that led here; an address stays with the article that had it first."""
    pairs = {key: url for url, key in identity.aliases}
    if identity.url_key != own_key:
        pairs.setdefault(identity.url_key, identity.canonical_url or identity.url_key)
    pairs.pop(own_key, None)
    for key, url in pairs.items():
        values = {"url_key": key, "article_id": article_id, "url": url, "first_seen": now}
        connection.execute(insert_ignore(connection, article_aliases).values(**values))


def mark_gone(connection: sa.Connection, article_id: int, now: datetime) -> None:
    """Note that the article's page is gone (404 or 410); the text stays."""
    only_first = sa.update(articles).where(articles.c.id == article_id, articles.c.gone_at.is_(None))
    connection.execute(only_first.values(gone_at=now))


def touch_article(connection: sa.Connection, article_id: int, now: datetime) -> datetime | None:
    """Note that the article's page was looked at and is unchanged; return when it was first seen."""
    statement = sa.update(articles).where(articles.c.id == article_id).values(last_fetched=now)
    found: datetime | None = connection.execute(statement.returning(articles.c.first_seen)).scalar()
    return found


def as_article(row: Any) -> StoredArticle:
    """Return a row of COLUMNS as an article."""
    values = {name: getattr(row, name) for name in _READ}
    return StoredArticle(**values, source=row.source, authors=tuple(row.authors), tags=tuple(row.tags))


def select_articles() -> sa.Select[Any]:
    """Return the SELECT of COLUMNS over articles and their sources."""
    return sa.select(*COLUMNS).join(sources, sources.c.id == articles.c.source_id)


def get_article(connection: sa.Connection, article_id: int) -> StoredArticle | None:
    """Return the article with this id, if there is one."""
    row = connection.execute(select_articles().where(articles.c.id == article_id)).first()
    return as_article(row) if row else None


def find_article(connection: sa.Connection, url_key: str) -> StoredArticle | None:
    """Return the article at this URL key or with this alias, if there is one."""
    row = _by_key(connection, [url_key])
    return get_article(connection, row.id) if row else None


def read_revisions(connection: sa.Connection, article_id: int) -> list[Revision]:
    """Return the article's versions in order; empty while it has never changed."""
    rows = connection.execute(
        sa.select(revisions).where(revisions.c.article_id == article_id).order_by(revisions.c.revision)
    )
    return [
        Revision(r.article_id, r.revision, r.seen_at, r.headline, tuple(r.authors), r.body, r.date_modified)
        for r in rows
    ]


def read_aliases(connection: sa.Connection, article_id: int) -> list[str]:
    """Return the other addresses of the article, oldest first."""
    query = sa.select(article_aliases.c.url).where(article_aliases.c.article_id == article_id)
    return list(connection.execute(query.order_by(article_aliases.c.first_seen)).scalars())
