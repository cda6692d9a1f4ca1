"""Make articles, channels and links in a few words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from storage.articles import store_article
from storage.channels import ensure_channel, ensure_source, get_channels
from storage.frontier import NewLink
from storage.types import Article, Channel, ChannelKind, DatePrecision, DateSource, Identity, Stamp, Stored

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def stamp(at: datetime) -> Stamp:
    """Return a publication date."""
    return Stamp(at, at.isoformat(), DateSource.META, DatePrecision.SECOND)


def put(
    connection: sa.Connection,
    name: str,
    body: str = "Some text.",
    *,
    source: str = "a",
    now: datetime = NOW,
    **fields: Any,
) -> Stored:
    """Store an article at a.example/NAME with these fields; its hash is its text."""
    article = Article(url=f"https://a.example/{name}", headline=f"Headline of {name}", body=body, word_count=99)
    article = replace(article, **fields)
    digest = f"{article.headline}\n{article.body}"
    identity = Identity(url_key=f"a.example/{name}", outlet="a.example", content_hash=digest[:500])
    return store_article(connection, article, identity, ensure_source(connection, source, now), now)


def feed(connection: sa.Connection, name: str = "feed", kind: ChannelKind = ChannelKind.FEED) -> Channel:
    """Return the channel a.example/NAME of the source `a`."""
    source = ensure_source(connection, "a", NOW)
    channel_id = ensure_channel(connection, source, f"https://a.example/{name}", "a.example", kind, NOW)
    return get_channels(connection, [channel_id])[0]


def link(name: str, host: str = "a.example", **fields: Any) -> NewLink:
    """Return a link to HOST/NAME as a poll reports it."""
    return NewLink(f"https://{host}/{name}", f"{host}/{name}", host, **fields)
