"""`newsdesk extract` on real files, in a real process."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import zygote

REPOSITORY = Path(__file__).parents[3]
TEXT = "<p>The harbour authority will close the old swing bridge for eleven weeks, so that divers can replace the bearing.</p>"
HTML = (
    '<html lang="en"><head><title>Bridge | Courier</title><meta property="article:published_time" content="2026-02-20T07:30'
    f':00Z"></head><body><h1>Swing bridge to close for weeks</h1>{TEXT * 3}</body></html>'
)


def newsdesk(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "crawler", "extract", *arguments]
    return zygote.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


def test_a_manifest_gives_a_line_a_page(tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.html").write_text(HTML)
    (pages / "b.html.gz").write_bytes(gzip.compress(HTML.encode()))
    (pages / "c.html").write_text("")
    names = {"a": "a.html", "b": "b.html.gz", "c": "c.html", "d": "missing.html"}
    lines = (json.dumps({"id": i, "file": f, "url": f"https://courier.example/{i}"}) for i, f in names.items())
    (pages / "manifest.jsonl").write_text("\n".join(lines))
    done = newsdesk(tmp_path, "--manifest", "pages/manifest.jsonl", "--format", "jsonl")
    a, b, c, d = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 0 and not done.stderr
    assert a["headline"] == "Swing bridge to close for weeks" and a["date_published"] == "2026-02-20T07:30:00Z"
    assert {**b, "id": "a", "url": a["url"]} == a
    assert (c["id"], c["error"]) == ("c", "empty")
    assert (d["id"], d["error"]) == ("d", "unreadable-file")


@pytest.mark.parametrize(
    ("fmt", "start"), [("text", "Swing bridge"), ("markdown", "# Swing"), ("json", "{"), ("jsonl", '{"url"')]
)
def test_one_page_in_every_format(tmp_path: Path, fmt: str, start: str) -> None:
    (tmp_path / "a.html").write_text(HTML)
    done = newsdesk(tmp_path, "a.html", "--url", "https://courier.example/a", "--format", fmt)
    assert done.returncode == 0 and done.stdout.startswith(start) and "divers can replace" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"), [(("empty.html",), 1), (("nowhere.html",), 1), ((), 2), (("a.html", "--format", "xml"), 2)]
)
def test_what_cannot_be_done_is_told_in_one_line(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    (tmp_path / "empty.html").write_text("")
    done = newsdesk(tmp_path, *arguments)
    assert done.returncode == code and len(done.stderr.splitlines()) == 1 and not done.stdout
