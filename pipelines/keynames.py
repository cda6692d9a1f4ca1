"""What a URL key names: a front page, a section, an article. Pure string work on URL keys.

Sites declare their front page, the section, the address without its id: a key that such a canonical gave would merge
all articles of the section into one.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from pipelines.pagewords import PAGE_WORDS

ID_NAMES = re.compile(
    r"(?:p|.{0,12}id|.{0,8}(?:story|article|artikel|articulo|news|post|item|doc|node|nota|noticia)"
    r"|art|nr|no|n|num|number|code|key|slug|seq|idx|px|s|a|t|v)",
    re.IGNORECASE,
)
"""Query parameters that name the article at some CMS; to be matched whole."""
_SLUG = re.compile(r"\d{4}|-[^-]+-|_[^_]+_")
_DATE = re.compile(r"(?:19|20)\d\d(?:[-_.]?(?:0?[1-9]|1[0-2])(?:[-_.]?(?:0?[1-9]|[12]\d|3[01]))?)?")
_PLAIN = re.compile(r"[^\W\d_]{0,20}|\d{1,2}")
_PAGE = re.compile(rf"/(?:(?:{'|'.join(map(re.escape, PAGE_WORDS))})[-_/=]?)?\d{{1,2}}(?:\.\w{{1,5}})?", re.IGNORECASE)


def is_home(key: str) -> bool:
    """Tell whether a key is a host's front page."""
    return "/" not in key and "?" not in key and "#" not in key


def is_slug(segment: str) -> bool:
    """Tell whether a part of a path names an article: three words, or four digits that are no date."""
    return bool(_SLUG.search(segment)) and not _DATE.fullmatch(segment)


def is_section(key: str) -> bool:
    """Tell whether a key is a front page, a section's or a day's: nothing but plain words and dates (`/world/2026`)."""
    path, _, query = key.partition("?")
    if "#" in key or _ids(query):
        return False
    return all(_PLAIN.fullmatch(part) or _DATE.fullmatch(part) for part in path.split("/")[1:])


def loses_article(theirs: str, ours: str) -> bool:
    """Tell whether a canonical's key says less than the page's own: it names a section, or has lost the id."""
    if theirs == ours:
        return False
    return is_home(theirs) or _is_above(theirs, ours) or _lost_id(theirs, ours) or _only_section(theirs, ours)


def _only_section(theirs: str, ours: str) -> bool:
    """Tell whether a key is any section's while the other surely is an article's: `/sport` of `/news/12345`."""
    path, _, query = ours.partition("?")
    surely = is_slug(path.rpartition("/")[2]) or bool(_ids(query))
    return surely and is_section(theirs) and not path.startswith(f"{theirs}/")


def _is_above(theirs: str, ours: str) -> bool:
    """Tell whether a key is a section above the other: `/news` of `/news/flood`, not `/flood` of `/flood/2`."""
    above, _, query = theirs.partition("?")
    path = ours.partition("?")[0]
    if query or not path.startswith(f"{above}/"):
        return False
    return not is_slug(above.rpartition("/")[2]) and not _PAGE.fullmatch(path[len(above) :])


def _lost_id(theirs: str, ours: str) -> bool:
    """Tell whether a key has lost what names the article: `/story.php` of `/story.php?id=5`."""
    path, _, query = ours.partition("?")
    their_path, _, their_query = theirs.partition("?")
    if their_path != path or "#" in theirs or is_slug(path.rpartition("/")[2]):
        return False
    return bool(_ids(query) - _ids(their_query))


def _ids(query: str) -> frozenset[str]:
    """Return the names of a query's parameters that may name an article, with a value."""
    return frozenset(name.lower() for name, value in parse_qsl(query) if value and ID_NAMES.fullmatch(name))
