"""The fate of a URL, told in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.export.rows import plain

if TYPE_CHECKING:
    from storage.fate import Fate, Try


def fate_lines(found: Fate) -> list[str]:
    """Return the fate of a URL as lines for people."""
    reason = f" ({plain(found.reason)})" if found.reason else ""
    lines = [plain(found.url), f"  {found.what} of {found.source}: {found.state}{reason}"]
    if found.detail:
        lines.append(f"  {plain(found.detail)}")
    if found.article_id is not None:
        lines.append(f"  article {found.article_id}: {plain(found.headline)}")
    if found.next_attempt is not None:
        lines.append(f"  next look: {plain(found.next_attempt)} UTC")
    if found.host_backoff_until is not None:
        lines.append(f"  host {found.host} is left alone until {plain(found.host_backoff_until)} UTC")
    lines += ["", f"  {plain(found.first_seen)}  first seen"]
    for sighting in found.sightings:
        title = f' as "{plain(sighting.title)}"' if sighting.title else ""
        lines.append(f"  {plain(sighting.at)}  listed by {sighting.kind} {plain(sighting.channel_url)}{title}")
    lines += [_attempt(one, found.url) for one in found.attempts]
    return lines


def _attempt(one: Try, url: str) -> str:
    parts = [one.outcome]
    parts += [f"({plain(one.reason)})"] if one.reason else []
    parts += [f"HTTP {one.status}"] if one.status else []
    parts += [f"{one.found} links, {one.new} new"] if one.found else []
    parts += [f"{one.bytes} bytes"] if one.bytes else []
    parts += [f"in {one.millis} ms"]
    parts += [f"→ {plain(one.final_url)}"] if one.final_url and one.final_url != url else []
    detail = f": {plain(one.detail)}" if one.detail else ""
    crawl = f" [crawl {one.crawl_id}]" if one.crawl_id else ""
    return f"  {plain(one.at)}  {' '.join(parts)}{detail}{crawl}"
