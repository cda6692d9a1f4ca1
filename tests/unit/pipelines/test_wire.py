"""An article names the agencies that it comes from, and none that it only speaks of."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from pipelines.extract import extract
from pipelines.metadata import Facts
from pipelines.wire import agencies_of, agency_of
from storage.types import Article, Page, Removed

CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("wire_cases.toml").read_text("utf-8"))["case"]
FILLING = (
    "The office at the old pier will stay shut until the end of the month, and boats are to call at the new one.",
    "Two people who keep their boats in the bay said that they had not been told of it before.",
    "It was not clear on Tuesday evening who would open the swing bridge in the meantime, or for whom.",
)


def article_of(case: dict[str, Any]) -> Article:
    lines = [case.get("first", ""), *FILLING, case.get("last", "")]
    body = case.get("body", "\n\n".join(line for line in lines if line))
    return Article(
        case.get("url", "https://www.courier.example/harbour"),
        "Harbour master resigns",
        body,
        canonical_url=case.get("canonical"),
        authors=tuple(case.get("authors", ())),
        language=case.get("language", "en"),
        removed=tuple(Removed(*line) for line in case.get("removed", ())),
    )


def facts_of(case: dict[str, Any]) -> Facts:
    return Facts(node=case.get("node"), meta=case.get("meta", {}), site=case.get("site"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_agencies(case: dict[str, Any]) -> None:
    assert list(agencies_of(article_of(case), facts_of(case), case.get("dropped", ()))) == case["agencies"]


def test_the_table_is_large_enough_to_mean_something() -> None:
    names = [case["name"] for case in CASES]
    languages = {case.get("language", "en") for case in CASES if case["agencies"]}
    assert len(names) == len(set(names)) >= 120
    assert len(languages) >= 15
    assert sum(not case["agencies"] for case in CASES) >= 45


def test_the_list_of_agencies_has_no_line_that_would_be_read_wrongly() -> None:
    lines = files("pipelines").joinpath("agencies.txt").read_text("utf-8").split("[source]")[0].splitlines()
    entries = [line.split("|") for line in lines if line and not line.startswith(("#", "["))]
    assert {len(parts) for parts in entries} == {3}
    groups = [group for parts in entries for group in parts[1].split(";")]
    conditions = {word for group in groups if ":" in group for word in group.split(":")[0].split()}
    assert {word for word in conditions if len(word) > 2} <= {"byline", "dateline", "credit", "ending"}
    spellings = [word.strip() for group in groups for word in group.rpartition(":")[2].split(",")]
    assert min(map(len, spellings)) >= 2
    assert not {"Inc.", "LLC", "News", "Press"} & set(spellings)


def test_three_agencies_at_most_are_named() -> None:
    case = {"language": "de", "last": "(APA/dpa/AFP/Reuters)"}
    assert agency_of(article_of(case), facts_of(case)) == "APA, dpa, AFP"
    assert agency_of(article_of({}), facts_of({})) is None


def test_extraction_names_the_agency() -> None:
    text = "".join(f"<p>{line}</p>" for line in FILLING)
    page = f"<html><body><h1>Harbour master resigns</h1><article><p>BERLIN (dpa) - He resigned on Monday.</p>{text}"
    found = extract(Page("https://www.courier.example/harbour", page.encode()))
    assert isinstance(found, Article)
    assert found.agency == "dpa"
