"""`newsdesk diff`: versions of an article, and articles, compared through the real command on a real database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.fingerprint import content_hash
from storage.articles import store_article
from storage.channels import ensure_source
from storage.store import open_store
from storage.types import Article, Identity
from tests import zygote

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LINES = [
    "The swing bridge over the inner harbour stays grey, because the board cannot agree on a colour for it.",
    "Painters from the mainland had offered blue, and those of the island green, at about the same price.",
    "Ferries pass below it 12 times a day.",
    "The board will meet again in the spring, after the ice has gone, and then the paint will be dearer.",
    "Nobody expects that anything but the price will have changed by then.",
]
FIRST = Article(
    url="https://a.example/bridge", headline="Bridge in the harbour stays grey", body="\n\n".join(LINES), authors=("Ada Byron",),
    word_count=70,
)  # fmt: skip
SECOND = replace(FIRST, body=FIRST.body.replace("12 times", "14 times"))
THIRD = replace(
    SECOND, headline="Bridge in the harbour turns blue", authors=("Ada Byron", "Karl Weiß"),
    body="\n\n".join([LINES[0], SECOND.body.split("\n\n")[2], *LINES[3:], "Correction: <b>Ferries</b>\x1b[31m pass 14 times a day."]),
)  # fmt: skip
UNCHANGED = replace(FIRST, url="https://a.example/ice", headline="Ice & gone", body="The ice has gone.", word_count=4)
COPY = replace(
    FIRST,
    url="https://b.example/copy",
    headline="Bridge in the harbour stays grey",
    body=FIRST.body.replace("Ferries", "Boats"),
)

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return what runs `newsdesk diff` on a database with an article of three versions (1), one of one (2), a copy (3)."""
    database = f"sqlite:///{tmp_path / 'newsdesk.db'}"
    store = open_store(database)
    with store.begin() as connection:
        source = ensure_source(connection, "a", NOW)
        for hours, article in enumerate([FIRST, SECOND, THIRD, UNCHANGED, COPY]):
            host = article.url.split("/")[2]
            hashed = content_hash(article.headline, article.body)
            identity = Identity(article.url.removeprefix("https://"), host, hashed)
            store_article(connection, article, identity, source, NOW + timedelta(hours=hours))
    store.close()

    def newsdesk(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR", "TERM")}
        command = [sys.executable, "-m", "crawler", "diff", *arguments]
        return zygote.run(
            command, cwd=tmp_path, env=kept | {"NEWSDESK_DATABASE_URL": database} | environment, capture_output=True,
            text=True, encoding="utf-8",
        )  # fmt: skip

    return newsdesk


def printed(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout


def read(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(printed(done))


def test_the_last_two_versions_by_default(run: Run) -> None:
    lines = printed(run("1")).split("\n")
    assert lines[0] == "article 1  https://a.example/bridge"
    assert lines[1] == "revision 2, seen 2026-11-25 13:00 → revision 3, seen 2026-11-25 14:00"
    assert lines[3] == "headline: Bridge in the harbour [-stays grey-]{+turns blue+}"
    assert lines[5] == "authors: Ada Byron, {+Karl Weiß+}"
    assert lines[7].startswith("The swing bridge over the inner harbour stays grey, because the board") and lines[
        7
    ].endswith(" …")
    assert len(lines[7]) <= 102
    assert lines[9] == f"[-{LINES[1]}-]"
    assert lines[11] == "Ferries pass below it 14 times a day."
    assert lines[13] == "…"
    assert lines[15] == LINES[4]
    assert lines[17:] == ["{+Correction: <b>Ferries</b> [31m pass 14 times a day.+}", ""], "the terminal obeys nothing"


def test_one_revision_is_compared_with_the_one_before_it(run: Run) -> None:
    text = printed(run("https://a.example/bridge", "2"))
    assert "revision 1, seen 2026-11-25 12:00 → revision 2" in text
    assert "\n\nFerries pass below it [-12-]{+14+} times a day.\n\n" in text
    assert "headline" not in text and "authors" not in text
    assert LINES[0][:30] not in text and LINES[4] not in text, "one line of context"
    assert text.startswith("article 1") and text.endswith("…\n") and text.count("\n…\n") == 2


def test_two_revisions_in_either_order(run: Run) -> None:
    assert "Ferries pass below it [-12-]{+14+} times" in printed(run("1", "1", "3"))
    assert "Ferries pass below it [-14-]{+12+} times" in printed(run("1", "3", "1"))
    assert printed(run("1", "2", "2")).endswith("\nnothing differs\n")


def test_all_shows_whole_what_did_not_change(run: Run) -> None:
    text = printed(run("1", "2", "--all"))
    assert "headline: Bridge in the harbour stays grey\n" in text
    assert all(line in text for line in LINES if "Ferries" not in line) and "…" not in text


def test_another_article(run: Run) -> None:
    text = printed(run("3", "--with", "https://a.example/ice"))
    assert "article 3 of a → article 2 of a" in text
    assert "headline: [-Bridge in the harbour stays grey-]{+Ice & gone+}" in text
    copied = read(run("3", "--with", "1", "--format", "json"))
    assert (copied["old"]["article"], copied["new"]["article"]) == (3, 1)
    assert copied["new"]["headline"] == "Bridge in the harbour turns blue", "the text as it is now"


def test_json_holds_every_piece(run: Run) -> None:
    told = read(run("1", "--format", "json"))
    assert (told["old"]["revision"], told["new"]["revision"]) == (2, 3)
    assert told["new"]["seen_at"] == "2026-11-25T14:00:00Z"
    assert told["changes"] == ["headline", "authors", "body", "correction"]
    assert told["headline"][0] == {"kind": "same", "text": "Bridge in the harbour "}
    assert told["authors"] == [{"kind": "same", "text": "Ada Byron"}, {"kind": "added", "text": "Karl Weiß"}]
    assert [line["kind"] for line in told["lines"]] == ["same", "removed", "same", "same", "same", "added"]
    parts = {kind: ["".join(p["text"] for p in line["pieces"] if p["kind"] in ("same", kind)) for line in told["lines"]]
             for kind in ("removed", "added")}  # fmt: skip
    assert "\n\n".join(filter(None, parts["removed"])) == SECOND.body
    assert "\n\n".join(filter(None, parts["added"])) == THIRD.body
    assert 0 < told["share_removed"] < 0.5 and 0 < told["share_added"] < 0.5
    assert "\x1b" not in run("1", "--format", "json").stdout


def test_html_is_an_escaped_fragment(run: Run) -> None:
    text = printed(run("1", "--format", "html"))
    assert text.startswith('<article class="diff">\n') and text.endswith("\n</article>\n")
    assert '<h1 class="headline">Bridge in the harbour <del>stays grey</del><ins>turns blue</ins></h1>' in text
    assert f'<p class="change"><del>{LINES[1]}</del></p>' in text
    assert "<ins>Correction: &lt;b&gt;Ferries&lt;/b&gt; [31m pass 14 times a day.</ins>" in text
    assert '<p class="gap">…</p>' in text and LINES[3] not in text
    assert LINES[3] in printed(run("1", "--format", "html", "--all"))
    assert "Ice &amp; gone" in printed(run("1", "--with", "2", "--format", "html"))


def test_a_terminal_gets_colours_and_no_marks(run: Run) -> None:
    text = printed(run("1", "2", FORCE_COLOR="1", TERM="xterm-256color"))
    assert "below it \x1b[9;31m12\x1b[0m\x1b[32m14\x1b[0m times" in text
    assert "[-" not in text and "{+" not in text
    assert "[-12-]{+14+}" in printed(run("1", "2", FORCE_COLOR="1", TERM="xterm-256color", NO_COLOR="1"))


def test_an_article_that_never_changed_is_said_so(run: Run) -> None:
    sentence = "article 2 has not changed since it was first seen, 2026-11-25 15:00"
    assert printed(run("2")) == f"{sentence}\n"
    assert sentence in printed(run("2", "--format", "html"))
    told = read(run("2", "--format", "json"))
    assert told["lines"] == told["changes"] == [] and told["old"] is None


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["1", "7"], 1, "article 1 has no revision 7: it has 1, 2, 3"),
        (["1", "3", "4"], 1, "article 1 has no revision 4: it has 1, 2, 3"),
        (["1", "1"], 1, "article 1 has no revision before 1: it has 1, 2, 3"),
        (["2", "2"], 1, "article 2 has no revision 2: it has never changed"),
        (["1", "1", "2", "3"], 2, "name at most two revisions"),
        (["1", "2", "--with", "2"], 2, "--with compares texts as they are now, without revisions"),
        (["1", "--with", "1"], 2, "--with: that is article 1 itself"),
        (["99"], 1, "no article 99 is stored"),
        (["bridge"], 2, "'bridge' is neither an article's id nor a URL"),
    ],
)
def test_what_cannot_be_compared_is_one_clear_line(run: Run, arguments: list[str], code: int, message: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith(f"Error: {message}") and done.stderr.count("\n") == 1
