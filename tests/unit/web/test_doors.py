"""What the app lets in: allowances, names, cookies, cursors, settings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from starlette.datastructures import Headers
from starlette.responses import Response

from storage.errors import UsageError
from storage.web.conditional import etag_of, is_fresh
from storage.web.cursors import read_cursor, write_cursor
from storage.web.doors import host_name
from storage.web.feeds.texts import clean, one_line, paragraphs, web_address
from storage.web.limits import MOST_CLIENTS, Allowance
from storage.web.security import Gate
from storage.web.settings import WebSettings

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_allowance_has_a_burst_and_fills_again_evenly() -> None:
    clock = Clock()
    allowance = Allowance(60, clock)
    assert [allowance.take("a") for _ in range(30)] == [0.0] * 30
    assert allowance.take("a") == pytest.approx(1.0) and allowance.take("b") == 0.0
    assert allowance.is_spent("a") == pytest.approx(1.0) and allowance.is_spent("b") == 0.0 == allowance.is_spent("c")
    clock.now += 1.01
    assert allowance.take("a") == 0.0 and allowance.take("a") > 0
    clock.now += 3600
    assert [allowance.take("a") > 0 for _ in range(31)].count(True) == 1


def test_an_allowance_of_one_a_minute_lets_one_in() -> None:
    clock = Clock()
    allowance = Allowance(1, clock)
    assert allowance.take("a") == 0.0 and allowance.take("a") == pytest.approx(60.0)


def test_an_allowance_forgets_who_was_here_longest_ago() -> None:
    allowance = Allowance(2, Clock())
    for number in range(MOST_CLIENTS + 1):
        allowance.take(str(number))
    assert allowance.take("0") == 0.0 and allowance.take(str(MOST_CLIENTS)) > 0


@pytest.mark.parametrize(
    ("header", "name"),
    [("LocalHost:8787", "localhost"), ("127.0.0.1", "127.0.0.1"), ("[::1]:80", "::1"), ("[::1]", "::1"), ("::1", "::1"), ("", ""),
     ("a:b", "a:b"), ("localhost:", "localhost:"), ("evil@localhost", "evil@localhost")],
)  # fmt: skip
def test_the_name_in_a_host_header(header: str, name: str) -> None:
    assert host_name(header) == name


def test_names_under_which_an_app_may_be_asked_for() -> None:
    assert WebSettings().host_names == {"localhost", "127.0.0.1", "::1"}
    assert WebSettings(public="https://news.example.org:8443").host_names == {
        "localhost",
        "127.0.0.1",
        "::1",
        "news.example.org",
    }
    assert WebSettings(host="0.0.0.0", token="x" * 16).host_names is None


def test_a_cookie_holds_for_a_time_and_for_its_token_alone() -> None:
    gate, response = Gate("a" * 16, secure=True), Response()
    gate.login(response, NOW)
    value = response.headers["set-cookie"].partition(";")[0].partition("=")[2]
    assert "Secure" in response.headers["set-cookie"]
    assert gate.is_login(value, NOW) and gate.is_login(value, NOW + timedelta(days=29))
    assert not gate.is_login(value, NOW + timedelta(days=31)) and not Gate("b" * 16).is_login(value, NOW)
    assert not Gate(None).knows("") and not gate.knows("") and gate.knows("a" * 16)


def test_a_form_token_is_bound_to_its_cookie() -> None:
    gate = Gate("a" * 16)
    assert gate.is_form_token(gate.form_token("one"), "one") and not gate.is_form_token(gate.form_token("one"), "two")
    assert not gate.is_form_token("", "one") and Gate(None).form_token("") != Gate(None).form_token("")


def test_a_cursor_holds_its_keys() -> None:
    cursor = write_cursor("stories", [3, -5, 2**62])
    assert read_cursor("stories", cursor, 3) == (3, -5, 2**62) and read_cursor("stories", None, 3) is None
    for about, text, length in (("crawls", cursor, 3), ("stories", cursor, 2), ("stories", cursor[:-2], 3), ("stories", "é", 3),
                                ("stories", "bnVsbA", 3), ("stories", "W10", 3), ("stories", "", 3), ("stories", "A" * 1000, 3),
                                ("stories", write_cursor("stories", [True, 1, 1]), 3), ("stories", "W1tbW1tb" * 60, 3)):  # fmt: skip
        with pytest.raises(UsageError, match="cursor"):
            read_cursor(about, text, length)


def test_what_a_client_has_is_told_by_its_etag_first() -> None:
    has = Headers({"etag": 'W/"a"', "last-modified": "Wed, 25 Nov 2026 12:00:00 GMT"})
    later = {"if-modified-since": "Wed, 25 Nov 2026 12:00:00 GMT"}
    assert is_fresh(Headers(later), has) and is_fresh(Headers({"if-none-match": '"b", "a"'}), has)
    assert not is_fresh(Headers({"if-none-match": '"b"', **later}), has)
    assert not is_fresh(Headers({"if-modified-since": "Wed, 25 Nov 2026 11:59:59 GMT"}), has)
    for since in ("soon", "2026", "Wed, 25 Nov 99999999 12:00:00 GMT", "Wed, 25 Nov 2026 13:00:00"):
        assert is_fresh(Headers({"if-modified-since": since}), has) in (False, True)
    assert not is_fresh(Headers({}), has) and not is_fresh(Headers(later), Headers({"etag": '"a"'}))


def test_a_cursor_is_no_part_of_an_etag() -> None:
    assert (
        etag_of(b'{"a":1,"next_cursor":"x"}')
        == etag_of(b'{"a":1,"next_cursor":"y"}')
        != etag_of(b'{"a":2,"next_cursor":"x"}')
    )


def test_texts_for_feeds() -> None:
    assert clean("a\x00\x1b\ufffe\ud800b\tc") == "ab\tc" and one_line(" a\n b\x07 ") == "a b" and clean(None) == ""
    assert paragraphs(["<b>", "", " "]) == "<p>&lt;b&gt;</p>"
    assert web_address(" HTTP://a.example/ä b ") == "HTTP://a.example/äb"
    assert web_address("javascript:alert(1)") is web_address(None) is web_address("//a.example") is None
