"""Boxes that are found by their form, and short articles that look like one."""

from __future__ import annotations

import pytest

from pipelines.extract import extract
from storage.types import Article, Page

SHORT = "A ferry has run aground off Marrow Bay; all forty passengers are safe, the coastguard said on Monday evening."
PROSE = [f"The {n}th boat that the coastguard sent out came back at noon with nothing but a wet dog and a story." for n in
         ("first", "second", "third", "fourth", "fifth", "sixth")]  # fmt: skip
CHROME = "".join(f"<div><a href='/{n}'>Another headline of the day, number {n}</a></div>" for n in range(40))
BYLINE = '<a href="/authors/nora-halvard">Nora Halvard</a>'
BIO = f"<div>{BYLINE}<p>Nora Halvard lives by the harbour and has written about boats for thirty years.</p></div>"
LETTER = (
    '<div><h3>The tide</h3><p>Sign up for our newsletter.</p><form><input type="email"><button>Go</button></form></div>'
)


def _body(markup: str) -> str:
    html = f"<html><head><title>Ferry aground</title></head><body>{CHROME}{markup}{CHROME}</body></html>"
    result = extract(Page("https://courier.example/ferry-aground", html.encode()))
    assert isinstance(result, Article), result
    return result.body


@pytest.mark.parametrize("box", [BIO, LETTER])
def test_a_box_below_the_text_goes(box: str) -> None:
    text = "".join(f"<p>{line}</p>" for line in PROSE)
    assert _body(f"<article><h1>Ferry aground</h1>{text}{box}</article>").split("\n\n") == PROSE


@pytest.mark.parametrize(
    "markup",
    [
        f"<h1>Ferry aground</h1><article><div>{BYLINE}<p>{SHORT}</p></div></article>",
        f"<h1>Ferry aground</h1><article><div><p>{SHORT} {SHORT}</p><form><input type='email'></form></div></article>",
    ],
)
def test_a_short_article_is_no_box(markup: str) -> None:
    assert SHORT in _body(markup)
