"""Guard: no request to an address that is not public, however it is spelled, and on no hop of a redirect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scrapy.crawler import Crawler
from scrapy.http import Request
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet import defer
from twisted.internet.error import DNSLookupError

from crawler.addresses import Network, is_forbidden, is_localhost, literal, refusal
from crawler.config import parse_networks
from crawler.middlewares.refusal import Refused
from crawler.verdicts import Verdict
from storage.types import LinkState, Outcome


class ForbiddenAddress(DNSLookupError):
    """A name resolved to an address that may not be fetched."""


class GuardMiddleware:
    """Refuses hosts that are spelled as forbidden addresses; names are checked when they are resolved."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        """Build the middleware; NEWSDESK_ALLOW_NETWORKS names private networks that may be fetched."""
        return cls(parse_networks(crawler.settings["NEWSDESK_ALLOW_NETWORKS"]))

    def process_request(self, request: Request) -> None:
        """Raise Refused for a literal address that is not allowed."""
        host = urlparse_cached(request).hostname or ""
        address = "127.0.0.1" if is_localhost(host) else literal(host)
        if address is not None and is_forbidden(address, self._allowed):
            raise Refused(Verdict(LinkState.DROPPED, Outcome.DROPPED, "private-address", refusal(host, address)))


class CheckingResolver(CachingThreadedResolver):
    """Scrapy's caching resolver, which gives out no forbidden address, and knows `*.localhost` (RFC 6761)."""

    _allowed: Sequence[Network] = ()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> CheckingResolver:
        """Build the resolver for a crawler."""
        resolver: CheckingResolver = super().from_crawler(crawler, reactor)
        resolver._allowed = parse_networks(crawler.settings["NEWSDESK_ALLOW_NETWORKS"])
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Any:
        """Resolve a name, or fail with ForbiddenAddress."""
        found = defer.succeed("127.0.0.1") if is_localhost(name) else super().getHostByName(name, timeout)
        return found.addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        if is_forbidden(address, self._allowed):
            raise ForbiddenAddress(refusal(name, address))
        return address
