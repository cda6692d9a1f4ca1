"""What worker processes are asked to do, by functions that load the doing only there."""

from __future__ import annotations

from storage.types import Article, Drop, Page


def extract_page(page: Page) -> Article | Drop:
    """Return the article of a page, or why it gives none: `pipelines.extract.extract`, which takes a second to load."""
    from pipelines.extract import extract

    return extract(page)
