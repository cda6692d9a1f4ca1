"""URL identity: the key under which an address is known, hosts and outlets, and which canonical links are trusted.

The URL that is fetched is never changed; the key is a second string, made only to compare.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

import tldextract

_DEFAULT_PORTS = {"http": 80, "https": 443}
_FRONT = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_SESSION_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?;]*", re.IGNORECASE)
_AMP_PATH = re.compile(r"(?:/amp)$|(?<=.)\.amp(?=\.html?$)|^/amp(?=/)")
_AMP_CACHE = re.compile(r"^/(?:[a-z]/)?(?:s/)?(?=[^/]+\.[^/]+/)")
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@cache
def _trackers() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return (exact names, prefixes) of query parameters that only track."""
    lines = files("pipelines").joinpath("trackers.txt").read_text("utf-8").split()
    names = [line for line in lines if not line.startswith("#")]
    exact = frozenset(name for name in names if not name.endswith("*"))
    return exact, tuple(name[:-1] for name in names if name.endswith("*"))


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in _DEFAULT_PORTS and parts.hostname else None


def host_of(url: str) -> str:
    """Return the authority that requests go to: the host in lower case and ASCII, with its port when not the default.

    An empty string means that this is no http(s) URL.
    """
    parts = _split(url)
    if parts is None or parts.hostname is None:
        return ""
    host = _ascii(parts.hostname)
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    return host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"


def _ascii(host: str) -> str:
    host = host.lower().rstrip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


@lru_cache(maxsize=20_000)
def registrable_domain(host_or_url: str) -> str:
    """Return the outlet that a host belongs to: its registrable domain, or the address of an IP host.

    A name under no known suffix (a local network's) gives its last two labels.
    """
    host = host_of(host_or_url) if "://" in host_or_url else host_or_url.lower()
    bare = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    try:
        return str(ip_address(bare))
    except ValueError:
        pass
    found = _SUFFIXES(bare, include_psl_private_domains=True)
    if found.domain and found.suffix:
        return f"{found.domain}.{found.suffix}"
    return ".".join(bare.split(".")[-2:])


def url_key(url: str) -> str:
    """Return the key of a URL: equal for variants of one address, different for different articles.

    Variants are the scheme, `www.`/`m.`/`amp.` hosts, AMP paths and caches, index files, trailing slashes, fragments,
    session ids, tracking parameters, and the order of the others. What is no http(s) URL is its own key.
    """
    parts = _split(url.replace("&amp;", "&"))
    if parts is None:
        return url.strip()
    parts = _out_of_cache(parts)
    host = _FRONT.sub("", host_of(parts.geturl()))
    query = _query(parts.query)
    path = _path(parts.path)
    bang = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
    return f"{host}{path}{'?' + query if query else ''}{bang}"


def _out_of_cache(parts: SplitResult) -> SplitResult:
    """Unwrap a page from Google's AMP caches."""
    host = parts.hostname or ""
    inner = ""
    if host.endswith(".cdn.ampproject.org") or host == "cdn.ampproject.org":
        inner = re.sub(r"^/[a-z]/(?:s/)?", "", parts.path)
    elif re.fullmatch(r"(?:www\.)?google\.[a-z.]+", host) and parts.path.startswith("/amp/"):
        inner = re.sub(r"^/amp/(?:s/)?", "", parts.path)
    if "." not in inner.partition("/")[0]:
        return parts
    return urlsplit(f"https://{inner}{'?' + parts.query if parts.query else ''}")


def _path(path: str) -> str:
    path = _SESSION_PATH.sub("", path)
    path = quote(unquote(path, errors="surrogateescape"), safe="/!$&'()*+,;=:@~-._", errors="surrogateescape")
    path = re.sub(r"/{2,}", "/", path)
    path = _INDEX.sub("/", path)
    path = path.rstrip("/")
    shorter = _AMP_PATH.sub("", path)
    return shorter.rstrip("/") if shorter else path


def _query(query: str) -> str:
    if not query:
        return ""
    exact, prefixes = _trackers()
    pairs = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if name.lower() not in exact and not name.lower().startswith(prefixes) and not _is_amp(name, value)
    ]
    return urlencode(sorted(pairs))


def _is_amp(name: str, value: str) -> bool:
    return (name.lower() == "amp" and value in ("", "1", "true")) or (name.lower(), value.lower()) == (
        "outputtype",
        "amp",
    )


def _resolved(canonical: str | None, final_url: str) -> str | None:
    if not canonical:
        return None
    try:
        url = urljoin(final_url, canonical.strip())
    except ValueError:
        return None
    return url if host_of(url) else None


def trusted_canonical(canonical: str | None, final_url: str) -> str | None:
    """Return the canonical URL that a page declares when it may stand for the page, else None.

    It must lie at the same outlet (registrable domain) and not be the front page, unless the page is one.
    """
    url = _resolved(canonical, final_url)
    if url is None or registrable_domain(url) != registrable_domain(final_url):
        return None
    home = urlsplit(url).path in ("", "/") and not urlsplit(url).query
    return None if home and urlsplit(final_url).path not in ("", "/") else url


def syndicated(canonical: str | None, final_url: str) -> str | None:
    """Return the canonical URL when it lies at another outlet: the page is a copy of what was published there."""
    url = _resolved(canonical, final_url)
    if url is None or registrable_domain(url) == registrable_domain(final_url):
        return None
    return None if urlsplit(url).path in ("", "/") else url
