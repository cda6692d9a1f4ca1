"""Dates as people write them: words of many languages, the order of numbers, times and zones beside them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.dates import from_url, read_stamp
from pipelines.months import month_of
from pipelines.shown import CHANGED
from pipelines.written import read_written
from storage.types import DatePrecision, DateSource

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "language", "local", "hours"),
    [
        ("November 3, 2026", "en", "2026-11-03 00:00", None),
        ("Nov. 3, 2026 11:00 pm EST", "en", "2026-11-03 23:00", -5),
        ("Published 8:00 PM EDT, Tue July 7, 2026", "en", "2026-07-07 20:00", -4),
        ("July 7, 2026 5:06pm PT", "en", "2026-07-07 17:06", -7),
        ("November 3, 2026 5:06pm PT", "en", "2026-11-03 17:06", -8),
        ("November 3, 2026 — 5.30am", "en-AU", "2026-11-03 05:30", None),
        ("Updated 4 a.m. on Nov 3, 2026", "en", "2026-11-03 04:00", None),
        ("3rd November 2026", "en-GB", "2026-11-03 00:00", None),
        ("3. November 2026, 14.05 Uhr", "de", "2026-11-03 14:05", None),
        ("Stand: 03.11.2026, 14:05 Uhr MEZ", "de", "2026-11-03 14:05", 1),
        ("Publié le 3 novembre 2026 à 14h05", "fr", "2026-11-03 14:05", None),
        ("1er août 2026", "fr", "2026-08-01 00:00", None),
        ("3 de noviembre de 2026 · 14:05 h", "es", "2026-11-03 14:05", None),
        ("3 de março de 2026 às 14h05", "pt-BR", "2026-03-03 14:05", None),
        ("3 listopada 2026, 14:05", "pl", "2026-11-03 14:05", None),
        ("3. listopada 2026.", "hr", "2026-10-03 00:00", None),
        ("2026. november 3., 14:05", "hu", "2026-11-03 14:05", None),
        ("2026 m. lapkričio 3 d.", "lt", "2026-11-03 00:00", None),
        ("3 ноября 2026 г., 14:05 МСК", "ru", "2026-11-03 14:05", 3),
        ("3 Νοεμβρίου 2026", "el", "2026-11-03 00:00", None),
        ("3 Kasım 2026 14:05", "tr", "2026-11-03 14:05", None),
        ("٣ نوفمبر ٢٠٢٦", "ar", "2026-11-03 00:00", None),
        ("3 नवंबर 2026", "hi", "2026-11-03 00:00", None),
        ("2026年11月3日 14:05", "ja", "2026-11-03 14:05", None),
        ("2026년 11월 3일 오후 2:05", "ko", "2026-11-03 14:05", None),
        ("2026/11/03 14:05", "ja", "2026-11-03 14:05", None),
        ("3 November 2026 14:05 GMT+2", "en", "2026-11-03 14:05", 2),
    ],
)  # fmt: skip
def test_words(raw: str, language: str, local: str, hours: int | None) -> None:
    reading = read_written(raw, language)
    assert reading is not None
    assert f"{reading.local:%Y-%m-%d %H:%M}" == local
    assert reading.offset == (None if hours is None else timedelta(hours=hours))
    assert reading.precision is (DatePrecision.DAY if local.endswith("00:00") else DatePrecision.MINUTE)


@pytest.mark.parametrize(
    ("raw", "language", "month"),
    [
        ("03/11/2026", "en-US", 3), ("03/11/2026", "en", 3), ("03/11/2026", None, 3), ("03/11/2026", "en-GB", 11),
        ("03/11/2026", "es", 11), ("03/11/2026", "und-BE", 11), ("03-11-2026", "nl", 11), ("03-11-2026", None, 11),
        ("03-11-2026", "en-US", 3), ("3.11.2026", "de", 11), ("3.11.2026", "en-US", 11), ("13/11/2026", "en-US", 11),
        ("11/03/26", "en-US", 11), ("3.11.26", "de", 11),
        ("11/13/2026", "de", 11), ("2026-11-03", "en-US", 11), ("2026-11-03", "de", 11),
    ],
)  # fmt: skip
def test_the_order_of_numbers(raw: str, language: str | None, month: int) -> None:
    stamp = read_stamp(raw, DateSource.META, NOW, language)
    assert stamp is not None and stamp.value.month == month and stamp.raw == raw


@pytest.mark.parametrize(
    "raw",
    ["", "November 2026", "3 November", "Chapter 3 of 2026", "31/31/2026", "31 November 2026", "Call 555-0199-2026", "2 hours ago",
     "2022-02-112023-05-08", "2024-02-13170786706243223:31:02"],
)  # fmt: skip
def test_what_is_no_date(raw: str) -> None:
    assert read_stamp(raw, DateSource.TEXT, NOW) is None


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2026-11-25T21:00:00", NOW),  # a clock without a zone, ahead of ours
        ("2026-11-25T12:05:00Z", NOW),
        ("2026-11-25T21:00:00+09:00", datetime(2026, 11, 25, 12, tzinfo=UTC)),
        ("2026-11-25T14:30:00+01:00", None),
        ("2026-11-27T10:00:00", None),
    ],
)
def test_nothing_lies_in_the_future(raw: str, value: datetime | None) -> None:
    stamp = read_stamp(raw, DateSource.META, NOW)
    assert (stamp.value if stamp else None) == value


def test_the_day_in_words_in_a_url() -> None:
    found = from_url("https://a.example/world/2026/nov/03/bridge", NOW)
    assert found is not None and found.value == datetime(2026, 11, 3, tzinfo=UTC)
    assert from_url("https://a.example/2026/bridge/03/x", NOW) is None


def test_months_by_language() -> None:
    assert (month_of("listopad", "pl"), month_of("listopad", "hr"), month_of("Fevrier"), month_of("bridge")) == (
        11,
        10,
        2,
        None,
    )


@pytest.mark.parametrize(
    "text", ["Updated 3 November", "Zuletzt aktualisiert: 3. November", "Mis à jour le 3", "更新 2026年"]
)
def test_words_for_a_change(text: str) -> None:
    assert CHANGED.search(text)
    assert not CHANGED.search("Published 3 November 2026")
