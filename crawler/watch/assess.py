"""How a source is, from what is known of it: a pure decision, with the figures behind it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from crawler.commands.wording import number, span
from crawler.watch.breakage import cause, find_breakage, is_down
from crawler.watch.drift import find_drift, usual_yield
from crawler.watch.recent import Recent, median_delay, recent_of
from crawler.watch.silence import find_silence, last_new, last_success, volume
from crawler.watch.slowness import find_slowness
from crawler.watch.states import RANK, Finding, State
from crawler.watch.usual import LEAST_DAYS, Usual, usual_of
from storage.watched import Look, Watched

YOUNG = timedelta(days=2)
RESTLESS, HELD_FOR = 4, timedelta(hours=6)
"""A source with so many changes in two days is not called well before it has been so for that time."""


def assess(source: Watched, now: datetime) -> Look:
    """Return how a source is: the worst that is found of it, or that it is well."""
    until = (last_new(source) or now).astimezone(UTC).date()
    usual, recent = usual_of(source, until), recent_of(source, now.astimezone(UTC))
    finding = _find(source, usual, recent, now) or _well(source, usual, now)
    figures = _figures(source, usual, recent, now)
    figures["last_bad"] = now.isoformat() if finding.state is not State.HEALTHY else _last_bad(source)
    held = _held(source, finding, now)
    return Look(source, held.state.value, held.reason, figures)


def _find(source: Watched, usual: Usual, recent: Recent, now: datetime) -> Finding | None:
    if not source.channels:
        return None
    return (
        find_breakage(source, recent, now)
        or find_silence(source, usual)
        or find_drift(source, recent, now.astimezone(UTC).date())
        or find_slowness(source, usual, recent, now.astimezone(UTC))
    )


def _well(source: Watched, usual: Usual, now: datetime) -> Finding:
    """Return that nothing is wrong, or that it is too early to tell."""
    if not source.channels:
        return _healthy("it has no channels to watch")
    since, answered = last_new(source), last_success(source)
    if answered is None:
        return _healthy("it has not been polled yet")
    down = [channel for channel in source.channels if is_down(channel)]
    aside = f"; {down[0].url} fails: {cause(down[0])}" if down else ""
    if now - source.first_seen < YOUNG or usual.days < LEAST_DAYS:
        return _healthy(f"watched since {source.first_seen:%Y-%m-%d}; too early to tell what is usual{aside}")
    last = f"the last one {span(now - since)} ago" if since else "none yet"
    return _healthy(f"{volume(usual.mean)}, {last}{aside}")


def _healthy(reason: str) -> Finding:
    return Finding(State.HEALTHY, reason)


def _last_bad(source: Watched) -> str | None:
    return source.known.figures.get("last_bad") if source.known else None


def _held(source: Watched, finding: Finding, now: datetime) -> Finding:
    """Return a finding, or what was found before for a source that changes back and forth and is better just now."""
    known, bad = source.known, _last_bad(source)
    if known is None or bad is None or source.changes < RESTLESS:
        return finding
    before = State(known.state)
    if RANK[finding.state] >= RANK[before] or now - datetime.fromisoformat(bad) >= HELD_FOR:
        return finding
    changes = number(source.changes, "change")
    return Finding(before, f"better since {bad[:16].replace('T', ' ')} UTC, but with {changes} in two days")


def _figures(source: Watched, usual: Usual, recent: Recent, now: datetime) -> dict[str, Any]:
    """Return the numbers that people want to see: of the last seven days, and what is usual."""
    week, today = recent.week, now.astimezone(UTC).date()
    seen = sum(day.links_new for day in source.days if week.since <= day.day <= today)
    span_days = min(7.0, max((now - source.first_seen) / timedelta(days=1), 1.0))
    before = usual_yield(source, week.since, today)
    stays = source.known.figures.get("usual_a_day") if source.known and usual.days < LEAST_DAYS else None
    return {
        "new_a_day": round(seen / span_days, 2),
        "usual_a_day": round(usual.mean, 2) if usual.days >= LEAST_DAYS else stays,
        "last_new": _iso(last_new(source)),
        "last_success": _iso(last_success(source)),
        "errors_in_a_row": max((max(c.failures, c.host_failures) for c in source.channels), default=0),
        "channels": len(source.channels),
        "channels_failing": sum(is_down(channel) for channel in source.channels),
        "yield": _share(week.gave, week.read),
        "usual_yield": round(before, 3) if before is not None else None,
        "short": _share(week.short, week.stored),
        "undated": _share(week.undated, week.stored),
        "duplicates": _share(week.duplicates, week.gave),
        "delay_minutes": median_delay(week.delays),
        "backlog": source.backlog,
        "reasons": dict(week.reasons.most_common(5)),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
