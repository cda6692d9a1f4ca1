"""The API does what its OpenAPI description says, whatever it is asked (schemathesis)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from storage.engine import make_engine, parse_url
from storage.store import Store
from storage.web.app import make_app
from storage.web.settings import WebSettings

EXAMPLES = 8
DESCRIPTION = make_app(Store(make_engine(parse_url("sqlite:///nowhere.db"))), WebSettings()).openapi()
BOUNDS = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("path", DESCRIPTION["paths"])
def test_every_answer_is_as_described(client: httpx.Client, path: str) -> None:
    described = schemathesis.openapi.from_dict(DESCRIPTION)
    described.config.base_url = str(client.base_url).rstrip("/")
    modes = GenerationMode if DESCRIPTION["paths"][path]["get"].get("parameters") else [GenerationMode.POSITIVE]
    for mode in modes:

        @BOUNDS
        @given(case=described[path]["GET"].as_strategy(generation_mode=mode))
        def asked(case: Any) -> None:
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        asked()
