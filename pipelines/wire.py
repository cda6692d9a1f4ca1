"""Tell which news agencies an article comes from: by its byline, dateline, credit lines, and what its page declares.

A name in running text says nothing: an article about Reuters, or one that quotes what somebody told AFP, is no wire
copy. Short names are many things besides (PA, AP, TT), so a name counts only in the form that credits have, and in a
bracket or line that holds nothing else; a picture's credit never does. A line that says that an agency contributed, or
that its material was used, counts only where no author of the outlet's own is named. What the page declares counts
where nothing is seen. Keywords do not count: they hold what an article is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from pipelines import jsonld
from pipelines.authors import is_person
from pipelines.bywords import any_of
from pipelines.credits import AUTHORS
from pipelines.hosts import registrable_domain
from pipelines.metadata import Facts
from pipelines.roles import is_particle
from storage.types import Article

UNNAMED = "agencies"
MOST = 3
"""Agencies that an article names; more are a list of whom somebody follows."""
FIRST, LAST = 4, 4
"""Lines at a text's beginning that may hold a dateline, and at its end that may hold a credit."""
SHORT = 100
"""Characters; above a line so short at the end of a text, another may be the one with the credit."""
HEAD = 120
"""Characters of a line in which a dateline ends."""
LONGEST, LONGEST_NAMES = 300, 70
"""Characters of a line that is a credit, and of the names in one."""
CAPTIONS = "en"
"""In English, "(AP)" behind the last sentence of what somebody of the outlet wrote is the credit of a picture there."""
BYLINE, DATELINE, CREDIT, START, ENDING = "byline", "dateline", "credit", "start", "ending"
_LANGUAGE = re.compile(r"[a-z]{2}")
_BY = re.compile(rf"^\W{{0,3}}{any_of('by')}(?:\s*[:：]\s*|\s+)(?=\S)", re.IGNORECASE)
_EDGE = " \t\xa0.,:;*'\"“”„«»…|()[]{}（）【】「」《》〔〕<>–—-/_"
_PIECES = re.compile(r"\s*[/,;|&·•、，()（）\[\]]\s*|\s(?:[-–—+]|and|und|et|y|e|og|och|ja|i|и|та|和)\s")
_BYLINE_PIECES = re.compile(
    r"\s*[/,;|&·•、，()（）\[\]]\s*|\s(?:[-–—+]|and|und|et|y|e|og|och|ja|i|и|та|with|mit|avec|con|com|med|for|of|from)\s"
)
_PICTURE = re.compile(
    r"photo|foto|getty|image|\bbild|picture|graphic|写真|圖|图片|사진|이미지|제공|자료|캡처|фото|صورة|former",
    re.IGNORECASE,
)
"""Words of credits that are none of the text's."""
_INITIALS = re.compile(r"[a-zäöüßåøæé]{1,4}\.?|[\w-]+\.[a-z]{2,7}|[\w ,.:]{0,12}\d[\w ,.:-]{0,16}")
_UNSPACED = ("zh", "ja", "ko")
"""Languages whose names of agencies stand in longer words."""
_MARKS = "()/,.:;|-–—©[]（）：，。।\"“”«»_'’&+"
_BLANKS = str.maketrans(dict.fromkeys(_MARKS, " "))
_COMMON = {
    *("agency", "business", "city", "international", "media", "national", "news", "press", "reports", "service"),
    *("services", "united"),
}
"""Words of names that many other texts have."""
_HYPHEN = re.compile(r"(?<=\w)[-–](?=\w)")
_SIGNED = re.compile(r"([A-Z]{3,4})(?: [A-Z]{2,4}){1,5}")
_WIDE_PIECES = re.compile(r"[=＝・/,、\s\u3000]+")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_OPENING = ("(", "[", "（", "【", "［", "/", "|", " –", " —", "- ", "电", "電", "।")
"""One of them stands in every dateline."""
_HANGUL = re.compile("[가-힣]")
_INDIAN = re.compile(r"^(?P<one>[^,।(]{2,25}),\s(?P<other>[^,।(]{2,25})।")
"""As in "पीटीआई, नई दिल्ली।"."""
_BRACKETED = re.compile(
    r"^[\s\"“”„«»*•–-]{0,3}(?P<place>[^()\[\]（）【】［］]{0,80}?)\s*"
    r"[(\[（【［〔](?P<names>[^()\[\]（）【】［］]{2,60})[)\]）】］〕](?P<rest>.{0,3})"
)
_IN_STATE = re.compile(r"(?<=\w)\s\([^()]{2,30}\)(?:\s\[[^\[\]]{3,20}\])?(?=,|\s\()")
"""As in "Mumbai (Maharashtra) [India], November 26 (ANI)"."""
_SLASHED = re.compile(
    r"^(?P<place>[^/]{2,60}?)[\s.,–—-]+/\s?(?:[Кк]орр\.\s)?(?P<names>[^/]{2,30}?)\s?/(?P<rest>.{0,3})"
)
_DASHED = re.compile(r"^(?P<place>[^.—–:;()]{2,30},\s\d{1,2}\s\w{3,9}\.?)\s*[—–-]\s*(?P<names>[^.,(:]{2,30})[.,]")
_DOTTED = re.compile(
    r"^(?P<place>\w[\w -]{1,30}\.(?:\s\d{1,2}\s\w{3,9}\.)?)\s(?P<names>[\w.«»-]{3,25}(?: [\w-]+)?)\s?[–—-]\s"
)
_BARRED = re.compile(r"^(?P<place>[^\W\d_][\w/ -]{1,24}?)\s(?P<names>[\w/]{2,20})\s?\|\s")
_BARE = re.compile(r"^(?:\w[\w ]{1,20}\s[–—-]\s)?(?P<names>[^\W\d_][\w./-]{1,20}?)\.?\s?[–—|-]\s+(?=\S)")
_GOES_ON = re.compile(r"\s*[-–—―−:.,;=|।]|\s*[^\W\d_a-zß-öø-ÿа-яё]|\s*[\"“„«»‘'¿¡\d]")
_SEPARATED = re.compile(r"\s*[-–—―−:.,;=|।]")
_SENTENCE = re.compile(r".*[.!?…。！？।؟\"”»’)）]\s*(?=\S)", re.DOTALL)
_LAST_BRACKET = re.compile(r"(?:^|[.!?…。！？।؟\"”»’'])\s*[(\[（〔]([^()\[\]（）]{2,70})[)\]）〕][.。।]?$")
_COPYRIGHT = re.compile(
    r"^\W*(?:[\w ]{0,30}\s)?(?:©|\(c\)|\bcopyright\b)[\s©]*(?:\(c\)|copyright)?[\s©]*"
    r"(?:\(?\d{4}\)?(?:\s?[–-]\s?\d{4})?)?[\s,.]*(?:by\s)?(?P<names>[^.©:]{2,60}?)(?:\s\d{4})?\s*"
    r"(?:$|[.:|–—-]|\ball rights|\balle rechte|\btous droits|\btodos |\btutti )",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\bdpa:\d{6}-")
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
    names = _Names(article.language, article.url, facts.site)
    ends = _ends(article)
    found = [agency for text in _bylines(article, facts, ends) for agency in names.some_of(text)]
    found += _beside_authors(article, names, (*dropped, *ends.first, *ends.last))
    found += _in_dateline(ends.first, names)
    if ends.last:
        staff = any(map(is_person, article.authors))
        at_end = not (staff and article.language == CAPTIONS)
        found += [agency for line in ends.last for agency in _in_credit(line, names, at_end)]
        if not found and not staff:
            found += [agency for line in ends.last for agency in _in_contribution(line, names)]
    if not found:
        found += _declared(article, facts, names)
    told = tuple(dict.fromkeys(found))
    return tuple(agency for agency in told if agency != UNNAMED) or told


@dataclass(frozen=True, slots=True)
class _Name:
    """What a spelling stands for, and where: in texts of these languages, in these places; in all if it says none."""

    agency: str
    languages: frozenset[str]
    places: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Names:
    """What names mean in a text of one language, at an outlet with this name and address."""

    language: str | None
    url: str
    site: str | None

    def named(self, text: str, place: str) -> str | None:
        """Return the agency that a text names and nothing else, None where it names none."""
        key = _key(text)
        known = _known().get(key)
        if known is None:  # "Agencia EFE", "Reuters News Agency"
            known = _known().get(_key(_words("called", r"(?=\s|$)", r"(?:^|\s)").sub("", key)), ())
        for name in known:
            right = not name.languages or self.language in name.languages
            if right and (not name.places or place in name.places) and not self._is_own(key):
                return name.agency
        return None

    def _is_own(self, key: str) -> bool:
        """Tell whether a name is that of the outlet, which is none of the agencies."""
        return key.lower() in _own_names(self.url, self.site)

    def all_of(self, text: str, place: str) -> list[str]:
        """Return the agencies in a text that holds their names alone, with initials or a desk perhaps; else none."""
        whole = self.named(text, place)
        if whole is not None:
            return [whole]
        found: list[str] = []
        for piece in _PIECES.split(text):
            names = self._parts(piece, place)
            if not names and not self._is_beside(piece.strip(_EDGE)):
                return []
            found += names
        return found

    def some_of(self, text: str) -> list[str]:
        """Return the agencies in a byline, where people may stand beside them."""
        whole = self.named(text, BYLINE)
        if whole is not None or len(text) < 3 or _PICTURE.search(text) or "://" in text:
            return [whole] if whole else []
        pieces = [_BY.sub("", piece.strip(_EDGE)) for piece in _BYLINE_PIECES.split(_BY.sub("", text)) if piece]
        pieces = [re.sub(r"\sin\s[A-Z].*$", "", piece) for piece in pieces]
        return [agency for piece in pieces for agency in self._parts(piece, BYLINE) or self.employed(piece)]

    def employed(self, text: str) -> list[str]:
        """Return whom somebody works for: "AP Sports Writer", "AP's Ada Byron", "ADA BYRON Associated Press"."""
        words = text.split()
        for number in range(min(4, len(words) - 1), 0, -1):
            first = " ".join(words[:number])
            agency = self.named(re.sub(r"['’]s?$", "", first), BYLINE)
            if agency and (first[-2:] in ("'s", "’s", "s'", "s’") or any(map(_is_role, words[number : number + 4]))):
                return [agency]
        ends = [" ".join(words[-number:]) for number in (2, 3) if len(words) > number + 1]
        return [agency for end in ends if len(end) > 9 and (agency := self.named(end, BYLINE))][:1]

    def _parts(self, piece: str, place: str) -> list[str]:
        """Return the agency of a piece, or those that a hyphen joins ("ANSA-AFP")."""
        whole = self.named(piece, place)
        if whole is not None or not _HYPHEN.search(piece):
            return [whole] if whole else []
        found = [self.named(part, place) for part in _HYPHEN.split(piece)]
        return [agency for agency in found if agency] if all(found) else []

    def _is_beside(self, piece: str) -> bool:
        return (
            not piece
            or _INITIALS.fullmatch(piece) is not None
            or _words("beside").fullmatch(piece) is not None
            or any(map(self._is_own, (_key(piece), *_tokens(piece))))
        )


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
    first = [line for line in first if _may_begin(line) and _may_name(line, article.language)]
    return _Ends(top, first, [line for line in last if _may_credit(line, article.language)])


def _bylines(article: Article, facts: Facts, ends: _Ends) -> Iterator[str]:
    """Yield what a page says of its authors, and the lines at the top of the text that say "By"."""
    told = dict.fromkeys(article.authors)
    node, meta = facts.node or {}, facts.meta
    for value in (node[name] for name in ("author", "creator") if name in node):
        for texts in jsonld.persons(value):
            told |= dict.fromkeys(texts)
    told |= {meta[name]: None for name in _BYLINES if name in meta}
    yield from (text for text in told if len(text) < LONGEST and _may_name(text))
    yield from (line for line in (*ends.top, *ends.first) if len(line) <= SHORT and _BY.match(line))


def _beside_authors(article: Article, names: _Names, texts: Iterable[str]) -> list[str]:
    """Return the agencies that stand beside an author's name in a short text ("By — Ada Byron, Associated Press")."""
    found: list[str] = []
    for text in texts if article.authors else ():
        name = next((one for one in article.authors if one in text), None) if len(text) <= SHORT else None
        if name is not None and _may_name(text) and not _PICTURE.search(text):
            _, _, after = text.partition(name)
            found += [agency for piece in after.split(name)[:1] for agency in names.all_of(piece, BYLINE)]
    return found


def _in_dateline(lines: Iterable[str], names: _Names) -> list[str]:
    for line in lines:
        found = _before_text(line, names)
        if found:
            return found
    return []


def _before_text(line: str, names: _Names) -> list[str]:
    """Return the agencies in the dateline that a line begins with."""
    found = _BRACKETED.match(_IN_STATE.sub("", line)) or _SLASHED.match(line)
    if found is not None:
        place, told, rest = found["place"], found["names"], found["rest"]
        agencies = _wide_names(told, names) if _WIDE.search(told) and not place else names.all_of(told, DATELINE)
        if agencies and _is_place(place, told) and _leads_on(place, rest):
            return agencies
    dashed = _DASHED.match(line) or _DOTTED.match(line) or _BARRED.match(line)
    if dashed is not None and _is_place(dashed["place"], ""):
        return names.all_of(dashed["names"], DATELINE)
    indian = _INDIAN.match(line)
    if indian is not None:
        return names.all_of(indian["one"], START) or names.all_of(indian["other"], START)
    if _WIDE.match(line.lstrip("（(【")):
        return _wide_start(line, names)
    bare = _BARE.match(line)
    told = bare["names"] if bare else ""
    return names.all_of(told, START) if told and (told.islower() or not any(map(str.islower, told))) else []


def _leads_on(place: str, rest: str) -> bool:
    """Tell whether what follows a dateline's bracket is the beginning of a text."""
    caseless = bool(place) and not any(character.isupper() or character.isdigit() for character in place)
    return (_SEPARATED if caseless else _GOES_ON).match(rest) is not None


def _is_place(text: str, names: str) -> bool:
    """Tell whether a text may be a place with a date, and the name after it is not an abbreviation of it."""
    words = text.split()
    if not words:
        return True
    if len(words) > 9 or text[0].islower():
        return False
    dated = [any(map(str.isdigit, word)) for word in words]
    for number, word in enumerate(words):
        beside = any(dated[max(0, number - 1) : number + 2])
        if word[:1].islower() and not beside and len(word) > 3 and not is_particle(word.strip(",")):
            return False
    initials = "".join(word[0] for word in words if word[0].isupper()) if "," not in text else ""
    return sum(not one for one in dated) <= 6 and not (len(names) > 1 and initials.endswith(names.upper()))


def _wide_names(text: str, names: _Names) -> list[str]:
    """Return the agencies in a bracket as in 【東京共同】, (서울=연합뉴스), （新华社北京11月26日电）."""
    found: list[str] = []
    pieces = [piece for piece in _WIDE_PIECES.split(text) if piece]
    if _PICTURE.search(text) or (_HANGUL.search(text) and all(names.named(piece, DATELINE) for piece in pieces)):
        return []  # a caption's credit: [AP=연합뉴스]
    for piece in pieces:
        ending = next((one for one in _wide() if piece.endswith(one) and piece != one), "")
        joined = ending or re.search(rf"[=＝]{re.escape(piece)}$", text)
        agency = names.named(piece, DATELINE) or (names.named(ending or piece, ENDING) if joined else None)
        found += [agency] if agency else []
    return found or _wide_start(text, names)


def _wide_start(line: str, names: _Names) -> list[str]:
    """Return the agency of a Chinese dateline: 新华社北京11月26日电."""
    head = re.split("[，。,：:]", line[:40].lstrip("（(【据據"))[0]
    name = next((one for one in _wide() if head.startswith(one)), None)
    agency = names.named(name, DATELINE) if name and re.search("[电電]", head) else None
    return [agency] if agency else []


def _in_credit(line: str, names: _Names, at_end: bool) -> list[str]:
    """Return the agencies of a line that is a credit, or, `at_end`, of one that ends with a credit."""
    if _NUMBERED.search(line):
        return ["dpa"]
    found = _whole_credit(line, names) if len(line) <= LONGEST else []
    if found or not at_end:
        return found
    inside = _LAST_BRACKET.search(line[-LONGEST_NAMES - 4 :])
    if inside is not None and (found := _in_names(inside.group(1), names)):
        return found
    end = line.rstrip(" .")[-LONGEST_NAMES:]
    after = _SENTENCE.match(end)
    return _in_names(end[after.end() :], names) if after else []


def _whole_credit(line: str, names: _Names) -> list[str]:
    if len(line) <= LONGEST_NAMES and (found := _in_names(line, names)):
        return found
    holder = _COPYRIGHT.match(line)
    if holder is not None and (found := names.all_of(holder["names"], CREDIT)):
        return found
    if "™" in line and (marked := names.named(line.partition("™")[0], CREDIT)):
        return [marked]
    issued = _words("issued").search(line)
    if issued is not None:
        told = next(filter(None, issued.groups()), None)
        return names.all_of(told, CREDIT) if told else [UNNAMED]
    return ["Reuters"] if _is_signed_off(line) else []


def _in_names(text: str, names: _Names) -> list[str]:
    """Return the agencies of a text that is their names, with "Source:" before them perhaps, or initials after."""
    source = _words("source", r"\s*[:：]\s*").match(text.lstrip(_EDGE))
    text = text.lstrip(_EDGE)[source.end() :] if source else text
    text = text.split()[0] if source and _WIDE.match(text) else text
    signed = _SIGNED.fullmatch(text.strip(_EDGE))
    return names.all_of(signed.group(1) if signed else text, CREDIT)


def _in_contribution(line: str, names: _Names) -> list[str]:
    """Return the agencies that a line says have helped."""
    inside = _LAST_BRACKET.search(line)
    for text in (line, inside.group(1) if inside else ""):
        bare = text.strip(_EDGE)
        if not 3 < len(bare) <= LONGEST or _PICTURE.search(bare):
            continue
        material = _words("material", r"\s+(?:the\s+)?|(?<=['’:])\s*").match(bare)
        if material is not None:
            return names.some_of(bare[material.end() :])
        joined = _words("with", r"\s+", r".{0,40}?\b").match(bare) if len(bare) <= LONGEST_NAMES else None
        if joined is not None and (found := names.all_of(bare[joined.end() :], CREDIT)):
            return found
        helped = _words("contributed").search(bare)
        if helped is not None:
            begun = _words("with", r"\s+").match(bare)
            return names.some_of(bare[begun.end() if begun else 0 : helped.start()].strip())
    return []


def _declared(article: Article, facts: Facts, names: _Names) -> Iterator[str]:
    """Yield the agencies that a page names in a machine's terms, or whose own the page is."""
    meta, node = facts.meta, facts.node or {}
    for value in (node[name] for name in _PROPERTIES if name in node):
        told = (text for text in jsonld.texts(value, "name") if _may_name(text))
        yield from (agency for text in told if (agency := names.named(text, BYLINE)))
    for said in (meta[name] for name in _SOURCES if name in meta):
        yield from names.some_of(said[:LONGEST])
    for text in (*jsonld.texts(node.get("copyrightNotice")), *(meta[name] for name in _RIGHTS if name in meta)):
        yield from _whole_credit(text, names) if len(text) <= LONGEST else ()
    based = jsonld.texts(node["isBasedOn"], "url", "@id", "name") if "isBasedOn" in node else ()
    addresses = (article.url, article.canonical_url, *(meta[name] for name in _ADDRESSES if name in meta), *based)
    yield from (agency for url in addresses if url and (agency := _whose(url)))


def _whose(url: str) -> str | None:
    """Return the agency whose site an address belongs to."""
    labels = url.partition("://")[2].partition("/")[0].lower().split(".")
    return _outlets().get(".".join(labels[-2:])) or _outlets().get(".".join(labels[-3:]))


@lru_cache(maxsize=1024)
def _own_names(url: str, site: str | None) -> frozenset[str]:
    """Return the names of an outlet, in small letters; none for an agency's own: there they mean the agency."""
    if _whose(url):
        return frozenset()
    label = registrable_domain(url).partition(".")[0]
    return frozenset(_key(name).lower() for name in (label, site or "") if name)


def _may_name(text: str, language: str | None = None) -> bool:
    """Tell whether a text has a word that one of the names has: most have none, and are not looked at closely."""
    return language in _UNSPACED or not _signs().isdisjoint(_tokens(text))


def _may_begin(line: str) -> bool:
    return len(line) <= SHORT or any(mark in line for mark in _OPENING)


def _may_credit(line: str, language: str | None) -> bool:
    near = line if len(line) <= LONGEST else line[-LONGEST_NAMES:]
    return _may_name(near, language) or _is_signed_off(line)


def _is_signed_off(line: str) -> bool:
    """Tell whether a line is the list of who wrote and who edited that Reuters has at the end of its texts."""
    wrote = _words("wrote", r"\s", r"^\W{0,2}").match(line)
    return wrote is not None and _words("edited", r"\s", r"[;.,\s]").search(line, wrote.end()) is not None


def _tokens(text: str) -> list[str]:
    bare = text.lower()
    if bare.isascii():
        return bare.translate(_BLANKS).split()
    for mark in _MARKS:
        if mark in bare:
            bare = bare.replace(mark, " ")
    return bare.split()


def _key(text: str) -> str:
    bare = " ".join(text.split()).strip(_EDGE)
    bare = bare[4:] if bare[:4] in ("the ", "The ", "THE ") else bare
    return bare if len(bare) <= 4 else bare.lower()


def _is_role(word: str) -> bool:
    return _words("role").fullmatch(word.strip(_EDGE)) is not None


@cache
def _words(section: str, after: str = "", before: str = "") -> re.Pattern[str]:
    """Return one expression for the words of a section, with what stands before and after them."""
    words = [word.replace("_", " ") for line in _sections()[section] for word in line.split()]
    return re.compile(f"{before}(?:{'|'.join(words)})(?:{after})", re.IGNORECASE)


@cache
def _known() -> Mapping[str, tuple[_Name, ...]]:
    """Return what each spelling stands for."""
    known: dict[str, tuple[_Name, ...]] = {}
    for agency, spellings, _ in _entries():
        for group in spellings.split(";"):
            conditions, _, listed = group.rpartition(":")
            words = frozenset(conditions.split())
            languages = frozenset(word for word in words if _LANGUAGE.fullmatch(word))
            for spelling in listed.split(","):
                if spelling.strip():
                    name = _Name(agency, languages, words - languages)
                    known[_key(spelling)] = (*known.get(_key(spelling), ()), name)
    return known


@cache
def _signs() -> frozenset[str]:
    """Return a word of each spelling, one that few other texts have, and that of credits which tell no name."""
    words = [_tokens(key) for key in _known()]
    return frozenset({max(set(each) - _COMMON or each, key=len) for each in words} | {"feed"})


@cache
def _wide() -> tuple[str, ...]:
    """Return the spellings in Chinese, Japanese and Korean, and those that stand among them, longest first."""
    found = {key for key in _known() if _WIDE.search(key)} | {"AFP", "AP"}
    return tuple(sorted(found, key=len, reverse=True))


@cache
def _outlets() -> Mapping[str, str]:
    return {domain.strip(): agency for agency, _, domains in _entries() if domains for domain in domains.split(",")}


@cache
def _entries() -> list[tuple[str, str, str]]:
    parts = [[part.strip() for part in line.split("|")] for line in _sections()["agencies"]]
    return [(agency, spellings, domains) for agency, spellings, domains in parts]


@cache
def _sections() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    section = ""
    for line in files(__package__).joinpath("agencies.txt").read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
            found[section] = []
        elif line and not line.startswith("#"):
            found[section].append(line)
    return found
