"""The HTTP API, version 1: everything under /api/v1, and whether the app lives."""

from __future__ import annotations

from fastapi import APIRouter

PREFIX = "/api/v1"


def routes() -> APIRouter:
    """Return all routes of the API."""
    from storage.web.api import alive, articles, crawls, sources, stories, trends
    from storage.web.api.told import PROBLEMS

    found = APIRouter()
    found.include_router(alive.router)
    for room in (articles, stories, sources, crawls, trends):
        found.include_router(room.router, prefix=PREFIX, responses=PROBLEMS)
    return found
