"""A wire text that three outlets print, as real crawls find it: one story, with what each made of it."""

from __future__ import annotations

import json
import random
from pathlib import Path

from tests.acceptance.desk import Desk
from tests.acceptance.site import Answer, Site

SYLLABLES = ("ba", "de", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "zo")


def lines(seed: int, number: int = 10) -> list[str]:
    """Return paragraphs that no other seed gives."""
    draw = random.Random(seed)
    word = lambda: "".join(draw.choices(SYLLABLES, k=3))  # noqa: E731
    return ["The " + " ".join(word() for _ in range(24)) + "." for _ in range(number)]


def page(headline: str, told: list[str], at: str) -> Answer:
    """Return an article's page."""
    body = "".join(f"<p>{line}</p>" for line in told)
    meta = f"<meta property='article:published_time' content='2026-11-25T{at}:00Z'>"
    return Answer(
        body=f"<!doctype html><html lang='en'><head><title>{headline}</title>{meta}</head><body><main><article>"
        f"<h1>{headline}</h1>{body}</article></main></body></html>"
    )


def test_three_outlets_tell_one_story(desk: Desk, site: Site, tmp_path: Path) -> None:
    wire = lines(1)
    with Site("127.0.0.2") as second, Site("127.0.0.3") as third:
        for number, (own, headline, told) in enumerate(
            [
                (site, "Harbour budget passes", ["PORT ELLERY (Reuters) - " + wire[0], *wire[1:]]),
                (second, "Council votes for the harbour", wire[:6]),
                (third, "Harbour budget passes", [*wire, *lines(2, 2)]),
            ]
        ):
            own.pages["/news/wire"] = page(headline, told, f"1{number}:00")
            own.pages["/news/own"] = page(f"Own report {number}", lines(10 + number), "09:00")
            own.feed(["wire", "own"])
        names = {"first": site, "second": second, "third": third}
        sources = "".join(f'[{name}]\nfeeds = ["{own.base}/feed.xml"]\n' for name, own in names.items())
        (tmp_path / "sources.toml").write_text(sources)
        desk.crawl()
    [story] = json.loads(desk.newsdesk("stories", "--format", "json"))
    assert (story["outlets"], story["articles"], story["agency"]) == (3, 3, "Reuters")
    assert story["headline"] == "Harbour budget passes"
    told = desk.newsdesk("story", str(story["id"]))
    assert told.index("127.0.0.1") < told.index("127.0.0.2") < told.index("127.0.0.3"), "in order of publication"
    assert "+1 h" in told and "Council votes for the harbour" in told and "cut" in told
    report = desk.newsdesk("dedup-report")
    assert "reprint" in report or "same-text" in report
    assert "no stories found" in desk.newsdesk("stories", "--min-outlets", "4")
    assert desk.rows("SELECT count(*) FROM articles WHERE story_id IS NULL") == [(3,)]
