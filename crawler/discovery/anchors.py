"""The anchors of a section page, gathered by the address that they lead to: texts, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from crawler.discovery.addresses import absolute
from crawler.discovery.titles import plain_title
from pipelines.hosts import registrable_domain
from pipelines.urls import url_key

MOST_ANCHORS = 20_000
_LOOK_UP = 12
"""How many elements around an anchor are looked at."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_ASIDE = {"nav", "footer", "header", "form", "menu", "aside"}
_ASIDE_ROLES = {"navigation", "menu", "menubar", "contentinfo", "banner", "search", "complementary"}
_ASIDE_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|mainmenu|submenu|footer|topbar|masthead|breadcrumbs?|social|share|sharing"
    r"|cookie|consent|login|pagination|pager|paging|tags|skip)(?:$|[\s_-])",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Target:
    """An address of the page's own outlet, and what its anchors tell of it."""

    url: str
    texts: list[str] = field(default_factory=list)
    headlines: list[str] = field(default_factory=list)
    in_article: bool = False
    in_aside: bool = True
    """All its anchors stand in navigation, a footer or the like."""
    with_image: bool = False
    dated: bool = False
    """A time stands beside an anchor."""

    @property
    def title(self) -> str | None:
        """The longest headline, or else the longest text."""
        return max(self.headlines or self.texts, key=len, default=None)


def targets(tree: HtmlElement, base: str, url: str) -> list[Target]:
    """Return the addresses at the outlet of `url` that a page leads to, in document order, without the page's own."""
    own, outlet = url_key(url), registrable_domain(url)
    found: dict[str, Target] = {}
    for anchor in islice(tree.iter("a", "area"), MOST_ANCHORS):
        address = _address(anchor.get("href"), base)
        if address is None or registrable_domain(address) != outlet:
            continue
        key = url_key(address)
        if key != own:
            _note(found.setdefault(key, Target(address)), anchor)
    return list(found.values())


def _address(href: str | None, base: str) -> str | None:
    href = (href or "").strip()
    return absolute(base, href.partition("#")[0]) if href and href[0] != "#" else None


def _note(target: Target, anchor: HtmlElement) -> None:
    """Add what one anchor tells of its target."""
    around = list(islice(anchor.iterancestors(), _LOOK_UP))
    inner = next(anchor.iter(*_HEADINGS), None)
    heading = inner is not None or any(element.tag in _HEADINGS for element in around[:4])
    text = _words(inner) if inner is not None else _words(anchor) or _named(anchor)
    if text:
        (target.headlines if heading else target.texts).append(text)
    target.in_article = target.in_article or any(element.tag == "article" for element in around)
    target.with_image = target.with_image or next(anchor.iter("img", "picture"), None) is not None
    target.dated = target.dated or any(next(one.iter("time"), None) is not None for one in (anchor, *around[:1]))
    target.in_aside = target.in_aside and _is_aside(around)


def _words(element: HtmlElement) -> str | None:
    return plain_title(" ".join(element.itertext()), 300)


def _named(anchor: HtmlElement) -> str | None:
    """Return the name of an anchor without text: its label, its title, or what its image shows."""
    image = next(anchor.iter("img"), None)
    told = (anchor.get("aria-label"), anchor.get("title"), image.get("alt") if image is not None else None)
    return next((name for text in told if text and (name := plain_title(text, 300))), None)


def _is_aside(around: Iterable[HtmlElement]) -> bool:
    """Return whether navigation is nearer around an anchor than an article is; an article's own header is none."""
    elements = list(around)
    in_article = any(element.tag == "article" for element in elements)
    for distance, element in enumerate(elements):
        if in_article and element.tag == "header":
            continue
        if element.tag in ("article", "main"):
            return False
        if element.tag in _ASIDE or element.get("role") in _ASIDE_ROLES:
            return True
        if distance < 6 and _ASIDE_NAME.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            return True
    return False
