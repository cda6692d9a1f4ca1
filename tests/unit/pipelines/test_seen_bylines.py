"""A byline that only readers see names the agency, too; what stands beside a picture or another article does not."""

from __future__ import annotations

import pytest
from lxml import html

from pipelines.bylines import seen_bylines
from pipelines.extract import extract
from storage.types import Article, Page

LINES = (
    "The office at the old pier will stay shut until the end of the month, and boats are to call at the new one.",
    "Two people who keep their boats in the bay said that they had not been told of it before.",
    "It was not clear on Tuesday evening who would open the swing bridge in the meantime, or for whom.",
    "Until then the harbour is run by the woman who has kept its books for thirty years, the council said.",
)
TEXT = "".join(f"<p>{line}</p>" for line in LINES)
PERSON = '<meta name="author" content="Ada Byron">'


def agency_of(seen: str, head: str = "", language: str = "en") -> str | None:
    """Return the agency of a page with this between its headline and its text."""
    page = f"<html lang={language}><head><title>Harbour master resigns</title>{head}</head><body><main><article>"
    page += f"<h1>Harbour master resigns</h1>{seen}<div class=text>{TEXT}</div></article></main></body></html>"
    found = extract(Page("https://www.courier.example/harbour", page.encode()))
    assert isinstance(found, Article)
    assert found.body.endswith("\n\n".join(LINES))
    return found.agency


@pytest.mark.parametrize(
    ("seen", "agency"),
    [
        ("<div class=byline>Reuters</div>", "Reuters"),
        ("<div class=byline>By Reuters</div>", "Reuters"),
        ("<div class=byline><span>By</span> <span>The Associated Press</span></div>", "AP"),
        ('<p class="article-author">AFP</p>', "AFP"),
        ('<span class="author-name">Press Association</span>', "PA Media"),
        ("<div class=byline>Ada Byron, Associated Press</div>", "AP"),
        ("<div class=byline>AFP, Reuters</div>", "AFP, Reuters"),
        ('<p><a href="/author/reuters">Reuters</a></p>', "Reuters"),
        ('<p><a rel=author href="/x/1">Xinhua</a></p>', "Xinhua"),
        ("<p>By Reuters</p>", "Reuters"),
        ("<div class=byline>Ada Byron</div>", None),
        ("<div class=byline>By our reporter</div>", None),
        ("<div class=byline>Courier</div>", None),
        # beside a picture
        ("<figure><img src=/a.jpg><span class=author>Reuters</span></figure>", None),
        ("<figure><img src=/a.jpg><figcaption><span class=byline>AFP</span></figcaption></figure>", None),
        ('<div class="lead-image"><img src=/a.jpg><span class=author>Reuters</span></div>', None),
        ('<div class="photo-credit"><span class=author>AP</span></div>', None),
        ("<div class=byline>Photo: Reuters</div>", None),
        # in what is no article
        ("<aside><a href=/x>Ferries stop</a> <span class=author>Reuters</span></aside>", None),
        ("<nav><span class=byline>Reuters</span></nav>", None),
    ],
)
@pytest.mark.parametrize("head", ["", PERSON], ids=["no author told", "an author told"])
def test_the_agency_of_a_visible_byline(seen: str, head: str, agency: str | None) -> None:
    assert agency_of(seen, head) == agency


def test_a_german_byline() -> None:
    assert agency_of("<div class=autor>Von dpa</div>", language="de") == "dpa"
    assert agency_of("<div class=autor>dpa/AFP</div>", language="de") == "dpa, AFP"


def test_a_sentence_and_a_long_text_are_no_bylines() -> None:
    said = ("By AP's count, nine masters have resigned.", "By " + "Ada Byron and " * 20, "By Reuters")
    page = html.fromstring("<main>" + "".join(f"<div class=byline>{text}</div>" for text in said) + "</main>")
    assert seen_bylines(page.iter("div")) == ("By Reuters",)
