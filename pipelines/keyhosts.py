"""The host of a URL key: without `www.` and the like, and out of the AMP caches that show others' pages."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult

from pipelines.hosts import DEFAULT_PORTS, LONGEST_HOST, authority, parts_of, registrable_domain

_FRONT = re.compile(r"^(?:ww[w\d]\d?|m|mobile?|amp|touch|wap|movil)\.(?=[^.]+\.)")
_GOOGLE = re.compile(r"google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_AMP_CACHES = (".ampproject.org", ".bing-amp.com", ".mipcdn.com")
_AMP_CACHE = re.compile(r"^/(?:amp/|[a-z]/)(?:s/)?(?=[^/]+\.[^/]+(?:/|$))")


def key_host(parts: SplitResult) -> str:
    """Return the host of an address as URL keys have it, with a port that is not the default."""
    host = authority(parts, *DEFAULT_PORTS.values())
    return host if len(host) > LONGEST_HOST else _front_cut(host)


@lru_cache(maxsize=20_000)
def _front_cut(host: str) -> str:
    """Return a host without `www.` and the like, unless that leaves no more than a public suffix (`m.co.uk`)."""
    while (shorter := _FRONT.sub("", host, count=1)) != host:
        if registrable_domain(shorter) != registrable_domain(host):
            break
        host = shorter
    return host


def is_cache(host: str) -> bool:
    """Tell whether a host shows AMP pages of others, each under the page's own address."""
    return host.endswith(_AMP_CACHES) or _GOOGLE.fullmatch(host) is not None


def out_of_cache(parts: SplitResult, host: str) -> SplitResult | None:
    """Return the page that an address of an AMP cache shows. Its query may be escaped into the path."""
    inner = _AMP_CACHE.sub("", parts.path)
    if inner == parts.path or not (host.endswith(_AMP_CACHES) or parts.path.startswith("/amp/")):
        return None
    path, query = _escaped_query(inner)
    page = parts_of(f"https://{path}?{query}&{parts.query}#{parts.fragment}")
    return None if page is None or is_cache(key_host(page)) else page


def _escaped_query(path: str) -> tuple[str, str]:
    """Return a path and the query that was escaped into it: `/a%3Fid=1%26amp=1`."""
    path, _, query = re.sub("%3f", "?", path, count=1, flags=re.IGNORECASE).partition("?")
    return path, re.sub("%26", "&", re.sub("%3d", "=", query, flags=re.IGNORECASE))
