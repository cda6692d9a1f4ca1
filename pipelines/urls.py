"""URL identity: the key under which an address is known.

The URL that is fetched is never changed; the key is a second string, made only to compare. Keys are stored: a change of
a rule here, in the modules `key…` and `sessionids` or in `trackers.txt` wants a migration that makes them anew.
When in doubt, two addresses keep two keys: a canonical link or equal text joins them later, but one key for two
articles loses one of them.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from urllib.parse import SplitResult

from pipelines.escapes import encodable, escaped, without_entities
from pipelines.hosts import parts_of
from pipelines.keyhosts import is_cache, key_host, out_of_cache
from pipelines.keypaths import key_path, tidy, without_end
from pipelines.keyqueries import key_query

LONGEST = 8_000
"""Characters; what is longer is no article's address and gets no rule that looks for variants."""
LONGEST_KEY, _CUT = 2_000, 1_900
"""Bytes of UTF-8. A row of a PostgreSQL index holds 2.7 kB; a longer key is its beginning and a digest of it all."""
_DIGEST = re.compile(r"#[0-9a-f]{32}\Z")
_SCHEME = re.compile(r"\Ahttps?://", re.IGNORECASE)
_LEAST = _CUT - 3
"""Bytes: a letter has up to four, and is not cut in two."""


@lru_cache(maxsize=4096)
def url_key(url: str) -> str:
    """Return the key of a URL: equal for variants of one address, different for different articles.

    Variants are the scheme, `www.`/`m.`/`amp.` hosts, AMP paths and caches, print versions, index files, trailing
    slashes, fragments, session ids, tracking parameters, and the order of the others. What is no http(s) URL is its own
    key; `https://` and a key is a URL of that key. A key of more than LONGEST_KEY bytes ends with a digest instead:
    `https://` and such a key has that key too, but is no page's address, and has no variants.
    """
    url = without_entities(encodable(url.strip()))
    bare = _SCHEME.sub("", url)
    return bare if _is_cut(bare) else _cut(_whole_key(url))


def _cut(key: str) -> str:
    """Return a key that an index has room for."""
    whole = key.encode("utf-8", "backslashreplace")
    if len(whole) <= LONGEST_KEY:
        return key
    return f"{whole[:_CUT].decode('utf-8', 'ignore')}#{sha256(whole).hexdigest()[:32]}"


def _is_cut(key: str) -> bool:
    """Tell whether a key is the beginning of a longer one and its digest."""
    return _DIGEST.search(key) is not None and _LEAST <= len(key.encode("utf-8", "backslashreplace")) - 33 <= _CUT


def _whole_key(url: str) -> str:
    parts = parts_of(url)
    if parts is None:
        return url
    if len(url) > LONGEST and len(whole := parts.geturl().partition("://")[2].strip()) > LONGEST:
        return whole
    host = key_host(parts)
    if is_cache(host):
        path = without_end(tidy(parts.path))
        page = out_of_cache(parts._replace(path=path), host)
        if page is None:
            return _key(host, path, parts)
        parts, host = page, key_host(page)
    return _key(host, key_path(parts.path), parts)


def _key(host: str, path: str, parts: SplitResult) -> str:
    query = key_query(parts.query, path)
    return f"{host}{path}{'?' + query if query else ''}{_route(parts.fragment, path)}"


def _route(fragment: str, path: str) -> str:
    """Return the fragment when it names a page: `#!/story/9`, or `#/story/9` of a front page."""
    if not fragment.startswith("!" if path else ("!", "/")) or not fragment.strip("!/"):
        return ""
    return f"#{escaped(fragment, '!/?=&')}"
