"""Two links that turn out to be one article join their histories; a wrong link joins nothing."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from storage.aliases import read_aliases
from storage.articles import find_article, get_article, read_revisions
from storage.channels import ensure_source
from storage.frontier import NewLink, ensure_link, settle_link
from storage.postings import look_up
from storage.schema import article_aliases, articles, links, merged_articles, postings, relations, sketches, stories
from storage.search import Query, search
from storage.store import Store
from storage.types import LinkState, Outcome
from tests.integration.storage.fixtures import NOW
from tests.integration.storage.telling import paragraphs, sentences, tell, text

HOUR = timedelta(hours=1)


def version(outlet: str, page: str, canonical: str) -> dict[str, object]:
    """Return the identity of a page that names another one of its outlet as canonical."""
    host = f"{outlet}.example"
    return {
        "url_key": f"{host}/{canonical}",
        "page_key": f"{host}/{page}",
        "canonical_url": f"https://{host}/{canonical}",
        "aliases": ((f"https://{host}/{page}", f"{host}/{page}"),),
        "is_version": True,
    }


def moved(outlet: str, asked: str, page: str) -> dict[str, object]:
    """Return the identity of a page that another address of its outlet redirects to."""
    host = f"{outlet}.example"
    return {
        "url_key": f"{host}/{page}",
        "page_key": f"{host}/{page}",
        "aliases": ((f"https://{host}/{asked}", f"{host}/{asked}"),),
    }


def test_a_canonical_link_that_comes_later_joins_two_articles(store: Store) -> None:
    told = sentences(1, 14)
    with store.begin() as connection:
        one = tell(connection, "a", "print-1", paragraphs(told), headline="Early")
        tell(connection, "a", "print-1", paragraphs([*told, "A second version says more than this."]), now=NOW + HOUR)
        two = tell(connection, "a", "story-1", paragraphs(told[:10]), headline="Own", now=NOW + 2 * HOUR)
        copy = tell(connection, "b", "x", paragraphs(told), now=NOW + 3 * HOUR)
        for name, number in (("print-1", one.article_id), ("story-1", two.article_id)):
            new = NewLink(f"https://a.example/{name}", f"a.example/{name}", "a.example")
            link = ensure_link(connection, new, ensure_source(connection, "a", NOW), NOW)
            settle_link(connection, link.id, LinkState.DONE, "stored", NOW, article_id=number)
        assert one.article_id != two.article_id
        last = tell(
            connection, "a", "print-1", paragraphs(told), headline="Late", now=NOW + 5 * HOUR,
            identity=version("a", "print-1", "story-1"),
        )  # fmt: skip
        assert last.article_id == one.article_id, "the oldest id stays"
        article = get_article(connection, two.article_id)
        assert article is not None and article.id == one.article_id, "the other id leads to it"
        assert (article.url_key, article.url) == ("a.example/story-1", "https://a.example/story-1")
        assert article.first_seen == NOW and find_article(connection, "a.example/print-1") == article
        assert read_aliases(connection, article.id) == ["https://a.example/print-1"]
        versions = read_revisions(connection, article.id)
        assert [v.revision for v in versions] == list(range(1, len(versions) + 1))
        bodies = {v.body for v in versions}
        assert {paragraphs(told), paragraphs(told[:10])} <= bodies and len(bodies) == 3
        assert versions == sorted(versions, key=lambda v: v.seen_at) and versions[-1].body == article.body
        assert set(connection.execute(sa.select(links.c.article_id)).scalars()) == {article.id}
        assert last.outcome is Outcome.ALIAS and article.headline == "Own", "the own page's text counts"
        assert [hit.article.id for hit in search(connection, Query("headline:Own"))] == [article.id]
        assert not search(connection, Query("headline:Early"))
        row = connection.execute(sa.select(merged_articles)).one()
        assert (row.id, row.into_id, row.reason, row.headline) == (two.article_id, one.article_id, "canonical", "Own")
        for table in (sketches, postings):
            assert two.article_id not in set(connection.execute(sa.select(table.c.article_id)).scalars())
        ends = {
            end for pair in connection.execute(sa.select(relations.c.article_id, relations.c.other_id)) for end in pair
        }
        assert ends == {one.article_id, copy.article_id}
        own = connection.execute(sa.select(stories).where(stories.c.merged_into.is_(None))).one()
        assert (own.articles, own.outlets) == (2, 2) and article.story_id == own.id == copy.story_id


def test_a_redirect_joins_two_articles_with_the_same_text_or_number(store: Store) -> None:
    with store.begin() as connection:
        one = tell(connection, "a", "old-slug-123456", text(2), headline="Police look for a driver")
        two = tell(connection, "a", "new-slug-123456", text(3), headline="Driver is found", now=NOW + HOUR)
        last = tell(
            connection, "a", "new-slug-123456", text(3), headline="Driver is found", now=NOW + 2 * HOUR,
            identity=moved("a", "old-slug-123456", "new-slug-123456"),
        )  # fmt: skip
        versions = read_revisions(connection, one.article_id)
        reason = connection.execute(sa.select(article_aliases.c.reason)).scalar()
    assert last.article_id == one.article_id != two.article_id
    assert [v.headline for v in versions] == ["Police look for a driver", "Driver is found"]
    assert reason == "redirect"


def test_a_canonical_link_to_an_unrelated_article_is_not_believed(store: Store) -> None:
    with store.begin() as connection:
        right = tell(connection, "a", "first", text(4))
        other = tell(connection, "a", "second", text(5), now=NOW + HOUR, identity=version("a", "second", "first"))
        again = tell(connection, "a", "second", text(5), now=NOW + 2 * HOUR, identity=version("a", "second", "first"))
        kept = get_article(connection, right.article_id)
        found = get_article(connection, other.article_id)
    assert other.outcome is Outcome.STORED and again.article_id == other.article_id != right.article_id
    assert again.outcome is Outcome.UNCHANGED
    assert kept is not None and kept.body == text(4) and kept.revision == 1
    assert found is not None and (found.url_key, found.canonical_url) == ("a.example/second", None)


def test_an_article_that_was_filed_under_a_wrong_canonical_address_gets_its_own_back(store: Store) -> None:
    with store.begin() as connection:
        wrong = tell(connection, "a", "second", text(6), identity=version("a", "second", "first"))
        right = tell(connection, "a", "first", text(7), now=NOW + HOUR)
        one = find_article(connection, "a.example/first")
        two = find_article(connection, "a.example/second")
        aliases = connection.execute(sa.select(article_aliases)).all()
    assert right.outcome is Outcome.STORED and right.article_id != wrong.article_id
    assert one is not None and one.id == right.article_id and one.body == text(7)
    assert two is not None and two.id == wrong.article_id and two.body == text(6) and two.revision == 1
    assert aliases == []


def test_a_page_that_is_rewritten_at_its_own_address_is_the_same_article(store: Store) -> None:
    with store.begin() as connection:
        first = tell(connection, "a", "live", text(8))
        second = tell(connection, "a", "live", text(9), headline="Quite another", now=NOW + HOUR)
    assert second.article_id == first.article_id and second.outcome is Outcome.REVISED


def test_the_index_follows_the_text(store: Store) -> None:
    from pipelines.shingles import sketch

    with store.begin() as connection:
        first = tell(connection, "a", "x", text(11))
        tell(connection, "a", "x", text(12), now=NOW + HOUR)
        old, new = sketch("", text(11)), sketch("", text(12))
        assert old is not None and new is not None
        assert not look_up(connection, old, NOW - HOUR).shared
        assert set(look_up(connection, new, NOW - HOUR).shared) == {first.article_id}
        posted = connection.execute(sa.select(sa.func.count()).select_from(postings)).scalar()
        assert posted == new.posted
        assert connection.execute(sa.select(sa.func.count()).select_from(articles)).scalar() == 1


def test_the_id_of_a_joined_article_is_given_to_no_other(store: Store) -> None:
    told = sentences(20, 12)
    with store.begin() as connection:
        first = tell(connection, "a", "one", paragraphs(told))
        ids = []
        for number, name in enumerate(("two", "three", "four"), 1):
            ids.append(tell(connection, "a", name, paragraphs(told[number:])).article_id)
            joined = tell(connection, "a", name, paragraphs(told[number:]), identity=version("a", name, "one"))
            assert joined.article_id == first.article_id
        later = tell(connection, "a", "five", text(21))
        found = [get_article(connection, number) for number in ids]
    assert len({*ids, first.article_id, later.article_id}) == 5
    assert [article.id if article else None for article in found] == [first.article_id] * 3


def test_the_index_holds_the_text_that_an_article_has_after_a_join(store: Store) -> None:
    from pipelines.shingles import sketch

    told = sentences(22, 14)
    with store.begin() as connection:
        one = tell(connection, "a", "one", paragraphs(told))
        two = tell(connection, "a", "two", paragraphs([*told[:9], *sentences(23, 5)]), now=NOW + HOUR)
        assert two.article_id != one.article_id
        own = paragraphs([*told[:9], *sentences(23, 5)])
        tell(connection, "a", "two", own, now=NOW + 2 * HOUR, identity=version("a", "two", "one"))
        row = connection.execute(sa.select(sketches)).one()
        kept = get_article(connection, one.article_id)
        assert kept is not None
        expected = sketch(kept.headline, kept.body)
        assert expected is not None and row.kept == expected.kept


def test_a_canonical_address_that_was_joined_before_is_the_pages_own(store: Store) -> None:
    """The page was once joined with the article at its canonical address; then it is rewritten from end to end."""
    told = sentences(30, 12)
    with store.begin() as connection:
        first = tell(connection, "a", "one", paragraphs(told))
        tell(connection, "a", "two", paragraphs(told[1:]))
        identity = version("a", "two", "one")
        joined = tell(connection, "a", "two", paragraphs(told[1:]), now=NOW + HOUR, identity=identity)
        rewritten = tell(connection, "a", "two", text(31), headline="New", now=NOW + 2 * HOUR, identity=identity)
        kept = get_article(connection, first.article_id)
    assert first.article_id == joined.article_id == rewritten.article_id
    assert rewritten.outcome is Outcome.REVISED
    assert kept is not None and kept.canonical_url == "https://a.example/one"


def test_two_articles_that_join_do_not_join_their_stories(store: Store) -> None:
    one, two = sentences(32, 14), sentences(33, 14)
    with store.begin() as connection:
        for outlet, told in (("x", one), ("y", two)):
            tell(connection, outlet, "n", paragraphs(told))
        first = tell(connection, "a", "one", paragraphs(one))
        second = tell(connection, "a", "two", paragraphs(two), now=NOW + HOUR)
        assert first.story_id != second.story_id
        body = paragraphs([*two, *one[:4]])
        identity = version("a", "two", "one")
        joined = tell(
            connection, "a", "two", body, headline="What a says of one", now=NOW + 2 * HOUR, identity=identity
        )
        rows = connection.execute(sa.select(stories).order_by(stories.c.id)).all()
    assert joined.article_id == first.article_id
    assert [(row.merged_into, row.articles) for row in rows] == [(None, 1), (None, 2)]
    assert joined.story_id == second.story_id
