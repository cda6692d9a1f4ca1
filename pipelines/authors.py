"""Clean authors: people and agencies, without "By", roles, e-mail addresses, social names or the outlet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pipelines.bywords import any_of, words
from pipelines.clean import clean_text
from pipelines.roles import bare_line, is_desk, is_particle, without_by, without_role

MOST = 12
MOST_WORDS = 6
_URL = re.compile(r"^(?:https?:|www\.|/)|\.(?:com|org|net|html?|co\.\w\w)\b", re.IGNORECASE)
_OFFICE = re.compile(rf"\b{any_of('office')}\b", re.IGNORECASE)
_PAPER = re.compile(
    rf"^the \w+|\b{any_of('paper')}$|新闻|新聞|通讯社|通信|編集部|编辑部|뉴스|وكالة",
    re.IGNORECASE,
)
_OF_OUTLET = re.compile(f"{any_of('outlet')}*")
_LETTERED = "|".join(rf"\s{one}\s(?=\w+ \w)" for one in ("i", "y", "e", "en", "a"))
"""Words for "and" that also stand in names: there two words must follow."""
_CONNECTORS = "|".join(
    rf"\s{one}\s"
    for one in (
        *("and", "und", "et", "og", "och", "ja", "és", "ve", "και", "и", "та", "și", "şi", "dan", "và", "و", "と"),
        *("와", "및", "with", "mit", "avec", "/"),
    )
)
_JOINED = re.compile(rf"^.*(?:&|{_CONNECTORS}|{_LETTERED})\s*[^,|•·]+", re.IGNORECASE)
_SPLIT = re.compile(
    rf"\s*(?:[;|&＆、，・•]|{_CONNECTORS}|{_LETTERED})\s*|\s*,\s*(?:and|und|et|y|e|og|och|en)?\s+|,(?=\S)",
    re.IGNORECASE,
)


def clean_authors(raw: Iterable[str], outlets: Iterable[str] = (), reversed_names: bool = False) -> tuple[str, ...]:
    """Return the names in what a page says of its authors, in order, each once, without those of the outlet.

    `reversed_names` says that each text is one name, its family name first before a comma.
    """
    found: dict[str, str] = {}
    papers = [outlets] if isinstance(outlets, str) else list(outlets)
    sites = [_plain(site) for site in papers]
    for text in raw:
        for whole in _names(_without_affiliation(text, papers), reversed_names):
            name = _without_paper(whole, papers)
            if _is_name(name, sites):
                found.setdefault(_plain(name), name)
    people = [name for name in found.values() if is_person(name)]
    return tuple(people or found.values())[:MOST]


def is_person(name: str) -> bool:
    """Tell whether a name is not that of a paper, an agency or a desk."""
    return not _PAPER.search(name) and _plain(name) not in words("agency") and not is_desk(name)


def looks_like_name(name: str) -> bool:
    """Tell whether a text that readers see, and that nothing marks as a name, is written as names are."""
    parts = name.replace("-", " ").split()
    if not 1 <= len(parts) <= 5 or any(character.isdigit() for character in name):
        return False
    if not any(character.isupper() or character.islower() for character in name):
        return 2 <= len(name) <= 24
    big = [part for part in parts if not is_particle(part)]
    return len(parts) >= 2 and len(big) >= 1 and all(part[0].isupper() or not part[0].isalpha() for part in big)


def joined_names(text: str) -> str:
    """Return a byline up to the name after its "and": what follows a comma may be a place. Empty without "and"."""
    found = _JOINED.match(text)
    return found.group() if found else ""


@lru_cache(maxsize=4096)
def _names(text: str, reversed_names: bool) -> list[str]:
    """Return the names in a text. Sites say their authors in several places, and on many pages."""
    text = bare_line(clean_text(text, 400))
    if reversed_names and text.count(",") == 1:
        text = " ".join(part.strip() for part in reversed(text.split(",")))
    text = without_role(text).strip(" ,;|")
    if _PAPER.search(text) and "&" in text:
        return [text]
    parts = [part.strip() for part in _SPLIT.split(text) if part and part.strip()]
    if len(parts) == 2 and "," in text and all(len(part.split()) == 1 and part[:1].isupper() for part in parts):
        agency = [part for part in parts if _plain(part) in words("agency")]
        parts = agency or [" ".join(reversed(parts))]
    if any(part[0].isupper() for part in parts):
        parts = [part for part in parts if not part[0].islower() or is_particle(re.split(r"[\s-]", part)[0])]
    return [_proper(_bare(without_role(without_by(_bare(part))))) for part in parts]


def _bare(part: str) -> str:
    """Return a name without what was around it, but with the dot of an initial ("Nelson C.J.") or of "Jr."."""
    part = part.strip()
    bare = part.strip(" .,;:|-–—()[]\"'*•·")
    return f"{bare}." if re.search(r"(?:\.[A-Z]|\b[JS]r)$", bare) and f"{bare}." in part else bare


def _proper(name: str) -> str:
    if " " not in name or len(name) <= 4 or _PAPER.search(name):
        return name
    return name.title() if name.isupper() or (name.islower() and name.isascii()) else name


def _without_affiliation(text: str, papers: Iterable[str]) -> str:
    """Return a byline without the outlet after its last comma or bar ("Ada Byron, North Shore Courier")."""
    for paper in papers:
        if len(paper) > 3 and text.casefold().rstrip(" .").endswith(paper.casefold()):
            cut = max(map(text.rfind, ",|•·"))
            return text[:cut] if cut > 0 else text
    return text


def _without_paper(name: str, papers: Iterable[str]) -> str:
    """Return a name without that of the outlet behind it ("Ada Byron Harbour Courier")."""
    for paper in papers:
        if " " in name and name.casefold().endswith(f" {paper.casefold()}"):
            bare = name[: -len(paper)].strip()
            return bare if " " in bare else name
    return name


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())


def _is_name(name: str, sites: list[str]) -> bool:
    plain = _plain(name)
    if plain in words("agency") and plain not in sites:
        return True
    wide = not name.isascii() and any(unicodedata.east_asian_width(character) in "WF" for character in name)
    if not (1 if wide else 2) < len(name) <= 60 or len(name.split()) > MOST_WORDS:
        return False
    if _URL.search(name) or sum(character.isdigit() for character in name) > 2 or _OFFICE.search(name):
        return False
    login = name.isascii() and " " not in name and name == name.lower()
    return plain not in words("nobody") and not login and not any(_is_outlet(plain, site) for site in sites)


def _is_outlet(plain: str, site: str) -> bool:
    """Tell whether a name is the outlet's, or that and "Staff"."""
    for bare in (site, re.sub(r"^the|(?:com|org|net|news|online)$", "", site)):
        if len(bare) > 3 and bare in plain:
            return _OF_OUTLET.fullmatch(plain.replace(bare, "", 1)) is not None
    return bool(site) and plain == site
