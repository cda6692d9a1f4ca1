"""Ask for the documents of a site one after another, as its robots.txt allows and at a bearable pace."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from crawler.config import Config
from crawler.fetch_once import Fetched
from pipelines.hosts import host_of
from storage.errors import FailureError

ROBOTS_BYTES = 512 * 1024
MOST_REQUESTS = 60
"""So many documents at most are asked for in one probe, robots.txt included."""

Fetch = Callable[[str, Config], Fetched]


@dataclass(frozen=True, slots=True)
class Miss:
    """A document that is not to be had, and why. `status` is the answer's, if there was one."""

    url: str
    reason: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a host's robots.txt says. `unreachable` is why nobody knows: then nothing is allowed (RFC 9309)."""

    parser: Protego
    unreachable: str | None = None


class Visitor:
    """Fetches for one probe. `report` is told each URL before it is asked for."""

    def __init__(self, config: Config, fetch: Fetch, report: Callable[[str], None] = lambda url: None) -> None:
        self._config = config
        self._fetch = fetch
        self._report = report
        self._left = MOST_REQUESTS
        self._rules: dict[str, _Rules] = {}
        self._free_at: dict[str, float] = {}

    def get(self, url: str) -> Fetched | Miss:
        """Return a document, or why it is not to be had; an HTTP error status is a reason too."""
        refused = self._refusal(url)
        if refused is not None:
            return refused
        found = self._ask(url)
        if isinstance(found, Fetched) and host_of(found.url) != host_of(url):
            refused = self._refusal(found.url)
        if refused is not None or isinstance(found, Miss):
            return refused or found
        return found if found.status < 400 else Miss(url, f"HTTP {found.status}", found.status)

    def sitemaps(self, url: str) -> list[str]:
        """Return the sitemaps that the robots.txt of a URL's host names."""
        named = dict.fromkeys(str(sitemap).strip() for sitemap in self._rules_of(url).parser.sitemaps)
        return [sitemap for sitemap in named if host_of(sitemap)]

    def _refusal(self, url: str) -> Miss | None:
        rules = self._rules_of(url)
        if rules.unreachable is not None:
            return Miss(url, rules.unreachable)
        if not rules.parser.can_fetch(url, self._config.agent):
            return Miss(url, "disallowed by robots.txt")
        return None

    def _rules_of(self, url: str) -> _Rules:
        root = f"{urlsplit(url).scheme}://{host_of(url)}"
        if root not in self._rules:
            self._rules[root] = self._read(self._ask(f"{root}/robots.txt"))
        return self._rules[root]

    def _read(self, found: Fetched | Miss) -> _Rules:
        nothing = Protego.parse("")
        if isinstance(found, Miss):
            return _Rules(nothing, found.reason)
        if found.status == 429 or found.status >= 500:
            return _Rules(nothing, f"its robots.txt answers HTTP {found.status}, so nothing may be asked for now")
        return _Rules(
            Protego.parse(found.body[:ROBOTS_BYTES].decode("utf-8", "replace")) if found.status < 300 else nothing
        )

    def _ask(self, url: str) -> Fetched | Miss:
        if self._left == 0:
            return Miss(url, f"not asked: {MOST_REQUESTS} documents are enough")
        self._left -= 1
        self._wait(url)
        self._report(url)
        try:
            return self._fetch(url, self._config)
        except FailureError as error:
            return Miss(url, str(error))
        finally:
            self._free_at[host_of(url)] = time.monotonic() + self._delay(url)

    def _wait(self, url: str) -> None:
        seconds = self._free_at.get(host_of(url), 0.0) - time.monotonic()
        if seconds > 0:
            time.sleep(seconds)

    def _delay(self, url: str) -> float:
        rules = self._rules.get(f"{urlsplit(url).scheme}://{host_of(url)}")
        wished = rules.parser.crawl_delay(self._config.agent) if rules is not None else None
        return max(self._config.delay, min(float(wished or 0), self._config.max_crawl_delay))
