"""Clean text, languages, words, service lines, walls."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.access import access_of, is_bot_wall, is_missing_page
from pipelines.boilerplate import Known, filter_lines, is_service
from pipelines.clean import clean_body, clean_text
from pipelines.language import code_of, detect
from pipelines.lines import count_words
from pipelines.markup import overgrown, visible, without_scripts
from storage.types import Access


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("A &amp; B", "A & B"),
        ("A &amp;amp; B", "A & B"),
        ("<b>A</b> B", "A B"),
        ("&lt;img src=x onerror=alert(1)&gt;A", "A"),
        ("a < b and c > d", "a < b and c > d"),
        (" A\n\t B ", "A B"),
        ("A\x00\x07B\ud800", "AB"),
        ("cafe\u0301", "café"),
        ("\u200bA\ufeff", "A"),
        ("x" * 600, "x" * 499 + "…"),
    ],
)
def test_clean_text(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@given(st.text(st.characters(), max_size=200))
def test_what_is_clean_can_be_stored(text: str) -> None:
    for clean in (clean_text(text), clean_body(text)):
        clean.encode("utf-8")
        assert "\x00" not in clean and clean == unicodedata.normalize("NFC", clean) and clean == clean.strip()


def test_a_body_has_a_paragraph_a_line() -> None:
    assert clean_body(" a  b\r\n\n\n c\u2028d\x00 ") == "a b\n\nc\n\nd"


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("The council voted on Tuesday to approve the budget after a long debate in the town hall.", None, "en"),
        ("Der Stadtrat hat am Dienstag nach langer Debatte im Rathaus den Haushalt beschlossen.", None, "de"),
        ("Совет города во вторник после долгих споров утвердил бюджет на следующий год.", None, "ru"),
        ("اعتمد مجلس المدينة يوم الثلاثاء الميزانية بعد نقاش طويل في قاعة البلدية.", None, "ar"),
        ("Short", "de-AT", "de"),
        ("Short", None, None),
        ("Short", "english", None),
    ],
)
def test_language(text: str, declared: str | None, language: str | None) -> None:
    assert detect(text, declared) == language


def test_a_wrong_declaration_loses_against_a_sure_detection() -> None:
    german = (
        "Der Stadtrat hat am Dienstag nach langer Debatte im Rathaus den Haushalt für das kommende Jahr beschlossen. "
    )
    assert detect(german * 4, "en") == "de"
    assert code_of("pt_BR") == "pt"


@pytest.mark.parametrize(
    ("text", "words"), [("one two three", 3), ("", 0), ("市議会は予算を可決", 5), ("iPhone 15を発売", 4)]
)
def test_words(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    "line",
    ["Share this article", "ADVERTISEMENT", "Read more: The bridge in pictures", "Lesen Sie auch: Die Brücke", "___", "• • •",
     "Sign up to our weekly newsletter", "Follow us on Twitter", "Lire aussi : Le pont fermé", "Teilen",
     "Required fields are marked *", "Click here to subscribe to our paper", "3 min read", "Photo: Eva Lind"],
)  # fmt: skip
def test_service_lines(line: str) -> None:
    assert is_service(line)


@pytest.mark.parametrize(
    "line",
    ["Share the load", "Photographs of the bridge were shown in the hall.", "Images of the year", "Reading is good for you.",
     "Published in 1931, the plan was never carried out.", "More than 200 people came.", "“Follow us,” the guard said.",
     "The advertisement was withdrawn.", "Comment is free, but facts are sacred, he wrote.", "By the sea, nobody slept."],
)  # fmt: skip
def test_lines_of_an_article(line: str) -> None:
    assert not is_service(line)


PROSE = [
    f"Paragraph {n} of the article is long enough to be prose, and it ends, as prose does, with a full stop."
    for n in range(8)
]


@pytest.mark.parametrize(
    "tail",
    [
        ["Related articles", "Ferry to run at night", "Pontoon arrives"],
        [
            "More from The Courier",
            "Ferry to run at night",
            "A teaser that is long enough to pass for a sentence, with a full stop.",
        ],
        ["3 comments", PROSE[0] + " I do not agree with it.", PROSE[1] + " Nor do I."],
        ["Ada Byron is a reporter at The Courier covering the harbour. Follow her on Twitter @ada."],
        ["Contact Ada Byron at ada@courier.example."],
        ["Das könnte Sie auch interessieren", "Fähre fährt nachts"],
    ],
)
def test_tails(tail: list[str]) -> None:
    assert filter_lines([*PROSE, *tail], Known("Bridge to close"))[0] == PROSE


def test_the_middle_is_never_cut() -> None:
    lines = [*PROSE[:2], "Related articles", *PROSE[2:]]
    assert filter_lines(lines, Known("Bridge to close"))[0] == lines


def test_the_top_repeats_no_headline_and_no_byline() -> None:
    top = ["Bridge to close for eleven weeks", "By Ada Byron", "12 November 2026"]
    assert filter_lines([*top, *PROSE], Known("Bridge to close for eleven weeks"))[0] == PROSE


def test_links_alone_are_dropped_but_not_a_list_of_them() -> None:
    link = "Ferry to run at night"
    assert filter_lines([*PROSE, link, *PROSE], Known("x", links={link}))[0] == PROSE * 2
    assert filter_lines([link, "Pontoon arrives"], Known("x", links={link, "Pontoon arrives"}))[0] == [
        link,
        "Pontoon arrives",
    ]


def test_scripts_go_and_json_ld_stays() -> None:
    kept = '<script type="application/ld+json">{"a": "<svg>"}</script>'
    assert (
        without_scripts(f"a<script>if (1<2) x</script>b<STYLE>p{{}}</STYLE>c{kept}d<svg><path/></svg>e")
        == f"abc{kept}de"
    )
    assert without_scripts("İ<script>x</script>b") == "İb"
    assert visible("<p>a&amp;b</p><!-- x --><noscript>y</noscript>") == "a&b"


@pytest.mark.parametrize("text", ["<script>" * 50_000, "<!--" * 50_000, "<svg " * 50_000, "<a " + "\"'" * 500_000])
@pytest.mark.timeout(20)  # what is quadratic takes minutes
def test_no_markup_takes_long(text: str) -> None:
    assert len(without_scripts(text)) <= len(text)
    assert len(visible(text)) <= len(text)
    assert overgrown(text) is None or overgrown(text).reason == "too-big"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("node", "meta", "text", "words", "access"),
    [
        (None, {}, "Words.", 500, Access.FREE),
        ({"isAccessibleForFree": True}, {}, "Words.", 50, Access.FREE),
        ({"isAccessibleForFree": False}, {}, "Words.", 50, Access.PAYWALLED),
        ({"isAccessibleForFree": "False"}, {}, "Words.", 500, Access.METERED),
        ({"isAccessibleForFree": False}, {}, "Subscribe to read the rest.", 500, Access.PAYWALLED),
        (None, {"article:content_tier": "metered"}, "Words.", 500, Access.METERED),
        (None, {"article:content_tier": "locked"}, "Words.", 40, Access.PAYWALLED),
        (None, {}, "Dieser Artikel ist nur für Abonnenten.", 40, Access.PAYWALLED),
        (None, {}, "Subscribe to read the rest.", 500, Access.FREE),
    ],
)
def test_access(node: dict[str, object] | None, meta: dict[str, str], text: str, words: int, access: Access) -> None:
    assert access_of(node, meta, lambda: text, words) is access


def test_an_article_on_captchas_is_no_wall() -> None:
    assert not is_bot_wall("Why captchas are dying", "Captchas are dying, and few will miss them, researchers say.")
    assert is_bot_wall("Just a moment...", "")
    assert is_missing_page("404 Not Found", "") and not is_missing_page("Pages of history not lost", "")


def test_what_was_removed_is_told_with_its_rule_and_goes_back_to_its_place() -> None:
    lines = ["Bridge to close", *PROSE, "Share", "More from the Courier", "A teaser"]
    kept, removed = filter_lines(lines, Known("Bridge to close"))
    assert kept == PROSE
    assert [(line.text, line.rule) for line in removed] == [
        ("Bridge to close", "top"),
        ("Share", "service line"),
        ("More from the Courier", "tail"),
        ("A teaser", "tail"),
    ]
    for line in reversed(removed):
        kept.insert(line.place, line.text)
    assert kept == lines


def test_a_pull_quote_goes_and_a_subhead_in_the_same_words_stays() -> None:
    said = "a third of their custom will be lost"
    lines = [f"Traders on the east quay say that {said} by the time the bridge is open again.", f"“{said}”", *PROSE]
    assert filter_lines(lines, Known())[0] == [lines[0], *PROSE]
    assert filter_lines(lines, Known(headings={lines[1]}))[0] == lines


def test_who_wrote_it_goes_from_the_end_unless_it_is_about_them() -> None:
    told = "Ada Brook writes about harbours and has lived by one for thirty years."
    assert filter_lines([*PROSE, told], Known(authors=("Ada Brook",)))[0] == PROSE
    about = ["Ada Brook has bought the swing bridge, which nobody else wanted to have.", *PROSE, told]
    assert filter_lines(about, Known(authors=("Ada Brook",)))[0] == about


def test_an_invitation_to_subscribe_is_no_text_but_an_article_about_one_is() -> None:
    wall = ["Subscribe to continue reading", "Two crowns a week, as long as you like.", "Already a subscriber? Log in"]
    kept, removed = filter_lines([*PROSE[:2], *wall], Known())
    assert kept == PROSE[:2] and {line.rule for line in removed} == {"paywall"}
    about = [PROSE[0], "“Subscribe to continue reading” is what nine papers of ten say by now.", *PROSE]
    assert filter_lines(about, Known())[0] == about
