"""`newsdesk links` as a person runs it."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import zygote

RSS = (
    b"<rss><channel><item><link>/b</link><title>B</title><pubDate>Mon, 03 Nov 2025 10:00:00 +0100</pubDate></item>"
    b"<item><link>https://x.org/a</link></item></channel></rss>"
)
INDEX = b"<sitemapindex><sitemap><loc>https://x.org/1.xml</loc></sitemap></sitemapindex>"
HTML = b"<!doctype html><html><body><main><h2><a href='/2025/11/03/river'>The river rises once again</a></h2></main></body></html>"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crawler", "links", *arguments]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3]), "NEWSDESK_WORKERS": "1"}
    return zygote.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)


def rows(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_one_file(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(RSS)
    done = run(tmp_path, "feed.xml", "--base", "https://x.org/feed")
    assert rows(done) == [
        {"url": "https://x.org/b", "title": "B", "published": "2025-11-03T09:00:00Z", "kind": "article"},
        {"url": "https://x.org/a", "title": None, "published": None, "kind": "article"},
    ]


def test_many_files(tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    for name, body in (
        ("f.xml", RSS),
        ("i.xml.gz", gzip.compress(INDEX)),
        ("h.html.gz", gzip.compress(HTML)),
        ("no.xml", HTML),
    ):
        (folder / name).write_bytes(body)
    entries: list[dict[str, Any]] = [
        {"id": "f", "file": "f.xml", "base": "https://x.org/feed"},
        {"id": "gone", "file": "gone.xml", "base": "https://x.org/"},
        {"id": "i", "file": "i.xml.gz", "base": "https://x.org/sitemap.xml"},
        {"id": "no", "file": "no.xml", "base": "https://x.org/", "kind": "feed"},
        {"id": "h", "file": "h.html.gz", "base": "https://x.org/", "kind": "section"},
    ]
    (folder / "m.jsonl").write_text("\n".join(map(json.dumps, entries)))
    told = rows(run(tmp_path, "--manifest", "lists/m.jsonl"))
    assert [(row["id"], row.get("url"), row.get("kind")) for row in told] == [
        ("f", "https://x.org/b", "article"),
        ("f", "https://x.org/a", "article"),
        ("gone", None, None),
        ("i", "https://x.org/1.xml", "sitemap"),
        ("no", None, None),
        ("h", "https://x.org/2025/11/03/river", "article"),
    ]
    assert "cannot be read" in told[2]["error"]
    assert told[4] == {"id": "no", "error": "this is an HTML page, not a feed"}


def test_what_fails_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(HTML)
    for arguments, code, said in (
        (("page.html", "--kind", "feed"), 1, "this is an HTML page, not a feed"),
        (("gone.xml",), 1, "cannot be read"),
        ((), 2, "name one document"),
        (("page.html", "--format", "poem"), 2, "--format"),
    ):
        done = run(tmp_path, *arguments)
        assert (done.returncode, done.stdout) == (code, "")
        assert said in done.stderr
        assert "Traceback" not in done.stderr
