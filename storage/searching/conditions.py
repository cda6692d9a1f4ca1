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
from storage.schema import articles, sources, stories
from storage.schema_search import article_facts, search_languages
from storage.searching.asked import SORTS, Query
from storage.searching.cursors import micros
from storage.searchtext import words
from storage.stemming import SECTION, TAG, label_token, stems_of
from storage.types import Access
from storage.when import parse_span

COLUMN_WEIGHTS = "5.0, 2.0, 0.0, 1.0, 2.5, 0.5"
"""What a word counts in each column of the index (`storage.fulltext.COLUMNS`), by bm25 on SQLite."""
LABELS = "labels"
_KINDS_OF_LABELS = {"section": SECTION, "tag": TAG}
KINDS = ("article", "live", "video", "gallery")
NO_LANGUAGE = "und"
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})([-_].*)?")
_FTS = sa.table("articles_fts", sa.column("rowid"), sa.column("article_id"), sa.column("document"))
Condition = Any  # SQLAlchemy types comparisons of untyped columns so


@dataclass(frozen=True, slots=True)
class Matching:
    """A query as SQL can take it: terms for the full-text index, and conditions on the facts of articles.

    `groups` are words, which can be weighed; `labels` are sections and tags.
    """

    dialect: str
    groups: tuple[tuple[Term, ...], ...] = ()
    labels: tuple[tuple[Term, ...], ...] = ()
    none_of: tuple[Term, ...] = ()
    conditions: tuple[Condition, ...] = ()

    @property
    def has_words(self) -> bool:
        """Whether there are words that can be weighed."""
        return bool(self.groups)

    @property
    def uses_index(self) -> bool:
        """Whether the full-text index says what matches."""
        return bool(self.groups or self.labels)

    def terms(self) -> list[Term]:
        """Return the terms that are looked for."""
        return [term for group in self.groups for term in group]

    def select(self, *columns: sa.ColumnElement[Any]) -> sa.Select[Any]:
        """Return the SELECT of these columns of `article_facts` of what matches."""
        chosen: sa.Select[Any] = sa.select(*columns)
        if not self.uses_index:
            chosen = chosen.select_from(article_facts)
            if self.none_of:
                chosen = chosen.where(self._without())
        elif self.dialect == "postgresql":
            chosen = self._on_postgresql(chosen)
        else:
            chosen = self._on_sqlite(chosen)
        return chosen.where(*self.conditions)

    def weighed(self, number: int) -> sa.Select[Any]:
        """Return the SELECT of id, time, story and relevance of so many of the latest matches."""
        facts = article_facts.c
        latest = self.select(facts.id, facts.at, facts.story_id).order_by(self.latest).limit(number)
        if self.dialect != "postgresql":
            return latest.add_columns(sa.literal_column(f"-bm25(articles_fts, {COLUMN_WEIGHTS})"))
        found = latest.subquery("found")  # else the rank of every match would be reckoned, and its document read
        rank = sa.func.ts_rank(_FTS.c.document, _tsquery(to_tsquery(self.groups)), 1)
        chosen = sa.select(found.c.id, found.c.at, found.c.story_id, rank)
        return chosen.select_from(found).join(_FTS, _FTS.c.article_id == found.c.id)

    @property
    def latest(self) -> sa.ColumnElement[Any]:
        """What to order by to have the latest articles first; FTS5 walks its rows backwards without sorting them."""
        on_sqlite = self.uses_index and self.dialect == "sqlite"
        return (_FTS.c.rowid if on_sqlite else article_facts.c.id).desc()

    def counted(self, most: int | None) -> sa.Select[Any] | None:
        """Return the SELECT of how many match, up to `most`, when the full-text index alone can tell."""
        if self.conditions or not self.uses_index or self.dialect == "postgresql":
            return None
        match = sa.text("articles_fts MATCH :match").bindparams(match=self._match())
        inner = sa.select(_FTS.c.rowid).where(match).limit(most).subquery()
        return sa.select(sa.func.count()).select_from(inner)

    def _match(self) -> str:
        return to_fts5((*self.groups, *self.labels), self.none_of)

    def without_words(self) -> Matching:
        """Return the same filters for any words."""
        return replace(self, groups=(), none_of=tuple(term for term in self.none_of if term.field == LABELS))

    def narrowed(self, *conditions: Condition) -> Matching:
        """Return the same with more conditions."""
        return replace(self, conditions=(*self.conditions, *conditions))

    def among(self, ids: Sequence[int]) -> Matching:
        """Return the same for these articles alone, at least one."""
        asked = self.narrowed(article_facts.c.id.in_(ids))
        if self.uses_index and self.dialect == "sqlite":
            # FTS5 leaps to a range of ids, which its planner does not gather from the join.
            asked = asked.narrowed(_FTS.c.rowid >= min(ids), _FTS.c.rowid <= max(ids))
        return asked

    def _on_sqlite(self, chosen: sa.Select[Any]) -> sa.Select[Any]:
        # Each match is looked up by its id; without the hint the planner may try each article of a time instead.
        joined = chosen.select_from(_FTS).join(article_facts, article_facts.c.id == _FTS.c.rowid)
        joined = joined.with_hint(article_facts, "NOT INDEXED", "sqlite")
        return joined.where(sa.text("articles_fts MATCH :match").bindparams(match=self._match()))

    def _on_postgresql(self, chosen: sa.Select[Any]) -> sa.Select[Any]:
        joined = chosen.select_from(_FTS).join(article_facts, article_facts.c.id == _FTS.c.article_id)
        wanted = _tsquery(to_tsquery((*self.groups, *self.labels), self.none_of))
        return joined.where(_FTS.c.document.op("@@")(wanted))

    def _without(self) -> Condition:
        if self.dialect == "postgresql":
            wanted = _tsquery(to_tsquery((self.none_of,)))
            found = sa.select(_FTS.c.article_id).where(_FTS.c.document.op("@@")(wanted))
        else:
            match = sa.text("articles_fts MATCH :without").bindparams(without=to_fts5((self.none_of,)))
            found = sa.select(_FTS.c.rowid).where(match)
        return sa.not_(article_facts.c.id.in_(found))


def _tsquery(text: str) -> sa.ColumnElement[Any]:
    return sa.cast(sa.literal(text), TSQUERY)


def matching(connection: sa.Connection, query: Query) -> Matching:
    """Return how to ask for what matches. Raises UsageError for a query that cannot be understood."""
    if query.sort not in SORTS:
        raise UsageError(f"sort {query.sort!r}: write {' or '.join(SORTS)}")
    if query.limit is not None and query.limit < 1:
        raise UsageError(f"limit {query.limit}: 1 is the least")
    parsed = parse_query(query.text) if query.text is not None else Parsed()
    asked = [*(Filter(name, values) for name, values in _values(query) if values), *parsed.filters]
    conditions = [_condition(connection, one, query) for one in asked if one.name not in _KINDS_OF_LABELS]
    if query.since is not None:
        conditions.append(article_facts.c.at >= micros(query.since))
    if query.until is not None:
        conditions.append(article_facts.c.at < micros(query.until))
    languages = _languages(connection, asked) if any(term.typed for term in parsed.every_term()) else ()
    groups = [tuple(_with_stems(term, languages) for term in group) for group in parsed.all_of]
    if query.author is not None:
        groups.append(_author(query.author))
    none_of = [_with_stems(term, languages) for term in parsed.none_of]
    labels = [(one.negated, _labels(one)) for one in asked if one.name in _KINDS_OF_LABELS]
    return Matching(
        connection.dialect.name,
        tuple(groups),
        tuple(terms for is_negated, terms in labels if not is_negated),
        (*none_of, *(term for is_negated, terms in labels if is_negated for term in terms)),
        tuple(conditions),
    )


def _languages(connection: sa.Connection, asked: Sequence[Filter]) -> tuple[str, ...]:
    """Return the languages whose stems count: those that are asked for, else those of all articles."""
    named = [_language(value) for one in asked if one.name == "language" and not one.negated for value in one.values]
    if named:
        return tuple(dict.fromkeys(named))
    return tuple(
        connection.execute(sa.select(search_languages.c.language).order_by(search_languages.c.language)).scalars()
    )


def _with_stems(term: Term, languages: Sequence[str]) -> Term:
    return replace(term, stems=stems_of(term.typed, languages)) if term.typed else term


def _labels(asked: Filter) -> tuple[Term, ...]:
    tokens = [label_token(_KINDS_OF_LABELS[asked.name], value) for value in asked.values]
    if None in tokens:
        raise UsageError(f"the {asked.name} {asked.values[tokens.index(None)][:60]!r} has no letter in it")
    return tuple(Term((token,), LABELS) for token in tokens if token)


def _values(query: Query) -> list[tuple[str, tuple[str, ...]]]:
    one = {"access": query.access, "kind": query.kind, "story": query.story}
    many = [("source", query.sources), ("language", query.languages), ("section", query.sections), ("tag", query.tags)]
    return many + [(name, (str(value),)) for name, value in one.items() if value is not None]


def _author(name: str) -> tuple[Term, ...]:
    found = tuple(words(name))
    if not found:
        raise UsageError(f"the author {name[:60]!r} has no letter in it")
    return (Term(found, "author", prefix=True),)


def _condition(connection: sa.Connection, asked: Filter, query: Query) -> Condition:
    """Return the condition that a filter puts on facts."""
    facts = article_facts
    if asked.name in ("after", "before", "until", "date"):
        found = sa.or_(*(_when(asked.name, value, query) for value in asked.values))
    elif asked.name == "source":
        found = facts.c.source_id.in_(_source_ids(connection, asked.values))
    elif asked.name == "language":
        found = sa.func.coalesce(facts.c.language, NO_LANGUAGE).in_([_language(value) for value in asked.values])
    elif asked.name == "story":
        told = sa.select(articles.c.id).where(
            articles.c.story_id.in_([_story(connection, one) for one in asked.values])
        )
        found = facts.c.id.in_(told)
    else:
        known = KINDS if asked.name == "kind" else tuple(access.value for access in Access)
        found = facts.c[asked.name].in_([_one_of(asked.name, value, known) for value in asked.values])
    return sa.not_(found) if asked.negated else found


def _when(name: str, value: str, query: Query) -> Condition:
    assert query.now is not None
    facts = article_facts
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
