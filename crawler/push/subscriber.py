"""The subscriber: keeps the subscriptions of the daemon's channels, answers hubs, and makes pushed channels due."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from time import monotonic

import sqlalchemy as sa
from scrapy.crawler import Crawler

from crawler.desk import Desk
from crawler.push import terms
from crawler.push.hubs import Heard, Hubs
from crawler.push.signing import is_signed
from crawler.push.terms import Question, Reply, Step
from crawler.push.trust import is_believed, pushed
from pipelines.hosts import host_of
from storage import pushes as rows
from storage.pushes import PushState, Subscription, Wish

ASKS_OF_A_HUB = 10
"""Requests to one hub, and hubs that are asked, in one look at the subscriptions."""
HUBS_AT_ONCE = 20
logger = logging.getLogger(__name__)


class Subscriber:
    """One daemon's subscriptions. `callback` is the public address, ending in a slash, that tokens are added to."""

    def __init__(self, crawler: Crawler, desk: Desk, callback: str) -> None:
        self._crawler = crawler
        self._desk = desk
        self._session = desk.session
        self._callback = callback
        self._hubs = Hubs(crawler, desk)
        self._resting: dict[str, float] = {}
        self._caught_up = False

    @property
    def is_ready(self) -> bool:
        """Whether the crawl has begun: its sources are known."""
        return self._desk.agenda is not None

    async def tick(self) -> None:
        """Subscribe what names a hub, renew what runs out, end what is no longer wanted: some at a time."""
        if not self._caught_up:
            await self._catch_up()
            self._caught_up = True
        now = datetime.now(UTC)
        wishes = await self._session.read(lambda c: rows.list_wishes(c, now + terms.RENEW_AHEAD))
        asks: dict[str, list[tuple[Wish, Step]]] = defaultdict(list)
        for wish, step in [(wish, terms.next_step(wish, now)) for wish in wishes]:
            if step in (Step.LAPSE, Step.FORGET):
                await self._let_go(wish, step)
            elif step is not Step.NOTHING:
                hub = wish.hub if step is Step.SUBSCRIBE or wish.held is None else wish.held.hub
                asks[host_of(hub or "")].append((wish, step))
        free = [host for host in asks if self._resting.get(host, 0.0) <= monotonic()][:HUBS_AT_ONCE]
        await asyncio.gather(*(self._ask_hub(host, asks[host][:ASKS_OF_A_HUB]) for host in free))

    async def _catch_up(self) -> None:
        """Poll what was slowed because of its pushes: those that came while no daemon ran are lost."""

        def intent(connection: sa.Connection) -> int:
            now = datetime.now(UTC)
            found = [one for one in rows.list_pushed(connection, now) if is_believed(one.held, now)]
            timed = [one for one in found if self._desk.roster.schedule(one.source_id).is_automatic]
            return sum(rows.bring_forward(connection, one.held.channel_id, now) for one in timed)

        if await self._session.write(intent) and self._desk.agenda is not None:
            self._desk.agenda.wake()

    async def _let_go(self, wish: Wish, step: Step) -> None:
        held = wish.held
        assert held is not None
        if step is Step.FORGET:
            await self._session.write(lambda c: rows.forget_subscription(c, held.channel_id))
            return
        await self._session.write(lambda c: rows.save_subscription(c, replace(held, state=PushState.LAPSED)))
        logger.warning("%s lets %s lapse: %s", host_of(held.hub), wish.url, held.last_error or "it was not renewed")

    async def _ask_hub(self, host: str, wanted: list[tuple[Wish, Step]]) -> None:
        for wish, step in wanted:
            heard = await self._leave(wish) if step is Step.LEAVE else await self._subscribe(wish)
            if heard.rest is not None:
                self._resting[host] = monotonic() + heard.rest
                return

    async def _subscribe(self, wish: Wish) -> Heard:
        assert wish.hub is not None and wish.topic is not None
        held = wish.held or Subscription(
            wish.channel_id, wish.hub, wish.topic, token_urlsafe(32), token_urlsafe(32), PushState.ASKED
        )
        # The hub may verify before it answers, and the daemon may end in between: the row stands first.
        return await self._ask(wish, held, terms.asked(held, datetime.now(UTC)), "subscribe")

    async def _leave(self, wish: Wish) -> Heard:
        assert wish.held is not None
        return await self._ask(wish, wish.held, terms.asked(terms.leaving(wish.held), datetime.now(UTC)), "unsubscribe")

    async def _ask(self, wish: Wish, before: Subscription, held: Subscription, mode: str) -> Heard:
        await self._session.write(lambda c: rows.save_subscription(c, held))
        heard = await self._hubs.ask(held.hub, self._form(held, mode))
        if heard.problem is None:
            return heard

        def intent(connection: sa.Connection) -> None:
            at_hand = rows.hold_subscription(connection, held.channel_id)
            if at_hand != held:
                return  # the hub has verified it all the same
            kept = held if heard.sent else replace(held, asked_at=before.asked_at, failures=before.failures)
            rows.save_subscription(connection, replace(kept, last_error=heard.problem))

        await self._session.write(intent)
        if heard.sent:
            logger.warning("%s was asked in vain to %s %s: %s", host_of(held.hub), mode, wish.url, heard.problem)
        return heard

    def _form(self, held: Subscription, mode: str) -> dict[str, str]:
        form = {"hub.mode": mode, "hub.topic": held.topic, "hub.callback": self._callback + held.token}
        form["hub.verify"] = "async"  # hubs of before the recommendation refuse what does not say how to verify
        if mode == "subscribe":
            form["hub.secret"] = held.secret
            form["hub.lease_seconds"] = str(int(terms.LEASE.total_seconds()))
        return form

    async def asked(self, token: str, question: Question) -> Reply:
        """Answer a hub that verifies a request or refuses it, once what it says is kept."""

        known = await self._session.read(lambda c: rows.find_subscription(c, token))
        if known is None:
            return terms.reply_to(question, None, datetime.now(UTC))

        def intent(connection: sa.Connection) -> tuple[Subscription | None, Reply]:
            held = rows.hold_subscription(connection, known.channel_id)
            held = held if held is not None and held.token == token else None
            reply = terms.reply_to(question, held, datetime.now(UTC))
            if held is not None and reply.held is None:
                rows.forget_subscription(connection, held.channel_id)
            elif reply.held is not None and reply.held != held:
                rows.save_subscription(connection, reply.held)
            return held, reply

        held, reply = await self._session.write(intent)
        _tell(held, reply)
        return reply

    async def pushed(self, token: str, signature: str | None, body: bytes) -> int:
        """Take a push and make its channel due; return the HTTP status to answer with.

        A push that is not signed as agreed is acknowledged and ignored. 410 ends what nobody wants any more.
        """
        held = await self._session.read(lambda c: rows.find_subscription(c, token))
        if held is None or held.state is PushState.LEAVING:
            self._count("unknown")
            return 410
        if not is_signed(held.secret, body, signature):
            self._count("badly-signed")
            logger.warning("a push of %s by %s is ignored: it is not signed as agreed", held.topic, host_of(held.hub))
            return 202

        def intent(connection: sa.Connection) -> datetime | None:
            now = datetime.now(UTC)
            known = rows.hold_subscription(connection, held.channel_id)
            if known is None or known.token != token:
                return None
            after, at = pushed(known, rows.polls_of(connection, known.channel_id), now)
            rows.save_subscription(connection, after)
            return at if rows.bring_forward(connection, known.channel_id, at) else None

        at = await self._session.write(intent)
        self._count("taken")
        if at is not None:
            self._wake_at(at)
        return 202

    def _wake_at(self, at: datetime) -> None:
        agenda = self._desk.agenda
        if agenda is not None:
            seconds = (at - datetime.now(UTC) + timedelta(milliseconds=20)).total_seconds()
            asyncio.get_running_loop().call_later(max(seconds, 0.0), agenda.wake)

    def _count(self, name: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(f"pushes/{name}")


def _tell(before: Subscription | None, reply: Reply) -> None:
    """Log what a hub's question has changed."""
    after = reply.held
    if before is None or after == before:
        return
    if after is None:
        logger.info("%s pushes %s no longer", host_of(before.hub), before.topic)
    elif after.state is PushState.REFUSED:
        logger.warning("%s will not push %s: %s", host_of(after.hub), after.topic, after.last_error)
    elif after.lease_until is not None:
        logger.info("%s pushes %s until %s UTC", host_of(after.hub), after.topic, f"{after.lease_until:%Y-%m-%d %H:%M}")
