"""Look at a stored article again: what has changed becomes a revision, and a page that shows less changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import fulltext
from storage.article_values import article_values, indexed
from storage.blocks import Reading
from storage.schema import articles, revisions
from storage.types import Access, Article, Identity, Outcome, Version

WALLS = {Access.PAYWALLED, Access.CONSENT, Access.BOT_WALL}
_TEXT = ("headline", "authors", "body", "content_hash", "word_count")
_DATE = ("date_published", "date_published_raw", "date_source", "date_precision")


def confirm_or_revise(
    connection: sa.Connection, known: Any, article: Article, identity: Identity, now: datetime, reading: Reading | None
) -> tuple[Outcome, int]:
    """Bring a stored article to what its page says now; return the outcome and the number of its revision."""
    if shows_less(known, article, reading):
        connection.execute(sa.update(articles).where(articles.c.id == known.id).values(last_fetched=now))
        return Outcome.UNCHANGED, known.revision
    if not article.authors and known.authors:
        article = replace(article, authors=tuple(known.authors))
    changes = what_changed(known, article, identity, reading)
    values = article_values(article, identity) | {"last_fetched": now, "gone_at": None}
    dropped = ["url_key", "outlet", *(_DATE if values["date_published"] is None else ())]
    if not changes:
        dropped += _TEXT
    values = {name: value for name, value in values.items() if name not in dropped}
    number: int = known.revision
    if changes:
        number += 1
        values |= {"revision": number, "changed_at": now}
        _keep_revision(connection, known, article, identity, changes, now)
    connection.execute(sa.update(articles).where(articles.c.id == known.id).values(**values))
    _index(connection, known, article, is_new_text=bool(changes))
    return (Outcome.REVISED if changes else Outcome.UNCHANGED), number


def _index(connection: sa.Connection, known: Any, article: Article, *, is_new_text: bool) -> None:
    """Bring the full-text index to the new text, or to the old one in another language or section, with other tags."""
    before, now = indexed(known), indexed(article)
    if not is_new_text:
        now = replace(now, headline=before.headline, authors=before.authors, body=before.body)
    if now != before:
        fulltext.index(connection, known.id, now)


def what_changed(known: Any, article: Article, identity: Identity, reading: Reading | None) -> tuple[str, ...]:
    """Return what of a stored article has changed in a way that counts: headline, authors, body, correction.

    When another version of the extraction reads the page, and the page says that it has not been modified since, the
    difference is the extraction's.
    """
    same_text = known.content_hash == identity.content_hash
    if reading is None:
        told = (not same_text, "body"), (list(article.authors) != known.authors, "authors")
        return tuple(name for is_new, name in told if is_new)
    if same_text and list(article.authors) == known.authors:
        return ()
    modified = article.modified.value if article.modified else None
    if known.extractor != article.extractor and modified is not None and modified == known.date_modified:
        return ()
    old = Version(known.headline, tuple(known.authors), known.body)
    return reading.changes(old, Version(article.headline, article.authors, article.body))


def shows_less(known: Any, article: Article, reading: Reading | None) -> bool:
    """Tell whether a page shows less than what is stored: for a wall, for a missing further page, or as a teaser."""
    if article.word_count >= int(known.word_count):
        return False
    if article.access in WALLS and known.access not in WALLS:
        return True
    if article.next_page is not None:
        return True
    old = Version(known.headline, tuple(known.authors), known.body)
    return reading is not None and reading.is_truncated(old, Version(article.headline, article.authors, article.body))


def _keep_revision(
    connection: sa.Connection,
    known: Any,
    article: Article,
    identity: Identity,
    changes: tuple[str, ...],
    now: datetime,
) -> None:
    """Write the new version, and at the first change the original before it."""
    rows = []
    if known.revision == 1:
        rows.append(original_version(known))
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
            "changes": list(changes),
        }
    )
    connection.execute(sa.insert(revisions), rows)


def original_version(known: Any) -> dict[str, Any]:
    """Return a row of `articles` that has never changed as its first revision."""
    names = ("headline", "authors", "body", "date_modified", "content_hash")
    own = {"article_id": known.id, "revision": 1, "seen_at": known.first_seen, "changes": None}
    return own | {name: getattr(known, name) for name in names}
