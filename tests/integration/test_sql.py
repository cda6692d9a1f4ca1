"""Questions in SQL on both databases: what is answered, and that nothing can be changed by asking."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage.errors import FailureError, NewsdeskError, UsageError
from storage.readonly.answers import first_word, named
from storage.readonly.door import ask, tables
from storage.store import Store, open_store
from tests.integration.storage.fixtures import NOW, put

READS = {
    "SELECT id, headline FROM articles ORDER BY id": [
        {"id": 1, "headline": "Headline of one"},
        {"id": 2, "headline": "Headline of two"},
    ],
    "-- how many\n/* are\nthere */ SELECT count(*) AS n FROM articles": None,
    "WITH a AS (SELECT 1 AS n) SELECT n FROM a;": [{"n": 1}],
    "VALUES (1), (2)": None,
    "EXPLAIN SELECT * FROM articles": None,
    "SELECT 1 AS a, 2 AS a, 3 AS b": [{"a": 1, "a_2": 2, "b": 3}],
    "SELECT id FROM articles WHERE id < 0": [],
    "SELECT '100%' AS a, ';--' AS b": [{"a": "100%", "b": ";--"}],
}
WRITES = (
    "DELETE FROM articles", "UPDATE articles SET headline = 'x'", "INSERT INTO marks (name, value, at) VALUES ('x', 1, '2026-01-01')", "DROP TABLE articles",
    "CREATE TABLE x (a INTEGER)", "SELECT 1; DELETE FROM articles", "COMMIT", "BEGIN", "VACUUM", "EXPLAIN ANALYZE DELETE FROM articles",
    "WITH x AS (DELETE FROM articles RETURNING id) SELECT * FROM x", "SELECT 1; COMMIT; DELETE FROM articles", "/* SELECT */ DELETE FROM articles",
)  # fmt: skip
SQLITE = (
    "ATTACH 'other.db' AS other", "SELECT load_extension('x')", "PRAGMA journal_mode = DELETE", "PRAGMA query_only = OFF", "PRAGMA user_version = 9", "PRAGMA writable_schema = 1",
    "PRAGMA wal_checkpoint", "WITH x AS (SELECT 1) DELETE FROM articles", "VACUUM INTO 'other.db'", "SELECT * FROM pragma_journal_mode('delete')",
    "WITH x AS (SELECT 1) INSERT INTO articles_fts (articles_fts) VALUES ('optimize')", "WITH x AS (SELECT 1) UPDATE sqlite_master SET sql = ''", "SELECT zeroblob(500000000)", "SELECT ?",
)  # fmt: skip
POSTGRESQL = (
    "EXPLAIN SELECT 1; COMMIT; UPDATE articles SET headline = ''",
    "SHOW server_version; COMMIT; UPDATE articles SET headline = ''",
    "COPY articles TO PROGRAM 'cat'", "SELECT pg_read_file('/etc/passwd')", "SELECT nextval('articles_id_seq')", "SELECT * INTO x FROM articles", "SELECT * FROM articles FOR UPDATE",
    "SELECT set_config('transaction_read_only', 'off', false)", "SET TRANSACTION READ WRITE", "DO $$ BEGIN DELETE FROM articles; END $$", "LISTEN x", "EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1",
)  # fmt: skip


@pytest.fixture
def asked(database_url: str) -> Iterator[str]:
    """The URL of a database with two articles."""
    with open_store(database_url) as store, store.begin() as connection:
        put(connection, "one", "A ferry.")
        put(connection, "two", "A bridge.")
    yield database_url


def answer(url: str, statement: str, seconds: float = 30) -> list[dict[str, Any]]:
    with ask(url, statement, seconds) as found:
        return list(found.rows)


def told(url: str) -> Any:
    """Return what is in the database."""
    with open_store(url) as store, store.read() as connection:
        counts = [
            connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar()
            for name in ("articles", "marks", "sources")
        ]
        return (
            counts,
            connection.execute(sa.text("SELECT headline FROM articles ORDER BY id")).scalars().all(),
            sa.inspect(connection).get_table_names(),
        )


@pytest.mark.parametrize("statement", READS)
def test_what_reads_is_answered(asked: str, statement: str) -> None:
    found = answer(asked, statement)
    assert READS[statement] is None or found == READS[statement]
    with ask(asked, statement, 30) as again:
        assert again.columns and list(again.rows) == found, "an answer without rows has its columns too"


def test_nothing_can_be_written(asked: str) -> None:
    before = told(asked)
    for statement in (*WRITES, *(SQLITE if asked.startswith("sqlite") else POSTGRESQL)):
        with pytest.raises(UsageError) as error:
            answer(asked, statement)
        assert "\n" not in str(error.value) and "Traceback" not in str(error.value)
    assert told(asked) == before


def test_what_is_refused_is_told_with_what_is_not(asked: str) -> None:
    with pytest.raises(
        UsageError, match=r"'DROP' is refused: nothing is written here; begin with SELECT, WITH, VALUES, .*EXPLAIN"
    ):
        answer(asked, "drop table articles")


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "  ;;  ",
        "-- nothing",
        "/* nothing",
        "\0",
        "SELEC 1",
        "SELECT 'open",
        "SELECT * FROM nowhere",
        "SELECT nix FROM articles",
        "x" * 200_000,
        ")",
        "SELECT 1 FROM (" * 500,
    ],
)
def test_what_cannot_be_understood_is_told_in_a_line(asked: str, statement: str) -> None:
    with pytest.raises(UsageError) as error:
        answer(asked, statement)
    assert "\n" not in str(error.value) and len(str(error.value)) < 700
    assert ("--schema" in str(error.value)) is ("nowhere" in statement or "nix" in statement)


def test_a_statement_has_its_time(asked: str) -> None:
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r"
    began = time.monotonic()
    with pytest.raises(FailureError, match="took longer than 0.2 s; --seconds allows more"):
        answer(asked, endless, 0.2)
    assert time.monotonic() - began < 20


def test_the_time_in_which_rows_are_used_does_not_count(asked: str) -> None:
    many = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3000) SELECT n FROM r"
    with ask(asked, many, 1.0) as found:
        first = next(found.rows)
        time.sleep(1.2)
        assert (first["n"], sum(1 for _ in found.rows)) == (1, 2999)


def test_an_answer_is_read_as_it_comes(asked: str) -> None:
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"
    if not asked.startswith("sqlite"):
        endless = "SELECT g AS n FROM generate_series(1, 3000) AS g, generate_series(1, 3000)"
    with ask(asked, endless, 20) as found:
        assert [next(found.rows)["n"] for _ in range(2)]


def test_tables_are_listed(asked: str) -> None:
    rows = tables(asked)
    assert {row["table"] for row in rows} >= {"articles", "stories", "sources"} and not {
        row["table"] for row in rows
    } & {"alembic_version", "articles_fts_data"}
    own = {row["column"]: row for row in rows if row["table"] == "articles"}
    assert (
        own["id"]["key"] == "primary"
        and own["source_id"]["key"] == "sources.id"
        and own["headline"]["required"] is True
    )
    assert own["body"]["type"] == "text" and own["story_id"]["required"] is False


def test_full_text_and_json_can_be_asked(asked: str) -> None:
    if asked.startswith("sqlite"):
        assert answer(asked, "SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'ferry'") == [{"rowid": 1}]
        assert answer(asked, "SELECT value FROM json_each('[1, 2]')") == [{"value": 1}, {"value": 2}]
    else:
        assert answer(asked, "SELECT authors, first_seen FROM articles LIMIT 1") == [{"authors": [], "first_seen": NOW}]


def test_an_older_schema_is_asked_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "newsdesk.db")) as old:
        old.execute("CREATE TABLE articles (id INTEGER PRIMARY KEY, headline TEXT)")
        old.execute("CREATE TABLE alembic_version (version_num TEXT)")
        old.execute("INSERT INTO alembic_version VALUES ('0001')")
        old.commit()
    assert answer(f"sqlite:///{tmp_path / 'newsdesk.db'}", "SELECT * FROM articles") == []
    with closing(sqlite3.connect(tmp_path / "newsdesk.db")) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_asking_while_others_write(store: Store, tmp_path: Path) -> None:
    if store.dialect != "sqlite":
        pytest.skip("PostgreSQL's readers never wait")
    url = store.url.render_as_string(hide_password=False)
    with store.begin() as connection:
        put(connection, "one")
        assert answer(url, "SELECT count(*) AS n FROM articles") == [{"n": 0}]
    assert answer(url, "SELECT count(*) AS n FROM articles") == [{"n": 1}]


def test_a_server_that_is_not_there() -> None:
    for work in (
        lambda: answer("postgresql://nobody@127.0.0.1:1/x", "SELECT 1"),
        lambda: tables("postgresql://nobody@127.0.0.1:1/x"),
    ):
        with pytest.raises(FailureError, match="cannot be used"):
            work()
    with pytest.raises(NewsdeskError, match="not supported"):
        answer("mysql://x/y", "SELECT 1")


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("select 1", "SELECT"),
        ("  ((\n--x\n/*y*/ With x", "WITH"),
        ("", ""),
        ("'x'", "'"),
        ("SELECT1", "SELECT1"),
        ("--", ""),
        (";select", "SELECT"),
    ],
)
def test_the_first_word(statement: str, word: str) -> None:
    assert first_word(statement) == word


def test_columns_of_one_name_are_told_apart() -> None:
    assert named(["a", "a", "a_2", "b"]) == ("a", "a_2", "a_2_2", "b")
