"""Choose an article's authors among all who are named: the people of the best source, else its agency."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines import jsonld, microdata
from pipelines.authors import clean_authors, is_person, joined_names, looks_like_name
from pipelines.bylines import helpers, is_author_link, seen_authors, wider_byline
from pipelines.scan import text_of
from pipelines.told import Told

AUTHORS = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl",
           "cxenseparse:author", "article.author", "og:article:author", "authors", "twitter:creator:name")  # fmt: skip
MOST_LINKS = 5


def authors_of(told: Told) -> tuple[str, ...]:
    """Return the people that the first source names which names any, else the first agency or desk."""
    people, others = _in_node(told)
    first = clean_authors(people, told.outlets)
    if any(map(is_person, first)):
        return _completed(told, first)
    agency: tuple[str, ...] = first
    for found in _elsewhere(told):
        if any(map(is_person, found)):
            return found
        agency = agency or found
    return agency or clean_authors(others, told.outlets)


def _in_node(told: Told) -> tuple[list[str], list[str]]:
    node = told.node or {}
    people, others = jsonld.persons(node.get("author"))
    return (people, others) if people or others else jsonld.persons(node.get("creator"))


def _in_meta(told: Told, holding: str = "") -> Iterator[tuple[str, ...]]:
    """Yield the names of each meta tag that holds a name and more than that."""
    citation = told.meta.get("citation_author")
    if citation:
        yield clean_authors(citation.split(";"), told.outlets, reversed_names=True)
    for name in AUTHORS:
        if len(told.meta.get(name, "")) > len(holding) and holding in told.meta[name]:
            yield clean_authors(re.split(r"\s*;\s*", told.meta[name]), told.outlets)


def _completed(told: Told, first: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of JSON-LD, without those who only helped, or those of a byline with all of them and more."""
    mine = {name.casefold() for name in first}
    if len(first) > 1:
        helped = helpers(told.around, mine)
        return tuple(name for name in first if name.casefold() not in helped) or first
    seen = clean_authors([joined_names(wider_byline(told.around, first[0]))], told.outlets)
    fuller = (found for found in (*_in_meta(told, first[0]), seen) if mine < {name.casefold() for name in found})
    return next((found for found in fuller if all(map(looks_like_name, found))), first)


def _elsewhere(told: Told) -> Iterator[tuple[str, ...]]:
    yield from _in_meta(told)
    if told.scan.props:
        yield clean_authors(microdata.names_in(told.item, told.around, "author", "creator"), told.outlets)
    yield seen_authors(told.around, told.outlets)
    links = [link for link in told.scan.tree.iter("a") if is_author_link(link)]
    inside = (link for link in links if next(link.iterancestors("nav", "footer", "aside"), None) is None)
    first = next(inside, None)
    if first is not None and first.getparent() is not None:
        beside = [link for link in first.getparent().findall("a") if is_author_link(link)]
        names = clean_authors([text_of(link) for link in beside[:MOST_LINKS]], told.outlets)
        yield tuple(name for name in names if looks_like_name(name))
