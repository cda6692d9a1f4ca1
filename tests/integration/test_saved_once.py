"""Each article is told once: whoever checks at the same time, whatever is killed, in whatever order ids are committed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest
import sqlalchemy as sa

from crawler.access import Direct
from crawler.alerts.check import check
from storage.alerts import check_searches, checked_searches
from storage.alerts_horizon import settled_ids
from storage.saved import latest_ids, pause_saved, remove_saved
from storage.schema import metadata
from storage.store import Store
from storage.stories import unite_waiting
from tests.integration.saved_told import SOON, headlines, look, save, sent, store_some
from tests.integration.storage.fixtures import NOW
from tests.integration.storage.telling import READING, tell, text


def test_two_that_check_at_once_tell_each_article_once(store: Store) -> None:
    """Both have read before either writes: the one that comes second finds the search moved on."""
    save(store)
    store_some(store, "one", "two")
    access = Racing(store, lambda: look(store))
    report = asyncio.run(check(access, 50, lambda: NOW + SOON))
    assert access.raced and report.told == {}
    assert headlines(store) == [["Ferry two", "Ferry one"]]


@pytest.mark.parametrize("is_removed", [True, False])
def test_what_is_removed_or_paused_while_it_is_checked_is_not_told(store: Store, is_removed: bool) -> None:
    save(store)
    store_some(store, "one")

    def meanwhile() -> None:
        with store.begin() as connection:
            if is_removed:
                remove_saved(connection, "ferries")
            else:
                pause_saved(connection, "ferries", NOW)

    access = Racing(store, meanwhile)
    assert asyncio.run(check(access, 50, lambda: NOW)).told == {}
    assert access.raced and sent(store) == []


class Racing:
    """Access before whose first write something else happens."""

    def __init__(self, store: Store, meanwhile: Callable[[], object]) -> None:
        self.direct, self.meanwhile, self.raced = Direct(store), meanwhile, False

    async def read(self, question: Callable[[sa.Connection], Any]) -> Any:
        return await self.direct.read(question)

    async def write(self, intent: Callable[[sa.Connection], Any]) -> Any:
        if not self.raced:
            self.raced = True
            thread = Thread(target=self.meanwhile)
            thread.start()
            thread.join()
        return await self.direct.write(intent)


@pytest.mark.parametrize("step", [0, 1])
def test_what_fails_while_it_is_told_is_told_by_the_next_check(store: Store, step: int) -> None:
    """As a kill does: the transaction that was to write the messages is gone, with the matches and the cursor."""
    save(store)
    save(store, "others", "nothing-at-all")
    store_some(store, "one")
    access = Failing(store, step)
    with pytest.raises(RuntimeError):
        asyncio.run(check(access, 50, lambda: NOW))
    assert look(store).told == ({"ferries": 1} if step == 0 else {})
    assert headlines(store) == [["Ferry one"]]


class Failing:
    """Access whose transaction of this number is lost at its end."""

    def __init__(self, store: Store, step: int) -> None:
        self.direct, self.left = Direct(store), step

    async def read(self, question: Callable[[sa.Connection], Any]) -> Any:
        return await self.direct.read(question)

    async def write(self, intent: Callable[[sa.Connection], Any]) -> Any:
        left, self.left = self.left, self.left - 1

        def lost(connection: sa.Connection) -> Any:
            intent(connection)
            raise RuntimeError("killed")

        return await self.direct.write(lost if left == 0 else intent)


def test_far_behind_is_caught_up_in_portions_and_told_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    save(store)
    store_some(store, *(f"f{number}" for number in range(9)))
    monkeypatch.setattr(check_searches, "__defaults__", (2,))
    assert look(store).told == {"ferries": 9}
    assert [len(one) for one in headlines(store)] == [9]


def test_an_article_that_is_committed_after_a_later_one_is_told(
    shared_postgresql: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL gives ids out in an order that is not that of the commits."""
    store = shared_postgresql
    monkeypatch.setattr(settled_ids, "__defaults__", (0.05, sleep))
    save(store, "late")
    begun, go_on = Event(), Event()

    def slow() -> None:
        with store.begin() as connection:
            tell(connection, "slow", "x", f"The ferry is late.\n\n{text(1)}", headline="The lower id")
            begun.set()
            go_on.wait(20)

    thread = Thread(target=slow)
    thread.start()
    try:
        assert begun.wait(10)
        with store.begin() as connection:
            tell(connection, "quick", "x", f"The ferry is early.\n\n{text(2)}", headline="The higher id")
        early = look(store, NOW + timedelta(hours=1))
        assert early.is_early and early.told == {}
        go_on.set()
        thread.join()
        assert look(store, NOW + timedelta(hours=1)).told == {"late": 2}
        assert headlines(store) == [["The higher id", "The lower id"]]
    finally:
        go_on.set()
        thread.join()
        clear(store)


def test_a_text_whose_story_is_still_looked_for_waits_for_it(shared_postgresql: Store) -> None:
    """On PostgreSQL two transactions may store the halves of a reprint; the other half must not be told, too."""
    store = shared_postgresql
    save(store, "late")
    try:
        with store.begin() as connection:
            tell(connection, "a", "x", f"The ferry is late.\n\n{text(1)}")
        assert look(store).told == {}
        with store.begin() as connection:
            assert unite_waiting(connection, READING.comparing)
        assert look(store).told == {"late": 1}
        with store.begin() as connection:
            tell(connection, "b", "x", f"The ferry is late.\n\n{text(2)}")
        assert look(store, NOW + timedelta(minutes=3)).told == {"late": 1}, "but not for ever"
    finally:
        clear(store)


def clear(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(sa.text("DELETE FROM articles_fts"))
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


def test_nothing_is_asked_of_the_articles_when_nothing_is_new(store: Store) -> None:
    save(store)
    store_some(store, "one")
    look(store)
    with store.read() as connection:
        (saved,) = checked_searches(connection)
        assert (saved.seen_article, 0) == (latest_ids(connection)[0], 0)
    asked: list[str] = []
    sa.event.listen(store._engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    look(store, NOW + SOON)
    assert len(asked) <= 5 and not any("articles_fts" in one for one in asked), asked
