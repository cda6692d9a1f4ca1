"""Messages for people and programs: nothing in a headline does harm."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from typing import Any

import pytest

from crawler.alerts.messages import Line, for_people, for_programs
from crawler.delivery.letter import letter_of
from crawler.delivery.mail import message_of
from storage.deliveries import Delivery
from storage.saved import Saved
from storage.search import Hit, Query
from storage.types import StoredArticle

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
SAVED = Saved("ferries", Query("ferry"), timezone="Europe/Vienna")
WRONG = (
    "Ferry\r\nBcc: evil@example.org",
    "Ferry\nContent-Type: text/html\n\n<script>",
    "Ferry\u2028\x00\x1b[31m\x85Bcc: evil@example.org",
    "=?utf-8?q?Ferry=0ABcc=3A_evil=40example=2Eorg?=",
    "Fähre – „Überfahrt“ 渡し船 " * 12,
    "",
)  # fmt: skip


def line(
    headline: str = "Ferry",
    url: str = "https://a.example/x",
    outlets: int = 0,
    canonical_url: str | None = None,
    **fields: Any,
) -> Line:
    names = StoredArticle.__dataclass_fields__
    values: dict[str, Any] = dict.fromkeys(names) | {
        "authors": (),
        "tags": (),
        "first_seen": NOW,
        "id": 1,
        "revision": 1,
    }
    own = {"headline": headline, "url": url, "canonical_url": canonical_url, "source": "courier", "body": ""}
    article = StoredArticle(**values | own)
    return Line(Hit(article, 0.0, **{"snippet": "The <b> ferry", "marks": ((8, 13),)} | fields, story_outlets=outlets))


def mail(*lines: Line, total: int | None = None, saved: Saved = SAVED) -> Any:
    """Return the mail as whoever gets it reads it."""
    message = for_people(saved, lines, total or len(lines), 50, NOW)
    letter = letter_of(
        Delivery(1, "email desk@example.org", "watch.ferries.1", message, NOW, 1), "desk@example.org", NOW
    )
    sent = message_of(letter, "newsdesk <news@example.org>")
    return email.message_from_bytes(sent.as_bytes(), policy=policy.default)


def part(message: Any, kind: str) -> str:
    text: str = message.get_body(preferencelist=(kind,)).get_content()
    return text


def test_a_letter_leads_where_readers_open_it() -> None:
    read = mail(line(url="https://a.example/amp/x", canonical_url="https://a.example/x"))
    for kind in ("plain", "html"):
        assert "https://a.example/x" in part(read, kind) and "/amp/" not in part(read, kind)


@pytest.mark.parametrize("headline", WRONG)
def test_no_headline_makes_a_header(headline: str) -> None:
    read = mail(line(headline))
    assert set(read.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Id", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert read["Subject"].startswith("ferries: ") and read["To"] == "desk@example.org"
    assert len(read["Subject"]) < 150 and not read.defects
    assert "<script>" not in part(read, "html")


def test_a_subject_keeps_its_script() -> None:
    assert mail(line("Fähre – 渡し船"))["Subject"] == "ferries: Fähre – 渡し船"


def test_a_mail_is_of_a_list_and_has_one_id_at_each_try() -> None:
    first, second = mail(line()), mail(line())
    assert first["Message-ID"] == second["Message-ID"] == "<msg_watch.ferries.1_20261126T090000@example.org>"
    assert first["List-Id"] == "newsdesk ferries <ferries.newsdesk.example.org>"
    assert first.get_content_type() == "multipart/alternative"


def test_text_and_html_tell_the_same() -> None:
    read = mail(line('A "<ferry>" & more', outlets=3), line("Two"), total=9)
    text, html = part(read, "plain"), part(read, "html")
    assert read["Subject"] == 'ferries: 9 stories – A "<ferry>" & more'
    assert 'A "<ferry>" & more\ncourier · 2026-11-26 10:00 CET · +2 outlets\nhttps://a.example/x\nThe <b> ferry' in text
    assert "and 7 more: newsdesk watch show ferries" in text and "and 7 more" in html
    assert '<a href="https://a.example/x">A &quot;&lt;ferry&gt;&quot; &amp; more</a>' in html
    assert "The &lt;b&gt; <b>ferry</b></p>" in html


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", 'https://a.example/"onmouseover="x', "http://["]
)
def test_only_web_addresses_are_links(url: str) -> None:
    html = part(mail(line(url=url)), "html")
    assert "javascript:" not in html and "data:" not in html and '"onmouseover' not in html


def test_programs_get_what_was_asked_in_parts() -> None:
    parts = for_programs(SAVED, [line(str(number)) for number in range(5)], 9, 2, NOW)
    assert [len(one["data"]["articles"]) for one in parts] == [2, 2, 1]
    assert {(one["data"]["total"], one["data"]["rest"], one["data"]["parts"]) for one in parts} == {(9, 4, 3)}
    assert parts[0]["timestamp"] == "2026-11-26T09:00:00Z" and "subject" not in parts[0]


def test_a_change_is_called_one() -> None:
    read = mail(replace(line(), changed=True))
    assert read["Subject"] == "ferries: changed: Ferry" and "changed: Ferry\n" in part(read, "plain")
