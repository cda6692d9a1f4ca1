"""Documents: Markdown that shows texts and no more, front matter that a reader of YAML takes, names that are safe."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.export.documents import as_markdown, as_text
from storage.export.fields import FIELDS, NAMES, record
from storage.export.markdown import escaped, paragraph, write_markdown
from storage.export.names import file_name, folder, is_file_of, slug
from storage.types import StoredArticle

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
VALUES: dict[str, Any] = {"integer": 7, "text": "word", "texts": ("one", "two"), "time": NOW}
ARTICLE = StoredArticle(**{field.name: VALUES[field.kind] for field in FIELDS})


def test_the_fields_are_those_of_an_article() -> None:
    assert list(NAMES) == list(StoredArticle.__slots__)
    told = record(ARTICLE)
    assert list(told) == list(NAMES) and told["authors"] == ["one", "two"] and told["first_seen"] == NOW


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("*a* _b_ `c` [d](e)", r"\*a\* \_b\_ \`c\` \[d\](e)"), ("<script>", "&lt;script&gt;"), ("&amp; & x", "&amp;amp; & x"),
        ("https://a.example/x_y", "<https://a.example/x_y>"), ("javascript:alert(1)", "javascript:alert(1)"), ("a\nb", "a b"),
        ("~~a~~", r"\~\~a\~\~"), ("back\\slash", r"back\\slash"), ("https://a.example/ <b>", "https://a.example/ &lt;b&gt;"),
    ],
)  # fmt: skip
def test_markdown_shows_text(text: str, told: str) -> None:
    assert escaped(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [("- a", r"\- a"), ("# a", r"\# a"), ("1. a", r"1\. a"), ("12) a", r"12\) a"), ("> a", "&gt; a"), ("+ a", r"\+ a"), ("2026 was", "2026 was"), ("===", r"\===")],
)  # fmt: skip
def test_a_paragraph_is_no_list_or_heading(text: str, told: str) -> None:
    assert paragraph(text) == told


@given(st.text(), st.lists(st.text(), max_size=3), st.text())
def test_front_matter_is_a_line_of_json_for_each_field(headline: str, tags: list[str], body: str) -> None:
    article = replace(ARTICLE, headline=headline, tags=tuple(tags), body=body)
    head = as_markdown(article).split("\n---\n", 1)[0]
    lines = head.split("\n")
    assert lines[0] == "---" and "body" not in head.split(": ")[0]
    told = dict(line.split(": ", 1) for line in lines[1:])
    assert told["date_published"] == "2026-11-25T12:00:00Z"
    read = json.loads(told["headline"])
    assert read == re.sub("[\ud800-\udfff]", "\ufffd", headline)
    assert ("tags" in told) is bool(tags)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff\u2028]", head), (
        "YAML forbids these as they are"
    )


def test_front_matter_is_yaml() -> None:
    yaml = pytest.importorskip("yaml")
    article = replace(
        ARTICLE, headline='no: "yes" # \U0001f600 \u0085 \ufeff', tags=("null", "1e3", "- a"), gone_at=None
    )
    told = yaml.safe_load(as_markdown(article).split("---\n")[1])
    assert told["headline"] == article.headline and told["tags"] == list(article.tags) and told["date_published"] == NOW
    assert "gone_at" not in told and told["id"] == 7


def test_a_table_has_as_many_cells_as_columns() -> None:
    out = io.StringIO()
    write_markdown([{"a": "x|y", "b": 1}, {"a": None, "b": 2.5}], ["a", "b"], ["a|b", "b_c"], out)
    assert out.getvalue() == "| a\\|b | b\\_c |\n| --- | --: |\n| x\\|y | 1 |\n|  | 2.5 |\n"


def test_what_yaml_forbids_is_escaped() -> None:
    told = as_markdown(replace(ARTICLE, headline="\ufeffa\ufffe\x85\u2028")).split("\n---\n")[0]
    assert 'headline: "\\ufeffa\\ufffe\\u0085\\u2028"' in told


def test_plain_text_is_headline_and_body() -> None:
    article = replace(ARTICLE, headline="A\x1b", body="One.\r\n\r\nTwo.\x00")
    assert as_text(article) == "A \n\nOne.\n\nTwo. \n"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("daily", "daily"), ("../../etc", "_.._etc"), ("a/b\\c", "a_b_c"), ("127.0.0.1:8080", "127.0.0.1_8080"), ("..", "_"), ("", "_"), ("-rf", "rf"),
        ("con", "con_"), ("NUL.txt", "NUL.txt_"), (".hidden", "hidden"), ("журнал", "_"), ("x" * 300, "x" * 60), ("a\0b", "a_b"),
    ],
)  # fmt: skip
def test_a_source_as_a_directory(source: str, name: str) -> None:
    assert folder(source) == name


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("a.example/news/Ferry-Timetable.html?x=1", "ferry-timetable"), ("a.example", ""), ("a.example/", ""), ("a.example/%C3%BCber-alles/", "uber-alles"),
        ("a.example/новости", ""), ("a.example/..%2f..%2fetc", "etc"), ("a.example/" + "w" * 200, "w" * 60),
    ],
)  # fmt: skip
def test_the_words_of_an_address(key: str, words: str) -> None:
    assert slug(key) == words


@given(st.text(), st.text(), st.integers(1, 2**40))
def test_every_name_is_safe_and_known_again(source: str, key: str, number: int) -> None:
    path = str(file_name(replace(ARTICLE, source=source, url_key=key, id=number), ".md"))
    assert (
        is_file_of(path, number, ".md")
        and not is_file_of(path, number + 1, ".md")
        and not is_file_of(path, number, ".txt")
    )
    assert path.isascii() and path.count("/") == 2 and ".." not in path.split("/") and len(path) < 200


@pytest.mark.parametrize(
    "path",
    [
        "../a/2026-11/00000007.md",
        "/etc/2026-11/00000007.md",
        "a/2026-11/x/00000007.md",
        "a/00000007.md",
        "../../00000007.md",
    ],
)
def test_no_other_path_is_taken_for_one(path: str) -> None:
    assert not is_file_of(path, 7, ".md")
