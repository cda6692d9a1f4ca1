"""What ids and classes say of elements: Trafilatura's vocabulary and our own, each name judged once and remembered.

Trafilatura asks the same through XPath with regular expressions, which calls Python for each element of each page; a
site's pages share their names, so that remembering the answers is ten times as fast. The words are Trafilatura's own,
from `trafilatura.xpaths`, and a test holds the answers against its expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ahocorasick_rs import AhoCorasick
from lxml.html import HtmlElement
from trafilatura import xpaths

from pipelines.stems import split_pattern, stems_of

MOST_NAMES = 50_000
"""Remembered names; then all are forgotten, which bounds the memory."""


class Says:
    """What an id or a class attribute marks its element as: flags in an int, as an enum's cost a third of a page."""

    BOX = 1 << 0  # a comment form, newsletter, sharing bar, caption or biography, by a list of whole names
    APPENDED = 1 << 1  # what holds further articles, below the one that is read
    SURELY_APPENDED = 1 << 2
    COMMENTS = 1 << 3
    DISQUS = 1 << 4
    DISCARD = 1 << 5  # boilerplate by Trafilatura's tokens, on blocks
    DISCARD_ANY = 1 << 6  # the same, on any element
    COOKIE = 1 << 7
    REPLY = 1 << 8
    CAPTION = 1 << 9
    TEASER = 1 << 10
    ARTICLE_TEXT = 1 << 11  # what holds the text, from the surest name …
    STORY = 1 << 12
    CONTENT = 1 << 13
    MAIN = 1 << 14  # … to the vaguest
    NOISE = 1 << 15  # what stands beside a text, by words that are no reason to remove it


_NAMES = (
    r"respond|comment-?form|disqus[-_].*|fb[-_]comments|coral(?:[-_].*)?|comment-respond|comments?-area|comments?-list"
    r"|commentlist|comments?-section|(?:[\w-]+-)?comments?-(?:list|widget|wrapper|container|thread|feed|items?|block)"
    r"|(?:article|post|reader|user)-?comments|viafoura.*|openweb.*|spot-im.*|hyvor-talk.*"
    r"|comments|newsletter(?:-?(?:box|signup|form|widget|inline))?|inline-?newsletter|cookie-?(?:banner|notice|consent)"
    r"|author-?(?:bio|box|info)|about-?(?:the-)?author|related-?(?:posts|articles|stories|content|links|news)"
    r"|(?:image|photo|media|picture|wp)-?caption(?:-?text)?|caption-?text|(?:photo|image)-?credits?"
    r"|social-?(?:share|sharing|links|buttons|media)|share-?(?:bar|buttons|tools|links)"
)
_BOX = re.compile(rf"^(?:{_NAMES})$", re.IGNORECASE)
_NOISE = (
    "(?i:related|comment|promo|newsletter|recirc|teaser|sidebar|footer|recommend|caption|popular|outbrain|taboola"
    r"|\bbio\b)"
)
_BOTH = xpaths._OVERALL_DISCARD_BOTH_TOKENS
_COOKIE = "|".join(xpaths._CONSENT_ID_CLASS_TOKENS)
_IN_ID = {
    Says.APPENDED: r"mvp-post-add-(?:box|wrap)|infinite-?scroll",
    Says.SURELY_APPENDED: r"mvp-post-add-(?:box|wrap)",
    Says.COMMENTS: f"^(?:{xpaths._COMMENTS_ID})",
    Says.DISQUS: r"^(?:disqus_thread|dsq-comments)",
    Says.DISCARD: "|".join(_BOTH + xpaths._OVERALL_DISCARD_ID_TOKENS),
    Says.DISCARD_ANY: "reader-comments|akismet|hidden",
    Says.COOKIE: _COOKIE,
    Says.REPLY: "^reply-",
    Says.CAPTION: "caption",
    Says.TEASER: "[Tt]easer",
    Says.ARTICLE_TEXT: "^articleContent$|" + "|".join(xpaths._ARTICLE_CONTENT_ID_TOKENS),
    Says.STORY: "^article$|^story$|" + "|".join(xpaths._STORY_ID_TOKENS),
    Says.CONTENT: "^content$|[Mm]ain-[Cc]ontent|" + "|".join(xpaths._MAIN_CONTENT_ID_TOKENS),
    Says.MAIN: "^main",
    Says.NOISE: _NOISE,
}
_IN_CLASS = {
    Says.APPENDED: "mvp-post-add-(?:box|wrap)|infinite-?scroll|elementor-share-buttons",
    Says.SURELY_APPENDED: "mvp-post-add-(?:box|wrap)|elementor-share-buttons",
    Says.COMMENTS: xpaths._COMMENTS_CLASS,
    Says.DISCARD: "|".join(_BOTH + xpaths._OVERALL_DISCARD_CLASS_TOKENS),
    Says.DISCARD_ANY: "^comments-title$|^hide-|comments-title|nocomments|-reply-|message|akismet|suggest-links|-hide-"
    "|hide-print| hidden| hide|noprint|notloaded",
    Says.COOKIE: _COOKIE,
    Says.REPLY: "^reply-",
    Says.CAPTION: "caption",
    Says.TEASER: "[Tt]easer",
    Says.ARTICLE_TEXT: "^post$|^entry$|" + "|".join(xpaths._ARTICLE_CONTENT_CLASS_TOKENS),
    Says.STORY: "^(?:postarea|art-postcontent|text|cell|story)$|(?i:fulltext)|" + "|".join(xpaths._STORY_CLASS_TOKENS),
    Says.CONTENT: "^content$|[Mm]ain-[Cc]ontent|[Pp]age-[Cc]ontent|" + "|".join(xpaths._MAIN_CONTENT_CLASS_TOKENS),
    Says.MAIN: "^main",
    Says.NOISE: _NOISE,
}


class _Judge:
    """Judges names of one attribute: a pattern is only tried where a text stands that must be in what it matches."""

    def __init__(self, patterns: dict[int, str]) -> None:
        boxes = stems_of(_NAMES)
        by_stem: dict[str, list[tuple[int, str | re.Pattern[str]]]] = {stem: [] for stem in boxes}
        for flag, text in patterns.items():
            for part in split_pattern(text):
                told = part if re.fullmatch(r"[\w -]+", part) else re.compile(part)
                for stem in stems_of(part):
                    by_stem.setdefault(stem, []).append((flag, told))
        self._tests = list(by_stem.values())
        self._boxes = {number for number, stem in enumerate(by_stem) if stem in boxes}
        self._stems = AhoCorasick(list(by_stem))
        self._known: dict[str, int] = {}

    def __call__(self, name: str) -> int:
        """Return what a name says, as flags of Says."""
        found = self._known.get(name)
        return found if found is not None else self._judge(name)

    def _judge(self, name: str) -> int:
        if len(self._known) >= MOST_NAMES:
            self._known.clear()
        says = 0
        lower = name.lower()
        stems = {number for number, _, _ in self._stems.find_matches_as_indexes(lower, overlapping=True)}
        for number in stems:
            for flag, told in self._tests[number]:
                if not says & flag and (told in name if isinstance(told, str) else told.search(name)):
                    says |= flag
        if not stems.isdisjoint(self._boxes) and any(map(_BOX.match, lower.replace("_", "-").split())):
            says |= Says.BOX
        self._known[name] = says
        return says


of_id = _Judge(_IN_ID)
of_class = _Judge(_IN_CLASS)


def named(tree: HtmlElement, wanted: int, *tags: str) -> Iterator[tuple[HtmlElement, int, int]]:
    """Yield the elements below `tree` whose id or class says one of `wanted`, with what each of the two says.

    With `tags`, only elements with one of these are looked at.
    """
    for element in tree.iterdescendants(*tags):
        name = element.get("id")
        by_id = of_id(name) if name else 0
        name = element.get("class")
        by_class = of_class(name) if name else 0
        if (by_id | by_class) & wanted:
            yield element, by_id, by_class


def by_first(element: HtmlElement, by_id: int, by_class: int) -> int:
    """Return what the attribute says that comes first in the markup: all that XPath's `@id|@class` looks at."""
    return by_id if next((name for name, _ in element.items() if name in ("id", "class")), "") == "id" else by_class
