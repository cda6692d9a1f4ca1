"""Print saved searches, and what they have found."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from crawler.commands.rendering import Format, plain, render
from crawler.commands.wording import number, short
from crawler.delivery.terms import name_of
from storage.saved import Saved, Told, query_to_row

COLUMNS = ("name", "query", "when", "told_to", "found", "told", "waiting", "latest", "trouble")
MATCHES = ("found_at", "state", "article_id", "source", "headline", "url")


def print_saved(found: Sequence[tuple[Saved, Told]], fmt: Format) -> None:
    """Print saved searches, one a row."""
    if fmt in (Format.TABLE, Format.MARKDOWN):
        rows = [_row(saved, told) for saved, told in found]
        render(rows, COLUMNS, fmt, empty='no search is saved; newsdesk watch add NAME "WORDS"')
    else:
        render([_record(saved, told) for saved, told in found], COLUMNS, fmt)


def print_matches(saved: Saved, told: Told, matches: Sequence[dict[str, Any]], fmt: Format) -> None:
    """Print a saved search and what it has found last."""
    if fmt is not Format.TABLE:
        render(matches, MATCHES, fmt)
        return
    row = _row(saved, told)
    sys.stdout.write(f"{saved.name}: {plain(row['query'])}\n{row['when']}; {row['told_to'] or 'nobody is told'}\n")
    if row["trouble"]:
        sys.stdout.write(f"{row['trouble']}\n")
    sys.stdout.write("\n")
    shown = [match | {"state": _state(match), "headline": short(match["headline"] or "")} for match in matches]
    render(shown, MATCHES, fmt, empty="nothing found yet")


def _state(match: dict[str, Any]) -> str:
    words = {"known": "its story was told", "gone": "deleted"}
    state = str(match["state"])
    return words.get(state, state) + (" (change)" if match["changed"] else "")


def _row(saved: Saved, told: Told) -> dict[str, Any]:
    counts = {name: getattr(told, name) for name in ("found", "told", "waiting", "latest")}
    told_to = ", ".join(name_of(target) for target in saved.targets)
    return (
        {"name": saved.name, "query": _asked(saved), "when": _when(saved), "told_to": told_to}
        | counts
        | {"trouble": _trouble(saved, told)}
    )


def _asked(saved: Saved) -> str:
    query = saved.query
    parts = [query.text or "everything", *(f"source:{name}" for name in query.sources)]
    return " ".join([*parts, *(f"language:{code}" for code in query.languages)])


def _when(saved: Saved) -> str:
    if saved.paused_at is not None:
        return f"paused since {plain(saved.paused_at)}"
    daily = f"daily at {saved.at} {saved.timezone or 'UTC'}"
    every = {"now": "at once", "hour": "every hour"}.get(saved.every, daily)
    return f"{every}, per {saved.per}{', changes too' if saved.changes else ''}"


def _trouble(saved: Saved, told: Told) -> str:
    parts = [f"broken: {saved.broken}"] if saved.broken else []
    if told.undelivered:
        why = f" ({told.last_error})" if told.last_error else ""
        parts.append(f"{number(told.undelivered, 'message')} not delivered{why}")
    return "; ".join(parts)


def _record(saved: Saved, told: Told) -> dict[str, Any]:
    names = (
        "name",
        "every",
        "at",
        "timezone",
        "per",
        "changes",
        "created_at",
        "paused_at",
        "next_at",
        "broken",
        "broken_at",
    )
    counts = ("found", "told", "waiting", "latest", "undelivered", "last_error")
    return (
        {name: getattr(saved, name) for name in names}
        | {"query": query_to_row(saved.query), "targets": [name_of(target) for target in saved.targets]}
        | {name: getattr(told, name) for name in counts}
    )
