"""The vocabulary that the rooms share: frozen values, free of Scrapy, SQLAlchemy and Trafilatura."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class ChannelKind(StrEnum):
    """What kind of document lists links."""

    FEED = "feed"
    SITEMAP = "sitemap"
    SECTION = "section"


class LinkState(StrEnum):
    """Where a discovered URL stands; every state but PENDING is an end, with a reason."""

    PENDING = "pending"
    DONE = "done"
    DROPPED = "dropped"
    FAILED = "failed"
    GONE = "gone"


class Access(StrEnum):
    """What a reader without a subscription gets to see."""

    FREE = "free"
    METERED = "metered"
    PAYWALLED = "paywalled"
    CONSENT = "consent"
    BOT_WALL = "bot-wall"


class DateSource(StrEnum):
    """Where a publication date was read."""

    JSON_LD = "json-ld"
    META = "meta"
    FEED = "feed"
    SITEMAP = "sitemap"
    URL = "url"
    TEXT = "text"


class DatePrecision(StrEnum):
    """How exact a date is."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"


class Outcome(StrEnum):
    """What one attempt at a URL came to."""

    STORED = "stored"
    REVISED = "revised"
    UNCHANGED = "unchanged"
    ALIAS = "alias"
    DROPPED = "dropped"
    FAILED = "failed"
    GONE = "gone"
    DEFERRED = "deferred"
    JOINED = "joined"
    POLLED = "polled"
    NOT_MODIFIED = "not-modified"
    POLL_FAILED = "poll-failed"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date with its provenance. `value` is timezone-aware UTC; `raw` is the text it was read from."""

    value: datetime
    raw: str
    source: DateSource
    precision: DatePrecision


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link as discovery reads it in one document.

    `url` is absolute. `published` and `updated` are timezone-aware UTC or None.
    `kind` is "article" for a page, "sitemap" for a child sitemap of an index.
    """

    url: str
    title: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    kind: str = "article"


@dataclass(frozen=True, slots=True)
class Found:
    """What discovery read in one document, in document order. `problem` names what was broken and mended.

    A feed may ask not to be polled for `ttl_seconds`, in hours of the day (GMT, 0 to 23) and on weekdays (0 is Monday);
    it may name its WebSub `hub` with its `topic` there, and where `older` entries are.
    """

    kind: ChannelKind
    links: tuple[FoundLink, ...] = ()
    title: str | None = None
    language: str | None = None
    ttl_seconds: int | None = None
    truncated: int = 0
    problem: str | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    hub: str | None = None
    topic: str | None = None
    older: str | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document in which discovery can read nothing, and why (one line)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hints:
    """What was known of a page before it was fetched: from a channel, or (`first_page`) from the page before it."""

    title: str | None = None
    published: datetime | None = None
    published_source: DateSource | None = None
    language: str | None = None
    first_page: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A fetched HTML page: raw bytes after content decoding, and the charset the HTTP header named, if any."""

    url: str
    body: bytes
    charset: str | None = None
    hints: Hints = field(default_factory=Hints)


@dataclass(frozen=True, slots=True)
class Removed:
    """A line that was taken out of an article's text, so that it can be shown and put back.

    `place` is the number of the body's lines (as they are left) above it; `rule` is a stable slug that says why.
    """

    place: int
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article as extracted from one page.

    `body` is plain text: a paragraph or heading a line, a blank line between, no Markdown marks.
    `canonical_url` is what the page declares (absolute, not yet trusted). `kind` is
    article | live | video | gallery. `language` is an ISO 639-1 code or None. `removed` are lines that were taken
    out of the body, in order. `next_page` is the absolute URL of the article's next page, when it has several and
    that page is not joined yet; `first_page` that of the first one, when the page is a later one. `agency` names the
    news agencies that a text comes from ("AP", "dpa, AFP"), None for an outlet's own text.
    """

    url: str
    headline: str
    body: str
    canonical_url: str | None = None
    authors: tuple[str, ...] = ()
    published: Stamp | None = None
    modified: Stamp | None = None
    language: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    description: str | None = None
    main_image: str | None = None
    word_count: int = 0
    access: Access = Access.FREE
    kind: str = "article"
    extractor: str = ""
    agency: str | None = None
    removed: tuple[Removed, ...] = ()
    next_page: str | None = None
    first_page: str | None = None


@dataclass(frozen=True, slots=True)
class Drop:
    """A page that gives no article. `reason` is a stable slug (`empty`, `bot-wall`, …); `detail` one line."""

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """What of an article is compared with another version of it: `body` as it is stored."""

    headline: str
    authors: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an article is. `outlet` is the registrable domain (or IP address) that published it.

    `canonical_url` is the trusted one; `syndicated_from` a canonical at another outlet.
    `aliases` are (url, url_key) of every other address that led here; `pages` are the keys of those that are further
    pages of it. `content_hash` is hex. `is_version`: the page is a version of the one at its canonical address (print,
    AMP, another section's). `page_key` is that of the address at which it was found, when it is another one.
    """

    url_key: str
    outlet: str
    content_hash: str
    canonical_url: str | None = None
    syndicated_from: str | None = None
    aliases: tuple[tuple[str, str], ...] = ()
    is_version: bool = False
    page_key: str | None = None
    pages: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Channel:
    """One document of a source that lists links, with its polling state. Times are aware UTC.

    `last_whole` is when it was last answered in full. `location` is where it is since it has moved, None at `url`.
    """

    id: int
    source_id: int
    url: str
    host: str
    kind: ChannelKind
    parent_id: int | None = None
    enabled: bool = True
    etag: str | None = None
    last_modified: str | None = None
    content_hash: str | None = None
    updated: datetime | None = None
    next_due: datetime | None = None
    last_polled: datetime | None = None
    last_new: datetime | None = None
    failures: int = 0
    rhythm: dict[str, Any] | None = None
    hints: dict[str, Any] | None = None
    last_whole: datetime | None = None
    location: str | None = None
    moved_at: datetime | None = None
    moved_because: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A discovered URL with its state."""

    id: int
    url: str
    url_key: str
    host: str
    state: LinkState
    source_id: int | None = None
    channel_id: int | None = None
    reason: str | None = None
    title: str | None = None
    published: datetime | None = None
    published_source: DateSource | None = None
    attempts: int = 0
    next_attempt: datetime | None = None
    first_seen: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    article_id: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a URL, as it is logged. `millis` is wall time to the outcome; `bytes` the decoded body's size."""

    url: str
    outcome: Outcome
    reason: str | None = None
    detail: str | None = None
    status: int | None = None
    final_url: str | None = None
    bytes: int = 0
    millis: int = 0
    found: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing one article came to: inserted | revised | unchanged | alias (as Outcome), and where it is."""

    outcome: Outcome
    article_id: int
    revision: int
    story_id: int | None = None


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of an article that has changed, as it was seen at `seen_at`.

    `changes` are what is not as it was in the version before: headline, authors, body, correction.
    """

    article_id: int
    revision: int
    seen_at: datetime
    headline: str
    authors: tuple[str, ...]
    body: str
    date_modified: datetime | None
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as it is read back; field names are those of the tables and of every export."""

    id: int
    url: str
    canonical_url: str | None
    url_key: str
    outlet: str
    source: str
    headline: str
    authors: tuple[str, ...]
    date_published: datetime | None
    date_published_raw: str | None
    date_source: str | None
    date_precision: str | None
    date_modified: datetime | None
    language: str | None
    section: str | None
    tags: tuple[str, ...]
    description: str | None
    main_image: str | None
    body: str
    word_count: int
    access: str
    kind: str
    syndicated_from: str | None
    first_seen: datetime
    last_fetched: datetime
    revision: int
    extractor: str
    story_id: int | None
    source_id: int
    agency: str | None
    gone_at: datetime | None
    changed_at: datetime | None = None

    @property
    def address(self) -> str:
        """Where readers open it: the trusted canonical URL, rather than the AMP page or tracked link that led there."""
        return self.canonical_url or self.url

    def as_record(self) -> dict[str, Any]:
        """Return the article as JSON-ready values: ISO 8601 UTC times, lists for authors and tags."""
        record: dict[str, Any] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, datetime):
                value = value.isoformat().replace("+00:00", "Z")
            elif isinstance(value, tuple):
                value = list(value)
            record[name] = value
        return record
