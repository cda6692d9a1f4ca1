"""URL identity: the key under which an address is known, hosts and outlets, and which canonical links are trusted.

The URL that is fetched is never changed; the key is a second string, made only to compare. Keys are stored: a change of
a rule here or in `trackers.txt` wants a migration that makes the stored keys anew.
When in doubt, two addresses keep two keys: a canonical link or equal text joins them later, but one key for two
articles loses one of them.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit

import idna
import tldextract

from pipelines.canonical import ID_NAMES, is_home, is_section, is_slug, loses_article

LONGEST = 8_000
"""Characters; what is longer is no article's address and gets no rule that looks for variants."""
_LONGEST_CANONICAL = 2_000
_LONGEST_HOST = 255
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NO_HOST = re.compile(r"[\s\x00-\x20\x7f\"<>\[\\\]^`{|}\ud800-\udfff]|^[.。．｡]*$")
_FRONT = re.compile(r"^(?:ww[w\d]\d?|m|mobile?|amp|touch|wap|movil)\.(?=[^.]+\.)")
_GOOGLE = re.compile(r"google\.[a-z]{2,3}(?:\.[a-z]{2})?")
_AMP_CACHES = (".ampproject.org", ".bing-amp.com", ".mipcdn.com")
_AMP_CACHE = re.compile(r"^/(?:amp/|[a-z]/)(?:s/)?(?=[^/]+\.[^/]+(?:/|$))")
_AMPERSAND = re.compile(r"&(?:amp;|#0{0,4}38;|#x26;)+", re.IGNORECASE)
_INDEX = re.compile(r"(?:index|default)\.(?:[spx]?html?|php\d?|aspx?|jspx?|cfm|cms)")
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/?;&]*|;sid=[0-9a-z.-]{16,}", re.IGNORECASE)
_ASP_SESSION = re.compile(r"/\((?:[asfx]\([\w-]{20,}\)){1,4}\)(?=/)", re.IGNORECASE)
_QUERY_IN_PATH = re.compile(r"(?:&|%3F)(?:utm_[a-z]+|fbclid)(?:=|%3D).*$", re.IGNORECASE)
_SECOND_QUERY = re.compile(r"\?(?=(?:utm_[a-z]+|fbclid|gclid)=)", re.IGNORECASE)
_PATH_ENDS = ("/", "%20", "%09", "%0A", "%0D")
_PATH_END = re.compile(r"(?:/|%20|%09|%0A|%0D)+$")
_AMP_NAMES = frozenset({"amp", "amp.html", "amp.htm", "amphtml", "sn-amp", "tnamp"})
_TOPICS = frozenset({"", "tag", "tags", "topic", "topics", "label", "keyword", "category", "glossary", "wiki", "thema"})
_AMP_ENDING = re.compile(r"(?<=[^/.])(?:\.amp)+(?=(?:\.(?:html?|php))?$)", re.IGNORECASE)
_AMP_FRONT = re.compile(r"^/(?:platform/amp|google-amp|\.?amp)(?=/)", re.IGNORECASE)
_AMP_INSIDE = re.compile(r"/amp(?=/)|(?<=/)amp_(?=[a-z]+/\d+\.cms$)", re.IGNORECASE)
_NO_WORD = re.compile(r"[^a-z]", re.IGNORECASE)
_MOBILE_FRONT = re.compile(r"^/(?:m|mobile?|touch|wap)(?=/[^/]+/)", re.IGNORECASE)
_PRINT = re.compile(r"(?:print|printable|print-?version|print-?view|drucken)(?:\.html?)?")
_COMMENT_PAGE = re.compile(r"comment-page-\d+")
_LONG_NUMBER = re.compile(r"\d{6}")
_SCRIPT = re.compile(r"\.(?:php\d?|aspx?|jspx?|cfm|do|cgi|pl|action)$", re.IGNORECASE)
_DATED = re.compile(
    r"/(?:19|20)\d\d/(?:\d\d?|[a-z]{3})/(?:\d\d?/)?(?:[a-z-]{1,40}/){0,2}[^/]*[a-z%][^/]*$", re.IGNORECASE
)
_JOINT = re.compile(r"[-_]")
_SESSION_NAMES = frozenset({"sid", "s", "sess", "session"})
_TOKEN = re.compile(r"(?=.{0,60}\d)(?=.{0,60}[a-z])[0-9a-z-]{16,128}", re.IGNORECASE)
_SHORT_TOKEN = re.compile(r"(?=.{0,60}\d)(?=.{0,60}[a-z])[0-9a-z-]{8,128}", re.IGNORECASE)
_NUMBER = re.compile(r"-\d|\d{3}")
_ESCAPE = re.compile(r"%(?:([0-9A-Fa-f]{2}))?")
_CLEAN = re.compile(r"[A-Za-z0-9/!$&'()*+,;=:@._~-]*")
_READABLE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*,;=:@")
_SUFFIXES = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
_Pairs = list[tuple[str, str]]
_Rules = dict[str, frozenset[str] | None]
"""Names of query parameters, with the values that count; None for all."""


@cache
def _trackers() -> tuple[_Rules, _Rules, tuple[str, ...]]:
    """Return the parameters that are no part of an address, those that may be, and the prefixes of the former."""
    sure: _Rules = {}
    doubtful: _Rules = {}
    for line in files("pipelines").joinpath("trackers.txt").read_text("utf-8").splitlines():
        rules = doubtful if line.startswith("@") else sure
        for word in "" if line.startswith("#") else line.removeprefix("@").split():
            names, told, values = word.partition("=")
            for name in names.split(","):
                rules[name] = (rules.get(name) or frozenset()).union(values.split(",")) if told else None
    prefixes = tuple(name[:-1] for name in sure if name.endswith("*"))
    return sure, doubtful, prefixes


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname or "", parts.port
        if ":" in host:
            ip_address(host)
    except ValueError:
        return None
    return parts if parts.scheme in _DEFAULT_PORTS and not _NO_HOST.search(host) else None


def host_of(url: str) -> str:
    """Return the authority that requests go to: the host in lower case and ASCII, with its port when not the default.

    An empty string means that this is no http(s) URL.
    """
    parts = _split(url)
    return "" if parts is None else _authority(parts, _DEFAULT_PORTS[parts.scheme])


def _authority(parts: SplitResult, *unsaid: int) -> str:
    host = _ascii(parts.hostname or "")
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, *unsaid) else f"{host}:{parts.port}"


def _ascii(host: str) -> str:
    host = host.lower().rstrip(".")
    if host.isascii() or len(host) > _LONGEST_HOST:
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii").rstrip(".")
    except (idna.IDNAError, UnicodeError):
        return host


def registrable_domain(host_or_url: str) -> str:
    """Return the outlet that a host belongs to: its registrable domain, or the address of an IP host.

    A name under no known suffix (a local network's) gives its last two labels.
    """
    host = host_of(host_or_url) if "://" in host_or_url else host_or_url.lower()
    return host if len(host) > _LONGEST_HOST else _outlet(host)


@lru_cache(maxsize=20_000)
def _outlet(host: str) -> str:
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


@lru_cache(maxsize=4096)
def url_key(url: str) -> str:
    """Return the key of a URL: equal for variants of one address, different for different articles.

    Variants are the scheme, `www.`/`m.`/`amp.` hosts, AMP paths and caches, print versions, index files, trailing
    slashes, fragments, session ids, tracking parameters, and the order of the others. What is no http(s) URL is its own
    key; `https://` and a key is a URL of that key.
    """
    url = _AMPERSAND.sub("&", _encodable(url.strip()))
    parts = _split(url)
    if parts is None:
        return url
    if len(url) > LONGEST and len(whole := parts.geturl().partition("://")[2].strip()) > LONGEST:
        return whole
    host = _key_host(parts)
    if _is_cache(host):
        path = _without_end(_tidy(parts.path))
        page = _out_of_cache(parts._replace(path=path), host)
        if page is None:
            return _key(host, path, parts)
        parts, host = page, _key_host(page)
    return _key(host, _path(parts.path), parts)


def _key(host: str, path: str, parts: SplitResult) -> str:
    query = _query(parts.query, path)
    return f"{host}{path}{'?' + query if query else ''}{_route(parts.fragment, path)}"


def _encodable(url: str) -> str:
    try:
        url.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return re.sub("[\ud800-\udfff]", "\ufffd", url)
    return url


def _key_host(parts: SplitResult) -> str:
    host = _authority(parts, *_DEFAULT_PORTS.values())
    return host if len(host) > _LONGEST_HOST else _front_cut(host)


@lru_cache(maxsize=20_000)
def _front_cut(host: str) -> str:
    """Return a host without `www.` and the like, unless that leaves no more than a public suffix (`m.co.uk`)."""
    while (shorter := _FRONT.sub("", host, count=1)) != host:
        if registrable_domain(shorter) != registrable_domain(host):
            break
        host = shorter
    return host


def _is_cache(host: str) -> bool:
    """Tell whether a host shows AMP pages of others, each under the page's own address."""
    return host.endswith(_AMP_CACHES) or _GOOGLE.fullmatch(host) is not None


def _out_of_cache(parts: SplitResult, host: str) -> SplitResult | None:
    """Return the page that an address of an AMP cache shows. Its query may be escaped into the path."""
    inner = _AMP_CACHE.sub("", parts.path)
    if inner == parts.path or not (host.endswith(_AMP_CACHES) or parts.path.startswith("/amp/")):
        return None
    path, query = _escaped_query(inner)
    page = _split(f"https://{path}?{query}&{parts.query}#{parts.fragment}")
    return None if page is None or _is_cache(_key_host(page)) else page


def _escaped_query(path: str) -> tuple[str, str]:
    """Return a path and the query that was escaped into it: `/a%3Fid=1%26amp=1`."""
    path, _, query = re.sub("%3f", "?", path, count=1, flags=re.IGNORECASE).partition("?")
    return path, re.sub("%26", "&", re.sub("%3d", "=", query, flags=re.IGNORECASE))


def _path(path: str) -> str:
    path = _tidy(path)
    while (shorter := _without_version(_without_end(path))) != path:
        path = shorter
    return path


def _tidy(path: str) -> str:
    """Return a path in one spelling, without sessions and what got into it by mistake."""
    path = _escaped(path, "/!$&'()*+,;=:@%")
    if "&" in path or "%3F" in path:
        path = _QUERY_IN_PATH.sub("", _AMPERSAND.sub("&", path))
    if ";" in path:
        path = _SESSION.sub("", path)
    if "/(" in path:
        path = _ASP_SESSION.sub("", path)
    if "//" in path:
        path = re.sub(r"/{2,}", "/", path)
    return path


def _without_end(path: str) -> str:
    """Return a path without slashes and spaces at its end, and without dot segments."""
    while path.endswith(_PATH_ENDS) or "/." in path:
        shorter = _without_dots(_PATH_END.sub("", path))
        if shorter == path:
            break
        path = shorter
    return path


def _without_dots(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[max(1, len(parts) - 1) :]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _without_version(path: str) -> str:
    """Return a path without its last part when that is an index file, or says AMP, print or a page of comments."""
    head, _, last = path.rpartition("/")
    last = last.lower()
    above = head.rpartition("/")[2].lower()
    if _INDEX.fullmatch(last):
        return head
    if last in _AMP_NAMES:
        return path if above in _TOPICS else head
    if _PRINT.fullmatch(last):
        return head if is_slug(above) else path
    if _COMMENT_PAGE.fullmatch(last):
        return head or path
    return _without_mark(path)


def _without_mark(path: str) -> str:
    """Return a path without a mark of its AMP or mobile version; one that may be a word where the rest is unique."""
    if "amp" in path.lower():
        path = _AMP_ENDING.sub("", path)
        front = _AMP_FRONT.match(path)
        if front and _NO_WORD.search(path, front.end() + 1):
            path = path[front.end() :]
        path = _if_unique(_AMP_INSIDE.sub("", path), path)
    return _if_unique(_MOBILE_FRONT.sub("", path), path)


def _if_unique(shorter: str, path: str) -> str:
    """Return the shorter path if no other article is likely to have it: it has a long number or many words."""
    if shorter == path:
        return path
    return shorter if _LONG_NUMBER.search(shorter) or shorter.rpartition("/")[2].count("-") > 3 else path


def _escaped(text: str, safe: str) -> str:
    """Return a text with what needs it percent-encoded, and nothing else: `%7e` → `~`, `%c3` → `%C3`, `é` → `%C3…`."""
    if _CLEAN.fullmatch(text):
        return text
    text = _ESCAPE.sub(lambda found: _escape(found.group(1)), text)
    return quote(text, safe=safe + "-._~%", errors="surrogateescape")


def _escape(digits: str | None) -> str:
    if digits is None:
        return "%25"
    return chr(byte) if (byte := int(digits, 16)) in _READABLE else f"%{byte:02X}"


def _query(query: str, path: str) -> str:
    if not query:
        return ""
    sure, _, prefixes = _trackers()
    if "?" in query:
        query = _SECOND_QUERY.sub("&", query)
    if ";" in query:
        query = _SESSION.sub("", query)
    kept = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        if not (_applies(sure, name, value) or name.lower().startswith(prefixes) or _says_session(name, value))
    ]
    if kept:
        kept = sorted(_without_doubtful(kept, path), key=lambda pair: pair[0])
    return urlencode(kept, errors="surrogateescape")


def _applies(rules: _Rules, name: str, value: str) -> bool:
    values = rules.get(name.lower(), frozenset())
    if not values:
        return values is None
    return value.lower() in values or (len(words := _JOINT.split(value.lower())) > 1 and values.issuperset(words))


def _without_doubtful(pairs: _Pairs, path: str) -> _Pairs:
    """Return the pairs without those that may be ids, where the address names an article without them."""
    named = _names_article(path)
    told = named or _has_number(path) or any(ID_NAMES.fullmatch(n) and not _is_session(n, v) for n, v in pairs)
    doubtful = _trackers()[1] if named else {}
    return [
        (name, value)
        for name, value in pairs
        if not _applies(doubtful, name, value) and not (told and _is_session(name, value))
    ]


def _names_article(path: str) -> bool:
    """Tell whether a path surely is one article's: a long number, five words, or a date above a title; no script."""
    last = path.rpartition("/")[2]
    if _SCRIPT.search(last):
        return False
    words = last.count("-") + last.count("_") > 3
    return words or re.search(r"\d{5}", last) is not None or _DATED.search(path) is not None


def _has_number(path: str) -> bool:
    last = path.rpartition("/")[2]
    return _NUMBER.search(last) is not None and _SCRIPT.search(last) is None


def _says_session(name: str, value: str) -> bool:
    """Tell whether a parameter is a session by its name; `sessionid=12` may be one of a parliament."""
    return name.lower() in ("sessionid", "session_id") and _SHORT_TOKEN.fullmatch(value) is not None


def _is_session(name: str, value: str) -> bool:
    return name.lower() in _SESSION_NAMES and _TOKEN.fullmatch(value) is not None


def _route(fragment: str, path: str) -> str:
    """Return the fragment when it names a page: `#!/story/9`, or `#/story/9` of a front page."""
    if not fragment.startswith("!" if path else ("!", "/")) or not fragment.strip("!/"):
        return ""
    return f"#{_escaped(fragment, '!/?=&')}"


def _resolved(canonical: str | None, final_url: str) -> str | None:
    """Return a declared canonical as a whole URL without fragment; None when it is none."""
    told = (canonical or "").strip()
    if not told or len(told) > _LONGEST_CANONICAL:
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
