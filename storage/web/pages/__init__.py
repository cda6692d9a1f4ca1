"""Pages for people: HTML made on the server, with JSON and CSV twins of every list."""

from __future__ import annotations

from fastapi import FastAPI


def furnish(app: FastAPI) -> None:
    """Add the pages to an app."""
    from storage.web.doors import MISSES_A_MINUTE
    from storage.web.limits import Allowance
    from storage.web.pages import (
        adding,
        articles,
        crawls,
        login,
        saved,
        saving,
        search,
        sources,
        stories,
        trends,
        upkeep,
    )
    from storage.web.pages.counts import Kept
    from storage.web.pages.rendering import Static
    from storage.web.pages.trouble import paint

    app.state.counted, app.state.lines = Kept(), Kept()
    app.state.offers = Kept(adding.OFFERED_SECONDS)
    app.state.misses = Allowance(MISSES_A_MINUTE)
    app.state.paint_problem = paint
    for room in (search, articles, stories, trends, crawls, adding, sources, saved, saving, upkeep, login):
        app.include_router(room.router)
    app.mount("/static", Static(), name="static")
