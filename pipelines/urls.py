"""URL identity: the key under which an address is known, hosts and outlets, and which canonical links are trusted.

The URL that is fetched is never changed; the key is a second string, made only to compare.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit

import idna
import tldextract

_DEFAULT_PORTS = {"http": 80, "https": 443}
_FRONT = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php\d?|aspx?|jsp)$", re.IGNORECASE)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?;]*", re.IGNORECASE)
_AMP_PATH = re.compile(r"/amp$|(?<=[^/])\.amp(?=(?:\.html?)?$)|^/amp(?=/)", re.IGNORECASE)
_AMP_CACHE = re.compile(r"^/(?:amp/|[a-z]/)(?:s/)?(?=[^/]+\.[^/]+/)")
_PRINT_PATH = re.compile(r"/(?:print|printable|print-?version|print-?view|drucken)(?:\.html?)?$", re.IGNORECASE)
_YES = ("", "1", "true", "yes", "y")
_VERSION_QUERY = {
    "amp": ("", "1", "true", "yes"),
    "outputtype": ("amp", "amp-type", "chromeless"),
    "output": ("amp", "print"),
    "print": _YES,
    "printable": _YES,
    "printview": _YES,
    "printmode": _YES,
    "view": ("print",),
    "format": ("amp", "print"),
    "mode": ("print",),
    "layout": ("print",),
}
_SLUG = re.compile(r"\d{4}|-[^-]+-|_[^_]+_")
_ESCAPE = re.compile(r"%(?:([0-9A-Fa-f]{2}))?")
_READABLE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*,;=:@")
_IDS = re.compile(r"^(?:p|id|.{0,10}id|story|article|art|post|item|doc|news|n|nr|no|s|a|t|v)$", re.IGNORECASE)
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@cache
def _trackers() -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    """Return query parameters that only track: exact names, prefixes, and pairs that do with that value alone."""
    lines = files("pipelines").joinpath("trackers.txt").read_text("utf-8").splitlines()
    names = [name for line in lines if not line.startswith("#") for name in line.split()]
    pairs = frozenset(name for name in names if "=" in name)
    exact = frozenset(name for name in names if not name.endswith("*")) - pairs
    return exact, tuple(name[:-1] for name in names if name.endswith("*")), pairs


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
        return idna.encode(host, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return host


@lru_cache(maxsize=20_000)
def registrable_domain(host_or_url: str) -> str:
    """Return the outlet that a host belongs to: its registrable domain, or the address of an IP host.

    A name under no known suffix (a local network's) gives its last two labels.
    """
    host = host_of(host_or_url) if "://" in host_or_url else host_or_url.lower()
    try:
        bare = _ascii(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return ""
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

    Variants are the scheme, `www.`/`m.`/`amp.` hosts, AMP paths and caches, print versions, index files, trailing
    slashes, fragments, session ids, tracking parameters, and the order of the others. What is no http(s) URL is its own
    key.
    """
    parts = _split(url.replace("&amp;", "&"))
    if parts is None:
        return url.strip()
    parts = _out_of_cache(parts)
    host = _front_cut(host_of(parts.geturl()))
    query = _query(parts.query)
    bang = f"#{_escaped(parts.fragment, '!/?=&')}" if parts.fragment.startswith("!") else ""
    return f"{host}{_path(parts.path)}{'?' + query if query else ''}{bang}"


def _front_cut(host: str) -> str:
    """Return a host without `www.` and the like, unless that leaves no more than a public suffix (`m.co.uk`)."""
    while (shorter := _FRONT.sub("", host, count=1)) != host:
        if registrable_domain(shorter) != registrable_domain(host):
            break
        host = shorter
    return host


def _out_of_cache(parts: SplitResult) -> SplitResult:
    """Unwrap a page from an AMP cache of Google's or Bing's."""
    host = parts.hostname or ""
    cached = host.endswith((".ampproject.org", ".bing-amp.com"))
    if not cached and not (re.fullmatch(r"(?:www\.)?google\.[a-z.]+", host) and parts.path.startswith("/amp/")):
        return parts
    inner = _AMP_CACHE.sub("", parts.path)
    return parts if inner == parts.path else parts._replace(netloc=inner.partition("/")[0], path=_tail(inner))


def _tail(inner: str) -> str:
    return "/" + inner.partition("/")[2]


def _path(path: str) -> str:
    path = _escaped(_SESSION.sub("", path), "/!$&'()*+,;=:@%")
    path = re.sub(r"/{2,}", "/", path)
    if "/." in path:
        path = urlsplit(urljoin("http://host/", path)).path
    path = _INDEX.sub("/", path).rstrip("/")
    shorter = _out_of_print(_AMP_PATH.sub("", path))
    return _INDEX.sub("/", shorter).rstrip("/") if shorter else path


def _out_of_print(path: str) -> str:
    """Return the path of an article without a part for its print version; `/news/print` may be a section."""
    shorter = _PRINT_PATH.sub("", path)
    return shorter if _SLUG.search(shorter.rpartition("/")[2]) else path


def _escaped(text: str, safe: str) -> str:
    """Return a text with what needs it percent-encoded, and nothing else: `%7e` → `~`, `%c3` → `%C3`, `é` → `%C3…`."""
    text = _ESCAPE.sub(lambda found: _escape(found.group(1)), text)
    return quote(text, safe=safe + "-._~%", errors="surrogateescape")


def _escape(digits: str | None) -> str:
    if digits is None:
        return "%25"
    return chr(byte) if (byte := int(digits, 16)) in _READABLE else f"%{byte:02X}"


def _query(query: str) -> str:
    if not query:
        return ""
    exact, prefixes, pairs = _trackers()
    kept = []
    for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape"):
        low = name.lower()
        tracks = low in exact or low.startswith(prefixes) or f"{low}={value.lower()}" in pairs
        if not tracks and value.lower() not in _VERSION_QUERY.get(low, ()):
            kept.append((name, value))
    return urlencode(sorted(kept, key=lambda pair: pair[0]), errors="surrogateescape")


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

    It must lie at the same outlet (registrable domain) and name an article: not the front page (unless the page is
    one), not the section above the page, not the page's address without the id in its query.
    """
    url = _resolved(canonical, final_url)
    if url is None or registrable_domain(url) != registrable_domain(final_url):
        return None
    ours, theirs = url_key(final_url), url_key(url)
    if ours == theirs:
        return url
    return None if _is_home(theirs) or _is_above(theirs, ours) or _lost_id(theirs, ours) else url


def _is_home(key: str) -> bool:
    return "/" not in key and "?" not in key and "#" not in key


def _is_above(theirs: str, ours: str) -> bool:
    """Tell whether a key is a section page above the other: `/news` of `/news/council-votes-on-budget`."""
    above, _, query = theirs.partition("?")
    path = ours.partition("?")[0]
    if query or not path.startswith(above + "/"):
        return False
    return not _SLUG.search(above.rpartition("/")[2]) and bool(_SLUG.search(path[len(above) :]))


def _lost_id(theirs: str, ours: str) -> bool:
    """Tell whether a key has lost what names the article: `/story.php` of `/story.php?id=5`."""
    path, _, query = ours.partition("?")
    if theirs != path or _SLUG.search(path.rpartition("/")[2]):
        return False
    return any(_IDS.match(name) for name, _ in parse_qsl(query, keep_blank_values=True))


def syndicated(canonical: str | None, final_url: str) -> str | None:
    """Return the canonical URL when it lies at another outlet: the page is a copy of what was published there."""
    url = _resolved(canonical, final_url)
    if url is None or registrable_domain(url) == registrable_domain(final_url) or _is_home(url_key(url)):
        return None
    return url if _is_public(url) or not _is_public(final_url) else None


def _is_public(url: str) -> bool:
    """Tell whether a host can be an outlet's on the internet; a forgotten `http://localhost:3000/` cannot."""
    domain = registrable_domain(url)
    return "." in domain and not domain.replace(".", "").isdigit() and not domain.endswith((".localhost", ".local"))
