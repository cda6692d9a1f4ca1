"""URL identity: the key under which an address is known.

The URL that is fetched is never changed; the key is a second string, made only to compare. Keys are stored: a change of
a rule here, in the modules `key…` and `sessionids` or in `trackers.txt` wants a migration that makes them anew.
When in doubt, two addresses keep two keys: a canonical link or equal text joins them later, but one key for two
articles loses one of them.
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import SplitResult

from pipelines.escapes import encodable, escaped, without_entities
from pipelines.hosts import parts_of
from pipelines.keyhosts import is_cache, key_host, out_of_cache
from pipelines.keypaths import key_path, tidy, without_end
from pipelines.keyqueries import key_query

LONGEST = 8_000
"""Characters; what is longer is no article's address and gets no rule that looks for variants."""


@lru_cache(maxsize=4096)
def url_key(url: str) -> str:
    """Return the key of a URL: equal for variants of one address, different for different articles.

    Variants are the scheme, `www.`/`m.`/`amp.` hosts, AMP paths and caches, print versions, index files, trailing
    slashes, fragments, session ids, tracking parameters, and the order of the others. What is no http(s) URL is its own
    key; `https://` and a key is a URL of that key.
    """
    url = without_entities(encodable(url.strip()))
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
