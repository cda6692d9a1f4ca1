"""Articles on several pages: which link leads on, where the article begins, and how its pages are joined. Pure.

`rel=next` on news sites often names the next article, or the next page of comments or of a list. So a link counts only
when its address is the page's own apart from a page number that rises by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from pipelines.canonical import trusted_canonical
from pipelines.hosts import host_of
from pipelines.pagenumbers import Place, places
from pipelines.pagewords import is_standing, labelled_number, says_next, says_previous
from pipelines.urls import url_key

LONG = 60
"""Characters; a line of this length that comes again on a later page is the site's, not the author's."""
LONGEST_URL = 2000
SHORT = 12
"""Characters of an href that may be relative to the page: `2/`, `?page=2`, `page/2/`."""
_BACK = frozenset({"prev", "previous", "first", "start"})
_NUMBERED = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_RELATED = re.compile(r"next|prev|first|start", re.IGNORECASE)
_ANY = re.compile("")
_NO_NAMES = frozenset({"amp", "print", "index", "default"})
_COMMENTS = re.compile(
    r"(?<!has-)(?<!with-)(?<!no-)(?:com?ment|koment|komment|yorum|reacti[eo]|reacties|repl(?:y|ies)|respond|disqus|discuss|talkback)"
    r"(?!\w*[-_]?(?:open|closed|enabled|allowed|count))",
    re.IGNORECASE,
)
"""The id or class of what holds readers' comments, which have pages of their own."""


@dataclass(frozen=True, slots=True)
class _Control:
    """A link that may lead to another page of the article. `label` is its text; for one in the head, its title."""

    url: str
    rel: frozenset[str]
    label: str

    @property
    def is_next(self) -> bool:
        return "next" in self.rel

    @property
    def is_back(self) -> bool:
        return bool(self.rel & _BACK) or says_previous(self.label)


@dataclass(frozen=True, slots=True)
class Turns:
    """The pages that a page of an article leads to: the `following` one and, when it is a later one, the `first`."""

    following: str | None = None
    first: str | None = None


def turns_of(tree: HtmlElement, url: str, canonical: str | None, first: str | None = None) -> Turns:
    """Return where a page of an article leads. `first` is the address of its first page, where that is known."""
    return Turns(next_page(tree, url, canonical, first), None if first else first_page(tree, url, canonical))


def next_page(tree: HtmlElement, url: str, canonical: str | None, first: str | None = None) -> str | None:
    """Return the address of the article's next page, None when this is the last or the only one.

    `first` is the address of its first page, where that is known.
    """
    for base in _bases(url, canonical):
        ahead = _controls(tree, url, base, _NUMBERED)
        if not ahead or Place(base, 1).is_list:
            continue
        numbered = places(base)
        known = [place for place in numbered if first is not None and place.key == url_key(first)]
        for here in known or [Place(base, 1), *numbered]:
            found = next((control.url for control in ahead if _leads_on(here, control)), None)
            if found is not None and (known or here.is_page or _begins(tree, url, here, canonical) is not None):
                return found
    return None


def first_page(tree: HtmlElement, url: str, canonical: str | None) -> str | None:
    """Return the address of the article's first page when this is a later one and says so itself, else None."""
    later = [place for place in places(url) if place.number > (0 if place.form == "query" else 1)]
    return next((begin for place in later if (begin := _begins(tree, url, place, canonical)) is not None), None)


def join(parts: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of all pages in order. What pages repeat at their top or bottom, and page numbers, come once.

    A long line comes once wherever it stands; a short one in the middle of a page may well be meant twice.
    """
    pages = [[line for line in part if not (len(parts) > 1 and is_standing(line))] for part in parts]
    joined: list[str] = []
    seen: set[str] = set()
    for page, following in zip(pages, [*pages[1:], []], strict=False):
        fresh = _without_top(page, seen)
        kept = fresh[: len(fresh) - _same_end(fresh, following)]
        joined += [line for line in kept if len(line) < LONG or line not in seen]
        seen.update(kept)
    return joined


def adds(parts: Sequence[Sequence[str]], page: Sequence[str]) -> bool:
    """Tell whether a page has a line of text that none of the pages before it has."""
    seen = {line for part in parts for line in part}
    return any(line not in seen and not is_standing(line) for line in page)


def _without_top(page: Sequence[str], seen: set[str]) -> Sequence[str]:
    """Return a page's lines from the first one that no page before has; none when it brings nothing new."""
    start = next((index for index, line in enumerate(page) if line not in seen), len(page))
    return page[start:]


def _same_end(page: Sequence[str], following: Sequence[str]) -> int:
    """Return the number of lines that end both pages, and so come again at the end of the next one."""
    same = 0
    while same < min(len(page), len(following)) and page[-1 - same] == following[-1 - same]:
        same += 1
    return same


def _bases(url: str, canonical: str | None) -> Iterator[str]:
    """Yield the addresses that the page's number may be counted from: its own, then the one that it declares."""
    yield url
    told = trusted_canonical(canonical, url) if canonical != url else None
    if told is not None and url_key(told) != url_key(url) and all(place.key != url_key(told) for place in places(url)):
        yield told


def _controls(tree: HtmlElement, url: str, base: str, pattern: re.Pattern[str]) -> list[_Control]:
    """Return the links that could be the article's page controls, in document order; their href has the pattern.

    What leads to the same address under another number holds the address's last part, or is short.
    """
    name = _name(base)
    marked = [
        (element, label)
        for element in tree.iter("link", "a")
        if (href := element.get("href"))
        and (name in href or len(href) < SHORT or href[0] == "?")
        and pattern.search(href)
        and (label := _mark(element)) is not None
    ]
    origin = _origin(tree, url) if marked else url
    controls = (_control(element, label, origin) for element, label in marked)
    return [control for control in controls if control is not None]


def _name(base: str) -> str:
    """Return the last part of an address's path without numbers; nothing when it may be escaped in other ways."""
    shortest = min([base, *(place.stem for place in places(base))], key=len)
    parts = [part.partition(".")[0] for part in urlsplit(shortest).path.split("/") if part]
    name = next((part for part in reversed(parts) if part.lower() not in _NO_NAMES), "")
    return name if name.isascii() and "%" not in name else ""


def _mark(element: HtmlElement) -> str | None:
    """Return a link's text, or its title where it has none; None when nothing says that it turns pages."""
    in_head = element.tag == "link"
    label = "" if in_head else element.text_content().strip() or element.get("aria-label") or ""
    label = label or element.get("title") or ""
    turns = _RELATED.search(element.get("rel") or "") or labelled_number(label) or says_next(label)
    return label if turns or says_previous(label) else None


def _control(element: HtmlElement, label: str, origin: str) -> _Control | None:
    href = (element.get("href") or "").strip()
    target = None if _COMMENTS.search(href.partition("#")[2]) else _resolved(origin, href)
    if target is None or (element.tag != "link" and _in_comments(element)):
        return None
    return _Control(target, frozenset((element.get("rel") or "").lower().split()), label)


def _origin(tree: HtmlElement, url: str) -> str:
    element = tree.find(".//base[@href]")
    return (_resolved(url, element.get("href") or "") if element is not None else None) or url


def _resolved(origin: str, href: str) -> str | None:
    try:
        url = urljoin(origin, href).partition("#")[0]
    except ValueError:
        return None
    return url if len(url) <= LONGEST_URL and host_of(url) else None


def _in_comments(element: HtmlElement) -> bool:
    around = element.iterancestors("div", "section", "nav", "ul", "ol", "aside")
    return any(_COMMENTS.search(f"{one.get('id', '')} {one.get('class', '')}") for one in around)


def _leads_on(here: Place, control: _Control) -> bool:
    """Tell whether a link leads from one page of an article to the next."""
    number = labelled_number(control.label)
    for there in places(control.url):
        if there.key == here.key and here.form in ("", there.form):
            if there.number - here.number == 1 and _is_marked(control, there, number):
                return True
            if not here.form and there.number == 1 and _is_marked_from_zero(control, there, number):
                return True
    return False


def _is_marked(control: _Control, there: Place, number: int | None) -> bool:
    """Tell whether a link to the next number says that it leads to the next page.

    `title-2.html` may also be another article of that title: `rel=next` with words of its own is not enough there.
    """
    if number is not None:
        return number == there.number or (there.form == "query" and there.number > 2 and number == there.number + 1)
    if says_next(control.label):
        return True
    return control.is_next and (there.form != "suffix" or not control.label)


def _is_marked_from_zero(control: _Control, there: Place, number: int | None) -> bool:
    """Tell whether a link to number 1 leads to the second page, on sites that count from zero."""
    if there.form not in ("query", "suffix"):
        return False
    plain = says_next(control.label) or (control.is_next and there.form == "query")
    return number == 2 or (number is None and plain)


def _begins(tree: HtmlElement, url: str, here: Place, canonical: str | None) -> str | None:
    """Return the first page's address when canonical or a link back shows that this is a later page of it."""
    told = trusted_canonical(canonical, here.stem)
    if told is not None and url_key(told) == here.key:
        return told
    for control in _controls(tree, url, here.stem, _ANY):
        number = labelled_number(control.label)
        if url_key(control.url) == here.key:
            if number == 1 or (number is None and control.is_back and here.form != "suffix"):
                return control.url
        elif _goes_back(here, control, number):
            return control.url if here.form in ("slash", "suffix") and number == 1 else here.stem
    return None


def _goes_back(here: Place, control: _Control, number: int | None) -> bool:
    """Tell whether a link leads to a numbered page before this one."""
    if here.form == "slash" and not here.names_article:
        return False
    named = control.is_back and here.form != "suffix"
    before = [
        there.number
        for there in places(control.url)
        if there.key == here.key and there.form == here.form and 0 < there.number < here.number
    ]
    return any(named if number is None else number == one for one in before)
