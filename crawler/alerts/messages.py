"""What is sent for a saved search: everything to programs, in parts; the most important to people, the rest counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from crawler.alerts.letters import html_of, subject_of, text_of
from storage.alerts_told import Match
from storage.export.rows import jsonable
from storage.saved import Saved, query_to_row
from storage.search import Hit

TYPE, TEST = "watch.matched", "watch.test"
PARTS = 20
"""Messages to a program about one digest at most; what is left is counted."""
_FIELDS = (
    *("id", "url", "headline", "authors", "source", "outlet", "date_published", "date_modified", "first_seen"),
    *("language", "section", "tags", "description", "access", "kind", "word_count", "agency"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """An article as a message tells it; `changed` when it is told for its revision."""

    hit: Hit
    changed: bool = False

    @property
    def others(self) -> int:
        """How many other outlets tell its story."""
        return max(0, self.hit.story_outlets - 1)


def lines_of(told: Sequence[Match], hits: Mapping[int, Hit]) -> list[Line]:
    """Return the lines of what is told, in its order."""
    shown = ((hits.get(match.article_id or 0), match.changed) for match in told)
    return [Line(hit, changed) for hit, changed in shown if hit is not None]


def for_programs(saved: Saved, lines: Sequence[Line], total: int, most: int, now: datetime) -> list[dict[str, Any]]:
    """Return the messages that tell `total` articles, of which `lines` are shown, `most` in each."""
    parts = [lines[start : start + most] for start in range(0, len(lines), most)]
    return [
        {
            "type": TYPE,
            "timestamp": jsonable(now.astimezone(UTC)),
            "data": {
                "watch": {
                    "name": saved.name,
                    "query": query_to_row(saved.query),
                    "every": saved.every,
                    "per": saved.per,
                },
                "total": total,
                "rest": total - len(lines),
                "part": number,
                "parts": len(parts),
                "articles": [record_of(line) for line in part],
            },
        }
        for number, part in enumerate(parts, 1)
    ]


def for_people(saved: Saved, lines: Sequence[Line], total: int, most: int, now: datetime) -> dict[str, Any]:
    """Return the message that tells the first `most` of `total` articles, as plain text and HTML."""
    shown = lines[:most]
    return {
        "type": TYPE,
        "timestamp": jsonable(now.astimezone(UTC)),
        "subject": subject_of(saved, shown, total),
        "text": text_of(saved, shown, total),
        "html": html_of(saved, shown, total),
        "list": saved.name,
    }


def record_of(line: Line) -> dict[str, Any]:
    """Return an article as programs get it."""
    article, hit = line.hit.article, line.hit
    story = {"id": article.story_id, "outlets": hit.story_outlets, "articles": hit.story_articles}
    own = {name: jsonable(getattr(article, name)) for name in _FIELDS}
    return own | {
        "revision": article.revision,
        "changed": line.changed,
        "snippet": hit.snippet,
        "story": story if article.story_id is not None else None,
    }
