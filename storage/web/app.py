"""The app: its layers from the outside in, and its rooms: API, feeds, pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from storage.store import Store
from storage.web.abilities import Abilities
from storage.web.conditional import Conditional
from storage.web.database import Database
from storage.web.described import describe
from storage.web.doors import Doors
from storage.web.failures import tell_problems
from storage.web.layers import Shield, StrictHeaders
from storage.web.security import Gate
from storage.web.settings import WebSettings, check

THREADS = 12
"""Questions to the database at a time: fewer than its pool has connections."""


def make_app(store: Store, settings: WebSettings, abilities: Abilities | None = None) -> FastAPI:
    """Return the app that reads this store. Raises UsageError for settings that would let others in.

    `app.state` has settings, abilities, database and gate, for those who add rooms to it.
    """
    check(settings)
    gate = Gate(settings.token, secure=settings.is_secure)
    app = FastAPI(
        title="newsdesk",
        description="Everything that your news sources publish: articles, their revisions, stories, and how it came.",
        version="1",
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        middleware=_layers(settings, gate),
        lifespan=_lifespan,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.state.abilities = abilities or Abilities()
    app.state.database = Database(store.url, settings.query_seconds)
    app.state.gate = gate
    tell_problems(app)
    _furnish(app)
    describe(app)
    return app


def _layers(settings: WebSettings, gate: Gate) -> list[Middleware]:
    readers: dict[str, Any] = {"allow_methods": ["GET", "HEAD"], "allow_headers": ["Authorization"]}
    readers |= {"allow_origins": list(settings.cors), "expose_headers": ["ETag", "Link"]}
    return [
        Middleware(StrictHeaders),
        Middleware(Shield),
        *([Middleware(CORSMiddleware, **readers)] if settings.cors else []),
        Middleware(Doors, gate=gate, rate=settings.rate, host_names=settings.host_names),
        Middleware(GZipMiddleware, minimum_size=500, compresslevel=6),
        Middleware(Conditional),
    ]


def _furnish(app: FastAPI) -> None:
    from storage.web import feeds, pages
    from storage.web.api import routes

    app.include_router(routes())
    app.include_router(feeds.router)
    pages.furnish(app)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    yield
    app.state.database.close()
