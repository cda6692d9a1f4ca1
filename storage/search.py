"""Find articles: full text and filters behind one Query, the same on SQLite and PostgreSQL. The door to `searching`."""

from __future__ import annotations

from storage.searching.asked import Bar, Bucket, Facets, Histogram, Hit, Part, Query, Results
from storage.searching.counting import FACETS, PERIODS, count, facets, histogram
from storage.searching.paging import search
from storage.searching.reading import hits, matches, stream
from storage.when import parse_span, parse_when

__all__ = [
    "FACETS",
    "PERIODS",
    "Bar",
    "Bucket",
    "Facets",
    "Histogram",
    "Hit",
    "Part",
    "Query",
    "Results",
    "count",
    "facets",
    "histogram",
    "hits",
    "matches",
    "parse_span",
    "parse_when",
    "search",
    "stream",
]
