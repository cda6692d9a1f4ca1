"""Read what a page's attributes say of its article: microdata (itemprop in an itemscope) and RDFa (property)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml.html import HtmlElement

from pipelines.jsonld import ARTICLE_TYPES
from pipelines.scan import text_of

Item = dict[str, list[HtmlElement]]
_TYPE = re.compile(r"[/#:](\w+)/?$")
_BREADCRUMBS = "BreadcrumbList"
MOST = 400


def article_item(props: Iterable[HtmlElement], heading: HtmlElement | None) -> Item:
    """Return the properties of the page's article: of the item that the headline stands in, or has the most to say."""
    above = set(heading.iterancestors()) | {heading} if heading is not None else set()
    items: dict[HtmlElement | None, Item] = {}
    known: dict[HtmlElement, HtmlElement | None] = {}
    for element in list(props)[:MOST]:
        parent = element.getparent()
        if parent not in known:
            known[parent] = _owner(element)
        owner = known[parent]
        for name in _names(element):
            items.setdefault(owner, {}).setdefault(name, []).append(element)
    fit = {owner: item for owner, item in items.items() if owner is None or types_of(owner) & ARTICLE_TYPES}
    return max(fit.items(), key=lambda pair: (pair[0] in above, len(pair[1])), default=(None, {}))[1]


def breadcrumbs(props: Iterable[HtmlElement]) -> list[str]:
    """Return the names in the page's trail of breadcrumbs."""
    for element in list(props)[:MOST]:
        owner = _owner(element)
        if owner is not None and _BREADCRUMBS in types_of(owner):
            return [text for name in owner.xpath('.//*[@itemprop="name"]')[:8] if (text := value_of(name))]
    return []


def names_in(item: Item, around: Iterable[HtmlElement], *names: str) -> list[str]:
    """Return the names of the people in properties: those of nested persons, or the text itself.

    Where some of them stand about the headline, the others are of other articles.
    """
    found: list[str] = []
    elements = [element for name in names for element in item.get(name, ())[:10]]
    near = set(around)
    for element in [element for element in elements if element in near] or elements:
        inner = element.xpath('.//*[@itemprop="name" or @property="name" or @property="schema:name"]')[:5]
        found += [value_of(part) for part in inner] or [value_of(element)]
    return [name for name in found if name]


def first_of(item: Item, name: str) -> str:
    """Return the value of a property, empty when there is none."""
    return next((value for element in item.get(name, ()) if (value := value_of(element))), "")


def value_of(element: HtmlElement) -> str:
    """Return what an element with a property says: in an attribute for machines, else its text."""
    return (element.get("content") or element.get("datetime") or text_of(element)).strip()


def types_of(element: HtmlElement) -> set[str]:
    """Return the types of an item, without the namespace."""
    told = f"{element.get('itemtype') or ''} {element.get('typeof') or ''}".split()
    return {found.group(1) if (found := _TYPE.search(name)) else name for name in told}


def _owner(element: HtmlElement) -> HtmlElement | None:
    scopes = (above for above in element.iterancestors() if above.get("itemscope") is not None or above.get("typeof"))
    return next(scopes, None)


def _names(element: HtmlElement) -> list[str]:
    told = f"{element.get('itemprop') or ''} {element.get('property') or ''}".split()
    return [re.split(r"[/:#]", name)[-1] for name in told]
