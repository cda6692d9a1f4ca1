"""Text that looks like furniture, and markup that looks like a form's: all of it must stay."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from pipelines.extract import extract
from storage.types import Article, Page
from tests.golden.languages import Language, languages

FILE = Path(__file__).parent / "guards.toml"
Markup = Callable[[Language], str]


@cache
def sentences() -> dict[str, tuple[str, ...]]:
    """Return the sentences that must stay, by language."""
    return {code: tuple(lines) for code, lines in tomllib.loads(FILE.read_text("utf-8"))["sentences"].items()}


def lost_sentences(code: str) -> dict[str, str]:
    """Return the sentences of a language that extraction takes for furniture, in the middle or near the end."""
    story = languages()[code]
    found = {}
    for sentence in sentences()[code]:
        for place in (3, 6):
            lines = [*story.lines[:place], ("p", sentence), *story.lines[place:]]
            text = "".join(f"<{tag}>{line}</{tag}>" for tag, line in lines)
            if problem := _problem(story, f"<article><h1>{story.headline}</h1>{text}</article>", lines):
                found[sentence] = problem
    return found


def search_above(story: Language) -> str:
    """A search field in the text's container."""
    return f'<div><form><input type="search" name="q"><button>OK</button></form>{_title(story)}{_text(story)}</div>'


def log_in_above(story: Language) -> str:
    """Fields to log in, in the text's container."""
    fields = '<input type="email" name="u"><input type="password" name="p"><button>OK</button>'
    return f"<div><form>{fields}</form>{_title(story)}{_text(story)}</div>"


def poll_in_the_middle(story: Language) -> str:
    """A poll between two paragraphs."""
    poll = '<form><label><input type="radio" name="v"> 1</label><label><input type="radio" name="v"> 2</label><button>OK</button></form>'
    return f"<div>{_title(story)}{_text(story, {3: poll})}</div>"


def field_in_the_middle(story: Language) -> str:
    """A field with a button between two paragraphs."""
    return f"<div>{_title(story)}{_text(story, {3: '<div><input type=email><button>OK</button></div>'})}</div>"


def form_around_the_text(story: Language) -> str:
    """A form around the article alone."""
    return f'<main><form action="/save"><input type="hidden" name="id" value="7">{_title(story)}{_text(story)}</form></main>'


def comment_field_right_below(story: Language) -> str:
    """A text area without a word, in the text's container."""
    return f'<div>{_title(story)}{_text(story)}<textarea name="c"></textarea><button>OK</button></div>'


def labelled_fields_right_below(story: Language) -> str:
    """A form without a heading, whose fields are labelled, in the text's container."""
    fields = "".join(
        f"<p><label>{label}</label> <input name='{n}'></p>" for n, label in enumerate(story.form.labels[1:])
    )
    form = f"<form><textarea name='c'></textarea>{fields}<button>OK</button></form>"
    return f"<div>{_title(story)}{_text(story)}{form}</div>"


def each_in_its_own_box(story: Language) -> str:
    """Every paragraph in a section and two divs."""
    boxes = "".join(f"<section><div><div><{tag}>{line}</{tag}></div></div></section>" for tag, line in story.lines)
    return f"<main>{_title(story)}{boxes}</main>"


def bold_subheads(story: Language) -> str:
    """Subheads are paragraphs in bold."""
    lines = "".join(f"<p><strong>{line}</strong></p>" if tag == "h2" else f"<p>{line}</p>" for tag, line in story.lines)
    return f"<article>{_title(story)}{lines}</article>"


def deep_subheads(story: Language) -> str:
    """Subheads are of the fourth level."""
    return f"<article>{_title(story)}{_text(story).replace('h2>', 'h4>')}</article>"


def two_containers(story: Language) -> str:
    """The text stands in two containers with an advertisement between."""
    parts = [_text(story, lines=story.lines[:3]), _text(story, lines=story.lines[3:])]
    return f"<div>{_title(story)}<div>{parts[0]}</div><div><iframe src='about:blank'></iframe></div><div>{parts[1]}</div></div>"


MARKUPS: dict[str, Markup] = {
    "search above": search_above,
    "log in above": log_in_above,
    "poll in the middle": poll_in_the_middle,
    "field in the middle": field_in_the_middle,
    "form around the text": form_around_the_text,
    "comment field right below": comment_field_right_below,
    "labelled fields right below": labelled_fields_right_below,
    "each in its own box": each_in_its_own_box,
    "bold subheads": bold_subheads,
    "deep subheads": deep_subheads,
    "two containers": two_containers,
}


def lost_lines(markup: str) -> dict[str, str]:
    """Return the lines that are lost, by language."""
    found = {code: _problem(story, MARKUPS[markup](story), story.lines) for code, story in languages().items()}
    return {code: text for code, text in found.items() if text}


def _title(story: Language) -> str:
    return f"<h1>{story.headline}</h1>"


def _text(story: Language, after: dict[int, str] | None = None, lines: list[tuple[str, str]] | None = None) -> str:
    told = story.lines if lines is None else lines
    return "".join(f"<{tag}>{line}</{tag}>{(after or {}).get(n, '')}" for n, (tag, line) in enumerate(told))


def _problem(story: Language, markup: str, lines: list[tuple[str, str]]) -> str:
    """Return which of the lines are not in the body, or that they stand in another order; more may be there."""
    head = f'<head><meta charset="utf-8"><title>{story.headline}</title></head>'
    html = f'<!doctype html><html lang="{story.code}">{head}<body>{markup}</body></html>'
    result = extract(Page("https://www.courier.example/news/2026/story", html.encode()))
    if not isinstance(result, Article):
        return f"dropped: {result}"
    wanted, got = [line for _, line in lines], result.body.split("\n\n")
    kept = [line for line in got if line in wanted]
    return "" if kept == wanted else f"lacks {[line[:70] for line in wanted if line not in got] or 'order'}"
