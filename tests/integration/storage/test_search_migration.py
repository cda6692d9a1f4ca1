"""A database of before stems is brought to them, and back, without losing what is found in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command

from storage.engine import make_engine, parse_url
from storage.migrate import configuration
from storage.schema_search import article_facts
from storage.search import Query, facets, search
from storage.store import open_store
from tests.integration.storage.fixtures import NOW, put, stamp


def _move(url: str, to: str) -> None:
    engine = make_engine(parse_url(url)).execution_options(write=True)
    with engine.begin() as connection:
        (command.upgrade if to == "head" else command.downgrade)(configuration(connection), to)
    engine.dispose()


def test_an_older_database_keeps_its_search_and_gets_stems(database_url: str) -> None:
    store = open_store(database_url)
    with store.begin() as connection:
        for number in range(1203):
            put(
                connection, f"n{number}", f"Election number{number}", language="en", section="Politics", tags=("Vote",),
                authors=("Ann Lee",), published=stamp(NOW),
            )  # fmt: skip
        facts = connection.execute(sa.select(article_facts).order_by(article_facts.c.id)).all()
    store.close()
    _move(database_url, "0005")
    engine = make_engine(parse_url(database_url))
    with engine.begin() as connection:
        names = sa.inspect(connection).get_table_names()
        assert "article_facts" not in names and "search_languages" not in names
        if connection.dialect.name == "sqlite":
            found = connection.execute(sa.text("SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'number7 lee'"))
            assert len(found.all()) == 1
    engine.dispose()
    store = open_store(database_url)
    with store.begin() as connection:
        assert connection.execute(sa.select(article_facts).order_by(article_facts.c.id)).all() == facts
        assert search(connection, Query("elections tag:vote section:politics author:lee")).total == 1203
        assert search(connection, Query("number1202")).total == 1
        assert facets(connection, Query("election"))["section"][0].count == 1203
        put(connection, "new", "One more election.", language="en")
        assert search(connection, Query("elections")).total == 1204
    store.close()
