"""Store articles: one row per article, aliases for its other addresses, a revision for each change of its text."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import fulltext
from storage.aliases import add_aliases
from storage.article_values import article_values, indexed
from storage.blocks import Reading, lines_of
from storage.cleaning import clean, recleaned
from storage.joining import join_articles
from storage.learning import Lesson, Study, record, record_revision, study, weigh
from storage.locks import lock_outlet
from storage.recognition import by_key, recognise
from storage.relations import Text
from storage.removals import add_removed, read_removed, write_removed
from storage.revising import confirm_or_revise, shows_less
from storage.schema import articles, merged_articles, revisions, sources
from storage.stories import tell, tell_again
from storage.types import Access, Article, Identity, Outcome, Revision, Stored, StoredArticle
from storage.versions import defers_to_own_page

SAME_TEXT = 0.8
"""Of a text's words in blocks of one earlier article: worth a look whether it is the same text."""
_READ = {
    "id", "url", "canonical_url", "url_key", "outlet", "headline", "date_published", "date_published_raw",
    "date_source", "date_precision", "date_modified", "language", "section", "description", "main_image",
    "body", "word_count", "access", "kind", "syndicated_from", "first_seen", "last_fetched", "revision",
    "extractor", "story_id", "source_id", "agency", "gone_at", "changed_at",
}  # fmt: skip
COLUMNS = [*(articles.c[name] for name in sorted(_READ)), articles.c.authors, articles.c.tags,
           sources.c.name.label("source")]  # fmt: skip
_NEXT_ID = sa.func.max(
    sa.select(sa.func.coalesce(sa.func.max(articles.c.id), 0)).scalar_subquery(),
    sa.select(sa.func.coalesce(sa.func.max(merged_articles.c.id), 0)).scalar_subquery(),
) + sa.literal(1)
"""SQLite would give the id of an article that was joined into another one to the next."""
_FIRST = sa.select(articles).order_by(articles.c.id).limit(1)
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
    `reading` the site's boilerplate is learned and taken out, texts are compared without it, and a new or changed text
    finds its story among those of all outlets.
    """
    lock_outlet(connection, identity.outlet)
    known, identity = _known(connection, article, identity, now, reading)
    if known is not None and identity.is_version and defers_to_own_page(connection, known, now):
        add_aliases(connection, known.id, identity, known.url_key, now)
        return Stored(Outcome.ALIAS, known.id, known.revision, known.story_id)
    if known is not None:
        stored = _look_again(connection, known, article, identity, now, reading)
        add_aliases(connection, known.id, identity, known.url_key, now)
        return stored
    return _store_new(connection, article, identity, source_id, now, reading)


def _known(
    connection: sa.Connection, article: Article, identity: Identity, now: datetime, reading: Reading | None
) -> tuple[Any, Identity]:
    """Return the stored article that a page is, if it is one, and the identity that holds for it.

    Articles that the page shows to be the same one are joined, into the oldest.
    """
    found = recognise(connection, article, identity, reading)
    if not found.rows:
        return None, found.identity
    known = found.rows[0]
    for other in found.rows[1:]:
        reason = "canonical" if found.identity.is_version else "redirect"
        known = join_articles(connection, known, other, found.identity.url_key, reason, now)
    if len(found.rows) > 1 and reading is not None:
        text = Text(known.id, known.outlet, known.kind, known.headline, known.body)
        tell_again(connection, text, reading.comparing, now)
    return known, found.identity


def _store_new(
    connection: sa.Connection,
    article: Article,
    identity: Identity,
    source_id: int,
    now: datetime,
    reading: Reading | None,
) -> Stored:
    """Store an article that no address leads to yet, unless its outlet has its very text already."""
    found = study(connection, identity.outlet, lines_of(article.body), reading) if reading else None
    lesson = _lesson(connection, found, article, reading)
    raw = identity.content_hash
    if reading and found:
        taken = found.taken() | (lesson.taken() if lesson else {})
        article, identity = clean(article, identity, taken, reading)
    twin = with_text(connection, identity, raw) or _by_story(connection, identity, lesson, reading)
    if twin is not None:
        add_aliases(connection, twin.id, identity, twin.url_key, now, reason="same-text")
        connection.execute(sa.update(articles).where(articles.c.id == twin.id).values(last_fetched=now))
        return Stored(Outcome.ALIAS, twin.id, twin.revision, twin.story_id)
    article_id = _insert(connection, article, identity, source_id, now)
    if reading and article.removed:
        add_removed(connection, article_id, article.removed, reading.block)
    if found and lesson:
        record(connection, found, lesson, article_id, now)
    add_aliases(connection, article_id, identity, identity.url_key, now)
    text = Text(article_id, identity.outlet, article.kind, article.headline, article.body)
    story = tell(connection, text, reading.comparing, now) if reading and _has_text(article) else None
    return Stored(Outcome.STORED, article_id, 1, story)


def _has_text(article: Article) -> bool:
    """Tell whether the text is an article's, and not that of a consent or bot wall."""
    return article.access not in (Access.CONSENT, Access.BOT_WALL)


def _lesson(connection: sa.Connection, found: Study | None, article: Article, reading: Reading | None) -> Lesson | None:
    """Return what a new article teaches of its site; a consent or bot wall is no article of it."""
    if found is None or reading is None or not _has_text(article):
        return None
    return weigh(connection, found, article.headline, reading)


def _look_again(
    connection: sa.Connection, known: Any, article: Article, identity: Identity, now: datetime, reading: Reading | None
) -> Stored:
    """Confirm or revise a known article; old and new text are compared as the site's counts leave them now."""
    if reading is None:
        outcome, number = confirm_or_revise(connection, known, article, identity, now, None)
        return Stored(outcome, known.id, number, known.story_id)
    known = recleaned(connection, known, reading)
    found = study(connection, known.outlet, lines_of(article.body), reading)
    article, identity = clean(article, identity, found.taken(), reading)
    outcome, number = confirm_or_revise(connection, known, article, identity, now, reading)
    stored = Stored(outcome, known.id, number, known.story_id)
    is_shown = outcome is Outcome.REVISED or known.content_hash == identity.content_hash
    if is_shown and not shows_less(known, article, reading) and article.removed != read_removed(connection, known.id):
        write_removed(connection, known.id, article.removed, reading.block)
    if outcome is not Outcome.REVISED:
        return stored
    record_revision(connection, found, known.id, now)
    text = Text(known.id, known.outlet, article.kind, article.headline, article.body)
    return replace(stored, story_id=tell_again(connection, text, reading.comparing, now, before=known.body))


def with_text(connection: sa.Connection, identity: Identity, raw: str) -> Any:
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


def _insert(connection: sa.Connection, article: Article, identity: Identity, source_id: int, now: datetime) -> int:
    values = article_values(article, identity) | {"source_id": source_id, "first_seen": now, "last_fetched": now}
    if connection.dialect.name == "sqlite":
        values["id"] = _NEXT_ID
    statement = sa.insert(articles).values(**values, url=article.url).returning(articles.c.id)
    article_id: int = connection.execute(statement).scalar_one()
    fulltext.index(connection, article_id, indexed(article))
    return article_id


def mark_gone(connection: sa.Connection, article_id: int, now: datetime) -> None:
    """Note that the article's page is gone (404, 410, or a redirect to another page); the text stays."""
    only_first = sa.update(articles).where(articles.c.id == article_id, articles.c.gone_at.is_(None))
    connection.execute(only_first.values(gone_at=now))


def touch_article(connection: sa.Connection, article_id: int, now: datetime) -> tuple[datetime, datetime | None] | None:
    """Note that the article's page was looked at and is unchanged; return when it was first seen and last changed."""
    statement = sa.update(articles).where(articles.c.id == article_id).values(last_fetched=now, gone_at=None)
    row = connection.execute(statement.returning(articles.c.first_seen, articles.c.changed_at)).first()
    return (row.first_seen, row.changed_at) if row is not None else None


def times_of(connection: sa.Connection, article_id: int) -> tuple[datetime, datetime | None]:
    """Return when an article was first seen and last changed."""
    own = sa.select(articles.c.first_seen, articles.c.changed_at).where(articles.c.id == article_id)
    row = connection.execute(own).one()
    return row.first_seen, row.changed_at


def as_article(row: Any) -> StoredArticle:
    """Return a row of COLUMNS as an article."""
    values = {name: getattr(row, name) for name in _READ}
    return StoredArticle(**values, source=row.source, authors=tuple(row.authors), tags=tuple(row.tags))


def select_articles() -> sa.Select[Any]:
    """Return the SELECT of COLUMNS over articles and their sources."""
    return sa.select(*COLUMNS).join(sources, sources.c.id == articles.c.source_id)


def get_article(connection: sa.Connection, article_id: int) -> StoredArticle | None:
    """Return the article with this id, if there is one; an id that was joined into another leads to that one."""
    row = connection.execute(select_articles().where(articles.c.id == article_id)).first()
    if row is not None:
        return as_article(row)
    into = sa.select(merged_articles.c.into_id).where(merged_articles.c.id == article_id).scalar_subquery()
    row = connection.execute(select_articles().where(articles.c.id == into)).first()
    return as_article(row) if row else None


def find_article(connection: sa.Connection, url_key: str) -> StoredArticle | None:
    """Return the article at this URL key or with this alias, if there is one."""
    row = by_key(connection, url_key)
    return get_article(connection, row.id) if row else None


def read_revisions(connection: sa.Connection, article_id: int) -> list[Revision]:
    """Return the article's versions in order; empty while it has never changed."""
    own = sa.select(revisions).where(revisions.c.article_id == article_id)
    return [
        Revision(
            article_id=row.article_id,
            revision=row.revision,
            seen_at=row.seen_at,
            headline=row.headline,
            authors=tuple(row.authors),
            body=row.body,
            date_modified=row.date_modified,
            changes=tuple(row.changes or ()),
        )
        for row in connection.execute(own.order_by(revisions.c.revision))
    ]
