"""Which canonical links are trusted: those that name the same article at the same outlet."""

from __future__ import annotations

from urllib.parse import urljoin

from pipelines.hosts import host_of, registrable_domain
from pipelines.keynames import is_home, is_section, loses_article
from pipelines.urls import url_key

_LONGEST = 2_000


def trusted_canonical(canonical: str | None, final_url: str) -> str | None:
    """Return the canonical URL that a page declares when it may stand for the page, else None.

    It must lie at the same outlet (registrable domain), not at a port that the page does without, and name an article:
    not the front page (unless the page is one), not a section, not the page's address without its id.
    """
    url = _resolved(canonical, final_url)
    if url is None or registrable_domain(url) != registrable_domain(final_url):
        return None
    if _has_port(url) and not _has_port(final_url):
        return None
    return None if loses_article(url_key(url), url_key(final_url)) else url


def _has_port(url: str) -> bool:
    return ":" in host_of(url).rpartition("]")[2]


def syndicated(canonical: str | None, final_url: str) -> str | None:
    """Return the canonical URL when it lies at another outlet: the page is a copy of what was published there."""
    url = _resolved(canonical, final_url)
    if url is None or registrable_domain(url) == registrable_domain(final_url):
        return None
    origin = url_key(url)
    if is_home(origin) or (is_section(origin) and not is_section(url_key(final_url))):
        return None
    return url if _is_public(url) or not _is_public(final_url) else None


def _is_public(url: str) -> bool:
    """Tell whether a host can be an outlet's on the internet; a forgotten `http://localhost:3000/` cannot."""
    domain = registrable_domain(url)
    local = (".localhost", ".local", ".internal", ".lan", ".intranet", ".corp", ".home")
    return "." in domain and not domain.replace(".", "").isdigit() and not domain.endswith(local)


def _resolved(canonical: str | None, final_url: str) -> str | None:
    """Return a declared canonical as a whole URL without fragment; None when it is none."""
    told = (canonical or "").strip()
    if not told or len(told) > _LONGEST:
        return None
    try:
        url = urljoin(final_url, _rooted(told, final_url))
    except ValueError:
        return None
    if not host_of(url):
        return None
    return url if "#!" in url else url.partition("#")[0]


def _rooted(told: str, final_url: str) -> str:
    """Return a relative canonical with what it lacks: `www.example.com/a` a scheme, `news/a` of `/news/a` its slash."""
    first, slash, _ = told.partition("/")
    if not slash or not first or ":" in first or first[0] in ".?#":
        return told
    if "." in first and registrable_domain(first) == registrable_domain(final_url):
        return f"https://{told}"
    return f"/{told}" if url_key(urljoin(final_url, f"/{told}")) == url_key(final_url) else told
