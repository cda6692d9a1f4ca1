"""`newsdesk extract`: one page, in each format, with the reasons for what was left out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from crawler.cli import main

PROSE = [f"The harbour board has met {n} times about the swing bridge and has not agreed on its colour so far." for n in
         ("two", "three", "four", "five", "six", "seven", "eight", "nine")]  # fmt: skip
PAGE = f"""<html lang="en"><head><title>Bridge still grey</title></head><body><nav><a href="/a">Home and harbour news</a></nav>
<article><h1>Bridge still grey</h1><p>{PROSE[0]}</p><h2>What the painters say</h2><p>{PROSE[1]}</p><ul><li>Grey paint is
cheap and there is enough of it</li><li>Blue paint has to come from the mainland</li></ul>
{"".join(f"<p>{text}</p>" for text in PROSE[2:])}<div class="newsletter">Get our letter about paint.</div>
<h3>Leave a Reply</h3><form><textarea></textarea></form><p>Share</p></article></body></html>"""


@pytest.fixture
def page(tmp_path: Path) -> str:
    file = tmp_path / "page.html"
    file.write_text(PAGE, "utf-8")
    return str(file)


def run(*arguments: str) -> int:
    with patch.object(sys, "argv", ["newsdesk", *arguments]), pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_markdown_marks_headings_and_lists(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("extract", page, "--format", "markdown") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("# Bridge still grey\n")
    assert "\n## What the painters say\n" in printed
    assert "\n- Blue paint has to come from the mainland\n" in printed


def test_the_explanation_names_path_and_rules(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("extract", page, "--format", "json", "--explain") == 0
    told = json.loads(capsys.readouterr().out)["explanation"]
    assert told["path"] == "main container"
    assert {"rule": "box", "text": "Get our letter about paint."} in told["dropped"]
    assert "comment form" in {part["rule"] for part in told["dropped"]}
    assert [part["rule"] for part in told["removed"]] == ["top", "service line"]
    assert run("extract", page, "--explain") == 0
    printed = capsys.readouterr().out
    assert "text from: main container" in printed and "service line: Share" in printed


def test_a_page_without_an_article_is_explained_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "empty.html"
    file.write_text("<html><body><p>Nothing.</p></body></html>", "utf-8")
    assert run("extract", str(file), "--explain") == 1
    printed = capsys.readouterr()
    assert "How the page was read" in printed.out and "gives no article: empty" in printed.err


def test_an_explanation_is_of_one_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("extract", "--manifest", str(tmp_path / "m.jsonl"), "--explain") == 2
    assert "without --explain" in capsys.readouterr().err
