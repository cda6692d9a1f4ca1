"""What the API's description says of empty parameters."""

from __future__ import annotations

import pytest

from storage.web.described import EMPTY, may_be_empty

NUMBER = {"type": "integer", "minimum": 1}


@pytest.mark.parametrize(
    ("schema", "described"),
    [
        ({"type": "string", "title": "Q"}, {"type": "string", "title": "Q"}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        (NUMBER | {"default": 20}, {"default": 20, "anyOf": [NUMBER, EMPTY]}),
        ({"anyOf": [NUMBER, {"type": "null"}]}, {"anyOf": [NUMBER, {"type": "null"}, EMPTY]}),
        ({"enum": ["a"], "type": "string"}, {"anyOf": [{"enum": ["a"], "type": "string"}, EMPTY]}),
        (
            {"type": "array", "items": {"const": "a", "type": "string"}, "maxItems": 2},
            {"type": "array", "items": {"anyOf": [{"const": "a", "type": "string"}, EMPTY]}, "maxItems": 2},
        ),
    ],
)
def test_an_empty_value_is_described_where_it_is_not_already(
    schema: dict[str, object], described: dict[str, object]
) -> None:
    assert may_be_empty(schema) == described
