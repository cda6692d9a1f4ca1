"""When JSON-LD's articleBody is taken in place of the page's own text."""

from __future__ import annotations

import pytest

from pipelines.toldbody import told_body

OWN = [f"The board met for the {n}th time and heard what the harbour master had to say about it." for n in range(8)]
OTHER = [
    f"Seal number {n} was counted on the sandbank by a warden who had come out in the early morning." for n in range(8)
]
BODY = "\n\n".join(OWN)


@pytest.mark.parametrize(
    ("body", "told", "taken"),
    [
        (BODY, None, False),
        (BODY, ["no", "text"], False),
        (BODY, OWN[0], False),
        (BODY, "\n".join(OTHER), True),
        (BODY, OTHER[0], False),
        ("Subscribe to read on.", " ".join(OWN), True),
        (OWN[0], "\n".join([*OWN, *OTHER]), True),
        ("\n\n".join(OWN[:4]), "\n".join([*OWN, *OTHER]), True),
        (BODY, "\n".join([*OWN, OTHER[0]]), False),
    ],
)
def test_which_text_is_taken(body: str, told: object, taken: bool) -> None:
    assert (told_body(body, told) is not None) is taken


def test_the_same_text_with_its_lines_whole_is_taken() -> None:
    pieces = "\n\n".join(part for line in OWN for part in (line[:30], line[30:]))
    assert told_body(
        pieces.replace("\n\n", " \n\n"), "\n".join(line[:30] + " " + line[30:] for line in OWN)
    ) == "\n\n".join(" ".join((line[:30] + " " + line[30:]).split()) for line in OWN)


def test_shortcodes_and_tags_are_no_text() -> None:
    told = '[gallery id="7" url="x"]' + "</p><p>".join(OTHER) + "[/gallery]"
    assert told_body(BODY, told) == "\n\n".join(OTHER)
