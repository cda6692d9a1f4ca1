"""Tell which news agencies an article comes from: by its byline, dateline, credit lines, and what its page declares.

A name in running text says nothing: an article about Reuters, or one that quotes what somebody told AFP, is no wire
copy. Short names are many things besides (PA, AP, TT), so a name counts only in the form that credits have, and in a
bracket or line that holds nothing else; a picture's credit never does. A line that says that an agency contributed, or
that its material was used, counts only where no author of the outlet's own is named. What the page declares counts
where nothing is seen. Keywords do not count: they hold what an article is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines import jsonld
from pipelines.agencies import BYLINE, UNNAMED, may_name, whose
from pipelines.agencynames import BY, PICTURE, Names
from pipelines.authors import is_person
from pipelines.creditlines import LONGEST, in_contribution, in_credit, may_credit, whole_credit
from pipelines.credits import AUTHORS
from pipelines.datelines import in_dateline, may_begin
from pipelines.lines import SENTENCE
from pipelines.metadata import Facts
from storage.types import Article

MOST = 3
"""Agencies that an article names; more are a list of whom somebody follows."""
FIRST, LAST = 4, 4
"""Lines at a text's beginning that may hold a dateline, and at its end that may hold a credit."""
SHORT = 100
"""Characters; above a line so short at the end of a text, another may be the one with the credit."""
HEAD = 120
"""Characters of a line in which a dateline ends."""
CAPTIONS = "en"
"""In English, "(AP)" behind the last sentence of what somebody of the outlet wrote is the credit of a picture there."""
_BYLINES = (*AUTHORS, "byline")
_ADDRESSES = ("syndication-source", "original-source")
_SOURCES = ("dc.source", "dcterms.source", "article:source", "source", "dc.publisher")
_RIGHTS = ("copyright", "dc.rights", "dcterms.rights", "rights", "dcterms.rightsholder")
_PROPERTIES = ("sourceOrganization", "copyrightHolder", "provider", "publisher")


def agency_of(article: Article, facts: Facts, dropped: Iterable[str] = ()) -> str | None:
    """Return the names of an article's agencies as one text, None where there is none."""
    return ", ".join(agencies_of(article, facts, dropped)[:MOST]) or None


def agencies_of(article: Article, facts: Facts, dropped: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the agencies that an article comes from, each once, in the order in which it names them.

    `dropped` are texts that stood in the page beside the article's. Where it says "agencies" and names none, so does
    this.
    """
    names = Names(article.language, article.url, facts.site)
    ends = _ends(article)
    found = [agency for text in _bylines(article, facts, ends) for agency in names.some_of(text)]
    found += _beside_authors(article, names, (*dropped, *ends.first, *ends.last))
    found += in_dateline(ends.first, names)
    if ends.last:
        staff = any(map(is_person, article.authors))
        at_end = not (staff and article.language == CAPTIONS)
        found += [agency for line in ends.last for agency in in_credit(line, names, at_end)]
        if not found and not staff:
            found += [agency for line in ends.last for agency in in_contribution(line, names)]
    if not found:
        found += _declared(article, facts, names)
    told = tuple(dict.fromkeys(found))
    return tuple(agency for agency in told if agency != UNNAMED) or told


@dataclass(frozen=True, slots=True)
class _Ends:
    """Lines in which an agency may be named: above a text, at its beginning, and at its end with the last one first."""

    top: list[str]
    first: list[str]
    last: list[str]


def _ends(article: Article) -> _Ends:
    first = [line[:HEAD] for line in article.body[:1500].split("\n", 2 * FIRST) if line][:FIRST]
    last: list[str] = []
    for line in reversed(article.body[-1500:].split("\n")):
        if line:
            last.append(line)
            if len(line) > SHORT or len(last) == LAST:
                break
    end = article.body.count("\n\n") - 1 if article.removed else 0
    last += [part.text for part in article.removed if part.rule in ("service line", "end") and part.place >= end]
    top = [part.text for part in article.removed if part.rule == "top" and part.place < FIRST]
    first = [line for line in first if may_begin(line) and may_name(line, article.language)]
    return _Ends(top, first, [line for line in last if may_credit(line, article.language)])


def _bylines(article: Article, facts: Facts, ends: _Ends) -> Iterator[str]:
    """Yield what a page says and shows of its authors, and the lines at the top of the text that say "By"."""
    told = dict.fromkeys((*article.authors, *facts.bylines))
    node, meta = facts.node or {}, facts.meta
    for value in (node[name] for name in ("author", "creator") if name in node):
        for texts in jsonld.persons(value):
            told |= dict.fromkeys(texts)
    told |= {meta[name]: None for name in _BYLINES if name in meta}
    yield from (text for text in told if len(text) < LONGEST and may_name(text))
    lines = (line for line in (*ends.top, *ends.first) if len(line) <= SHORT and BY.match(line))
    yield from (line for line in lines if "," not in line or not SENTENCE.search(line))


def _beside_authors(article: Article, names: Names, texts: Iterable[str]) -> list[str]:
    """Return the agencies that stand beside an author's name in a short text ("By — Ada Byron, Associated Press")."""
    found: list[str] = []
    for text in texts if article.authors else ():
        name = next((one for one in article.authors if one in text), None) if len(text) <= SHORT else None
        if name is not None and may_name(text) and not PICTURE.search(text):
            _, _, after = text.partition(name)
            found += [agency for piece in after.split(name)[:1] for agency in names.all_of(piece, BYLINE)]
    return found


def _declared(article: Article, facts: Facts, names: Names) -> Iterator[str]:
    """Yield the agencies that a page names in a machine's terms, or whose own the page is."""
    meta, node = facts.meta, facts.node or {}
    for value in (node[name] for name in _PROPERTIES if name in node):
        told = (text for text in jsonld.texts(value, "name") if may_name(text))
        yield from (agency for text in told if (agency := names.named(text, BYLINE)))
    for said in (meta[name] for name in _SOURCES if name in meta):
        yield from names.some_of(said[:LONGEST])
    for text in (*jsonld.texts(node.get("copyrightNotice")), *(meta[name] for name in _RIGHTS if name in meta)):
        yield from whole_credit(text, names) if len(text) <= LONGEST else ()
    based = jsonld.texts(node["isBasedOn"], "url", "@id", "name") if "isBasedOn" in node else ()
    addresses = (article.url, article.canonical_url, *(meta[name] for name in _ADDRESSES if name in meta), *based)
    yield from (agency for url in addresses if url and (agency := whose(url)))
