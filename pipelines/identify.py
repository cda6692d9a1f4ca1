"""Who an article is: its URL key, its trusted canonical address, its other addresses, its content hash."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pipelines.canonical import syndicated, trusted_canonical
from pipelines.fingerprint import content_hash
from pipelines.hosts import registrable_domain
from pipelines.items import PageItem
from pipelines.urls import url_key
from storage.types import Article, Identity

_NUMBER = re.compile(r"(?<![0-9])[0-9]{5,}(?![0-9])|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DATE = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])?(?:[0-9]{4}|[0-9]{6})?")


def identify(item: PageItem, article: Article) -> Identity:
    """Return the identity of an item's article."""
    canonical = trusted_canonical(article.canonical_url, article.url)
    others = [url for url in (item.requested_url, *item.redirects, item.url, *item.joined) if url]
    key, page_key = url_key(canonical or article.url), url_key(article.url)
    aliases = {url_key(url): url for url in others}
    aliases.pop(key, None)
    return Identity(
        url_key=key,
        outlet=registrable_domain(item.url),
        content_hash=content_hash(article.headline, article.body),
        canonical_url=canonical,
        syndicated_from=syndicated(article.canonical_url, item.url),
        aliases=tuple((url, alias) for alias, url in aliases.items()),
        is_version=key != page_key,
        page_key=page_key,
        pages=frozenset(url_key(url) for url in item.joined),
    )


def same_number(url: str, other: str) -> bool:
    """Tell whether two addresses of one outlet carry the same number of an article: `/a-slug-123456`, a UUID.

    A number of fewer than five digits is too common, and a date is none.
    """
    return registrable_domain(url) == registrable_domain(other) and bool(_numbers(url) & _numbers(other))


def _numbers(url: str) -> set[str]:
    try:
        parts = urlsplit(url.lower())
    except ValueError:
        return set()
    found = _NUMBER.findall(f"{parts.path}?{parts.query}")
    return {number for number in found if not _DATE.fullmatch(number)}
