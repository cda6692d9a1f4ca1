"""The fast extraction gives what Trafilatura's own steps give, and judges names as its expressions do."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.etree import XPath
from lxml.html import HtmlElement
from trafilatura import main_extractor, xpaths
from trafilatura.htmlprocessing import convert_tags, prune_unwanted_nodes, tree_cleaning
from trafilatura.settings import Extractor

from pipelines.body import main_text
from pipelines.markup import decode, without_scripts
from pipelines.naming import Says, by_first, named, of_class, of_id
from pipelines.stems import stems_of
from pipelines.tree import parse
from storage.types import Page

OPTIONS = Extractor(fast=True, comments=False, output_format="python")
GOLDEN = sorted((Path(__file__).parents[2] / "golden" / "pages").glob("*.html"))
TOKENS = [
    token
    for group in (
        xpaths._OVERALL_DISCARD_BOTH_TOKENS,
        xpaths._OVERALL_DISCARD_ID_TOKENS,
        xpaths._OVERALL_DISCARD_CLASS_TOKENS,
        xpaths._ARTICLE_CONTENT_CLASS_TOKENS,
        xpaths._STORY_CLASS_TOKENS,
        xpaths._MAIN_CONTENT_CLASS_TOKENS,
    )
    for token in group
]
WORDS = [
    *sorted(stem for token in TOKENS for stem in stems_of(token)),
    *(
        "Comment",
        "comments",
        "commentary",
        "fullText",
        "MAIN",
        "main",
        "post",
        "entry",
        "hide",
        "hidden",
        "css-1x2y3z",
        "Teaser",
    ),
]


def _tree(path: Path) -> HtmlElement:
    tree = parse(without_scripts(decode(Page("https://courier.example/", path.read_bytes()))))
    prune_unwanted_nodes(tree, xpaths.RAW_TREE_PRUNE_XPATH)
    return prune_unwanted_nodes(tree, xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_text_is_that_of_trafilaturas_own_steps(path: Path) -> None:
    cleaned = convert_tags(tree_cleaning(_tree(path), OPTIONS), OPTIONS, None)
    stock, _, _ = main_extractor._extract(cleaned, OPTIONS)
    ours = main_text(_tree(path), orphans=True)
    assert ["".join(part.itertext()) for part in ours] == ["".join(part.itertext()) for part in stock]


names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).flatmap(
    lambda words: st.sampled_from([" ".join(words), "-".join(words), "".join(words)])
)


@given(names, names, st.sampled_from(["div", "p", "a", "section", "article"]), st.randoms(use_true_random=False))
def test_names_are_judged_as_by_the_expressions(by_id: str, by_class: str, tag: str, draw: random.Random) -> None:
    attributes = [f'id="{by_id}"', f'class="{by_class}"']
    draw.shuffle(attributes)
    tree = parse(f"<body><main><{tag} {' '.join(attributes)}>x</{tag}></main></body>")
    element = tree.find(f".//main/{tag}")
    says = of_id(by_id) | of_class(by_class)
    first = by_first(element, of_id(by_id), of_class(by_class))
    block, frame = tag in ("div", "p", "section"), tag in ("div", "article", "section")
    assert bool(block and (says & Says.DISCARD or first & Says.COOKIE)) == _finds(
        xpaths.OVERALL_DISCARD_XPATH[0], element
    )
    assert bool(says & Says.DISCARD_ANY or first & Says.REPLY) == _finds(xpaths.OVERALL_DISCARD_XPATH[1], element)
    assert bool(block and says & Says.TEASER) == _finds(xpaths.TEASER_DISCARD_XPATH[0], element)
    assert bool(block and says & Says.CAPTION) == _finds(xpaths.DISCARD_IMAGE_ELEMENTS[0], element)
    assert bool(frame and says & Says.ARTICLE_TEXT) == _finds(xpaths.BODY_XPATH[0], element)
    assert bool(frame and says & Says.STORY) == _finds(xpaths.BODY_XPATH[2], element)
    assert bool(frame and says & Says.CONTENT) == _finds(xpaths.BODY_XPATH[3], element)


def _finds(expression: XPath, element: HtmlElement) -> bool:
    return element in expression(element.getparent())


@pytest.mark.parametrize("orphans", [True, False])
def test_a_heading_goes_with_the_links_below_it(orphans: bool) -> None:
    prose = "".join(
        f"<p>The {n}th line of the text is a line of prose and has no link in it at all.</p>" for n in range(9)
    )
    links = "".join(f'<li><a href="/{n}">Another story of the day, number {n}</a></li>' for n in range(4))
    tree = parse(f"<body><article>{prose}<div><h3>Read on</h3><ul>{links}</ul></div>{prose}</article></body>")
    text = "\n".join(main_text(tree, orphans=orphans).itertext())
    assert ("Read on" in text) is orphans and "Another story" not in text


def test_all_names_are_yielded_once() -> None:
    tree = parse('<body><div id="comments"><p class="comments">x</p></div><div class="plain">y</div></body>')
    assert [element.tag for element, _, _ in named(tree, Says.COMMENTS)] == ["div", "p"]
    assert [element.tag for element, _, _ in named(tree, Says.COMMENTS, "p")] == ["p"]


@pytest.mark.parametrize(
    ("pattern", "stems"),
    [
        ("post[-_]text", {"post"}),
        ("(?:entry|article)-content", {"-content"}),
        ("^(?:leave|post) (?:reply|comment)$", {"reply", "comment"}),
        ("[Cc]omment(?!ary)", {"omment"}),
        ("e-?mail", {"mail"}),
        ("a+b{0,3}", {"a"}),
        ("one|two", {"one", "two"}),
        (".*", {""}),
        (r"what\?", {"what?"}),
    ],
)
def test_stems(pattern: str, stems: set[str]) -> None:
    assert stems_of(pattern) == stems
