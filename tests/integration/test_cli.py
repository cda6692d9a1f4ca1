"""The command line as people and scripts meet it: formats, pipes, terminals, help, completion, and what goes wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import select
import shlex
import signal
import sqlite3
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer.main

from crawler.cli import app, main
from crawler.commands.completion import source_names
from crawler.commands.examples import EXAMPLES
from storage.store import open_store
from tests import zygote
from tests.architecture.test_house import _commands
from tests.integration.storage.fixtures import put
from tests.integration.stories_told import fill

FORMATS = ("table", "json", "jsonl", "csv", "markdown")
LISTINGS = ("sources", "crawls", "stats", "stories", "health --all", "schedule", "search ferries", "trends ferries --since 2026-11-20",
            "sql 'SELECT id, headline FROM articles'", "sql --schema", "dedup-report", "boilerplate wire")  # fmt: skip
TEXTS = (
    "show 1",
    "show 1 --revisions --removed --why",
    "story 1",
    "diff 1",
    "diff 1 --with 2",
    "why https://www.wire.example/wire",
)
SOURCES = '[wire]\nhome = "https://www.wire.example/"\nfeeds = ["https://www.wire.example/feed.xml"]\n[daily]\nfeeds = ["https://www.daily.example/f"]\n'


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a database of stories and a sources.toml."""
    path = tmp_path_factory.mktemp("desk")
    fill(path / "newsdesk.db")
    (path / "sources.toml").write_text(SOURCES)
    return path


def environment(**more: str) -> dict[str, str]:
    left = ("FORCE_COLOR", "NO_COLOR", "PAGER", "LESS", "COLUMNS", "LINES")
    return {
        name: value for name, value in os.environ.items() if name not in left and not name.startswith("NEWSDESK_")
    } | more


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    returncode: int
    stdout: str
    stderr: str


def newsdesk(path: Path, line: str, env: dict[str, str] | None = None) -> Done:
    """Run a command in a process of its own."""
    command = [sys.executable, "-m", "crawler", *shlex.split(line)]
    own = environment(**env or {})
    done = zygote.run(command, cwd=path, env=own, capture_output=True, text=True, encoding="utf-8", timeout=60)
    return Done(done.returncode, done.stdout, done.stderr)


Call = Callable[[Path, str], Done]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return what runs a command through the door of this process: the same, without the second that one takes to begin."""
    for name in list(os.environ):
        if name not in environment():
            monkeypatch.delenv(name)

    def run(path: Path, line: str) -> Done:
        monkeypatch.chdir(path)
        monkeypatch.setattr(sys, "argv", ["newsdesk", *shlex.split(line)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return Done(end.value.code if isinstance(end.value.code, int) else 0, said.out, said.err)

    return run


def on_terminal(path: Path, line: str, columns: int = 80, rows: int = 500, **own: str) -> str:
    """Run a command on a terminal of this size; return all that it shows. Its input is at its end."""
    parent, child = pty.openpty()
    termios.tcsetwinsize(child, (rows, columns))
    command = [sys.executable, "-m", "crawler", *shlex.split(line)]
    run = zygote.start(
        command, cwd=path, env=environment(**{"TERM": "xterm-256color"} | own), stdin=child, stdout=child, stderr=child
    )
    os.close(child)
    shown, deadline = b"", time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([parent], [], [], 1)[0]:
            try:
                part = os.read(parent, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
    os.close(parent)
    assert run.wait(10) in (0, 1), shown
    return shown.decode().replace("\r\n", "\n")


def bare(shown: str) -> str:
    """Return what a terminal shows without its styles."""
    return re.sub(r"\x1b\[[0-9;]*m", "", shown)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("line", [*LISTINGS, *TEXTS])
def test_every_command_has_every_format(desk: Path, call: Call, line: str, fmt: str) -> None:
    done = call(desk, f"{line} --format {fmt}")
    assert done.returncode == 0 or (line.startswith("health") and done.returncode == 1), done.stderr
    assert "Traceback" not in done.stderr and "\x1b" not in done.stdout
    if fmt == "json":
        json.loads(done.stdout)
    elif fmt == "jsonl":
        assert all(isinstance(json.loads(row), dict) for row in done.stdout.splitlines())
    elif fmt == "csv":
        rows = list(csv.reader(io.StringIO(done.stdout, newline="")))
        assert len({len(row) for row in rows}) == 1, "a header, and rows of its length"
        assert not any(cell.lstrip()[:1] in ("=", "@") for row in rows for cell in row)
    elif fmt == "markdown" and line in LISTINGS:
        table = [row for row in done.stdout.splitlines() if row.startswith("|")]
        assert "<script" not in done.stdout and all(row.endswith("|") for row in table)
    else:
        assert "─" not in done.stdout, "no boxes through a pipe"


def test_a_table_through_a_pipe_is_a_row_a_line(desk: Path) -> None:
    lines = newsdesk(desk, "stories").stdout.splitlines()
    place = lines[0].index("headline")
    assert len(lines) == 3 and all(line[place - 1] == " " and line[place] != " " for line in lines[1:3])


def test_a_table_fits_the_terminal(desk: Path) -> None:
    for columns in (80, 120, 200):
        shown = bare(on_terminal(desk, "stories --min-outlets 1 --language en", columns))
        assert max(map(len, shown.splitlines())) <= columns and "Ferries to the islands" in " ".join(shown.split())
    lists = bare(on_terminal(desk, "sql 'SELECT * FROM articles LIMIT 2'", 60))
    assert "\nurl_key " in lists and lists.count("word_count") == 2, "too narrow: a list of values"


def test_colours_are_for_terminals_that_want_them(desk: Path) -> None:
    assert "\x1b[" in on_terminal(desk, "sources")
    for own in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        shown = on_terminal(desk, "sources", **own)
        assert "\x1b[3" not in shown and "wire" in shown


def test_a_long_text_goes_through_the_pager(desk: Path, tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGED; cat\n")
    pager.chmod(0o755)
    assert "PAGED" in on_terminal(desk, "show 1", rows=10, PAGER=str(pager))
    assert "PAGED" not in on_terminal(desk, "show 1 --no-pager", rows=10, PAGER=str(pager))
    assert "PAGED" not in on_terminal(desk, "show 1", rows=500, PAGER=str(pager))
    assert "PAGED" not in newsdesk(desk, "show 1", env={"PAGER": str(pager)}).stdout


def test_a_hostile_article_does_nothing_to_a_terminal(desk: Path) -> None:
    shown = bare(on_terminal(desk, "show https://www.hostile.example/hostile --no-pager"))
    assert "\x1b" not in shown and "\u202e" not in shown and "\x07" not in shown and "[bold]ferries[/bold]" in shown


@pytest.mark.parametrize(
    "line",
    [
        "export",
        "sql 'SELECT a.* FROM articles a, articles b' --format csv",
        "show 1",
        "links --help",
        "stories --format json",
    ],
)
def test_a_reader_that_leaves_ends_a_command_in_good_order(desk: Path, line: str) -> None:
    run = zygote.start(
        [sys.executable, "-m", "crawler", *shlex.split(line)],
        cwd=desk,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert run.stdout is not None and run.stderr is not None
    run.stdout.read(1)
    run.stdout.close()
    assert (run.wait(60), run.stderr.read()) == (0, b"")
    run.stderr.close()


def test_a_full_disk_is_one_clear_line(desk: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = zygote.run(
            [sys.executable, "-m", "crawler", "stats"],
            cwd=desk,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (done.returncode, done.stderr) == (
        1,
        "Error: what was asked for cannot be written: No space left on device\n",
    )
    done = newsdesk(desk, "export /dev/full")
    assert done.returncode == 1 and done.stderr == "Error: /dev/full: cannot be written: No space left on device\n"


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
         ("nonsense", 2, "No such command 'nonsense'"), ("show", 2, "Missing argument"), ("show 1 --format yaml", 2, "'yaml' is not one of"),
        ("show x", 2, "'x' is neither an article's id nor a URL"), ("show 999", 1, "no article 999 is stored"), ("search --limit 0 x", 2, "greater than or equal to 1"),
        ("trends", 2, "Missing argument"), ("trends x --by year", 2, "'year' is not one of"), ("trends ferries --by hour --since 2000", 2, "too many bars by hour"),
        ("trends --since", 2, "requires an argument"), ("sql", 2, "write one statement"), ("sql 'SELECT 1' --schema", 2, "write one statement"),
        ("export --since-cursor nowhere.txt", 2, "'nowhere.txt' is no cursor, and no file to read"), ("export --since-cursor nd1.AAAA", 2, "the cursor is broken"),
        ("export --since-cursor nd9.AAAA", 2, "is no cursor of an export by this version"), ("export --since-cursor sources.toml", 2, "is no cursor"),
        ("export --format markdown", 2, "name a DIRECTORY"), ("export --source nobody", 2, "no source 'nobody'"), ("export . ", 2, "is a directory"),
        ("export --search '\"x'", 2, "opens a quote"), ("search --since soon x", 2, "--since 'soon' is not a time"), ("why x", 2, "'x' is not a URL"),
        (f"export --search {'x' * 10_001}", 2, "10,001 characters"), ("export --search \"'; DROP TABLE articles; --\" --limit 1", 0, ""),
    ],
)  # fmt: skip
def test_wrong_use_is_told_in_a_line(desk: Path, call: Call, line: str, code: int, message: str) -> None:
    done = call(desk, line)
    assert done.returncode == code and message in done.stdout + done.stderr, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr and len(done.stderr) < 600


READERS = (
    "stats",
    "search x",
    "show 1",
    "stories",
    "story 1",
    "diff 1",
    "crawls",
    "export",
    "trends x",
    "sql 'SELECT count(*) FROM articles'",
    "dedup-report",
)


@pytest.mark.parametrize("line", READERS)
def test_a_database_that_cannot_be_used_is_told_in_a_line(tmp_path: Path, call: Call, line: str) -> None:
    def told(code: int, message: str) -> None:
        done = call(tmp_path, line)
        assert done.returncode == code and message in done.stderr and done.stderr.count("\n") == 1, (
            done.stdout,
            done.stderr,
        )

    told(1, "newsdesk.db does not exist")
    assert list(tmp_path.iterdir()) == []
    path = tmp_path / "newsdesk.db"
    path.mkdir()
    told(1, "newsdesk.db")
    path.rmdir()
    path.write_text("This is no database, and it is long enough to be looked at. " * 40)
    told(1, "file is not a database")
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE places (a)")
    if line.startswith("sql"):
        told(2, "no such table: articles")
    else:
        told(1, "is another program's: it has the table places")
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("places",)]
    path.unlink()
    open_store(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE alembic_version SET version_num = '9999'")
        other.commit()
    if not line.startswith("sql"):
        told(1, "schema version 9999, which this newsdesk does not know")


def test_every_command_has_examples_and_each_is_right_use() -> None:
    command = typer.main.get_command(app)
    paths = [path for path, _ in _commands(command, "")]
    assert set(EXAMPLES) == set(paths), "crawler/commands/examples.py has examples for each command, and for no other"
    for path, lines in EXAMPLES.items():
        assert lines
        for line in lines:
            assert path.split()[0] in line.split(), line
            words = shlex.split(line.partition(" < ")[0])
            context = command.make_context("newsdesk", words)
            while hasattr(context.command, "resolve_command"):
                name, found, rest = context.command.resolve_command(context, [*context._protected_args, *context.args])
                context = found.make_context(name, rest, parent=context)


@pytest.mark.parametrize("path", ["export", "opml import", "trends"])
def test_help_shows_the_examples_as_they_are(desk: Path, path: str) -> None:
    shown = newsdesk(desk, f"{path} --help").stdout
    assert all(f"\n    newsdesk {line}\n" in f"{shown}\n" for line in EXAMPLES[path])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_formats_and_sources(desk: Path, shell: str) -> None:
    def completed(words: str) -> str:
        typed = {"bash": {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}}.get(
            shell, {"_TYPER_COMPLETE_ARGS": words}
        )
        own = {"_NEWSDESK_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_FISH_ACTION": "get-args", **typed}
        code = "import sys; sys.argv = ['newsdesk']; from crawler.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=desk, env=environment(**own), capture_output=True, text=True
        )
        assert done.stderr == ""
        return done.stdout

    assert "search" in completed("newsdesk sea") and "markdown" in completed("newsdesk stats --format m")
    assert "daily" in completed("newsdesk search --source d") and "wire" not in completed("newsdesk search --source d")
    code = f"import sys; sys.argv = ['newsdesk', '--show-completion', '{shell}']; from crawler.cli import main; main()"
    script = subprocess.run(
        [sys.executable, "-c", code],
        cwd=desk,
        env=environment(_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"),
        capture_output=True,
        text=True,
    )
    assert "_NEWSDESK_COMPLETE" in script.stdout, script.stderr


@pytest.fixture
def inside(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The desk as the working directory, without an environment that says otherwise."""
    for name in list(os.environ):
        if name.startswith("NEWSDESK_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(desk)
    yield desk


def test_sources_are_completed_from_file_and_database_and_never_fail(
    inside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {"daily", "wire", "rtl"} <= set(source_names("")) and source_names("w") == ["weekly", "wire"]
    monkeypatch.setenv("NEWSDESK_SOURCES", "nowhere.toml")
    assert "weekly" in source_names("")
    monkeypatch.setenv("NEWSDESK_DATABASE_URL", "nonsense")
    assert source_names("") == []


def test_an_export_that_is_killed_leaves_nothing_half_done(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'newsdesk.db'}")
    with store.begin() as connection:
        for number in range(20):
            put(connection, f"a{number}", f"Words of {number}.")
    line = "export out.jsonl --since-cursor cursor.txt --cursor-file cursor.txt"
    assert newsdesk(tmp_path, line).returncode == 0
    (before, cursor) = ((tmp_path / name).read_bytes() for name in ("out.jsonl", "cursor.txt"))
    with store.begin() as connection:
        for number in range(400):
            put(connection, f"b{number}", f"Words of {number}. " * 2000)
    store.close()
    killed = 0
    for _ in range(4):
        run = zygote.start(
            [sys.executable, "-m", "crawler", *line.split()], cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL
        )
        while run.poll() is None and not any(one.stat().st_size for one in tmp_path.glob(".out.jsonl.*.part")):
            time.sleep(0.002)
        run.send_signal(signal.SIGKILL)
        killed += run.wait() == -signal.SIGKILL
        if (tmp_path / "cursor.txt").read_bytes() != cursor:
            break
        for part in tmp_path.glob(".out.jsonl.*.part"):
            part.unlink()
    assert killed
    if (tmp_path / "cursor.txt").read_bytes() == cursor:
        assert (tmp_path / "out.jsonl").read_bytes() in (before, (tmp_path / "out.jsonl").read_bytes())
        assert newsdesk(tmp_path, line).returncode == 0
    rows = [json.loads(row) for row in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert {row["url"].rpartition("/")[2] for row in rows} == {f"b{number}" for number in range(400)}
    assert newsdesk(tmp_path, line).returncode == 0 and (tmp_path / "out.jsonl").read_bytes() == b""


def test_progress_is_for_terminals(desk: Path, tmp_path: Path) -> None:
    assert "exporting" in on_terminal(desk, f"export {tmp_path / 'a.jsonl'}")
    assert "exporting" not in newsdesk(desk, f"export {tmp_path / 'b.jsonl'}").stderr
    done = newsdesk(desk, "export --search ferries")
    assert done.stderr == "" and all(json.loads(row)["id"] for row in done.stdout.splitlines())
