"""The app's OpenAPI description, with what its models cannot say: that a parameter may be empty."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

EMPTY = {"const": "", "type": "string", "description": "As if it were not there."}


def describe(app: FastAPI) -> None:
    """Let the app describe itself so (see `storage.web.asking.Parameters`)."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            for path in made()["paths"].values():
                for parameter in path.get("get", {}).get("parameters", ()):
                    if parameter["in"] == "query":
                        parameter["schema"] = may_be_empty(parameter["schema"])
        return made()

    app.openapi = openapi  # type: ignore[method-assign]


def may_be_empty(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter that may be empty too; of a list, each value may be."""
    if schema.get("type") == "array":
        return schema | {"items": may_be_empty(schema["items"])}
    choices = schema.get("anyOf") or [{name: schema[name] for name in schema if name not in _ABOUT}]
    if any(
        one.get("type") == "string" and not {"enum", "const", "minLength", "pattern"} & one.keys() for one in choices
    ):
        return schema
    return {name: schema[name] for name in schema if name in _ABOUT} | {"anyOf": [*choices, EMPTY]}


_NARROW = {"enum", "const", "minLength", "pattern"}
_ABOUT = ("title", "description", "default", "deprecated", "examples")
