"""The language of a text: detection, with the page's own word where detection cannot know better."""

from __future__ import annotations

import pytest

from pipelines.language import code_of, detect

GERMAN = (
    "Die Brücke wird für elf Wochen gesperrt, teilte der Rat am Donnerstag mit; Lastwagen fahren über den Damm. " * 2
)
ENGLISH = (
    "The bridge will be closed for eleven weeks, the council said on Thursday; lorries will use the causeway. " * 2
)
DANISH = "Broen bliver lukket i elleve uger, meddelte kommunen torsdag, og lastbiler skal køre over dæmningen. " * 2


@pytest.mark.parametrize(
    ("declared", "code"),
    [("de-AT", "de"), ("en_US", "en"), ("EN", "en"), ("deu", "de"), ("zh-Hans-CN", "zh"), ("jp", "ja"), ("en, de", "en"), ("iw", "he"),
     ("German", None), ("", None), (None, None), ("x", None), ("tlh", None)],
)  # fmt: skip
def test_codes(declared: str | None, code: str | None) -> None:
    assert code_of(declared) == code


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (GERMAN, None, "de"),
        (GERMAN, "de-DE", "de"),
        (GERMAN, "en-US", "de"),
        (ENGLISH, "de", "en"),
        ("Die Brücke bleibt zu.", "en", "en"),
        (DANISH, "no", "no"),
        (DANISH, None, "da"),
        ("12 34", "fr", "fr"),
        ("", None, None),
    ],
)
def test_detection(text: str, declared: str | None, language: str | None) -> None:
    assert detect(text, declared) == language
