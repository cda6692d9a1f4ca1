"""Whether the app lives: for a supervisor, without a word on the database."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import PlainTextResponse

router = APIRouter()


@router.get("/healthz", response_class=PlainTextResponse, tags=["health"], summary="Whether the app lives")
async def alive() -> str:
    """Answer "ok" as long as the app runs; needs no token."""
    return "ok\n"
