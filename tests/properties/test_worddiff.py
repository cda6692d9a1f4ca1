"""Whatever two texts are, their diff holds both exactly, and no line says more than its kind."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.worddiff import Line, changed_share, diff_words

WORDS = st.sampled_from(
    ["the", "of", "a", "ferry", "bridge", "harbour", "late", "grey", "12", "1,234", "don't", "Köln", "e\u0301", ".", ",", "“", "”", "-",
     "台", "风", "台风", "上陸", "ช้า", "เรือ", "यह", "पढ़ें", "اليوم", "한국", "🚢", "👩‍🚀", "\u200b", "\xa0", "  ", "\t", "\r", "\ud800", "ﬁ"]
)  # fmt: skip
LINES = st.lists(st.tuples(WORDS, st.sampled_from(["", " ", " ", " ", "  ", "\u3000"])), max_size=12).map(
    lambda pairs: "".join(word + space for word, space in pairs)
)
TEXTS = st.lists(LINES, max_size=8).map("\n\n".join) | st.text(max_size=60)
ALLOWED = {"same": {"same"}, "removed": {"removed"}, "added": {"added"}, "changed": {"same", "removed", "added"}}


@st.composite
def versions(draw: st.DrawFn) -> tuple[str, str]:
    """Return a text, and another or what edits make of it."""
    old = draw(TEXTS)
    if draw(st.booleans()):
        return old, draw(TEXTS)
    lines = old.split("\n\n")
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(lines) - 1))
        words = lines[place].split(" ")
        words[draw(st.integers(0, len(words) - 1))] = draw(WORDS)
        kind = draw(st.sampled_from(["word", "move", "drop", "double"]))
        if kind == "word":
            lines[place] = " ".join(words)
        elif kind == "double":
            lines.insert(place, lines[place])
        elif len(lines) > 1:
            line = lines.pop(place)
            lines += [line] if kind == "move" else []
    return old, "\n\n".join(lines)


def texts_of(diff: list[Line], without: str) -> list[str]:
    lines = ["".join(piece.text for piece in line.pieces if piece.kind != without) for line in diff]
    kept = "removed" if without == "added" else "added"
    return [text for text, line in zip(lines, diff, strict=True) if line.kind in ("same", "changed", kept)]


def written(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


@settings(max_examples=600, deadline=None)
@given(versions())
def test_the_pieces_give_back_both_texts(pair: tuple[str, str]) -> None:
    diff = diff_words(*pair)
    assert texts_of(diff, "added") == written(pair[0])
    assert texts_of(diff, "removed") == written(pair[1])


@settings(max_examples=300, deadline=None)
@given(versions())
def test_each_line_is_what_its_kind_says(pair: tuple[str, str]) -> None:
    for line in diff_words(*pair):
        kinds = [piece.kind for piece in line.pieces]
        assert set(kinds) <= ALLOWED[line.kind] and all(piece.text for piece in line.pieces)
        assert all(one != other for one, other in zip(kinds, kinds[1:], strict=False))
        assert len(kinds) == 1 if line.kind != "changed" else ("same" in kinds and len(kinds) > 1)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_a_text_has_not_changed_from_itself(text: str) -> None:
    assert {line.kind for line in diff_words(text, text)} <= {"same"}
    assert changed_share(text, text) == (0, 0)


@settings(max_examples=200, deadline=None)
@given(versions())
def test_shares_are_shares(pair: tuple[str, str]) -> None:
    gone, new = changed_share(*pair)
    assert 0 <= gone <= 1 and 0 <= new <= 1
