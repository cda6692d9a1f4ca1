"""The columns of an article: what extraction and identity say, as a row of `articles`."""

from __future__ import annotations

from typing import Any

from storage.fulltext import Indexed
from storage.types import Article, Identity


def article_values(article: Article, identity: Identity) -> dict[str, Any]:
    """Return the values of an article's columns, without those that storage alone knows."""
    published, modified = article.published, article.modified
    return {
        "canonical_url": identity.canonical_url,
        "url_key": identity.url_key,
        "outlet": identity.outlet,
        "headline": article.headline,
        "authors": list(article.authors),
        "date_published": published.value if published else None,
        "date_published_raw": published.raw if published else None,
        "date_source": published.source.value if published else None,
        "date_precision": published.precision.value if published else None,
        "date_modified": modified.value if modified else None,
        "language": article.language,
        "section": article.section,
        "tags": list(article.tags),
        "description": article.description,
        "main_image": article.main_image,
        "body": article.body,
        "word_count": article.word_count,
        "access": article.access.value,
        "kind": article.kind,
        "content_hash": identity.content_hash,
        "syndicated_from": identity.syndicated_from,
        "extractor": article.extractor,
        "agency": article.agency,
    }


def indexed(article: Any) -> Indexed:
    """Return what the full-text index holds of an Article or of a row of `articles`."""
    return Indexed(
        headline=article.headline,
        authors=tuple(article.authors),
        body=article.body,
        language=article.language,
        section=article.section,
        tags=tuple(article.tags),
    )
