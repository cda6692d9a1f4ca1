"""What a reader sees of a change: which words went, which came, and which paragraphs are whole."""

from __future__ import annotations

import random

import pytest

from pipelines.worddiff import Line, Piece, changed_share, diff_words

MARKS = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
BRIDGE = "The swing bridge over the inner harbour stays grey, because the board cannot agree on a colour for it."
FERRY = "From Monday the evening ferry leaves the north quay at seven, and a later boat runs on market days only."
SCHOOL = "Four hundred children moved into the new school on the hill, whose walls are made of straw and clay."
POEM = "Nobody expected that a poem about herring gulls would win the prize for the best speech of the year."


def shown(old: str, new: str) -> list[str]:
    """Return the lines of a diff, those that changed with marks."""
    return ["".join(MARKS[piece.kind].format(piece.text) for piece in line.pieces) for line in diff_words(old, new)]


def kinds(old: str, new: str) -> list[str]:
    return [line.kind for line in diff_words(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        ("The ferry leaves late.", "The ferry leaves on time.", "The ferry leaves [-late-]{+on time+}."),
        ("The ferry leaves.", "The ferry leaves late.", "The ferry leaves{+ late+}."),
        ("The old ferry leaves.", "The ferry leaves.", "The [-old -]ferry leaves."),
        ("Police counted 12 dead.", "Police counted 14 dead.", "Police counted [-12-]{+14+} dead."),
        ("It cost 1,200 crowns in all.", "It cost 1,300 crowns in all.", "It cost [-1,200-]{+1,300+} crowns in all."),
        ("It doesn't float at all.", "It didn't float at all.", "It [-doesn't-]{+didn't+} float at all."),
        ("Say “no” to grey paint.", 'Say "no" to grey paint.', 'Say [-“-]{+"+}no[-”-]{+"+} to grey paint.'),
        ("The boat is late.", "The boat is late. It rained.", "The boat is late.{+ It rained.+}"),
        ("Kiel and Bonn were named.", "Kiel and Köln were named.", "Kiel and [-Bonn-]{+Köln+} were named."),
        ("The  boat is late.", "The boat is late.", "The[-  -]{+ +}boat is late."),
        ("  The boat is late.", "The boat is late.", "[-  -]The boat is late."),
        ("Der Zug fährt nach Köln.", "Der Zug fährt bis Köln.", "Der Zug fährt [-nach-]{+bis+} Köln."),
        ("Поезд едет в Москву утром.", "Поезд едет в Москву днём.", "Поезд едет в Москву [-утром-]{+днём+}."),
        ("यह नाव देर से चली थी", "यह नाव समय से चली थी", "यह नाव [-देर-]{+समय+} से चली थी"),
        ("أعلن الوزير قرارا جديدا اليوم", "أعلن الوزير قرارا جديدا أمس", "أعلن الوزير قرارا جديدا [-اليوم-]{+أمس+}"),
        ("台风周二登陆，造成十二人死亡。", "台风周三登陆，造成十四人死亡。", "台风周[-二-]{+三+}登陆，造成十[-二-]{+四+}人死亡。"),
        ("台風は火曜日に上陸した。", "台風は水曜日に上陸した。", "台風は[-火-]{+水+}曜日に上陸した。"),
        ("เรือข้ามฟากออกช้าวันนี้", "เรือข้ามฟากออกเร็ววันนี้", "เรือข้ามฟากออก[-ช้า-]{+เร็ว+}วันนี้"),
        ("배가 화요일에 늦게 떠났다", "배가 수요일에 늦게 떠났다", "배가 [-화요일에-]{+수요일에+} 늦게 떠났다"),
    ],
)  # fmt: skip
def test_words_that_changed_are_marked(old: str, new: str, marked: str) -> None:
    assert shown(old, new) == [marked]
    assert kinds(old, new) == ["changed"]


def test_a_line_is_frozen_pieces() -> None:
    assert diff_words("Grey paint.", "Grey paint.") == [Line("same", (Piece("same", "Grey paint."),))]
    assert diff_words("", "Grey paint.") == [Line("added", (Piece("added", "Grey paint."),))]
    assert diff_words("Grey paint.\n\n", "") == [Line("removed", (Piece("removed", "Grey paint."),))]
    assert diff_words("", "\n\n") == []


def test_single_common_words_between_large_changes_are_no_confetti() -> None:
    old = "The minister spoke at length to farmers and fishermen of the western coast about nets, boats and the price of fuel."
    new = "The minister spoke at length to bakers who work nights of the hard winter about nets, boats and the price of fuel."
    assert shown(old, new) == [
        "The minister spoke at length to [-farmers and fishermen of the western coast-]{+bakers who work nights of the hard winter+}"
        " about nets, boats and the price of fuel."
    ]


def test_a_chain_of_common_words_between_changes_is_one_change() -> None:
    old = "Before all this red apples ripened of green the yellow pears fell while the whole village slept until noon."
    new = "Before all this blue trains stopped of fast the empty stations closed while the whole village slept until noon."
    assert shown(old, new) == [
        "Before all this [-red apples ripened of green the yellow pears fell-]{+blue trains stopped of fast the empty stations closed+}"
        " while the whole village slept until noon."
    ]


def test_words_between_single_changed_words_stay() -> None:
    assert shown("It took 12 of 14 votes.", "It took 13 of 15 votes.") == [
        "It took [-12-]{+13+} of [-14-]{+15+} votes."
    ]


def test_paragraphs_are_aligned_before_words() -> None:
    old, new = (
        "\n\n".join([BRIDGE, FERRY, SCHOOL]),
        "\n\n".join([BRIDGE, POEM, FERRY.replace("seven", "eight"), SCHOOL]),
    )
    assert kinds(old, new) == ["same", "added", "changed", "same"]
    assert shown(old, new)[2] == FERRY.replace("seven", "[-seven-]{+eight+}")


def test_a_rewritten_paragraph_is_removed_and_added() -> None:
    assert kinds(f"{BRIDGE}\n\n{FERRY}", f"{BRIDGE}\n\n{SCHOOL}") == ["same", "removed", "added"]
    chinese = "今天上午议会批准了新的预算案，反对党投了反对票。"
    assert kinds(chinese, "台风周二登陆，造成十二人死亡，数千人撤离家园。") == ["removed", "added"]


def test_a_paragraph_of_the_same_words_in_another_order_is_no_small_change() -> None:
    words = [f"word{n}" for n in range(40)]
    random.Random(4).shuffle(words)
    assert kinds(" ".join(words), " ".join(sorted(words))) == ["removed", "added"]


def test_a_moved_paragraph_is_removed_and_added() -> None:
    old, new = "\n\n".join([BRIDGE, FERRY, SCHOOL]), "\n\n".join([FERRY, SCHOOL, BRIDGE])
    assert kinds(old, new) == ["removed", "same", "same", "added"]


def test_a_paragraph_that_grew_is_changed() -> None:
    assert shown(FERRY, f"{FERRY} {BRIDGE}") == [f"{FERRY}{{+ {BRIDGE}+}}"]


def test_each_paragraph_finds_the_one_that_it_was() -> None:
    teams = [f"The team of {town} won its game against the guests from the islands with {n} points." for n, town in
             enumerate(("Osterham", "Bexmere", "Ellery", "Kittle", "Marrow"), 60)]  # fmt: skip
    new = [line.replace("won its game", "has won the match") for line in [*teams[:2], *teams[3:]]]
    diff = diff_words("\n\n".join(teams), "\n\n".join(new))
    assert [line.kind for line in diff] == ["changed", "changed", "removed", "changed", "changed"]
    assert diff[2].pieces[0].text == teams[2]


@pytest.mark.parametrize("separator", ["\n\n", " "], ids=["many paragraphs", "one paragraph"])
def test_what_is_too_long_to_compare_at_once_is_parted(separator: str) -> None:
    old = [f"Item {n} of the list was sold for {n * 7} crowns." for n in range(6_000)]
    new = [line.replace("sold", "bought") if n % 500 == 30 else line for n, line in enumerate(old)]
    del new[4_000:4_010]
    pieces = [piece for line in diff_words(separator.join(old), separator.join(new)) for piece in line.pieces]
    removed = "\n".join(piece.text for piece in pieces if piece.kind == "removed")
    assert [piece.text for piece in pieces if piece.kind == "added"] == ["bought"] * 12
    assert removed.count("sold") == 12 + 10
    assert [n for n in range(3_990, 4_020) if f"{n} of the list" in removed] == list(range(4_000, 4_010))


def test_very_long_texts_without_a_line_of_their_own_end() -> None:
    assert kinds("yes\n" * 6_000, "no\n" * 6_000) == ["removed"] * 6_000 + ["added"] * 6_000


@pytest.mark.parametrize(
    ("old", "new", "share"),
    [
        ("", "", (0, 0)),
        ("", "Two words", (0, 1)),
        ("Two words", "", (1, 0)),
        ("one two three four", "one two three four", (0, 0)),
        ("one two three four", "one two three five", (0.25, 0.25)),
        ("one two three four", "one two three four five", (0, 0.2)),
        ("one two three four", "one two", (0.5, 0)),
        ("one two\n\nthree four", "one   two three\nfour", (0, 0)),
        ("He said “no” – twice.", 'He said "no" - twice!', (0, 0)),
        (f"{BRIDGE}\n\n{FERRY}", f"{FERRY}\n\n{BRIDGE}", (0, 0)),
        ("台风周二登陆", "台风周三登陆", (1 / 6, 1 / 6)),
    ],
)
def test_the_share_of_changed_words(old: str, new: str, share: tuple[float, float]) -> None:
    assert changed_share(old, new) == pytest.approx(share)


def test_another_text_shares_hardly_a_word() -> None:
    gone, new = changed_share(f"{BRIDGE}\n{FERRY}", f"{SCHOOL}\n{POEM}")
    assert gone > 0.85 and new > 0.85


def test_the_share_holds_for_very_long_texts() -> None:
    words = [f"word{n}" for n in range(9_000)]
    changed = [f"{word}x" if n % 10 == 0 else word for n, word in enumerate(words)]
    assert changed_share(" ".join(words), " ".join(changed)) == pytest.approx((0.1, 0.1))
