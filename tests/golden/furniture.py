"""Boxes that stand in or around a text without a class that says what they are: newsletters, links, captions, …"""

from __future__ import annotations

from collections.abc import Callable

from tests.golden.languages import Chrome, Language

Box = Callable[[Chrome], str]


def newsletter_form(c: Chrome) -> str:
    """A box with a field for the address."""
    heading, text, button = c.newsletter
    return (
        f'<div><h3>{heading}</h3><p>{text}</p><form><input type="email" name="m"><button>{button}</button></form></div>'
    )


def newsletter_link(c: Chrome) -> str:
    """A box with a link to where one subscribes."""
    heading, text, button = c.newsletter
    return f'<div><p><strong>{heading}</strong></p><p>{text}</p><p><a href="/newsletter">{button}</a></p></div>'


def related_list(c: Chrome) -> str:
    """A heading and a list of links."""
    return f"<div><h3>{c.related}</h3><ul>{_links(c, 'li')}</ul></div>"


def related_cards(c: Chrome) -> str:
    """A heading, and a picture with a linked heading for each."""
    cards = "".join(
        f'<div><a href="/c{n}"><img src="/c{n}.jpg" alt=""></a><h4><a href="/c{n}">{text}</a></h4></div>'
        for n, text in enumerate(c.teasers[:3])
    )
    return f"<div><h3>{c.related}</h3><div>{cards}</div></div>"


def related_line(c: Chrome) -> str:
    """One line with one link."""
    return f'<p><strong>{c.related}:</strong> <a href="/r">{c.teasers[0]}</a></p>'


def linked_line(c: Chrome) -> str:
    """A paragraph that is nothing but a link."""
    return f'<p><a href="/r"><b>{c.teasers[1]}</b></a></p>'


def most_read(c: Chrome) -> str:
    """A numbered list of links."""
    return f"<div><h3>{c.popular}</h3><ol>{_links(c, 'li')}</ol></div>"


def sharing(c: Chrome) -> str:
    """Links to share the article by."""
    items = "".join(f'<li><a href="#s">{text}</a></li>' for text in c.share)
    return f"<ul>{items}</ul>"


def advertisement(c: Chrome) -> str:
    """A label above a place for an advertisement."""
    return f'<div><div>{c.ad}</div><div id="x71"><iframe src="about:blank" title="3rd party"></iframe></div></div>'


def figure(c: Chrome) -> str:
    """A picture with its caption, in a figure."""
    return f'<figure><img src="/p.jpg" alt=""><figcaption>{c.caption}</figcaption></figure>'


def picture(c: Chrome) -> str:
    """A picture with its caption, in divs."""
    return f'<div><img src="/p.jpg" alt=""><div>{c.caption}</div></div>'


def biography(c: Chrome) -> str:
    """Who has written the text."""
    return f'<div><a href="/authors/7"><img src="/a.jpg" alt=""></a><p>{c.bio}</p></div>'


def cookie_banner(c: Chrome) -> str:
    """A question for consent."""
    return f"<div><p>{c.cookie}</p><button>{c.accept}</button></div>"


def imprint(c: Chrome) -> str:
    """Whose rights it all is."""
    return f'<div><p>{c.footer}</p><a href="/imprint">1</a></div>'


def _links(c: Chrome, tag: str) -> str:
    return "".join(f'<{tag}><a href="/l{n}">{text}</a></{tag}>' for n, text in enumerate(c.teasers[:4]))


def in_the_middle(language: Language, box: str) -> str:
    """The box stands between two paragraphs."""
    lines = [f"<{tag}>{line}</{tag}>" for tag, line in language.lines]
    return f"<div><h1>{language.headline}</h1>{''.join([*lines[:4], box, *lines[4:]])}</div>"


def at_the_end(language: Language, box: str) -> str:
    """The box stands in the container, below the text."""
    return f"<div><h1>{language.headline}</h1>{_text(language)}{box}</div>"


def behind(language: Language, box: str) -> str:
    """The box stands after the text's container."""
    return f"<article><h1>{language.headline}</h1>{_text(language)}</article>{box}"


def _text(language: Language) -> str:
    return "".join(f"<{tag}>{line}</{tag}>" for tag, line in language.lines)


PLACES: dict[str, Callable[[Language, str], str]] = {"middle": in_the_middle, "end": at_the_end, "behind": behind}
ANYWHERE = tuple(PLACES)
BOXES: dict[str, tuple[Box, tuple[str, ...]]] = {
    "newsletter with a field": (newsletter_form, ANYWHERE),
    "newsletter with a link": (newsletter_link, ANYWHERE),
    "related list": (related_list, ANYWHERE),
    "related cards": (related_cards, ("end", "behind")),
    "related line": (related_line, ANYWHERE),
    "linked line": (linked_line, ("middle", "end")),
    "most read": (most_read, ("end", "behind")),
    "sharing": (sharing, ANYWHERE),
    "advertisement": (advertisement, ANYWHERE),
    "figure": (figure, ("middle",)),
    "picture": (picture, ("middle",)),
    "biography": (biography, ("end", "behind")),
    "cookie banner": (cookie_banner, ("behind",)),
    "imprint": (imprint, ("behind",)),
}
