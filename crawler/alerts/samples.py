"""Send a sample of what a saved search would send, past the deliveries: to see whether its targets can be reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from crawler.alerts.compose import messages_for, read_hits
from crawler.alerts.messages import TEST, Line
from crawler.delivery.courier import try_all
from crawler.delivery.terms import Terms
from storage.deliveries import Delivery
from storage.saved import Saved, about_prefix
from storage.search import search

SHOWN = 3


def sample_lines(connection: sa.Connection, saved: Saved, now: datetime) -> list[Line]:
    """Return the latest articles that match, any articles when none does. Raises UsageError for a broken query."""
    query = replace(saved.query, now=now, limit=SHOWN, collapse=saved.per == "story")
    found = search(connection, query) or search(connection, replace(query, text=None, sources=()))
    return [Line(hit) for hit in read_hits(connection, query, [hit.article.id for hit in found], now)]


def send_samples(saved: Saved, lines: list[Line], terms: Terms, most: int, now: datetime) -> dict[str, str | None]:
    """Send a sample to each target; return by target why it has failed, None where it has arrived. Blocks."""
    sent = []
    for number, target in enumerate(saved.targets):
        about = f"{about_prefix(saved.name)}test.{now:%Y%m%dT%H%M%S%f}.{number}"
        for message in messages_for(target, saved, lines, len(lines), most, now):
            told = message | {"type": TEST}
            if "subject" in told:
                told["subject"] = f"[test] {told['subject']}"
            sent.append(Delivery(0, target, about, told, now, 1))
    results = try_all(sent, terms)
    return {delivery.target: error for delivery, error in zip(sent, results, strict=True)}
