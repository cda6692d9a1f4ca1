"""One thread that writes: many small intents become one transaction, and each is told when it is committed."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from storage.store import Store

logger = logging.getLogger(__name__)

T = TypeVar("T")
Intent = Callable[[sa.Connection], Any]
TRIES = 4
PASSING = (OperationalError, IntegrityError)
"""What may be gone when an intent runs again: a deadlock, a lost connection; what another process has stored or deleted
between our look and our write.
"""
MOST_TURNS = 50


@dataclass(frozen=True, slots=True)
class _Order:
    intent: Intent
    future: Future[Any]


@dataclass(slots=True)
class Wrote:
    """What a writer has done: transactions, the intents in them, and seconds from their begin to their end."""

    transactions: int = 0
    intents: int = 0
    seconds: float = 0.0


class BatchWriter:
    """Runs intents in the order given, up to `max_items` in a transaction that lasts at most `max_delay` seconds.

    A future resolves after its transaction has committed. An intent that raises is undone alone (a savepoint)
    and its future carries the exception. An intent may run again (PASSING),
    so it must have no effect but on its connection. `afterwards` runs after each batch, in transactions of its
    own, until it has found nothing to do; what it fails to do, it is asked to do again after the next batch.
    """

    def __init__(
        self,
        store: Store,
        *,
        max_delay: float = 0.25,
        max_items: int = 64,
        afterwards: Callable[[sa.Connection], int] | None = None,
    ) -> None:
        self._store = store
        self._afterwards = afterwards
        self._max_delay = max_delay
        self._max_items = max_items
        self._orders: queue.Queue[_Order | None] = queue.Queue()
        self._closed = False
        self.wrote = Wrote()
        self._thread = threading.Thread(target=self._run, name="newsdesk-writer", daemon=True)
        self._thread.start()

    @property
    def queued(self) -> int:
        """How many intents wait."""
        return self._orders.qsize()

    def submit(self, intent: Callable[[sa.Connection], T]) -> Future[T]:
        """Queue an intent; the future gives its result once it is committed."""
        if self._closed:
            raise RuntimeError("the writer is closed")
        future: Future[T] = Future()
        self._orders.put(_Order(intent, future))
        return future

    def close(self, timeout: float = 60) -> None:
        """Commit what is queued and stop; waits at most `timeout` seconds."""
        if not self._closed:
            self._closed = True
            self._orders.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        while (first := self._orders.get()) is not None:
            began, batch = time.monotonic(), [first]
            last = self._write(batch)
            self.wrote.transactions += 1
            self.wrote.intents += len(batch)
            self.wrote.seconds += time.monotonic() - began
            self._follow_up()
            if last:
                return

    def _follow_up(self) -> None:
        if self._afterwards is None:
            return
        try:
            for _ in range(MOST_TURNS):
                with self._store.begin() as connection:
                    left = self._afterwards(connection)
                if not left:
                    return
        except Exception:
            logger.exception("what follows a transaction failed; it is tried again after the next one")

    def _write(self, batch: list[_Order]) -> bool:
        """Run a batch that begins with these orders; return whether the queue has ended.

        Orders join while the queue holds some; a batch never waits for one, so a lone order commits at once.
        """
        ended = False
        results: list[tuple[_Order, Any, BaseException | None]] = []
        try:
            with self._store.begin() as connection:
                deadline = time.monotonic() + self._max_delay
                results.append(_run_one(connection, batch[0]))
                while len(batch) < self._max_items and time.monotonic() < deadline:
                    try:
                        order = self._orders.get_nowait()
                    except queue.Empty:
                        break
                    if order is None:
                        ended = True
                        break
                    batch.append(order)
                    results.append(_run_one(connection, order))
        except Exception as error:
            self._each_alone(batch, error)
            return ended
        for order, value, failure in results:
            _resolve(order, value, failure)
        return ended

    def _each_alone(self, batch: list[_Order], cause: Exception) -> None:
        """The transaction failed as a whole: run each intent in one of its own, a few times."""
        for order in batch:
            failure: BaseException = cause
            for turn in range(TRIES):
                try:
                    with self._store.begin() as connection:
                        value = order.intent(connection)
                except PASSING as error:
                    failure = error
                    time.sleep(0.1 * 2**turn)
                except Exception as error:
                    failure = error
                    break
                else:
                    _resolve(order, value, None)
                    break
            if not order.future.done():
                _resolve(order, None, failure)


def _run_one(connection: sa.Connection, order: _Order) -> tuple[_Order, Any, BaseException | None]:
    try:
        with connection.begin_nested():
            return order, order.intent(connection), None
    except PASSING:
        raise
    except Exception as error:
        return order, None, error


def _resolve(order: _Order, value: Any, failure: BaseException | None) -> None:
    with contextlib.suppress(Exception):  # its asker may have been cancelled meanwhile
        if failure is not None:
            order.future.set_exception(failure)
        else:
            order.future.set_result(value)
