"""What is asked, as SQL: the full-text index joined with the facts that are filtered, ordered and counted by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from storage.errors import UsageError
from storage.querytext import Filter, Parsed, Term, parse_query, to_fts5, to_tsquery
from storage.schema import article_time, articles, sources, stories
from storage.searching.asked import SORTS, Query
from storage.searching.cursors import micros
from storage.searchtext import fold, words
from storage.types import Access
from storage.when import parse_span

COLUMN_WEIGHTS = "5.0, 2.0, 1.0"
"""What a word counts in the headline, among the authors, in the body (bm25 on SQLite)."""
KINDS = ("article", "live", "video", "gallery")
NO_LANGUAGE = "und"
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})([-_].*)?")
_FTS = sa.table("articles_fts", sa.column("rowid"), sa.column("article_id"), sa.column("document"))
Condition = Any  # SQLAlchemy types comparisons of untyped columns so


@dataclass(frozen=True, slots=True)
class Matching:
    """A query as SQL can take it: words for the full-text index, and conditions on the facts of articles."""

    dialect: str
    facts: Any
    groups: tuple[tuple[Term, ...], ...]
    none_of: tuple[Term, ...]
    conditions: tuple[Condition, ...]

    @property
    def has_words(self) -> bool:
        """Whether there are words that can be weighed."""
        return bool(self.groups)

    def terms(self) -> list[Term]:
        """Return the terms that are looked for."""
        return [term for group in self.groups for term in group]

    def select(self, *columns: sa.ColumnElement[Any], score: bool = False) -> sa.Select[Any]:
        """Return the SELECT of these columns of the facts of what matches; with `score` its relevance too."""
        chosen: sa.Select[Any] = sa.select(*columns)
        if self.groups:
            chosen = (
                self._on_postgresql(chosen, score) if self.dialect == "postgresql" else self._on_sqlite(chosen, score)
            )
        else:
            chosen = chosen.select_from(self.facts)
            if self.none_of:
                chosen = chosen.where(self._without())
        return chosen.where(*self.conditions)

    def without_words(self) -> Matching:
        """Return the same filters for any words."""
        return replace(self, groups=(), none_of=())

    def narrowed(self, *conditions: Condition) -> Matching:
        """Return the same with more conditions."""
        return replace(self, conditions=(*self.conditions, *conditions))

    def _on_sqlite(self, chosen: sa.Select[Any], score: bool) -> sa.Select[Any]:
        chosen = chosen.select_from(_FTS).join(self.facts, self.facts.c.id == _FTS.c.rowid)
        match = sa.text("articles_fts MATCH :match").bindparams(match=to_fts5(self.groups, self.none_of))
        if score:
            weighed: sa.ColumnElement[float] = sa.literal_column(f"-bm25(articles_fts, {COLUMN_WEIGHTS})")
            chosen = chosen.add_columns(weighed.label("score"))
        return chosen.where(match)

    def _on_postgresql(self, chosen: sa.Select[Any], score: bool) -> sa.Select[Any]:
        chosen = chosen.select_from(_FTS).join(self.facts, self.facts.c.id == _FTS.c.article_id)
        wanted = sa.cast(sa.literal(to_tsquery(self.groups, self.none_of)), TSQUERY)
        if score:
            chosen = chosen.add_columns(sa.func.ts_rank(_FTS.c.document, wanted, 1).label("score"))
        return chosen.where(_FTS.c.document.op("@@")(wanted))

    def _without(self) -> Condition:
        if self.dialect == "postgresql":
            wanted = sa.cast(sa.literal(to_tsquery((self.none_of,))), TSQUERY)
            found = sa.select(_FTS.c.article_id).where(_FTS.c.document.op("@@")(wanted))
        else:
            match = sa.text("articles_fts MATCH :without").bindparams(without=to_fts5((self.none_of,)))
            found = sa.select(_FTS.c.rowid).where(match)
        return sa.not_(self.facts.c.id.in_(found))


def matching(connection: sa.Connection, query: Query) -> Matching:
    """Return how to ask for what matches. Raises UsageError for a query that cannot be understood."""
    if query.sort not in SORTS:
        raise UsageError(f"sort {query.sort!r}: write {' or '.join(SORTS)}")
    if query.limit is not None and query.limit < 1:
        raise UsageError(f"limit {query.limit}: 1 is the least")
    assert query.now is not None
    parsed = parse_query(query.text) if query.text is not None else Parsed()
    own = [Filter(name, values) for name, values in _values(query) if values]
    facts = _facts(connection.dialect.name)
    conditions = [_condition(connection, facts, one, query) for one in (*own, *parsed.filters)]
    if query.since is not None:
        conditions.append(facts.c.at >= micros(query.since))
    if query.until is not None:
        conditions.append(facts.c.at < micros(query.until))
    author = (_author(query.author),) if query.author is not None else ()
    return Matching(connection.dialect.name, facts, (*parsed.all_of, *author), parsed.none_of, tuple(conditions))


def _values(query: Query) -> list[tuple[str, tuple[str, ...]]]:
    one = {"access": query.access, "kind": query.kind, "story": query.story}
    many = [("source", query.sources), ("language", query.languages), ("section", query.sections), ("tag", query.tags)]
    return many + [(name, (str(value),)) for name, value in one.items() if value is not None]


def _facts(dialect: str) -> Any:
    time = article_time()
    if dialect == "postgresql":
        at: Any = sa.cast(sa.func.extract("epoch", time) * 1_000_000, sa.BigInteger)
    else:
        at = sa.cast(sa.func.strftime("%s", time), sa.Integer) * 1_000_000 + sa.cast(
            sa.func.substr(time, 21, 6), sa.Integer
        )
    names = ("id", "source_id", "language", "section", "access", "kind", "story_id", "tags")
    return sa.select(*(articles.c[name] for name in names), at.label("at")).subquery("facts")


def _author(name: str) -> tuple[Term, ...]:
    found = tuple(words(name))
    if not found:
        raise UsageError(f"the author {name[:60]!r} has no letter in it")
    return (Term(found, "author", prefix=True),)


def _condition(connection: sa.Connection, facts: Any, asked: Filter, query: Query) -> Condition:
    """Return the condition that a filter puts on facts."""
    if asked.name in ("after", "before", "until", "date"):
        found = sa.or_(*(_when(facts, asked.name, value, query) for value in asked.values))
    elif asked.name == "source":
        found = facts.c.source_id.in_(_source_ids(connection, asked.values))
    elif asked.name == "language":
        found = sa.func.coalesce(facts.c.language, NO_LANGUAGE).in_([_language(value) for value in asked.values])
    elif asked.name == "story":
        found = sa.func.coalesce(facts.c.story_id, 0).in_([_story(connection, value) for value in asked.values])
    elif asked.name in ("section", "tag"):
        found = _labelled(connection, facts, asked)
    else:
        known = KINDS if asked.name == "kind" else tuple(access.value for access in Access)
        found = facts.c[asked.name].in_([_one_of(asked.name, value, known) for value in asked.values])
    return sa.not_(found) if asked.negated else found


def _labelled(connection: sa.Connection, facts: Any, asked: Filter) -> Condition:
    wanted = {fold(value) for value in asked.values}
    if asked.name == "section":
        known = connection.execute(sa.select(articles.c.section).distinct()).scalars()
        return sa.func.coalesce(facts.c.section, "").in_([one for one in known if one and fold(one) in wanted])
    is_server = connection.dialect.name == "postgresql"
    each = "jsonb_array_elements_text(articles.tags)" if is_server else "json_each(articles.tags)"
    known = connection.execute(
        sa.text(
            f"SELECT DISTINCT value FROM articles, {each} AS tag (value)"
            if is_server
            else f"SELECT DISTINCT value FROM articles, {each}"
        )
    ).scalars()
    tag = (sa.func.jsonb_array_elements_text if is_server else sa.func.json_each)(facts.c.tags).table_valued("value")
    return sa.exists().select_from(tag).where(tag.c.value.in_([one for one in known if fold(one) in wanted]))


def _when(facts: Any, name: str, value: str, query: Query) -> Condition:
    assert query.now is not None
    first, dots, last = value.partition("..")
    since, until = parse_span(first, query.now)
    if dots and name == "date":
        since_last, until_last = parse_span(last, query.now)
        return sa.and_(facts.c.at >= micros(since), facts.c.at < micros(until_last or since_last))
    if name == "after":
        return facts.c.at >= micros(since)
    if name == "before":
        return facts.c.at < micros(since)
    if name == "until":
        return facts.c.at < micros(until or since)
    return sa.and_(facts.c.at >= micros(since), facts.c.at < micros(until)) if until else facts.c.at >= micros(since)


def _source_ids(connection: sa.Connection, names: Sequence[str]) -> list[int]:
    known = {row.name: row.id for row in connection.execute(sa.select(sources.c.name, sources.c.id))}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 3) or sorted(known)[:10]
            raise UsageError(f"no source {name[:60]!r} is stored; known: {', '.join(near) or 'none yet'}")
    return [known[name] for name in names]


def _language(code: str) -> str:
    found = _LANGUAGE.fullmatch(code.strip())
    if found is None:
        raise UsageError(f"the language {code[:60]!r} is not an ISO 639-1 code such as en or de")
    return found.group(1).lower()


def _one_of(name: str, value: str, known: Sequence[str]) -> str:
    if value.lower() not in known:
        raise UsageError(f"{name} {value[:60]!r}: known are {', '.join(known)}")
    return value.lower()


def _story(connection: sa.Connection, value: str) -> int:
    """Return the id that a story has now."""
    if not value.isdecimal() or len(value) > 18:
        raise UsageError(f"story {value[:60]!r} is not a number")
    into = connection.execute(sa.select(stories.c.merged_into).where(stories.c.id == int(value))).scalar()
    return int(value) if into is None else int(into)
