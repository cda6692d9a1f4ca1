"""Read JSON Feed 1.0 and 1.1; of broken JSON, the items that are whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from crawler.discovery.addresses import absolute
from crawler.discovery.gathering import gather
from crawler.discovery.moments import Moments
from crawler.discovery.titles import plain_title
from pipelines.language import code_of
from storage.types import ChannelKind, Found, FoundLink, Unreadable

_MOST_FAILURES = 500
_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*[{\]])')


def is_json(text: str) -> bool:
    """Return whether a text is JSON, even if its first characters are lost."""
    before_markup = text[1:2000].partition("<")[0]
    return _JSON.match(text) is not None or '"items"' in before_markup or "jsonfeed.org" in before_markup


def read_json_feed(text: str, url: str, limit: int) -> Found | Unreadable:
    """Return the links of a JSON Feed in document order."""
    try:
        feed = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        whole = list(_whole_items(text, limit))
        if not whole:
            return Unreadable(f"not valid JSON: {error}")
        links = _links(whole, url)
        return gather(ChannelKind.FEED, links, limit, problem="not valid JSON; its items were read one by one")
    items = _items_of(feed)
    if items is None:
        return Unreadable("this JSON is no JSON Feed: it has no items")
    links = _links(items[: 2 * limit], url)
    missing = min(len(items), 2 * limit) - len(links)
    found = gather(
        ChannelKind.FEED,
        links,
        limit,
        unread=max(0, len(items) - 2 * limit),
        title=plain_title(_text(feed.get("title"))),
        language=code_of(_text(feed.get("language"))),
        problem=f"{missing} of {len(items)} items have no usable link" if missing else None,
    )
    topic, older = (absolute(url, _text(feed.get(name))) for name in ("feed_url", "next_url"))
    return replace(found, hub=_hub(feed.get("hubs"), url), topic=topic, older=older)


def _hub(hubs: Any, base: str) -> str | None:
    """Return the first WebSub hub that a feed names."""
    named = [hub for hub in hubs if isinstance(hub, dict)] if isinstance(hubs, list) else []
    told = [_text(hub.get("url")) for hub in named if _text(hub.get("type")).lower() in ("websub", "pubsubhubbub")]
    return next((url for one in told if (url := absolute(base, one)) is not None), None)


def _items_of(feed: Any) -> list[Any] | None:
    """Return the list of items; in what calls itself a JSON Feed, whatever list of objects it has."""
    if not isinstance(feed, dict):
        return None
    named = feed.get("items")
    if isinstance(named, list):
        return named
    lists = (value for value in feed.values() if isinstance(value, list) and any(_is_item(one) for one in value))
    return next(lists, None) if "jsonfeed.org" in _text(feed.get("version")) else None


def _whole_items(text: str, limit: int) -> Iterator[Any]:
    """Yield the items that can be read in cut or broken JSON."""
    decoder = json.JSONDecoder(strict=False)
    failures = found = 0
    start = text.find('"items"')
    at = text.find("{", max(start, 1))
    while at >= 0 and failures < _MOST_FAILURES and found < 2 * limit:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            failures += 1
            at = text.find("{", at + 1)
            continue
        if _is_item(value):
            found += 1
            yield value
        at = text.find("{", end)


def _is_item(value: Any) -> bool:
    """Return whether an object is an item, not an author or attachment of one that is broken."""
    told = ("id", "title", "content_html", "content_text", "date_published")
    return isinstance(value, dict) and any(name in value for name in told) and "mime_type" not in value


def _links(items: list[Any], base: str) -> list[FoundLink]:
    moments = Moments()
    read = (_link(item, base, moments) for item in items if isinstance(item, dict))
    return [link for link in read if link is not None]


def _link(item: dict[str, Any], base: str, moments: Moments) -> FoundLink | None:
    url = _first_url(item, base)
    if url is None:
        return None
    published, updated = moments.read(_text(item.get("date_published"))), moments.read(_text(item.get("date_modified")))
    return FoundLink(url, plain_title(_text(item.get("title"))), published or updated, updated)


def _first_url(item: dict[str, Any], base: str) -> str | None:
    identity = _text(item.get("id"))
    told = [_text(item.get("url")), _text(item.get("external_url"))]
    told.append(identity if identity.startswith(("http://", "https://")) else "")
    return next((url for link in told if (url := absolute(base, link)) is not None), None)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
