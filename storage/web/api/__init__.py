"""The HTTP API, version 1: everything under /api/v1, and whether the app lives."""

from __future__ import annotations

from fastapi import APIRouter


def routes() -> APIRouter:
    """Return all routes of the API."""
    from storage.web.api import alive

    found = APIRouter()
    found.include_router(alive.router)
    return found
