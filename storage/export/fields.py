"""The fields of an exported article: one list of names, types and meanings for every format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from storage.types import StoredArticle

SCHEMA = 1
"""The version of this list. A field may be added at its end; what has a name keeps it, and its type."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field. `kind` is integer | text | texts (a list) | time (UTC); `required` ones are never null."""

    name: str
    kind: str
    about: str
    required: bool = False


FIELDS = (
    Field("id", "integer", "key; an article that was joined into another leaves its id for good", required=True),
    Field("url", "text", "where it was fetched", required=True),
    Field("canonical_url", "text", "trusted canonical URL"),
    Field("url_key", "text", "its identity: equal for all spellings of one address", required=True),
    Field("outlet", "text", "registrable domain (or IP address)", required=True),
    Field("source", "text", "name of its source", required=True),
    Field("headline", "text", "headline", required=True),
    Field("authors", "texts", "names", required=True),
    Field("date_published", "time", "publication"),
    Field("date_published_raw", "text", "publication as written"),
    Field("date_source", "text", "json-ld, meta, feed, sitemap, url, text"),
    Field("date_precision", "text", "second, minute, day, month"),
    Field("date_modified", "time", "declared modification"),
    Field("language", "text", "ISO 639-1"),
    Field("section", "text", "section"),
    Field("tags", "texts", "tags", required=True),
    Field("description", "text", "teaser"),
    Field("main_image", "text", "URL of its picture"),
    Field("body", "text", "plain text, a paragraph or heading a line, a blank line between", required=True),
    Field("word_count", "integer", "words of the body", required=True),
    Field("access", "text", "free, metered, paywalled, consent, bot-wall", required=True),
    Field("kind", "text", "article, live, video, gallery", required=True),
    Field("syndicated_from", "text", "canonical URL at another outlet"),
    Field("first_seen", "time", "when it was stored", required=True),
    Field("last_fetched", "time", "when its page was looked at last", required=True),
    Field("revision", "integer", "number of its version; 1: never changed", required=True),
    Field("extractor", "text", "name and version of what read the page", required=True),
    Field("story_id", "integer", "its story: articles with the same id carry the same text"),
    Field("source_id", "integer", "key of its source", required=True),
    Field("agency", "text", "news agencies that it names as the source of its text"),
    Field("gone_at", "time", "its page is gone since"),
    Field("changed_at", "time", "when its latest change was seen; null: never"),
)
NAMES = tuple(field.name for field in FIELDS)


def record(article: StoredArticle) -> dict[str, Any]:
    """Return an article's fields by name, in order: times as aware UTC, lists as lists."""
    values = {name: getattr(article, name) for name in NAMES}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
