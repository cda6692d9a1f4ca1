"""The bar: of what is taken out 97 % of the lines are the site's, and at most 0.1 % of the articles' words are lost."""

from __future__ import annotations

from random import Random

from benchmarks.boilerplate.__main__ import _report, _store
from benchmarks.boilerplate.sites import Site, Text

SYLLABLES = ("ba", "de", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "zo")
LINES = 12


def _text(number: int) -> Text:
    """Return an article of its own words, half of which all of its paragraphs draw from: its matter."""
    draw = Random(number)
    word = lambda: "".join(draw.choices(SYLLABLES, k=3))  # noqa: E731
    matter = [word() for _ in range(40)]
    words = lambda many: [draw.choice(matter) if draw.random() < 0.5 else word() for _ in range(many)]  # noqa: E731
    return Text(" ".join(words(9)), tuple(f"{' '.join(words(25)).capitalize()}." for _ in range(LINES)))


def test_learned_lines_are_the_sites_own(tmp_path: object) -> None:
    sites = [
        Site(seed, [_text(1000 * seed + number) for number in range(size)], size) for seed, size in ((1, 40), (2, 70))
    ]
    results, _ = _store(f"sqlite:///{tmp_path}/newsdesk.db", sites, learn=True)
    figures = _report("gate", [page for pages in results for page in pages])
    assert figures["gate/line_precision_strict"] >= 0.97
    assert figures["gate/recall_loss"] <= 0.001
    assert figures["gate/service_recall"] >= 0.85
