"""A site's boilerplate is learned from its stories, taken out of texts, and never makes a revision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from pipelines.blocks import READING, read_block
from pipelines.fingerprint import content_hash
from pipelines.lines import count_words
from storage.articles import get_article, read_revisions, store_article
from storage.blocks import Piece, original, put_back, take_out, unweave, weave
from storage.boilerplate import find_blocks, list_blocks, put_back_next, set_verdict, source_sites
from storage.channels import ensure_source
from storage.cleaning import clean_waiting
from storage.errors import UsageError
from storage.learning import forget_blocks
from storage.removals import read_removed
from storage.schema import articles, site_blocks, sites
from storage.search import Query, count
from storage.store import Store
from storage.types import Article, Identity, Outcome, Removed, Stored
from tests.integration.storage.fixtures import NOW

SERVICE = "Sign up for the morning letter and never miss what happens on the coast."
LATER = NOW + timedelta(hours=1)
WORDS = ("ferry", "council", "bridge", "market", "school", "harvest", "museum", "library", "tunnel", "orchard")
SYLLABLES = ("ba", "de", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "va", "zo")


def prose(number: int, lines: int = 4) -> list[str]:
    """Return lines whose words no other number gives."""
    draw = Random(number)
    word = lambda: "".join(draw.choices(SYLLABLES, k=4))  # noqa: E731
    return [f"The {' '.join(word() for _ in range(16))}." for _ in range(lines)]


def put(
    connection: sa.Connection,
    number: int,
    lines: Iterable[str],
    *,
    name: str | None = None,
    now: object = NOW,
    removed: tuple[Removed, ...] = (),
    headline: str | None = None,
) -> Stored:
    body = "\n\n".join(lines)
    headline = headline or f"{WORDS[number % len(WORDS)].title()} number {number}"
    name = name or f"n{number}"
    article = Article(f"https://a.example/{name}", headline, body, word_count=count_words(body), removed=removed)
    identity = Identity(f"a.example/{name}", "a.example", content_hash(headline, body))
    return store_article(connection, article, identity, ensure_source(connection, "a", NOW), now, READING)  # type: ignore[arg-type]


def body_of(connection: sa.Connection, stored: Stored) -> list[str]:
    article = get_article(connection, stored.article_id)
    assert article is not None
    return article.body.split("\n\n")


def reclean(connection: sa.Connection) -> int:
    changed = 0
    while (number := clean_waiting(connection, READING, 2)) is not None:
        changed += number
    return changed


def test_the_third_story_loses_the_line_and_the_earlier_ones_are_cleaned_again(store: Store) -> None:
    with store.begin() as connection:
        stored = [put(connection, number, [*prose(number), SERVICE]) for number in range(4)]
        assert [SERVICE in body_of(connection, one) for one in stored] == [True, True, False, False]
        assert count(connection, Query('"morning letter"')) == 2
        assert reclean(connection) == 2
        assert all(body_of(connection, one) == prose(number) for number, one in enumerate(stored))
        assert count(connection, Query('"morning letter"')) == 0
        for number, one in enumerate(stored):
            article = get_article(connection, one.article_id)
            assert article is not None and article.revision == 1
            assert article.word_count == count_words(article.body)
            removed = read_removed(connection, one.article_id)
            assert removed == (Removed(4, SERVICE, "learned"),)
            assert original(article.body, removed) == "\n\n".join([*prose(number), SERVICE])
        assert clean_waiting(connection, READING) is None


def test_what_is_learned_makes_no_revision_whether_the_stored_text_was_cleaned_or_not(store: Store) -> None:
    with store.begin() as connection:
        first = put(connection, 0, [*prose(0), SERVICE])
        for number in (1, 2):
            put(connection, number, [*prose(number), SERVICE])
        again = put(connection, 0, [*prose(0), SERVICE], now=LATER)
        assert again.outcome is Outcome.UNCHANGED and body_of(connection, first) == prose(0)
        assert put(connection, 2, [*prose(2), SERVICE], now=LATER).outcome is Outcome.UNCHANGED
        assert put(connection, 2, prose(2), now=LATER).outcome is Outcome.UNCHANGED
        assert read_removed(connection, first.article_id) and read_revisions(connection, first.article_id) == []
        changed = put(connection, 0, [*prose(0, 3), "A correction of what was told before.", SERVICE], now=LATER)
        assert changed.outcome is Outcome.REVISED
        assert [SERVICE in version.body for version in read_revisions(connection, first.article_id)] == [False, False]


def test_the_same_text_elsewhere_is_an_alias_whatever_was_learned_in_between(store: Store) -> None:
    with store.begin() as connection:
        first = put(connection, 0, [*prose(0), SERVICE])
        for number in (1, 2):
            put(connection, number, [*prose(number), SERVICE])
        for name in ("again", "once-more"):
            alias = put(connection, 0, [*prose(0), SERVICE], name=name)
            assert (alias.outcome, alias.article_id) == (Outcome.ALIAS, first.article_id)
        assert reclean(connection) >= 1
        assert put(connection, 0, [*prose(0), SERVICE], name="late").outcome is Outcome.ALIAS
        assert connection.execute(sa.select(sites.c.stories)).scalar_one() == 3


def test_a_story_counts_once_however_often_it_is_told(store: Store) -> None:
    with store.begin() as connection:
        for turn in range(6):
            put(
                connection,
                0,
                [*prose(0), f"Update {'i' * (turn + 1)} of the ferry says more than the last."],
                name=f"update{turn}",
            )
        assert connection.execute(sa.select(sa.func.max(site_blocks.c.df))).scalar_one() == 1
        assert connection.execute(sa.select(sites.c.stories)).scalar_one() == 1
        for turn in range(6):
            put(connection, 0, [*prose(0), f"Revision {'x' * turn} of it."], name="update0", now=LATER)
        assert connection.execute(sa.select(sa.func.max(site_blocks.c.df))).scalar_one() == 1


def alike(number: int, lines: int) -> list[str]:
    """Return lines of few words, which all texts of a site may share."""
    draw = Random(number)
    return [f"The {' '.join(draw.choices(WORDS, k=14))}." for _ in range(lines)]


def test_a_site_whose_texts_are_all_alike_in_their_words(store: Store) -> None:
    with store.begin() as connection:
        for number in range(8):
            put(connection, number, alike(number, 5))
        for turn in range(5):  # the same story with two of five lines new each time
            put(connection, 0, [*alike(0, 5)[:3], *alike(90 + turn, 2)], name=f"update{turn}", headline=f"Turn {turn}")
        assert list_blocks(connection, ["a.example"]) == []
        for number in range(20, 24):
            put(connection, number, [*alike(number, 5), SERVICE])
        assert [block.text for block in list_blocks(connection, ["a.example"])] == [SERVICE]


def test_short_notices_that_are_half_service_lines(store: Store) -> None:
    with store.begin() as connection:
        for number in range(6):
            put(connection, number, [*prose(number, 2), SERVICE, SERVICE.replace("letter", "paper")])
        assert len(list_blocks(connection, ["a.example"])) == 2


def test_the_background_of_one_matter_is_no_boilerplate(store: Store) -> None:
    background = "The harbour bridge was closed in spring after engineers found cracks in two of its piers."
    with store.begin() as connection:
        for number in range(10, 16):
            put(connection, number, prose(number))
        for number in range(5):
            lines = [
                f"The harbour bridge closure {chr(97 + number) * 3} was debated again.",
                *prose(number, 5),
                background,
            ]
            put(connection, number, lines, headline=f"Harbour bridge closure debated {chr(97 + number) * 3}")
        rows = connection.execute(sa.select(articles.c.body)).scalars()
        assert sum(background in body for body in rows) == 5


def test_no_text_loses_more_than_half_or_its_last_line(store: Store) -> None:
    long = " ".join([SERVICE] * 6)
    with store.begin() as connection:
        for number in range(3):
            put(connection, number, [*prose(number, 12), long])
        short = put(connection, 7, [*prose(7, 2), long])
        assert body_of(connection, short) == [*prose(7, 2), long]
        alone = put(connection, 8, [long])
        assert body_of(connection, alone) == [long]


def test_lines_of_the_extraction_keep_their_places(store: Store) -> None:
    removed = (Removed(0, "Share", "sharing"), Removed(5, "Leave a reply", "form"))
    with store.begin() as connection:
        for number in range(3):
            stored = put(connection, number, [SERVICE, *prose(number)], removed=removed)
        kept = read_removed(connection, stored.article_id)
        assert kept == (
            Removed(0, "Share", "sharing"),
            Removed(0, SERVICE, "learned"),
            Removed(4, "Leave a reply", "form"),
        )


def test_a_short_line_is_learned_at_the_end_but_not_as_a_subhead(store: Store) -> None:
    with store.begin() as connection:
        for number in range(30):
            lines = prose(number, 6)
            put(connection, number, [*lines[:3], "What happens next", *lines[3:], "Follow us on the coast"])
        reclean(connection)
        bodies = list(connection.execute(sa.select(articles.c.body)).scalars())
    assert all("What happens next" in body for body in bodies)
    assert not any("Follow us" in body for body in bodies)


def test_blocks_seen_once_are_forgotten_after_a_month(store: Store) -> None:
    with store.begin() as connection:
        for number in range(3):
            put(connection, number, [*prose(number), SERVICE])
        assert forget_blocks(connection, "a.example", NOW + timedelta(days=29)) == 0
        assert forget_blocks(connection, "a.example", NOW + timedelta(days=31)) == 12
        left = connection.execute(sa.select(site_blocks.c.block_hash, site_blocks.c.df)).all()
    assert left == [(read_block(SERVICE).hash, 3)]


@pytest.mark.parametrize("since", [NOW - timedelta(days=60)])
def test_old_articles_are_left_alone(store: Store, since: object) -> None:
    with store.begin() as connection:
        old = put(connection, 0, [*prose(0), SERVICE], now=since)
        for number in (1, 2):
            put(connection, number, [*prose(number), SERVICE])
        reclean(connection)
        assert SERVICE in body_of(connection, old)


def judge(connection: sa.Connection, what: str, verdict: str | None) -> None:
    [row] = find_blocks(connection, ["a.example"], what, READING)
    set_verdict(connection, row.site, row.example or what, row.block_hash, verdict, READING, NOW)
    last = 0
    while (done := put_back_next(connection, row.site, row.block_hash, READING, 2, last)) is not None:
        last = done[1]
    reclean(connection)


def test_a_person_keeps_bans_and_forgets(store: Store) -> None:
    odd = "Reported by the newsroom of the coast."
    with store.begin() as connection:
        stored = [put(connection, number, [odd, *prose(number), SERVICE]) for number in range(5)]
        reclean(connection)
        whole = [[odd, *prose(number), SERVICE] for number in range(5)]
        cleaned = [[odd, *prose(number)] for number in range(5)]
        assert [body_of(connection, one) for one in stored] == cleaned
        [learned] = list_blocks(connection, ["a.example"])
        assert (learned.state, learned.text, learned.stories, learned.removed_from) == ("learned", SERVICE, 5, 5)
        assert learned.examples[0] == (stored[4].article_id, "School number 4") and len(learned.examples) == 3
        judge(connection, learned.id[:8], "keep")
        assert [body_of(connection, one) for one in stored] == whole
        assert [block.state for block in list_blocks(connection, ["a.example"])] == ["kept"]
        assert SERVICE in body_of(connection, put(connection, 5, [*prose(5), SERVICE]))
        judge(connection, "morning LETTER", None)
        assert [body_of(connection, one) for one in stored] == cleaned
        judge(connection, odd.upper(), "ban")
        assert [body_of(connection, one) for one in stored] == [prose(number) for number in range(5)]
        assert read_removed(connection, stored[0].article_id)[0] == Removed(0, odd, "banned")
        judge(connection, odd, None)
        assert [body_of(connection, one) for one in stored] == cleaned
        assert [b.state for b in list_blocks(connection, ["a.example"], candidates=True)] == ["learned", "candidate"]


def test_a_source_is_named_rightly(store: Store) -> None:
    with store.begin() as connection:
        put(connection, 0, prose(0))
        assert source_sites(connection, "a") == source_sites(connection, "a.example") == ["a.example"]
        with pytest.raises(UsageError, match="no source"):
            source_sites(connection, "b")
        assert find_blocks(connection, ["a.example"], "nowhere to be found", READING) == []


_line = st.text(alphabet="abc .", min_size=1, max_size=6).filter(lambda text: bool(text.strip()))
_piece = st.builds(Piece, _line, st.sampled_from([None, None, "learned", "banned", "form"]))


@given(pieces=st.lists(_piece, max_size=12), taken=st.dictionaries(_line, st.sampled_from(["learned", "banned"])))
def test_what_was_taken_out_can_always_be_put_back(pieces: list[Piece], taken: dict[str, str]) -> None:
    whole = "\n\n".join(piece.text for piece in pieces)
    body, removed = unweave(pieces)
    assert weave(body, removed) == pieces and original(body, removed) == whole
    rules = {read_block(line).hash: rule for line, rule in taken.items() if read_block(line).hash}
    cleaned = take_out(pieces, rules, read_block)
    assert [piece.text for piece in cleaned] == [piece.text for piece in pieces]
    assert original(*unweave(cleaned)) == whole
    assert take_out(cleaned, {}, read_block) == put_back(pieces)
    assert any(piece.rule is None for piece in cleaned) or all(piece.rule == "form" for piece in cleaned)
