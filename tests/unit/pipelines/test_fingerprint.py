"""The content hash: blind to how a text is set, alert to what it says."""

from __future__ import annotations

import pytest

from pipelines.fingerprint import content_hash

TEXT = "The council said “no”.\n\nIt voted 5–4 at the café."


@pytest.mark.parametrize(
    "same",
    [
        'The council said "no".\n\nIt voted 5-4 at the café.',
        "The council said “no”. It voted 5–4 at the café.",
        "The  council said “no”.\n\n\n It voted 5–4 at the café. ",
        "The council said “no”.\n\nIt voted 5–4 at the cafe\u0301.",
        "The council said\u00a0“no”.\n\nIt voted 5–4 at the café.",
    ],
)
def test_how_a_text_is_set_does_not_count(same: str) -> None:
    assert content_hash("Vote", same) == content_hash("Vote", TEXT)


@pytest.mark.parametrize(
    "other",
    ["The council said “no”.\n\nIt voted 5–3 at the café.", "The council said “no”.", TEXT.lower(), ""],
)
def test_what_it_says_counts(other: str) -> None:
    assert content_hash("Vote", other) != content_hash("Vote", TEXT)


def test_headline_and_body_do_not_run_together() -> None:
    assert content_hash("a", "b c") != content_hash("a b", "c")


def test_it_is_a_sha256_and_takes_any_text() -> None:
    assert len(content_hash("\ud800", "\x00")) == 64
