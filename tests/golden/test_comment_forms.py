"""Comment forms as the systems write them, in English; test_form_matrix.py has the languages."""

from __future__ import annotations

import pytest

from pipelines.extract import extract
from storage.types import Article, Page

PARAGRAPHS = (
    "The harbour authority will close the old swing bridge for eleven weeks from the first Monday in March, so that"
    " divers can replace the bearing on which its two hundred tonnes have turned since 1931.",
    "Lorries will be led over the northern causeway, which the council has widened for the purpose; cyclists and people"
    " on foot may use a pontoon that the fire brigade has lent until the work is done.",
    "Traders on the east quay expect to lose a third of their custom. “We were told of it nine days ago,” said Marit"
    " Olsen, who sells rope and lamp oil in the last chandlery of the town.",
    "The authority answers that every household had a letter in October. It has set aside forty thousand crowns for"
    " shops that can show what the closure costs them, to be paid out before midsummer.",
    "A second closure, shorter and at night, is planned for the autumn, when the motors will be taken out and sent to"
    " the works in Bergen where they were built.",
)  # fmt: skip
SUBHEAD = "What it means for the quay"
TEXT = "".join(f"<p>{text}</p>" for text in PARAGRAPHS[:3]) + f"<h2>{SUBHEAD}</h2>"
TEXT += "".join(f"<p>{text}</p>" for text in PARAGRAPHS[3:])
FIELDS = (
    '<textarea name="comment"></textarea><input name="author"><input name="email"><input type="submit" value="Post">'
)
NOTE = "Your email address will not be published. Required fields are marked *"
HEAD = "<title>Swing bridge to close for eleven weeks</title>"
H1 = "<h1>Swing bridge to close for eleven weeks</h1>"

FORMS = {
    "wordpress": f'<article class="post">{H1}<div class="entry-content">{TEXT}</div></article><div id="comments"'
    ' class="comments-area"><div id="respond" class="comment-respond"><h3 id="reply-title">Leave A Reply <small>'
    f'<a href="#">Cancel reply</a></small></h3><form id="commentform"><p>{NOTE}</p>{FIELDS}</form></div></div>',
    "heading and note inside the text": f"<div>{H1}{TEXT}<h3>Leave A Reply</h3><p>{NOTE}</p><form>{FIELDS}</form></div>",
    "heading and note after the text": f"<div>{H1}{TEXT}</div><h3>Leave A Reply</h3><p>{NOTE}</p><form>{FIELDS}</form>",
    "one container, form around the fields": f"<article>{H1}{TEXT}</article><section><h3>Leave A Reply</h3><p>{NOTE}</p>"
    f"<form>{FIELDS}</form></section>",
    "bare divs": f"<div>{H1}{TEXT}<div>Leave A Reply</div><div>{NOTE}</div><div><form>{FIELDS}</form></div></div>",
    "paragraphs only": f"<div>{H1}{TEXT}<p>Leave A Reply</p><p>{NOTE}</p><p>Name *</p><p>Email *</p><p>Website</p></div>",
    "strong and br": f"<div>{H1}{TEXT}<p><strong>Leave A Reply</strong><br>{NOTE}<br></p>{FIELDS}</div>",
    "text with br": f"<div>{H1}" + "<br><br>".join((*PARAGRAPHS[:3], SUBHEAD, *PARAGRAPHS[3:]))
    + f"<br><br>Leave A Reply<br>{NOTE}<br>{FIELDS}</div>",
    "with readers' comments": f"<div>{H1}{TEXT}<h3>2 Comments</h3><div><b>Jonas</b><p>I remember the bridge being closed"
    " in 1974 and nobody minded much, because we had the ferry in those days and the ferry was good.</p></div><div><b>Eva"
    "</b><p>Forty thousand is a joke. My cousin has a shop there and she will lose more than that on her own.</p></div>"
    f"<h3>Leave A Reply</h3><p>{NOTE}</p><form>{FIELDS}</form></div>",
    "page in an ASP.NET form": f'<form id="aspnetForm" method="post"><input type="hidden" name="__VIEWSTATE" value="x">'
    f"<div>{H1}{TEXT}</div><div><h3>Leave A Reply</h3><p>{NOTE}</p>{FIELDS}</div></form>",
    "definition list": f"<div>{H1}{TEXT}<h4>Leave A Reply</h4><dl><dt>{NOTE}</dt><dd>{FIELDS}</dd></dl></div>",
    "disqus": f'<article>{H1}{TEXT}</article><div id="disqus_thread"></div><noscript>Please enable JavaScript to view the'
    f" comments powered by Disqus.</noscript><p>View the discussion thread.</p><h3>Leave A Reply</h3><p>{NOTE}</p>",
    "facebook": f'<article>{H1}{TEXT}</article><h3>Leave A Reply</h3><p>{NOTE}</p><div class="fb-comments"></div>',
}  # fmt: skip


def _body(html: str) -> str:
    result = extract(
        Page(
            "https://courier.example/news/swing-bridge", f"<html><head>{HEAD}</head><body>{html}</body></html>".encode()
        )
    )
    assert isinstance(result, Article), result
    return result.body


@pytest.mark.parametrize("name", FORMS)
def test_the_form_stays_out_and_the_text_in(name: str) -> None:
    body = _body(FORMS[name])
    assert body.split("\n\n") == [*PARAGRAPHS[:3], SUBHEAD, *PARAGRAPHS[3:]]


def test_an_article_about_comments_is_not_cut() -> None:
    told = (
        "Readers who leave a reply under our articles have until Friday to say whether they want to go on doing so.",
        "The paper asked them to write a comment on the matter, and four hundred did so within a day of the question.",
        "“Your email address will not be published” is a promise that most sites make and, he said, few have kept so far.",
        "The share of readers who take part has fallen every year since the paper began to count them, a study finds.",
    )
    assert _body(f"<article>{H1}{''.join(f'<p>{text}</p>' for text in told)}</article>").split("\n\n") == list(told)
