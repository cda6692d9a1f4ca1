"""Find comment forms by their fields, in any language and markup, and take out the words that belong to them.

What stands between the fields is the form's. Above them, a reader finds a heading and a note or two; they are known
by their words, by the star of required fields, or by standing in a heading's place, and the text ends above them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from lxml.html import HtmlElement

from pipelines.formwords import is_form_text
from pipelines.lines import SENTENCE
from pipelines.phrases import phrases
from pipelines.reading_order import HEADINGS, Line, Node, blank, lines_after, lines_before, text_at

LONGEST_LINE = 300
LONGEST_NOTE = 200
LONGEST_LABEL = 60
MOST_LINES = 12
GAP = 400
"""Characters between two fields of one form."""
_STAR = re.compile(r"[*＊※]")
_UNPUNCTUATED = re.compile("[\u0e00-\u0eff\u1780-\u17ff]")


def take_out(tree: HtmlElement) -> list[str]:
    """Take the words of comment forms out of a tree, in place; return them."""
    if tree.find(".//textarea") is None:
        return []
    words: list[str] = []
    elements = list(tree.iter())
    place = {element: number for number, element in enumerate(elements)}
    for group in list(_groups(elements, place)):
        if _is_comment_form(group) and _is_below(elements, place[group[0]], place[group[-1]]):
            inside = _between(elements, place, group)
            labelled = any(text_at(node).strip() and node[0].tag != "button" for node in inside)
            own = [(element, False) for element in group[-1].iter()]
            nodes = [*inside, *own, *_above(group[0], labelled), *_below(group[-1])]
            words += [text for node in nodes if (text := " ".join(text_at(node).split()))]
            blank(nodes)
    return words


def _groups(elements: Sequence[HtmlElement], place: dict[HtmlElement, int]) -> Iterator[list[HtmlElement]]:
    """Yield the fields of a page in groups with little text between."""
    group: list[HtmlElement] = []
    for element in elements:
        if element.tag not in ("textarea", "input", "button", "select") or element.get("type") in ("hidden", "search"):
            continue
        if group and sum(len(text_at(node)) for node in _between(elements, place, [group[-1], element])) > GAP:
            yield group
            group = []
        group.append(element)
    if group:
        yield group


def _is_comment_form(group: list[HtmlElement]) -> bool:
    areas = [field for field in group if field.tag == "textarea" and field.get("readonly") is None]
    kinds = {(field.get("type") or "").lower() for field in group if field.tag == "input"}
    others = len(group) - len(areas)
    return bool(areas) and others > 0 and "password" not in kinds


def _is_below(elements: Sequence[HtmlElement], first: int, last: int) -> bool:
    """Tell whether most of the page's long texts stand above the fields."""
    above = sum(len(element.text) for element in elements[:first] if element.text and len(element.text) > 80)
    below = sum(len(element.text) for element in elements[last:] if element.text and len(element.text) > 80)
    return above >= below


def _between(elements: Sequence[HtmlElement], place: dict[HtmlElement, int], group: list[HtmlElement]) -> list[Node]:
    """Return the texts between the first and the last of the fields."""
    first, last = group[0], group[-1]
    above = set(last.iterancestors())
    nodes: list[Node] = [(first, True)] if first is not last and first.tail else []
    for element in elements[place[first] + 1 : place[last] + 1]:
        if element.text and element is not last:
            nodes.append((element, False))
        if element.tail and element is not last and element not in above:
            nodes.append((element, True))
    return nodes


def _above(field: HtmlElement, labelled: bool) -> list[Node]:
    """Return the texts above the fields that belong to the form.

    A form whose fields are labelled may have a heading of its own words, and a note below it, if they stand apart from
    the text and its subheadings; else known words or a star must tell.
    """
    taken: list[Line] = []
    doubtful: list[Line] = []
    headed = False
    lines = list(islice(lines_before(field), MOST_LINES + 1))
    for number, line in enumerate(lines[:MOST_LINES]):
        kind = _kind(line, number == 0)
        if kind == "form":
            taken += [*doubtful, line]
            doubtful = []
            labelled = labelled or _STAR.search(line.text) is not None
            headed = headed or line.heading or phrases("comment form").search(line.text) is not None
        elif headed or kind == "text" or len(doubtful) > 2 or (line.heading and not labelled):
            break
        elif kind == "heading" and labelled and (line.heading or not any(map(_is_label, doubtful))):
            if doubtful and not _is_apart(line, lines[number + 1 : number + 2]):
                break
            taken += [*doubtful, line]
            doubtful, headed = [], True
        else:
            doubtful.append(line)
    return [node for line in taken for node in line.nodes]


def _is_apart(heading: Line, above: list[Line]) -> bool:
    """Tell whether a heading is none of the text's: in a box of its own, or not as the text's subheadings are."""
    block = heading.block
    if not above or above[0].block.getparent() is not block.getparent():
        return True
    others = {sibling.tag for sibling in block.itersiblings(*HEADINGS, preceding=True) if sibling.tag != "h1"}
    return bool(others) and block.tag not in others


def _is_label(line: Line) -> bool:
    return len(line.text) <= LONGEST_LABEL and not SENTENCE.search(line.text)


def _kind(line: Line, is_next: bool) -> str:
    """Return what a line above the fields may be: form | heading | label | sentence | text."""
    text = line.text
    if len(text) > LONGEST_LINE:
        return "text"
    if _STAR.search(text) or is_form_text(text):
        return "form"
    if line.heading:
        return "heading"
    if (
        (SENTENCE.search(text) and text[-1] not in "?？؟;")
        or len(text) > LONGEST_LABEL
        or (_UNPUNCTUATED.search(text) and len(text) > 20)
    ):
        return "sentence" if len(text) <= LONGEST_NOTE else "text"
    return "label" if is_next else "heading"


def _below(field: HtmlElement) -> list[Node]:
    """Return the line that belongs to a last box to tick."""
    if (field.get("type") or "").lower() != "checkbox":
        return []
    line = next(lines_after(field), None)
    return list(line.nodes) if line is not None and len(line.text) <= LONGEST_NOTE else []
