"""Which kind of page an article is: article, live blog, video or gallery."""

from __future__ import annotations

from pipelines.metadata import Facts

FEW_WORDS = 150


def kind_of(facts: Facts, words: int) -> str:
    """Return article | live | video | gallery."""
    if "LiveBlogPosting" in facts.kinds:
        return "live"
    if words >= FEW_WORDS:
        return "article"
    if any(name.startswith("og:video") for name in facts.kinds) or ("VideoObject" in facts.kinds and not facts.node):
        return "video"
    return "gallery" if facts.kinds & {"ImageGallery", "MediaGallery"} else "article"
