"""A message about articles for people: subject, plain text and HTML, in which no headline can do harm. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crawler.commands.wording import short
from storage.export.rows import plain
from storage.saved import Saved

if TYPE_CHECKING:
    from crawler.alerts.messages import Line

SUBJECT, HEADLINE = 120, 200
_PARAGRAPH = '<p style="margin: 0 0 1.2em">'
_DIM = '<span style="color: #666">'


def subject_of(saved: Saved, lines: Sequence[Line], total: int) -> str:
    """Return one line: the headline of a single article, else their number and the first headline."""
    first = short(lines[0].hit.article.headline, SUBJECT) if lines else ""
    if total == 1:
        return f"{saved.name}: {'changed: ' if lines and lines[0].changed else ''}{first}"
    return f"{saved.name}: {total} {_what(saved)} – {first}"


def text_of(saved: Saved, lines: Sequence[Line], total: int) -> str:
    """Return the plain text: headline, where and when, address and a passage of each article."""
    blocks = [f"{_head(saved, total)}\n"]
    for line in lines:
        article = line.hit.article
        own = [_headline(line), _where(line, saved), plain(article.address), short(line.hit.snippet, 400)]
        blocks.append("\n".join(part for part in own if part) + "\n")
    return "\n".join([*blocks, *_foot(saved, total - len(lines))]) + "\n"


def html_of(saved: Saved, lines: Sequence[Line], total: int) -> str:
    """Return the same as HTML without images, styles from elsewhere or scripts."""
    blocks = [f"<p>{escape(_head(saved, total))}</p>"]
    for line in lines:
        headline = escape(_headline(line))
        url = plain(line.hit.article.address)
        title = f'<a href="{escape(url)}">{headline}</a>' if _is_web(url) else headline
        blocks.append(
            f"{_PARAGRAPH}<b>{title}</b><br>\n{_DIM}{escape(_where(line, saved))}</span><br>\n{_passage(line)}</p>"
        )
    blocks += [f"<p>{_DIM}{escape(part)}</span></p>" for part in _foot(saved, total - len(lines))]
    title = escape(subject_of(saved, lines, total))
    head = f'<!doctype html>\n<html><head><meta charset="utf-8"><title>{title}</title></head>'
    return head + "<body>\n" + "\n".join(blocks) + "\n</body></html>\n"


def _what(saved: Saved) -> str:
    return "stories" if saved.per == "story" else "articles"


def _head(saved: Saved, total: int) -> str:
    asked = short(saved.query.text or "everything", 200)
    if total == 1:
        return f"newsdesk has found something for {saved.name} ({asked}):"
    return f"newsdesk has found {total} {_what(saved)} for {saved.name} ({asked}):"


def _headline(line: Line) -> str:
    return ("changed: " if line.changed else "") + (short(line.hit.article.headline, HEADLINE) or "(no headline)")


def _where(line: Line, saved: Saved) -> str:
    article = line.hit.article
    parts = [plain(article.source), _time(article.date_published or article.first_seen, saved)]
    if line.others:
        parts.append(f"+{line.others} {'outlet' if line.others == 1 else 'outlets'}")
    return " · ".join(parts)


def _time(at: datetime, saved: Saved) -> str:
    zone = ZoneInfo(saved.timezone) if saved.timezone else UTC
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def _passage(line: Line) -> str:
    """Return the snippet as HTML, with the words that were asked for in bold."""
    snippet, at, parts = line.hit.snippet, 0, []
    for start, end in line.hit.marks:
        parts += [escape(plain(snippet[at:start])), f"<b>{escape(plain(snippet[start:end]))}</b>"]
        at = end
    return "".join([*parts, escape(plain(snippet[at:]))])


def _foot(saved: Saved, rest: int) -> Iterator[str]:
    if rest > 0:
        yield f"and {rest} more: newsdesk watch show {saved.name}"
    yield f"To end this: newsdesk watch remove {saved.name}"


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False
