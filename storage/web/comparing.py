"""Two versions of an article, or two articles, side by side with what lies between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from storage.types import Revision, StoredArticle, Version
from storage.web.abilities import Abilities, Difference, Paragraph, Passage
from storage.web.problems import ProblemError


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the two texts: a revision as it was seen, or an article as it is now (`seen_at` is then null)."""

    article_id: int
    revision: int
    seen_at: datetime | None
    date_modified: datetime | None
    headline: str
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What lies between two texts; `old` and `new` are null when the article has never changed.

    The shares (0 to 1) are of the old one's words, and of the new one's. `changes` are what is not the same: headline,
    authors, body, correction. `authors` is empty where they are the same.
    """

    old: Compared | None = None
    new: Compared | None = None
    changes: tuple[str, ...] = ()
    share_removed: float = 0.0
    share_added: float = 0.0
    headline: tuple[Passage, ...] = ()
    authors: tuple[Passage, ...] = ()
    lines: tuple[Paragraph, ...] = ()


def compare_revisions(
    abilities: Abilities, article_id: int, versions: Sequence[Revision], old: int | None, new: int | None
) -> Changes:
    """Return what lies between two revisions: by default the last one and the one before it.

    Raises ProblemError for revisions that there are not.
    """
    known = {version.revision: version for version in versions}
    if not known and old is None and new is None:
        return Changes()
    for number in (old, new):
        if number is not None and number not in known:
            raise ProblemError(404, f"article {article_id} has no revision {number}: {_listed(known)}")
    last = new if new is not None else max(known)
    first = old if old is not None else max((number for number in known if number < last), default=None)
    if first is None:
        raise ProblemError(404, f"article {article_id} has no revision before {last}: {_listed(known)}")
    return _between(abilities, known[first], known[last])


def compare_articles(abilities: Abilities, old: StoredArticle, new: StoredArticle) -> Changes:
    """Return what lies between the texts of two articles as they are now."""
    return _between(abilities, old, new)


def _listed(known: dict[int, Revision]) -> str:
    return f"it has {', '.join(map(str, sorted(known)))}" if known else "it has not changed since it was first seen"


def _between(abilities: Abilities, old: Revision | StoredArticle, new: Revision | StoredArticle) -> Changes:
    if abilities.compare is None:
        raise ProblemError(501, "this newsdesk was started without the part that compares texts")
    found = abilities.compare(*(Version(one.headline, one.authors, one.body) for one in (old, new)))
    between: dict[str, Any] = {one.name: getattr(found, one.name) for one in fields(Difference)}
    return Changes(old=_compared(old), new=_compared(new), **between)


def _compared(one: Revision | StoredArticle) -> Compared:
    return Compared(
        article_id=one.article_id if isinstance(one, Revision) else one.id,
        revision=one.revision,
        seen_at=one.seen_at if isinstance(one, Revision) else None,
        date_modified=one.date_modified,
        headline=one.headline,
        authors=one.authors,
    )
