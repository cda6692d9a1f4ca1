"""Stories as they are read: who was first, the outlets in order, what leads to them, and what was taken for the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from storage.appearance import Appearance, KnownBy, appearance, copied_from, in_order
from storage.articles import get_article
from storage.dossier import read_dossier
from storage.likeness import Kinship
from storage.merges import Decision, MergeQuery, What, count_merges, read_decisions
from storage.schema import article_aliases, link_sightings, links, stories
from storage.store import Store
from storage.story_views import (
    Story,
    StoryQuery,
    count_stories,
    is_known,
    list_stories,
    merge_of,
    merged_into,
    read_bodies,
    read_kin,
    read_linked,
    read_story,
    story_outlets,
)
from storage.types import DatePrecision, DateSource, Stamp
from tests.integration.storage.fixtures import NOW, feed
from tests.integration.storage.telling import paragraphs, sentences, tell, text

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MIDNIGHT = NOW.replace(hour=0)


@pytest.mark.parametrize(
    ("published", "precision", "at", "known_by"),
    [
        (NOW - HOUR, "second", NOW - HOUR, "date"),
        (NOW - HOUR, "minute", NOW - HOUR, "date"),
        (NOW, "minute", NOW, "date"),
        (NOW + MINUTE, "minute", NOW, "seen"),
        (NOW + 900 * DAY, "second", NOW, "seen"),
        (MIDNIGHT, "day", NOW, "seen"),
        (MIDNIGHT - DAY, "day", MIDNIGHT, "day"),
        (MIDNIGHT - 9 * DAY, "day", MIDNIGHT - 8 * DAY, "day"),
        (MIDNIGHT + DAY, "day", NOW, "seen"),
        (MIDNIGHT - 40 * DAY, "month", NOW, "seen"),
        (NOW - HOUR, None, NOW, "seen"),
        (None, None, NOW, "seen"),
    ],
)
def test_when_an_article_appeared(
    published: datetime | None, precision: str | None, at: datetime, known_by: str
) -> None:
    assert appearance(published, precision, NOW) == Appearance(at, KnownBy(known_by))


@dataclass(frozen=True)
class Piece:
    """An article as the order of a story asks for it."""

    article_id: int
    outlet: str
    appeared: Appearance = field(default=Appearance(NOW, KnownBy.DATE))
    addresses: tuple[str, ...] = ()


def test_the_earliest_is_first_and_of_equals_the_one_with_the_lowest_id() -> None:
    late = Piece(1, "a.example", Appearance(NOW + HOUR, KnownBy.DATE))
    told = [late, Piece(3, "c.example"), Piece(2, "b.example")]
    assert [one.article_id for one in in_order(told)] == [2, 3, 1]
    assert in_order(list[Piece]()) == []


def test_who_names_another_outlet_of_the_story_is_not_first() -> None:
    copy = Piece(1, "a.example", Appearance(NOW - HOUR, KnownBy.DATE), ("https://www.b.example/x",))
    own = Piece(2, "b.example", addresses=("https://b.example/canonical",))
    assert in_order([copy, own]) == [own, copy]
    elsewhere = replace(copy, addresses=("https://unknown.example/x",))
    assert in_order([elsewhere, own]) == [elsewhere, own], "an outlet that is not in the story takes nothing away"
    other = replace(own, addresses=("https://a.example/x",))
    assert in_order([copy, other]) == [copy, other], "when each names the other, the earlier one is first"


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("https://b.example/x", "b.example"),
        ("https://amp.news.b.example:8443/x", "b.example"),
        ("https://a.example/x", None),
        ("https://notb.example/x", None),
        ("https://[bad/x", None),
        ("b.example/x", None),
        ("", None),
    ],
)
def test_which_outlet_an_address_names(address: str, named: str | None) -> None:
    assert copied_from(Piece(1, "a.example", addresses=(address,)), {"a.example", "b.example"}) == named


def stamp(at: datetime, precision: DatePrecision = DatePrecision.MINUTE) -> Stamp:
    return Stamp(at, at.isoformat(), DateSource.META, precision)


def tell_ferries(connection: sa.Connection) -> list[int]:
    """Store a story of six outlets and two articles beside it; return the ids in the order of storing."""
    told = sentences(1, 40)
    day = stamp(MIDNIGHT, DatePrecision.DAY)
    wire = "https://www.wire.example/f"
    stored = [
        tell(connection, "daily", "f", paragraphs(told[:25]), agency="AP", language="en", published=stamp(NOW - HOUR)),
        tell(connection, "wire", "f", paragraphs(told), published=stamp(NOW - 2 * HOUR), language="en"),
        tell(connection, "weekly", "f", paragraphs(told), now=NOW + HOUR, published=day, agency="AP, dpa"),
        tell(connection, "copy", "f", paragraphs(told), now=NOW + 2 * HOUR, published=stamp(NOW - 5 * HOUR), identity={"syndicated_from": wire}),
        tell(connection, "late", "f", paragraphs([*told[:30], *sentences(2, 8)]), now=NOW + 3 * HOUR, language="de"),
        tell(connection, "late", "again", paragraphs(told[4:38]), now=NOW + 4 * HOUR, language="de"),
        tell(connection, "round", "up", paragraphs([*told[:12], *sentences(3, 12), *sentences(4, 12)]), now=NOW + 5 * HOUR),
        tell(connection, "else", "x", text(5)),
    ]  # fmt: skip
    return [one.article_id for one in stored]


def the_story(connection: sa.Connection) -> Story:
    return list_stories(connection, StoryQuery())[0]


def test_a_story_tells_who_was_first_and_who_came_when(store: Store) -> None:
    with store.begin() as connection:
        daily, wire, weekly, copy, late, again, _, _ = tell_ferries(connection)
        story = the_story(connection)
        assert [one.article_id for one in story.tellings] == [wire, copy, daily, weekly, late, again]
        assert story.first.appeared == Appearance(NOW - 2 * HOUR, KnownBy.DATE)
        assert {one.article_id: one.appeared.known_by for one in story.tellings}[weekly] is KnownBy.SEEN
        assert story.outlets == ("wire.example", "copy.example", "daily.example", "weekly.example", "late.example")
        assert story.agencies == (("AP", 2), ("dpa", 1))
        assert dict(story.languages) == {"en": 2, "de": 2}
        assert (story.first_seen, story.last_seen) == (NOW, NOW + 4 * HOUR)
        assert read_story(connection, story.id) == story
        assert story_outlets(connection, story.id) == 5
        bodies = read_bodies(connection, [wire, daily])
    assert bodies[daily] == paragraphs(sentences(1, 40)[:25]) and set(bodies) == {wire, daily}


def test_each_article_is_told_by_its_kin_to_the_first(store: Store) -> None:
    with store.begin() as connection:
        daily, wire, weekly, copy, late, again, _, _ = tell_ferries(connection)
        kin = read_kin(connection, the_story(connection))
    assert set(kin) == {daily, weekly, copy, late, again}
    assert {one.other_id for one in kin.values()} == {wire}
    assert (kin[weekly].kind, kin[weekly].share, kin[weekly].other_share) == ("same-text", 1.0, 1.0)
    assert kin[daily].kind == "reprint"
    assert kin[daily].share == 1.0 and 0.55 < kin[daily].other_share < 0.7, "seen from the article, not from the first"


def test_an_article_without_kin_to_the_first_has_the_closest_in_the_story(store: Store) -> None:
    told = sentences(4, 30)
    with store.begin() as connection:
        ids = [
            tell(connection, outlet, "x", body, now=NOW + place * HOUR).article_id
            for place, (outlet, body) in enumerate(
                [("a", told[:16]), ("b", told[:16]), ("c", told[10:]), ("d", told[10:]), ("e", told[2:28])]
            )
            for body in [paragraphs(body)]
        ]
        story = the_story(connection)
        kin = read_kin(connection, story)
    assert story.first.article_id == ids[0] and set(kin) == set(ids[1:])
    assert (kin[ids[2]].other_id, kin[ids[3]].other_id, kin[ids[2]].kind) == (ids[3], ids[2], "same-text")


def test_what_leads_to_a_story_and_is_not_in_it(store: Store) -> None:
    with store.begin() as connection:
        *_, round_up, other = tell_ferries(connection)
        story = the_story(connection)
        linked = read_linked(connection, story.id)
        assert [one.article_id for one in linked] == [round_up]
        only = linked[0]
        assert (only.outlet, only.story_id) == ("round.example", None)
        assert not Kinship(only.kin.kind).unites
        assert only.kin.other_id in {one.article_id for one in story.tellings}
        twin = tell(connection, "twin", "up", get_article(connection, round_up).body, now=NOW + 6 * HOUR)  # type: ignore[union-attr]
        linked = read_linked(connection, story.id)
    assert {one.article_id for one in linked} == {round_up, twin.article_id}
    assert {one.story_id for one in linked} == {twin.story_id}
    assert other not in {one.article_id for one in linked}


def tell_three(connection: sa.Connection) -> list[int]:
    """Store three stories: of 3 outlets at noon, of 2 an hour later (wire copy, in German), of one outlet."""
    found = [tell(connection, outlet, "one", text(1), language="en").story_id for outlet in "abc"]
    later = {"now": NOW + HOUR, "language": "de", "agency": "dpa"}
    found += [tell(connection, outlet, "two", text(2), **later).story_id for outlet in "bd"]
    told = sentences(3, 20)
    own = [paragraphs(told), paragraphs([*told[:15], *sentences(4, 3)])]
    found += [tell(connection, "e", f"three{n}", body, now=NOW + 2 * HOUR).story_id for n, body in enumerate(own)]
    return [one for one in dict.fromkeys(found) if one is not None]


def test_stories_are_listed_as_they_are_asked_for(store: Store) -> None:
    with store.begin() as connection:
        one, two, three = tell_three(connection)

        def listed(**asked: object) -> list[int]:
            query = StoryQuery(**asked)  # type: ignore[arg-type]
            found = [story.id for story in list_stories(connection, query)]
            assert count_stories(connection, replace(query, limit=1)) >= len(found)
            return found

        assert listed() == [one, two]
        assert (
            listed(min_outlets=1) == [one, two, three]
            and listed(min_outlets=3) == [one]
            and listed(min_outlets=4) == []
        )
        assert listed(min_outlets=1, sort="latest") == listed(min_outlets=1, sort="first") == [three, two, one]
        assert listed(since=NOW + MINUTE) == [two] and listed(since=NOW) == [one, two] and listed(since=NOW + DAY) == []
        assert listed(until=NOW + MINUTE) == [one] and listed(until=NOW) == []
        assert listed(outlets=("b.example",)) == listed(outlets=("b",)) == [one, two], "a domain, or a source's name"
        assert listed(outlets=("b", "d.example")) == [two] and listed(outlets=("a", "d")) == []
        assert listed(wire=True) == [two] and listed(language="de") == [two] and listed(language="fr") == []
        assert listed(limit=1) == [one] and count_stories(connection, StoryQuery(limit=1)) == 2
        assert is_known(connection, "d.example") and is_known(connection, "d") and not is_known(connection, "f")


def test_a_merged_story_is_followed_and_never_listed(store: Store) -> None:
    told = sentences(4, 30)
    with store.begin() as connection:
        one = [tell(connection, outlet, "x", paragraphs(told[:16])) for outlet in ("a", "b")]
        two = [tell(connection, outlet, "x", paragraphs(told[10:])) for outlet in ("c", "d")]
        both = tell(connection, "e", "x", paragraphs(told[2:28]), now=NOW + HOUR)
        kept, gone = one[1].story_id, two[1].story_id
        assert kept is not None and gone is not None
        assert [story.id for story in list_stories(connection, StoryQuery(min_outlets=1))] == [kept]
        assert read_story(connection, gone) is None and merge_of(connection, kept) is None
        merge = merge_of(connection, gone)
        assert merge is not None and merged_into(connection, kept) == [merge]
        assert (merge.story_id, merge.into_id, merge.at, merge.by_article) == (gone, kept, NOW + HOUR, both.article_id)
        older = {"first_seen": NOW, "merged_into": gone, "merged_at": NOW}
        number = connection.execute(sa.insert(stories).values(**older).returning(stories.c.id)).scalar_one()
        further = merge_of(connection, number)
        assert further is not None and further.into_id == kept, "to the end of the chain"
        assert merge_of(connection, number + 99) is None and read_story(connection, number + 99) is None


def join(connection: sa.Connection) -> tuple[int, int]:
    """Store two articles that turn out to be one; return the ids of the one that stays and of the other."""
    body = paragraphs([*sentences(300, 12), *sentences(301, 3)])
    kept = tell(connection, "paper", "one", text(300), headline="Same thing")
    other = tell(connection, "paper", "two", body, headline="Same thing", now=NOW + HOUR)
    tell(connection, "paper", "later", text(302))
    own = {"url_key": "paper.example/one", "page_key": "paper.example/two", "is_version": True}
    own |= {"aliases": (("https://paper.example/two", "paper.example/two"),)}
    joined = tell(connection, "paper", "two", body, headline="Same thing", now=NOW + 2 * HOUR, identity=own)
    assert joined.article_id == kept.article_id
    return kept.article_id, other.article_id


def test_a_story_of_one_article_that_took_in_the_other(store: Store) -> None:
    with store.begin() as connection:
        kept, _ = join(connection)
        story = list_stories(connection, StoryQuery(min_outlets=1))[0]
        assert [one.article_id for one in story.tellings] == [kept] and story.outlets == ("paper.example",)
        assert read_kin(connection, story) == {} and read_linked(connection, story.id) == []
        dossier = read_dossier(connection, kept)
    assert dossier.united_by is None


def test_a_story_of_many_outlets_is_read_whole(store: Store) -> None:
    told = sentences(80, 20)
    with store.begin() as connection:
        for number in range(120):
            own = paragraphs([*told[number % 5 : 20 - number % 4], *sentences(1000 + number, 2)])
            tell(connection, f"o{number}", "x", own, now=NOW + number * MINUTE)
        story = the_story(connection)
        kin = read_kin(connection, story)
    assert len(story.tellings) == len(story.outlets) == 120
    assert [one.appeared.at for one in story.tellings] == sorted(one.appeared.at for one in story.tellings)
    assert len(kin) == 119 and all(Kinship(one.kind).unites for one in kin.values())


def test_decisions_are_told_the_newest_first(store: Store) -> None:
    told = sentences(4, 30)
    with store.begin() as connection:
        kept, other = join(connection)
        for outlet in "ab":
            tell(connection, outlet, "x", paragraphs(told[:16]), now=NOW + 3 * HOUR)
        second = [tell(connection, outlet, "x", paragraphs(told[10:]), now=NOW + 4 * HOUR) for outlet in "cd"]
        both = tell(connection, "e", "x", paragraphs(told[2:28]), now=NOW + 5 * HOUR)

        def decided(**asked: object) -> list[Decision]:
            return read_decisions(connection, MergeQuery(**asked))  # type: ignore[arg-type]

        everything = decided(limit=1000)
        assert [one.at for one in everything] == sorted((one.at for one in everything), reverse=True)
        assert {one.what for one in everything} == set(What)
        assert decided(limit=3) == everything[:3]
        address = decided(kinds=("address",))
        assert [(one.kind, one.url, one.article_id, one.outlet, one.headline) for one in address] == [
            ("canonical", "https://paper.example/two", kept, "paper.example", "Same thing")
        ]
        joined = decided(kinds=("article",))
        assert [(one.kind, one.other_id, one.article_id, one.other_headline) for one in joined] == [
            ("canonical", other, kept, "Same thing")
        ]
        assert decided(kinds=("canonical",)) == [*joined, *address] or decided(kinds=("canonical",)) == [
            *address,
            *joined,
        ]
        merged = decided(kinds=("story",))
        assert [(one.story_id, one.article_id, one.outlet) for one in merged] == [
            (second[1].story_id, both.article_id, "e.example")
        ]
        reprints = decided(kinds=("reprint",))
        assert reprints and {one.kind for one in reprints} == {"reprint"}
        assert all(one.article_id == both.article_id for one in reprints if one.at == NOW + 5 * HOUR)
        assert all(one.share and one.other_share and one.other_headline for one in reprints)
        assert {one.what for one in decided(since=NOW + 5 * HOUR)} == {What.RELATION, What.STORY}
        of_c = decided(outlet="c", limit=1000)
        ends = [{one.outlet, one.other_outlet} for one in of_c if one.what is What.RELATION]
        assert ends and all("c.example" in pair for pair in ends)
        assert any(one.what is What.STORY for one in of_c) and not any(one.what is What.ADDRESS for one in of_c)
        assert decided(outlet="c", kinds=("overlap",), since=NOW + DAY) == []


def test_what_was_taken_for_the_same_is_counted(store: Store) -> None:
    with store.begin() as connection:
        assert count_merges(connection, MergeQuery()).articles == 0
        kept, _ = join(connection)
        tell_three(connection)
        unknown = {"url_key": "a.example/old", "article_id": kept, "url": "https://a.example/old", "first_seen": NOW}
        connection.execute(sa.insert(article_aliases).values(**unknown))
        channel = feed(connection)
        own = {"host": "paper.example", "source_id": channel.source_id, "first_seen": NOW, "settled_at": NOW + HOUR}
        for name, reason, article in (("one", "stored", kept), ("two", "alias", kept), ("three", "empty", None)):
            url = f"https://paper.example/{name}"
            row = own | {"url": url, "url_key": url, "state": "done", "reason": reason, "article_id": article}
            number = connection.execute(sa.insert(links).values(**row).returning(links.c.id)).scalar_one()
            seen = {"link_id": number, "channel_id": channel.id, "first_seen": NOW}
            connection.execute(sa.insert(link_sightings).values(**seen, url=url + ("?utm=1" if name == "one" else "")))
        counts = count_merges(connection, MergeQuery())
        later = count_merges(connection, MergeQuery(since=NOW + 2 * HOUR))
        own_counts = count_merges(connection, MergeQuery(outlet="paper.example"))
        of_e = count_merges(connection, MergeQuery(outlet="e"))
    assert counts.addresses == {"canonical": 1, "unknown": 1} and counts.joined == {"canonical": 1}
    assert (counts.links_of_many, counts.spared, counts.respelt) == (2, 1, 1)
    assert (counts.articles, counts.in_story) == (9, 8)
    assert (counts.stories, counts.merged_stories) == (4, 0)
    assert counts.relations == {"same-text": 4, "reprint": 1}
    assert (later.addresses, later.joined, later.respelt, later.spared) == ({"canonical": 1}, {"canonical": 1}, 0, 0)
    assert (own_counts.articles, own_counts.spared, own_counts.stories) == (2, 1, 1)
    assert (of_e.articles, of_e.relations, of_e.addresses, of_e.stories) == (2, {"reprint": 1}, {}, 1)


def test_the_dossier_of_one_article(store: Store) -> None:
    with store.begin() as connection:
        daily, wire, weekly, copy, late, again, round_up, other = tell_ferries(connection)
        kept, gone = join(connection)
        own = read_dossier(connection, wire)
        assert [one.kin.other_id for one in own.kin][-1] == round_up, "what is in its story comes first"
        assert {one.kin.other_id for one in own.kin} == {daily, weekly, copy, late, again, round_up}
        assert own.united_by is not None and own.united_by.other_id == daily and own.united_by.kind == "reprint"
        assert own.addresses == own.joined == ()
        mine = read_dossier(connection, kept)
        assert [(one.url, one.reason) for one in mine.addresses] == [("https://paper.example/two", "canonical")]
        assert [(one.id, one.reason, one.merged_at) for one in mine.joined] == [(gone, "canonical", NOW + 2 * HOUR)]
        lone = read_dossier(connection, other)
    assert lone.kin == () and lone.united_by is None
