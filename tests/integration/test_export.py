"""Exports from both databases: every format, what is new since a cursor, and that nothing is lost on the way."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage import open_store
from storage.articles import get_article
from storage.errors import FailureError, UsageError
from storage.export import tree
from storage.export.cursors import MARGIN, Cursor, parse_cursor, present, reached, start
from storage.export.fields import FIELDS, NAMES
from storage.export.selection import select_since
from storage.export.writing import KINDS, check_target, kind_of, write, write_to
from storage.search import Query
from storage.store import Store
from storage.types import StoredArticle
from tests.integration.storage.fixtures import NOW, put, stamp

ROOT = Path(__file__).parents[2]
HOSTILE = '=HYPERLINK("http://a.example")\x1b[31m'
MINUTE = timedelta(minutes=1)


@pytest.fixture
def filled(store: Store) -> Store:
    """A database with articles of two sources: 1 to 5, with a hostile one (3) and one in Greek (4)."""
    with store.begin() as connection:
        put(
            connection,
            "one",
            "First words.\n\nMore of them.",
            authors=("Ada B.", "Karl W."),
            tags=("sea", "ice"),
            published=stamp(NOW - timedelta(days=40)),
        )
        put(connection, "two", "Ferry words.", language="en", published=stamp(NOW))
        put(connection, "three", "# Not a heading\n\n- nor *a* list\n\n\x07bell", headline=HOSTILE, tags=("=1+1",))
        put(connection, "four", "Ελληνικά λόγια.", language="el", source="b")
        put(connection, "five", "Ferry again.", source="b")
    return store


def run(
    store: Store,
    query: Query | None = None,
    cursor: Cursor | None = None,
    *,
    now: datetime = NOW,
    limit: int | None = None,
) -> tuple[list[StoredArticle], Cursor]:
    """Export as the command does; return the articles and the cursor of the end, which goes through its text."""
    query = query or Query()
    begun = start(query, cursor)
    with store.snapshot() as connection:
        place = present(connection, begun, now)
        found = list(select_since(connection, query, begun))[:limit]
    last = found[-1].id if limit is not None and len(found) == limit else None
    return found, parse_cursor(str(reached(begun, place, last)))


def names(articles: list[StoredArticle]) -> list[str]:
    return [article.url.rpartition("/")[2] for article in articles]


def articles(store: Store) -> Iterator[StoredArticle]:
    with store.snapshot() as connection:
        yield from select_since(connection, Query(), start(Query(), None))


def read(path: Path) -> list[dict[str, Any]]:
    """Return what a file of lines has, as JSON gives it; of CSV as text."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = raw.decode()
    if ".csv" in path.name:
        return list(csv.DictReader(io.StringIO(text, newline="")))
    return json.loads(text) if ".json" in path.suffixes else [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.json", "a.json.gz", "a.csv", "a.csv.gz", "a.ndjson"])
def test_files_of_lines_have_every_field(filled: Store, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert write(articles(filled), kind_of(path), path) == 5
    rows = read(path)
    assert [list(row) for row in rows] == [list(NAMES)] * 5
    assert [int(row["id"]) for row in rows] == sorted(int(row["id"]) for row in rows)
    if ".csv" in name:
        assert rows[0]["authors"] == "Ada B.; Karl W." and rows[2]["headline"] == "'" + HOSTILE.replace("\x1b", " ")
        assert rows[2]["tags"] == "'=1+1" and rows[0]["date_published"] == "2026-10-16T12:00:00Z"
    else:
        assert rows[0]["authors"] == ["Ada B.", "Karl W."] and rows[2]["headline"] == HOSTILE
        assert rows[0]["date_published"] == "2026-10-16T12:00:00Z" and rows[3]["body"] == "Ελληνικά λόγια."
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".db" and "newsdesk.db" not in path.name] == [
        name
    ]


def test_parquet_has_types(filled: Store, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    assert write(articles(filled), "parquet", path) == 5
    table = parquet.read_table(path)
    kinds = {"integer": "int64", "text": "string", "texts": "list<element: string>", "time": "timestamp[us, tz=UTC]"}
    assert {field.name: str(field.type) for field in table.schema} == {
        field.name: kinds[field.kind] for field in FIELDS
    }
    assert table.schema.metadata[b"newsdesk.schema"] == b"1"
    rows = table.to_pylist()
    assert rows[0]["tags"] == ["sea", "ice"] and rows[1]["date_published"] == NOW and rows[2]["headline"] == HOSTILE
    assert rows[4]["date_published"] is None and rows[4]["tags"] == []


def test_parquet_is_written_in_groups(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("storage.export.parquet.ROWS", 2)
    write(articles(filled), "parquet", tmp_path / "a.parquet")
    assert parquet.ParquetFile(tmp_path / "a.parquet").metadata.num_row_groups == 3


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_export_is_a_whole_file_too(store: Store, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "out"
    assert write(articles(store), kind, path) == 0
    if kind in tree.KINDS:
        assert [one.name for one in path.iterdir()] == [tree.KINDS[kind].table]
    elif kind == "json":
        assert json.loads(path.read_text()) == []
    elif kind == "parquet":
        assert pytest.importorskip("pyarrow.parquet").read_table(path).num_rows == 0


def test_documents_are_kept_in_step(filled: Store, tmp_path: Path) -> None:
    path = tmp_path / "notes"
    assert write(articles(filled), "markdown", path) == 5
    table = list(csv.DictReader((path / "index.tsv").open(encoding="utf-8", newline=""), delimiter="\t"))
    assert [row["file"].partition("/")[0] for row in table] == ["a", "a", "a", "b", "b"]
    assert all((path / row["file"]).is_file() for row in table) and len(list(path.rglob("*.md"))) == 5
    assert table[2]["headline"].startswith("'=HYPERLINK") and "\x1b" not in table[2]["headline"]
    hostile = (path / table[2]["file"]).read_text("utf-8").split("\n---\n", 1)[1]
    assert hostile.endswith("\\# Not a heading\n\n\\- nor \\*a\\* list\n\nbell\n")
    before = {one: one.stat().st_mtime_ns for one in path.rglob("*.md")}
    _, cursor = run(filled)
    with filled.begin() as connection:  # its date changes, and so does its name; another is new
        put(
            connection,
            "two",
            "Ferry words, changed.",
            language="en",
            published=stamp(NOW - timedelta(days=70)),
            now=NOW + MARGIN,
        )
        put(connection, "six", now=NOW + MARGIN)
    found, _ = run(filled, cursor=cursor, now=NOW + 2 * MARGIN)
    changed = [article for article in found if article.revision > 1]
    assert names(changed) == ["two"]
    write(iter(found), "markdown", path)
    after = list(csv.DictReader((path / "index.tsv").open(encoding="utf-8", newline=""), delimiter="\t"))
    assert [row["id"] for row in after] == [*(row["id"] for row in table), str(found[-1].id)]
    files = {str(one.relative_to(path)) for one in path.rglob("*.md")}
    assert files == {row["file"] for row in after}, "the old name of the changed one is gone"
    assert "a/2026-09/" in after[1]["file"] and after[1]["revision"] == "2"
    same = {one for one in before if one.exists()}
    assert len(same) == 4 and all(one.stat().st_mtime_ns == before[one] for one in same)


def test_text_documents(filled: Store, tmp_path: Path) -> None:
    write(articles(filled), "text", tmp_path / "corpus")
    row = next(csv.DictReader((tmp_path / "corpus/metadata.tsv").open(encoding="utf-8"), delimiter="\t"))
    assert (tmp_path / "corpus" / row["file"]).read_text(
        "utf-8"
    ) == "Headline of one\n\nFirst words.\n\nMore of them.\n"
    assert (row["authors"], row["word_count"]) == ("Ada B.; Karl W.", "99")


@pytest.mark.parametrize(
    "line",
    ["no table", "id\tfile\nx\ty\n", "id\tfile\n2\ta\n2\tb\n", "id\tfile\n-1\ta\n"],
    ids=["text", "letter", "twice", "minus"],
)
def test_a_table_that_is_not_ours_is_left_alone(filled: Store, tmp_path: Path, line: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/index.tsv").write_text(line)
    with pytest.raises(FailureError, match=r"index\.tsv"):
        write(articles(filled), "markdown", tmp_path / "out")
    assert (tmp_path / "out/index.tsv").read_text() == line


def test_no_table_leads_out_of_its_directory(filled: Store, tmp_path: Path) -> None:
    victim = tmp_path / "victim.md"
    victim.write_text("dear")
    number = names_by_id(filled)["one"]
    for name in ("../victim.md", str(victim), f"../a/2026-01/{number:08d}.md"):
        (tmp_path / "out").mkdir(exist_ok=True)
        (tmp_path / "out/index.tsv").write_text(f"id\tfile\n{number}\t{name}\n")
        write(articles(filled), "markdown", tmp_path / "out")
    assert victim.read_text() == "dear"


def names_by_id(store: Store) -> dict[str, int]:
    return {article.url.rpartition("/")[2]: article.id for article in articles(store)}


def test_a_cursor_gives_what_is_new_and_what_has_changed(filled: Store) -> None:
    later = NOW + 3 * MARGIN
    found, cursor = run(filled, now=later)
    assert names(found) == ["one", "two", "three", "four", "five"]
    assert names(run(filled, cursor=cursor, now=later)[0]) == []
    with filled.begin() as connection:
        put(connection, "four", "Ελληνικά λόγια, και άλλα.", language="el", source="b", now=later)
        put(connection, "six", source="b", now=later)
    found, end = run(filled, cursor=cursor, now=later + MINUTE)
    assert names(found) == ["four", "six"] and found[0].changed_at == later
    again, _ = run(filled, cursor=end, now=later + MINUTE)
    assert set(names(again)) <= {"four", "six"}, "what falls into the margin may come twice"
    _, end = run(filled, cursor=end, now=later + 2 * MARGIN)
    assert names(run(filled, cursor=end, now=later + 2 * MARGIN)[0]) == []


def test_a_change_that_commits_late_is_not_lost(filled: Store) -> None:
    """A change is dated before its transaction commits: the export in between does not see it."""
    later = NOW + 3 * MARGIN
    _, cursor = run(filled, now=later + MINUTE)
    with filled.begin() as connection:
        put(connection, "one", "Changed before that export, and seen after it.", now=later)
    assert "one" in names(run(filled, cursor=cursor, now=later + 2 * MINUTE)[0])


def test_a_cursor_goes_with_filters(filled: Store) -> None:
    later = NOW + 3 * MARGIN
    query = Query(text="ferry")
    found, cursor = run(filled, query, now=later)
    assert names(found) == ["two", "five"]
    with filled.begin() as connection:
        put(connection, "one", "First words about a ferry.", now=later)
        put(connection, "three", "Not about it.", headline=HOSTILE, now=later)
        put(connection, "six", "A ferry.", now=later)
        put(connection, "seven", "No boat.", now=later)
    assert names(run(filled, query, cursor, now=later + MINUTE)[0]) == ["one", "six"]
    with pytest.raises(UsageError, match="other filters"):
        run(filled, Query(text="boat"), cursor)


def test_parts_of_an_export_give_everything_though_articles_change_between(filled: Store) -> None:
    later = NOW + 3 * MARGIN
    first, cursor = run(filled, now=later, limit=2)
    with filled.begin() as connection:
        put(connection, "one", "First words, changed behind the export.", now=later + MINUTE)
        put(connection, "six", now=later + MINUTE)
    second, cursor = run(filled, cursor=cursor, now=later + 2 * MARGIN, limit=3)
    third, cursor = run(filled, cursor=cursor, now=later + 4 * MARGIN, limit=3)
    assert (names(first), names(second), names(third)) == (["one", "two"], ["three", "four", "five"], ["six"])
    found, _ = run(filled, cursor=cursor, now=later + 6 * MARGIN)
    assert "one" in names(found) and set(names(found)) <= {"one", "six"}


def test_a_cursor_that_is_ahead_of_the_database_is_refused(filled: Store, tmp_path: Path) -> None:
    _, cursor = run(filled, now=NOW + 3 * MARGIN)
    other = open_store(f"sqlite:///{tmp_path / 'older.db'}")
    with pytest.raises(FailureError, match="the cursor has come to article"):
        run(other, cursor=cursor)
    other.close()


def test_an_article_whose_transaction_commits_late_is_not_lost(shared_postgresql: Store) -> None:
    """On PostgreSQL an id is given long before it can be seen, and later ones may be seen before it."""
    store, later = shared_postgresql, NOW + 3 * MARGIN
    try:
        with store.begin() as slow:
            put(slow, "slow", source="s", now=later)
            with store.begin() as quick:
                source = sa.text(
                    "INSERT INTO sources (name, title, declared, enabled, first_seen) VALUES ('q', 'q', true, true, now()) RETURNING id"
                )
                number = quick.execute(source).scalar_one()
                row = sa.text(
                    "INSERT INTO articles (url, url_key, outlet, source_id, headline, authors, tags, body, word_count, access, kind, content_hash, "
                    "first_seen, last_fetched, extractor) VALUES ('https://q.example/quick', 'q.example/quick', 'q.example', :source, 'Q', '[]', '[]', 'Q', 1, "
                    "'free', 'article', 'q', :now, :now, '') RETURNING id"
                )
                quick.execute(row, {"source": number, "now": later})
            with store.snapshot() as connection:
                cursor = reached(start(Query(), None), present(connection, start(Query(), None), later + MINUTE), None)
        with store.snapshot() as connection:
            found = connection.execute(sa.text("SELECT id FROM articles WHERE url_key = 'a.example/slow'")).scalar_one()
            assert found > cursor.place.id, "the next export begins before it"
    finally:
        with store.begin() as connection:
            from storage.schema import metadata

            connection.execute(sa.text("DELETE FROM articles_fts"))
            for table in reversed(metadata.sorted_tables):
                connection.execute(table.delete())


def test_a_snapshot_stays_as_it_is_and_cannot_write(filled: Store) -> None:
    told = sa.text("SELECT body FROM articles ORDER BY id DESC LIMIT 1")
    with filled.snapshot() as connection:
        before = connection.execute(told).scalar()
        stream = select_since(connection, Query(), start(Query(), None))
        first = next(stream)
        with filled.begin() as other:
            put(other, "five", "Ferry, changed meanwhile.", source="b", now=NOW + MINUTE)
            put(other, "six")
        rest = list(stream)
        assert connection.execute(told).scalar() == before
    assert names([first, *rest]) == ["one", "two", "three", "four", "five"] and rest[-1].body == "Ferry again."
    if filled.dialect == "postgresql":
        with pytest.raises(sa.exc.DBAPIError, match="read-only"), filled.snapshot() as connection:
            connection.execute(sa.text("DELETE FROM articles"))


def test_a_file_that_fails_half_way_leaves_the_old_one(filled: Store, tmp_path: Path) -> None:
    def broken() -> Iterator[StoredArticle]:
        yield from articles(filled)
        raise RuntimeError("half way")

    for name in ("a.jsonl", "a.csv.gz", "a.parquet"):
        path = tmp_path / "out" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("old")
        path.chmod(0o640)
        with pytest.raises(RuntimeError):
            write(broken(), kind_of(path), path)
        assert path.read_text() == "old"
        write(articles(filled), kind_of(path), path)
        assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["a.csv.gz", "a.jsonl", "a.parquet"]
    with pytest.raises(RuntimeError):
        write(broken(), "markdown", tmp_path / "notes")
    assert not (tmp_path / "notes/index.tsv").exists()


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("markdown", None, "name a DIRECTORY"), ("parquet", None, "name a FILE"), ("jsonl", ".", "is a directory"), ("text", "file", "is no directory"),
        ("parquet", "a.parquet.gz", "packed in itself"),
    ],
)  # fmt: skip
def test_a_target_that_cannot_be(tmp_path: Path, kind: str, name: str | None, message: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=message):
        check_target(kind, tmp_path / name if name is not None else None)


def test_a_place_that_cannot_be_written(filled: Store, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, kind in ((tmp_path / "nowhere/a.jsonl", "jsonl"), (tmp_path / "file/notes", "text")):
        with pytest.raises(FailureError, match="cannot be written"):
            write(articles(filled), kind, path)


def test_a_stream_gets_the_same(filled: Store) -> None:
    out = io.StringIO()
    assert write_to(articles(filled), "json", out) == 5
    assert [row["source"] for row in json.loads(out.getvalue())] == ["a", "a", "a", "b", "b"]


def test_programs_read_articles_and_records(filled: Store) -> None:
    assert names(list(filled.articles("ferry"))) == ["two", "five"]
    assert names(list(filled.articles(sources=["b"], languages="el"))) == ["four"]
    assert names(list(filled.articles(Query(text="ferry", limit=None), since="2026-11"))) == ["two", "five"]
    assert names(list(filled.articles(since=NOW - MINUTE, limit=2))) == ["two", "three"]
    row = next(filled.records("ferry"))
    assert list(row) == list(NAMES) and row["date_published"] == NOW and row["authors"] == []
    with pytest.raises(UsageError, match="there is no filter 'sauce'"):
        filled.articles(sauce="b")  # type: ignore[call-arg]
    with pytest.raises(UsageError, match="'soon' is not a time"):
        filled.articles(since="soon")
    assert filled.revisions(row["id"]) == []


def test_an_iterator_that_is_left_gives_its_view_back(filled: Store) -> None:
    for _ in range(30):  # more than the pool has connections
        found = filled.articles()
        next(found)
        found.close()  # type: ignore[attr-defined]
    with filled.begin() as connection:
        put(connection, "six")
        assert get_article(connection, names_by_id(filled)["one"]) is not None


def test_the_fields_are_documented() -> None:
    text = (ROOT / "docs/exports.md").read_text("utf-8")
    rows = re.findall(
        r"^\| `(\w+)` \| ([^|]+) \|", text.partition("## Fields")[2].partition("## Formats")[0], re.MULTILINE
    )
    kinds = {"integer": "integer", "text": "text", "texts": "list of texts", "time": "time"}
    assert rows == [(field.name, kinds[field.kind] + ("" if field.required else ", may be null")) for field in FIELDS]


@pytest.mark.parametrize("library", ["storage", "pandas", "polars"])
def test_the_documented_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str) -> None:
    pytest.importorskip(library)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/exports.md").read_text("utf-8"), re.DOTALL)
    (own,) = [block for block in blocks if library in block and (library != "storage" or "pandas" not in block)]
    monkeypatch.chdir(tmp_path)
    with open_store("sqlite:///newsdesk.db") as opened:
        with opened.begin() as connection:
            put(connection, "one", "A ferry.", language="en", published=stamp(NOW), now=datetime.now(UTC))
        write(opened.articles(), "parquet", Path("articles.parquet"))
    scope: dict[str, Any] = {}
    exec(compile(own, library, "exec"), scope)
    assert library != "polars" or scope["counts"].rows()[0][2] == 1
    assert library != "pandas" or scope["words"].sum() == 99
