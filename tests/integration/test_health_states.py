"""States, changes and messages are kept together, told once, and tried until they arrive; on both databases."""

from __future__ import annotations

import json
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa

from crawler.delivery.command import run
from crawler.delivery.courier import note, take, try_all
from crawler.delivery.letter import DeliveryError, Letter
from crawler.delivery.mail import send
from crawler.delivery.terms import Terms, command_target, target
from crawler.delivery.webhook import key_of, post, sign
from crawler.watch.look import keep, look_at, look_at_some
from storage.channels import Declaration, declare
from storage.deliveries import TAKEN_FOR, WAITS, forget_deliveries
from storage.health import list_changes, list_health
from storage.schema import channels
from storage.schema_watch import deliveries
from storage.store import Store
from storage.types import ChannelKind
from storage.watched import Change

NOW = datetime(2026, 7, 1, 20, tzinfo=UTC)


def declared(store: Store, *names: str, enabled: bool = True) -> None:
    made = [
        Declaration(
            n, n.upper(), None, None, enabled, ((f"https://{n}.example/feed", f"{n}.example", ChannelKind.FEED),)
        )
        for n in names
    ]
    with store.begin() as connection:
        declare(connection, made, NOW - timedelta(days=30))
        connection.execute(sa.update(channels).values(last_polled=NOW, last_new=NOW))


def breaks(store: Store, name: str, failures: int = 3, error: str | None = "http-500") -> None:
    with store.begin() as connection:
        own = channels.c.url.like(f"https://{name}.%")
        connection.execute(sa.update(channels).where(own).values(failures=failures, last_error=error))


def looked(
    store: Store, at: datetime = NOW, targets: tuple[str, ...] = (), names: tuple[str, ...] = ()
) -> list[Change]:
    with store.read() as connection:
        looks = look_at(connection, at, names)
    with store.begin() as connection:
        return keep(connection, looks, targets, at).changes


def states(store: Store) -> dict[str, str]:
    with store.read() as connection:
        return {health.source: health.state for health in list_health(connection)}


def messages(store: Store) -> list[tuple[str, list[tuple[str, str]]]]:
    with store.read() as connection:
        rows = connection.execute(sa.select(deliveries.c.target, deliveries.c.message).order_by(deliveries.c.id)).all()
    return [(row[0], [(told["source"], told["after"]) for told in row[1]["data"]["changes"]]) for row in rows]


def test_a_change_is_kept_with_its_message_and_told_once(store: Store) -> None:
    declared(store, "a", "b")
    assert looked(store, targets=("webhook x",)) == [], "who is well at first has not changed"
    assert states(store) == {"a": "healthy", "b": "healthy"}
    breaks(store, "a")
    (change,) = looked(store, NOW + timedelta(minutes=10), ("webhook x", "email y"))
    assert (change.source, change.before, change.after) == ("a", "healthy", "failing")
    assert looked(store, NOW + timedelta(minutes=20), ("webhook x", "email y")) == []
    breaks(store, "a", 0, None)
    breaks(store, "b", 3, "http-403")
    looked(store, NOW + timedelta(minutes=30), ("webhook x",))
    both = [("b", "blocked"), ("a", "healthy")]
    assert messages(store) == [("webhook x", [("a", "failing")]), ("email y", [("a", "failing")]), ("webhook x", both)]
    with store.read() as connection:
        since = {health.source: health.since for health in list_health(connection)}
        assert [(change.source, change.after) for change in list_changes(connection, ["a"])] == [
            ("a", "healthy"),
            ("a", "failing"),
        ]
    assert since["b"] == NOW + timedelta(minutes=30)


def test_what_somebody_without_targets_has_found_is_told_by_who_has_them(store: Store) -> None:
    declared(store, "a")
    breaks(store, "a")
    looked(store)
    looked(store, NOW + timedelta(minutes=1), ("webhook x",))
    assert messages(store) == [], "what was before anybody was to be told is no news"
    breaks(store, "a", 0, None)
    looked(store, NOW + timedelta(minutes=2))
    looked(store, NOW + timedelta(minutes=3), ("webhook x",))
    assert messages(store) == [("webhook x", [("a", "healthy")])]


def test_nothing_is_kept_of_a_look_that_is_undone(store: Store) -> None:
    declared(store, "a")
    breaks(store, "a")
    with store.read() as connection:
        looks = look_at(connection, NOW, ())
    with pytest.raises(KeyboardInterrupt), store.begin() as connection:
        keep(connection, looks, ("webhook x",), NOW)
        raise KeyboardInterrupt
    assert (states(store), messages(store)) == ({}, [])


def test_two_looks_at_the_same_time_are_one_change(store: Store) -> None:
    declared(store, "a")
    breaks(store, "a")
    with store.read() as connection:
        first, second = look_at(connection, NOW, ()), look_at(connection, NOW, ())
    with store.begin() as connection:
        assert len(keep(connection, first, ("webhook x",), NOW).changes) == 1
    with store.begin() as connection:
        assert keep(connection, second, ("webhook x",), NOW).changes == []
    assert len(messages(store)) == 1


def test_disabled_and_undeclared_sources_are_not_judged(store: Store) -> None:
    declared(store, "a", "b")
    looked(store)
    declared(store, "a", enabled=False)
    looked(store)
    assert states(store) == {}


def test_who_has_broken_is_looked_at_first_and_all_get_their_turn(store: Store) -> None:
    declared(store, *"abcdef")

    def look(minutes: int) -> list[str]:
        at = NOW + timedelta(minutes=minutes)
        with store.read() as connection:
            looks = look_at_some(connection, at, 2)
        with store.begin() as connection:
            keep(connection, looks, (), at)
        return sorted(look.source.name for look in looks)

    assert [look(0), look(1)] == [["a", "b"], ["c", "d"]]
    breaks(store, "a")
    assert look(2) == ["a", "e"]
    breaks(store, "a", 0, None)
    assert look(3) == ["a", "f"]
    assert look(4) == ["b", "c"]


def test_sources_that_all_break_at_once_are_left_as_they_were(store: Store) -> None:
    declared(store, *"abcdef")
    looked(store)
    for name in "abcde":
        breaks(store, name, 5, "dns: no answer")
    assert looked(store) == []
    assert set(states(store).values()) == {"healthy"}
    breaks(store, "a", 0, None)
    assert [change.source for change in looked(store)] == ["b", "c", "d", "e"]


class Hook:
    """A webhook on loopback that gives these answers in turn, and remembers what it was sent."""

    def __init__(self, *answers: int) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        left, hook = list(answers), self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(left.pop(0) if len(left) > 1 else left[0])
                self.send_header("Location", f"{hook.url}/moved")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def __enter__(self) -> Hook:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def deliver(store: Store, terms: Terms, at: datetime) -> list[str]:
    with store.begin() as connection:
        taken = take(connection, terms, at)
    results = try_all(taken, terms)
    with store.begin() as connection:
        return note(connection, list(zip(taken, results, strict=True)), at)


def test_a_webhook_that_fails_first_gets_the_message_again_with_the_same_id(store: Store) -> None:
    with Hook(500, 200) as hook:
        terms = Terms((target("webhook", hook.url),), "whsec_c2VjcmV0")
        declared(store, "a")
        breaks(store, "a")
        looked(store, targets=terms.targets)
        (line,) = deliver(store, terms, NOW)
        assert "it answered 500" in line and "next try at 2026-07-01 20:01:00 UTC" in line
        assert "/hook" not in line, "addresses of webhooks are secrets"
        assert deliver(store, terms, NOW + timedelta(seconds=59)) == []
        assert len(hook.got) == 1
        assert deliver(store, terms, NOW + WAITS[0]) == []
        assert deliver(store, terms, NOW + timedelta(days=1)) == []
        (first, _), (second, body) = hook.got
    assert first["webhook-id"] == second["webhook-id"]
    told = json.loads(body)
    assert told["id"] == second["webhook-id"] and told["data"]["changes"][0]["after"] == "failing"
    assert second["webhook-signature"] == sign(
        key_of("whsec_c2VjcmV0"), told["id"], int(second["webhook-timestamp"]), body
    )


def test_a_message_that_was_taken_by_a_process_that_died_is_tried_again(store: Store) -> None:
    declared(store, "a")
    breaks(store, "a")
    terms = Terms(("webhook x",))
    looked(store, targets=terms.targets)
    with store.begin() as connection:
        assert len(take(connection, terms, NOW)) == 1
    with store.begin() as connection:
        assert take(connection, terms, NOW) == [], "one process at a time"
        assert take(connection, Terms(("webhook y",)), NOW + TAKEN_FOR) == [], "nobody else's"
        (again,) = take(connection, terms, NOW + TAKEN_FOR)
    assert again.tries == 2


def test_a_message_is_given_up_at_last_and_forgotten(store: Store) -> None:
    terms = Terms((target("webhook", "http://127.0.0.1:1/none"),))
    declared(store, "a")
    breaks(store, "a")
    looked(store, targets=terms.targets)
    at, lines = NOW, []
    for wait in (*WAITS, timedelta(days=9)):
        lines += deliver(store, terms, at)
        at += wait
    assert len(lines) == len(WAITS) + 1 and "given up" in lines[-1] and "refused" in lines[-1]
    assert deliver(store, terms, at) == []
    with store.begin() as connection:
        assert forget_deliveries(connection, at) == 1


LETTER = Letter("msg_1", "", b'{"a": 1}', "a is silent", "a is silent: nothing\n.\nmore", NOW)


def test_a_webhook_that_redirects_is_not_followed() -> None:
    with Hook(302) as hook:
        with pytest.raises(DeliveryError, match="it answered 302, a redirect"):
            post(replace(LETTER, address=hook.url), "")
        assert len(hook.got) == 1
        assert "webhook-signature" not in hook.got[0][0]


def test_a_command_gets_the_message_on_its_input(tmp_path: Path) -> None:
    script = tmp_path / "tell"
    script.write_text(f'#!/bin/sh\ncat > "{tmp_path}/got.$1"\necho oops >&2\nexit $2\n')
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    run(LETTER, [str(script), "a b", "0"])
    assert (tmp_path / "got.a b").read_bytes() == LETTER.content
    with pytest.raises(DeliveryError, match="ended with code 3: oops"):
        run(LETTER, [str(script), "x", "3"])
    with pytest.raises(DeliveryError, match="cannot be run: No such file"):
        run(LETTER, [str(tmp_path / "none")])
    began = time.monotonic()
    with pytest.raises(DeliveryError, match=r"took longer than 0\.3 s"):
        run(LETTER, ["sh", "-c", "sleep 30 & sleep 30"], 0.3)
    assert time.monotonic() - began < 10


def test_each_target_is_tried_whatever_becomes_of_the_others(store: Store, tmp_path: Path) -> None:
    with Hook(200) as hook:
        targets = (
            "webhook not a url",
            target("webhook", hook.url),
            command_target(["sh", "-c", f"cat > {tmp_path}/got"]),
        )
        declared(store, "a")
        breaks(store, "a")
        looked(store, targets=targets)
        assert len(deliver(store, Terms(targets), NOW)) == 1
        assert len(hook.got) == 1
    assert json.loads((tmp_path / "got").read_text())["type"] == "sources.changed"


@contextmanager
def smtp(refuse: str = "") -> Iterator[tuple[str, list[str]]]:
    """Serve SMTP on loopback for one mail at a time, and remember the lines."""
    import socketserver

    lines: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            in_data = False
            for raw in self.rfile:
                line = raw.decode().rstrip("\r\n")
                lines.append(line)
                if in_data:
                    in_data = line != "."
                    answer = "" if in_data else "250 kept"
                elif refuse and line.upper().startswith(refuse):
                    answer = "550 no such mailbox"
                elif line.upper() == "DATA":
                    in_data, answer = True, "354 go on"
                else:
                    answer = "221 bye" if line.upper() == "QUIT" else "250 here"
                if answer:
                    self.wfile.write(f"{answer}\r\n".encode())
                if answer.startswith("221"):
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"smtp://127.0.0.1:{server.server_address[1]}", lines
        server.shutdown()


def test_a_mail_is_sent() -> None:
    letter = replace(LETTER, address="desk@example.org")
    with smtp() as (url, lines):
        send(letter, url, "newsdesk@example.org")
    assert {"Subject: a is silent", "Message-ID: <msg_1@example.org>", "a is silent: nothing", "..", "more"} <= set(
        lines
    )
    with (
        smtp(refuse="RCPT") as (url, _),
        pytest.raises(DeliveryError, match="refuses the address: 550 no such mailbox"),
    ):
        send(letter, url, "newsdesk@example.org")


def test_a_password_is_not_sent_in_clear_to_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.delivery.mail.LOOPBACK", ())
    with smtp() as (url, lines), pytest.raises(DeliveryError, match="offers no encryption"):
        send(LETTER, url.replace("//", "//user:hush@"), "newsdesk@example.org")
    assert not any("AUTH" in line for line in lines)
