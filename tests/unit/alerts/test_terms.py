"""What people type for a saved search, and when its digests are due."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.alerts.terms import parse_at, parse_every, parse_targets
from crawler.alerts.tick import saved_terms
from crawler.alerts.times import is_due, next_digest
from crawler.config import Config
from crawler.delivery.terms import Terms
from storage.errors import UsageError
from storage.saved import Saved, query_from_row, query_to_row
from storage.saved_names import parse_name, propose_name
from storage.search import Query

MAIL = Config(smtp_url="smtp://mail.example.org", email_from="news@example.org")


@pytest.mark.parametrize("name", ["", "Ferries", "a.b", "-a", "a b", "a/b", "ä", "a" * 65, "a\n"])
def test_names_that_could_not_stand_in_an_address_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not allowed"):
        parse_name(name)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (Query("ferry OR pier"), "ferry-pier"),
        (Query('headline:harbour* -cricket "at sea"'), "harbour-at-sea"),
        (Query("Straße Öl source:wire"), "strasse-ol-wire"),
        (Query(None, ("the_post",), sections=("Arts & Life",)), "the-post-arts-life"),
        (Query("паром"), "search"),
        (Query('"open'), "search"),
        (Query("a" * 99), "a" * 40),
        (Query("ferries"), "ferries-3"),
    ],
)
def test_a_name_is_proposed_that_can_be_had(query: Query, name: str) -> None:
    assert parse_name(propose_name(query, {"ferries", "ferries-2"})) == name


def test_times_are_checked() -> None:
    assert parse_at("day", "7:05", "Europe/Vienna") == ("07:05", "Europe/Vienna")
    assert parse_at("day", None, None) == ("07:00", None)
    assert parse_at("now", None, None) == (None, None)
    for every, at, zone, said in (
        ("hour", "07:00", None, "add --every day"),
        ("day", "24:00", None, "'24:00' is not a time of day"),
        ("day", "07:00", "Vienna", "'Vienna' is not a time zone"),
        ("day", "07:00", "../etc/passwd", "is not a time zone"),
        ("day", "07:00", "", "is not a time zone"),
    ):
        with pytest.raises(UsageError, match=said):
            parse_at(every, at, zone)
    with pytest.raises(UsageError, match="--every 'week': write now, hour or day"):
        parse_every("week", "story")
    with pytest.raises(UsageError, match="--per 'outlet': write story or article"):
        parse_every("now", "outlet")


def test_targets_are_checked() -> None:
    found = parse_targets(MAIL, ["https://a.example/x"], ["a@b.example,c@d.example"], ["tell 'the desk'"])
    assert found == (
        "webhook https://a.example/x", "email a@b.example", "email c@d.example", 'command ["tell", "the desk"]',
    )  # fmt: skip
    for arguments, said in (
        ((["ftp://a.example"], [], []), "--webhook 'ftp://a.example': must be an http"),
        ((["https://a.example/\nx"], [], []), "--webhook"),
        (([], ["nobody"], []), "--email 'nobody': 'nobody' is not an e-mail address"),
        (([], [], ["'"]), "--command"),
        (([], [], [" "]), "is empty"),
    ):
        with pytest.raises(UsageError, match=said):
            parse_targets(MAIL, *arguments)
    with pytest.raises(UsageError, match="--email needs smtp_url and email_from"):
        parse_targets(Config(), [], ["a@b.example"], [])


def test_mail_waits_for_whoever_can_send_it() -> None:
    targets = ("webhook https://a.example/x", "email a@b.example")
    assert saved_terms(Terms(), targets).targets == targets[:1]
    assert saved_terms(Terms(smtp_url="smtp://m", email_from="n@e"), targets).targets == targets


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("2026-10-24 04:59", "2026-10-24 05:00"),
        ("2026-10-24 05:00", "2026-10-25 06:00"),
        ("2026-10-25 06:00", "2026-10-26 06:00"),
        ("2026-03-28 07:00", "2026-03-29 05:00"),
    ],
)
def test_a_digest_keeps_its_time_of_day_when_the_clock_changes(after: str, due: str) -> None:
    saved = Saved("a", Query(), "day", "07:00", "Europe/Vienna")
    assert next_digest(saved, at(after)) == at(due)


def test_a_time_that_is_skipped_or_comes_twice_counts_once() -> None:
    saved = Saved("a", Query(), "day", "02:30", "Europe/Vienna")
    assert next_digest(saved, at("2026-03-28 12:00")) == at("2026-03-29 01:30"), "03:30 of summer"
    assert next_digest(saved, at("2026-10-24 12:00")) == at("2026-10-25 00:30")
    assert next_digest(saved, at("2026-10-25 00:30")) == at("2026-10-26 01:30")


def test_what_is_told_at_once_is_always_due() -> None:
    assert next_digest(Saved("a", Query()), at("2026-01-01 00:00")) is None
    assert is_due(Saved("a", Query()), at("2026-01-01 00:00"))
    hourly = Saved("a", Query(), "hour", next_at=at("2026-01-01 01:00"))
    assert not is_due(hourly, at("2026-01-01 00:59")) and is_due(hourly, at("2026-01-01 01:00"))
    assert next_digest(hourly, at("2026-01-01 01:00")) == at("2026-01-01 02:00")


def test_a_query_is_kept_and_read_back() -> None:
    asked = Query("ferry", ("a",), ("de",), tags=("x",), story=3, sort="date", limit=None)
    assert query_from_row(query_to_row(asked)) == asked
    assert query_from_row({"text": "ferry", "of a later version": 1}) == Query("ferry", sort="date", limit=None)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
