"""Lines before, after and in an element, as a reader sees them."""

from __future__ import annotations

import pytest
from lxml.html import HtmlElement

from pipelines import forms
from pipelines.reading_order import blank, lines_after, lines_before, lines_in
from pipelines.tree import parse, text_of

MARKUP = """<main><h2>A <b>bold</b> head</h2><div>one<br>two <a>linked</a> on<p>three</p>four</div>
<form><input id="here"> label<ul><li>five</li><li>six</li></ul></form><p>seven</p></main>"""


def _here(markup: str = MARKUP) -> HtmlElement:
    return parse(f"<body>{markup}</body>").get_element_by_id("here")


def test_lines_come_nearest_first() -> None:
    above = list(lines_before(_here()))
    assert [line.text for line in above] == ["four", "three", "two linked on", "one", "A bold head"]
    assert [line.heading for line in above] == [False, False, False, False, True]
    assert [line.text for line in lines_after(_here())] == ["label", "five", "six", "seven"]


def test_lines_in_an_element() -> None:
    assert [line.text for line in lines_in(_here().getparent())] == ["label", "five", "six"]


def test_a_line_that_is_blanked_is_gone_and_its_element_stays() -> None:
    here = _here()
    line = next(line for line in lines_before(here) if line.text == "two linked on")
    blank(line.nodes)
    main = next(here.iterancestors("main"))
    assert "two" not in text_of(main) and "linked" not in text_of(main)
    assert main.find(".//a") is not None


FIELDS = '<p>Name *</p><input name="a"><textarea id="here"></textarea><button>Send</button>'
PROSE = "Long prose above the form. " * 9


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        (f"<h2>Sub</h2><p>Text.</p><h3>Say it</h3><p>We read it.</p>{FIELDS}", ["Sub", "Text."]),
        (f"<h2>One</h2><p>Text.</p><h2>Two</h2><p>Last.</p>{FIELDS}", ["One", "Text.", "Two", "Last."]),
        (f"<h2>One</h2><p>Text.</p></div><div><h2>Say it</h2><p>We read it.</p>{FIELDS}", ["One", "Text."]),
        (f"<h2>Sub</h2><p>Text.</p>{FIELDS}", ["Sub", "Text."]),
        ("<h2>Sub</h2><p>Text.</p><textarea id='here'></textarea><button>Send</button>", ["Sub", "Text."]),
        ("<p>Text.</p><textarea readonly id='here'>embed</textarea><button>Copy</button>", ["Text.", "embedCopy"]),
        ("<p>Text.</p><input type='password'><textarea id='here'></textarea>", ["Text."]),
    ],
)
def test_what_belongs_to_a_form_and_what_to_the_text(markup: str, left: list[str]) -> None:
    tree = parse(f"<body><div><p>{PROSE}</p>{markup}</div></body>")
    forms.take_out(tree)
    assert [line.text for line in lines_in(tree.find("body"))][1:] == left
