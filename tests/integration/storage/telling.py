"""Store texts of several outlets, as the pipelines do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import Any

import sqlalchemy as sa

from pipelines.blocks import READING
from pipelines.fingerprint import content_hash
from pipelines.lines import count_words
from storage.articles import store_article
from storage.blocks import Reading
from storage.channels import ensure_source
from storage.schema import relations
from storage.types import Article, Identity, Stored
from tests.integration.storage.fixtures import NOW

SYLLABLES = ("ba", "de", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "zo")


def sentences(seed: int, number: int = 12, words: int = 14) -> list[str]:
    """Return sentences of words that no other seed gives."""
    draw = Random(seed)
    word = lambda: "".join(draw.choices(SYLLABLES, k=draw.randint(2, 4)))  # noqa: E731
    return [f"The {' '.join(word() for _ in range(words))}." for _ in range(number)]


def text(seed: int, number: int = 12) -> str:
    """Return a body of one seed, two sentences a paragraph."""
    return paragraphs(sentences(seed, number))


def paragraphs(told: Sequence[str]) -> str:
    """Return sentences as a body, two a paragraph."""
    return "\n\n".join(" ".join(told[place : place + 2]) for place in range(0, len(told), 2))


def tell(
    connection: sa.Connection,
    outlet: str,
    name: str,
    body: str,
    *,
    headline: str | None = None,
    now: datetime = NOW,
    kind: str = "article",
    reading: Reading = READING,
    identity: dict[str, Any] | None = None,
    **fields: Any,
) -> Stored:
    """Store an outlet's article as the pipelines do."""
    host = f"{outlet}.example"
    headline = headline or f"What {outlet} says of {name}"
    url = f"https://{host}/{name}"
    article = Article(url, headline, body, word_count=count_words(body), kind=kind, **fields)
    own = {"url_key": f"{host}/{name}", "page_key": f"{host}/{name}"} | (identity or {})
    who = Identity(outlet=host, content_hash=content_hash(headline, body), **own)
    return store_article(connection, article, who, ensure_source(connection, outlet, NOW), now, reading)


def related(connection: sa.Connection) -> set[tuple[int, int, str]]:
    """Return all relations: the later article, the earlier one, the kind."""
    return {(row.article_id, row.other_id, row.kind) for row in connection.execute(sa.select(relations))}
