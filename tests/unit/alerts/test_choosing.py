"""Which matches are told, known or gone."""

from __future__ import annotations

from crawler.alerts.choosing import Choice, choose
from storage.alerts_told import Match


def match(id_: int, article: int | None = None, **fields: object) -> Match:
    return Match(id_, article if article is not None else id_, 1, False, **fields)  # type: ignore[arg-type]


def ids(choice: Choice) -> tuple[list[int], ...]:
    return tuple([one.id for one in part] for part in (choice.told, choice.with_them, choice.known, choice.gone))


def test_a_story_is_told_by_its_first_article_and_what_most_outlets_tell_comes_first() -> None:
    found = [match(1), match(2, story_id=7, outlets=2), match(3, story_id=7, outlets=2), match(4)]
    assert ids(choose(found, (), "story")) == ([2, 4, 1], [3], [], [])
    assert ids(choose(found, (), "article")) == ([3, 2, 4, 1], [], [], [])


def test_a_story_that_was_told_is_known_unless_each_article_counts() -> None:
    found = [match(1, story_id=7), match(2, story_id=8)]
    assert ids(choose(found, {7}, "story")) == ([2], [], [1], [])
    assert ids(choose(found, {7}, "article")) == ([2, 1], [], [], [])


def test_a_change_is_told_where_its_article_was() -> None:
    changed = [Match(1, 1, 2, True, before="told"), Match(2, 2, 2, True, before="known"), Match(3, 3, 2, True)]
    assert ids(choose(changed, (), "story")) == ([3, 1], [], [2], [])
    assert [one.changed for one in choose(changed, (), "story").told] == [True, True]


def test_a_change_of_what_was_told_is_told_though_its_story_was() -> None:
    assert ids(choose([Match(1, 1, 2, True, story_id=7, before="told")], {7}, "story")) == ([1], [], [], [])


def test_versions_of_an_article_are_one_line_and_the_last_counts() -> None:
    choice = choose([Match(1, 5, 1, False), Match(2, 5, 2, True), Match(3, 5, 3, True)], (), "story")
    assert ids(choice) == ([3], [1, 2], [], [])
    assert (choice.told[0].revision, choice.told[0].changed) == (3, False), "it is new to whoever is told"


def test_an_article_that_is_told_twice_or_gone_is_not_told() -> None:
    assert ids(choose([match(1, before="told"), Match(2, None, 1, False)], (), "article")) == ([], [], [1], [2])
