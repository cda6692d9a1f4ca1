"""The shared vocabulary reads back as JSON-ready records."""

import json
from dataclasses import fields
from datetime import UTC, datetime

from storage.types import StoredArticle


def test_record_is_json_ready_with_utc_times_and_lists() -> None:
    values = {f.name: None for f in fields(StoredArticle)}
    values |= {"id": 1, "authors": ("A", "B"), "tags": (), "first_seen": datetime(2026, 1, 2, tzinfo=UTC)}
    record = json.loads(json.dumps(StoredArticle(**values).as_record()))
    assert record["first_seen"] == "2026-01-02T00:00:00Z"
    assert record["authors"] == ["A", "B"]
