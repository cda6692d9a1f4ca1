"""docs/api.md names every address, and its example runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integration.web.server import Newsroom
from tests.integration.web.test_api_schema import DESCRIPTION

TEXT = (Path(__file__).parents[3] / "docs/api.md").read_text("utf-8")


def test_every_address_and_parameter_is_documented() -> None:
    for path, described in DESCRIPTION["paths"].items():
        known = path.replace("{article_id}", "{id}").replace("{story_id}", "{id}").replace("{crawl_id}", "{id}")
        assert known.replace("{format}", "json") in TEXT, path
        if path.startswith("/api/"):
            for parameter in described["get"].get("parameters", []):
                assert parameter["name"] in TEXT or parameter["in"] == "path", f"{path} {parameter['name']}"


def test_the_example_reads_all_pages(
    client: httpx.Client, newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    code = TEXT.partition("```python")[2].partition("```")[0]
    assert '"limit": 100' in code and "http://127.0.0.1:8787" in code and "ferry OR harbour" in code
    code = (
        code.replace('"limit": 100', '"limit": 2')
        .replace("http://127.0.0.1:8787", str(client.base_url))
        .replace("Bearer …", "x")
    )
    scope: dict[str, Any] = {}
    exec(code.replace("ferry OR harbour", "ferry OR the").replace('"language": "en", ', ""), scope)
    total = client.get("/api/v1/articles", params={"q": "ferry OR the", "limit": 1}).json()["total"]
    assert len(capsys.readouterr().out.splitlines()) == total > 4
