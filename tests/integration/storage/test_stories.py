"""Articles of several outlets find their story; parts, series and captions make none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
import sqlalchemy as sa

from pipelines.blocks import READING
from storage.articles import get_article
from storage.likeness import Comparing
from storage.postings import FULL, forget_postings
from storage.schema import articles, full_shingles, postings, relations, sketches, stories
from storage.store import Store
from storage.stories import unite_waiting
from tests.integration.storage.fixtures import NOW
from tests.integration.storage.telling import paragraphs, related, sentences, tell, text

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def story(connection: sa.Connection, article_id: int) -> int | None:
    """Return an article's story as it is stored."""
    return connection.execute(sa.select(articles.c.story_id).where(articles.c.id == article_id)).scalar()


def test_a_reprint_finds_the_story_in_the_transaction_that_stores_it(store: Store) -> None:
    told = sentences(1, 16)
    with store.begin() as connection:
        first = tell(connection, "agency", "wire", paragraphs(told))
        other = tell(connection, "agency", "else", text(2))
        second = tell(connection, "daily", "copy", paragraphs(told[:10]), now=NOW + HOUR)
        third = tell(connection, "weekly", "copy", paragraphs([*told, *sentences(3, 2)]), now=NOW + 2 * HOUR)
        assert first.story_id is None and other.story_id is None
        assert second.story_id == third.story_id == story(connection, first.article_id) is not None
        assert related(connection) == {
            (second.article_id, first.article_id, "reprint"),
            (third.article_id, first.article_id, "same-text"),
            (third.article_id, second.article_id, "reprint"),
        }
        row = connection.execute(sa.select(stories)).one()
    assert (row.articles, row.outlets, row.first_seen, row.last_seen) == (3, 3, NOW, NOW + 2 * HOUR)


def test_two_stories_become_one_and_the_older_id_stays(store: Store) -> None:
    told = sentences(4, 30)
    with store.begin() as connection:
        one = [tell(connection, outlet, "x", paragraphs(told[:16])) for outlet in ("a", "b")]
        two = [tell(connection, outlet, "x", paragraphs(told[10:])) for outlet in ("c", "d")]
        assert one[1].story_id != two[1].story_id
        both = tell(connection, "e", "x", paragraphs(told[2:28]), now=NOW + HOUR)
        found = {story(connection, stored.article_id) for stored in (*one, *two, both)}
        younger = connection.execute(sa.select(stories).where(stories.c.id == two[1].story_id)).one()
        older = connection.execute(sa.select(stories).where(stories.c.id == one[1].story_id)).one()
    assert found == {one[1].story_id}
    assert (younger.merged_into, younger.merged_by, younger.merged_at) == (older.id, both.article_id, NOW + HOUR)
    assert (older.articles, older.outlets) == (5, 5)


def test_the_ids_of_merged_stories_lead_straight_to_the_one_that_stays(store: Store) -> None:
    told = sentences(7, 44)
    with store.begin() as connection:
        stored = {}
        for name, first, last in (("a", 0, 16), ("b", 12, 32), ("c", 28, 44)):
            for outlet in (f"{name}1", f"{name}2"):
                stored[name] = tell(connection, outlet, "x", paragraphs(told[first:last])).story_id
        assert len(set(stored.values())) == 3
        tell(connection, "later", "x", paragraphs(told[14:42]))
        last_one = tell(connection, "last", "x", paragraphs(told[2:30]))
        leads = {row.id: row.merged_into for row in connection.execute(sa.select(stories))}
    assert last_one.story_id == stored["a"]
    assert (leads[stored["b"]], leads[stored["c"]]) == (stored["a"], stored["a"])


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_article_made_of_two_wires_is_linked_and_bridges_nothing(store: Store, order: tuple[int, ...]) -> None:
    one, two = sentences(5, 14), sentences(6, 14)
    bodies = [paragraphs(one), paragraphs(two), paragraphs([*one[:12], *two[:12]])]
    with store.begin() as connection:
        stored = {place: tell(connection, f"o{place}", "x", bodies[place]).article_id for place in order}
        found = [story(connection, stored[place]) for place in range(3)]
        pairs = {frozenset(pair[:2]) for pair in related(connection)}
        again = tell(connection, "later", "x", bodies[0])
    assert found[0] is None or found[0] != found[1]
    assert found[2] is None, "also when one of the two came later"
    assert {frozenset((stored[2], stored[0])), frozenset((stored[2], stored[1]))} <= pairs
    assert again.story_id is not None and again.story_id != found[1]


def test_a_part_is_a_link(store: Store) -> None:
    briefs = [sentences(seed, 5) for seed in range(10, 18)]
    roundup = paragraphs([sentence for brief in briefs for sentence in brief])
    with store.begin() as connection:
        whole = [tell(connection, "a", f"n{place}", paragraphs(brief)) for place, brief in enumerate(briefs)]
        round_up = tell(connection, "b", "briefs", roundup)
        excerpt = tell(connection, "c", "x", paragraphs(briefs[3]))
        kinds = related(connection)
    assert {(round_up.article_id, one.article_id, "contains") for one in whole} <= kinds
    assert (excerpt.article_id, round_up.article_id, "excerpt") in kinds
    assert round_up.story_id is None
    assert excerpt.story_id is not None


WEATHER = (
    "Today in the harbour town it will be mostly sunny with light wind from the west. The temperature rises to {} degrees "
    "in the afternoon and falls to {} degrees at night. Tomorrow clouds come in from the sea and rain is likely in the "
    "evening, with {} millimetres expected by the service. The water has {} degrees."
)


@pytest.mark.parametrize("outlets", [("a", "a"), ("a", "b")])
def test_a_form_with_other_numbers_is_a_series_and_no_story(store: Store, outlets: tuple[str, str]) -> None:
    with store.begin() as connection:
        first = tell(connection, outlets[0], "monday", WEATHER.format(21, 12, 3, 17))
        second = tell(connection, outlets[1], "tuesday", WEATHER.format(24, 14, 9, 18), now=NOW + DAY)
        found = related(connection)
    assert first.story_id is None and second.story_id is None
    assert found == {(second.article_id, first.article_id, "series")}


def test_one_changed_number_of_a_form_is_enough_at_one_outlet(store: Store) -> None:
    with store.begin() as connection:
        tell(connection, "a", "monday", WEATHER.format(21, 12, 3, 17))
        second = tell(connection, "a", "tuesday", WEATHER.format(22, 12, 3, 17))
        kinds = {kind for _, _, kind in related(connection)}
    assert second.story_id is None and kinds == {"series"}


def test_a_new_toll_is_no_other_story(store: Store) -> None:
    told = "\n\n".join([text(20), "On 25 November 2026 at 14 hours 12 people were counted.", text(21, 4)])
    with store.begin() as connection:
        tell(connection, "a", "x", told)
        second = tell(connection, "b", "y", told.replace("12 people", "14 people"))
    assert second.story_id is not None


CAPTION = (
    "A general view of the parliament in the capital on a cold morning in November, before the vote on the budget."
)


def test_short_texts_are_one_story_only_when_they_are_the_same(store: Store) -> None:
    with store.begin() as connection:
        tell(connection, "a", "x", CAPTION, headline="Parliament votes")
        other = tell(connection, "b", "x", CAPTION, headline="Snow in the capital")
        same = tell(connection, "c", "x", CAPTION, headline="Parliament votes")
        article = tell(connection, "d", "x", text(30) + "\n\n" + CAPTION)
        empty = [tell(connection, outlet, "y", "", headline="Video: the vote") for outlet in "efg"]
    assert other.story_id is None and article.story_id is None
    assert same.story_id is not None
    assert [stored.story_id for stored in empty] == [None] * 3


@pytest.mark.parametrize("kind", ["gallery", "live", "video"])
def test_captions_and_live_coverage_are_linked_and_unite_only_as_the_same_text(store: Store, kind: str) -> None:
    told = sentences(40, 20)
    with store.begin() as connection:
        first = tell(connection, "a", "x", paragraphs(told), kind=kind)
        part = tell(connection, "b", "x", paragraphs([*told[:12], *sentences(41, 6)]))
        same = tell(connection, "c", "x", paragraphs(told), kind=kind)
        found = related(connection)
    assert part.story_id is None and same.story_id is not None
    assert {kind for one, other, kind in found if {one, other} == {first.article_id, part.article_id}} <= {
        "contains",
        "excerpt",
    }


CHINESE = (
    "市议会周二晚间以微弱多数通过了新的港口预算，反对派批评渡轮班次减少。议长在投票后表示，夜间航线将保留到春季，届时再作评估。"
    "居民代表指出，岛上的学生和护士依赖最后一班船回家，取消会带来严重困难。运输部门承诺在下月公布替代方案，并与工会继续谈判。"
    "港务局的数据显示，去年冬季夜间乘客减少了四分之一，而燃料费用上升。一位船长说，天气越来越难以预测，调度必须更加灵活。"
)
JAPANESE = (
    "市議会は火曜日の夜、僅差で新しい港湾予算を可決した。野党は夜間フェリーの減便を批判している。議長は採決後、夜の便は春まで続け、"
    "その時点で見直すと述べた。島の住民代表は、学生や看護師が最終便に頼って帰宅していると指摘した。交通局は来月までに代替案を示し、"
    "労働組合との協議を続けると約束した。港湾当局によると、昨冬の夜間の乗客は四分の一減り、燃料費は上がった。"
)
THAI = (
    "สภาเทศบาลเมืองลงมติเมื่อคืนวันอังคารผ่านงบประมาณท่าเรือฉบับใหม่ด้วยคะแนนเสียงเฉียดฉิว ฝ่ายค้านวิจารณ์การลดเที่ยวเรือข้ามฟากตอนกลางคืน "
    "ประธานสภากล่าวหลังการลงคะแนนว่าเส้นทางกลางคืนจะยังคงอยู่จนถึงฤดูใบไม้ผลิแล้วจึงจะประเมินอีกครั้ง ตัวแทนชาวเกาะชี้ว่านักเรียนและพยาบาล"
    "ต้องพึ่งพาเรือเที่ยวสุดท้ายเพื่อกลับบ้าน กรมขนส่งสัญญาว่าจะเสนอแผนทดแทนภายในเดือนหน้าและเจรจากับสหภาพแรงงานต่อไป"
)


@pytest.mark.parametrize("body", [CHINESE, JAPANESE, THAI], ids=["zh", "ja", "th"])
def test_scripts_without_spaces_are_compared_too(store: Store, body: str) -> None:
    cut = body[: len(body) * 7 // 10]
    with store.begin() as connection:
        tell(connection, "a", "x", body)
        reprint = tell(connection, "b", "x", cut)
        other = tell(connection, "c", "x", body[::-1])
    assert reprint.story_id is not None and other.story_id is None


def test_an_edit_that_makes_a_text_a_reprint_joins_the_story(store: Store) -> None:
    with store.begin() as connection:
        first = tell(connection, "a", "x", text(50))
        second = tell(connection, "b", "x", text(51))
        edited = tell(connection, "b", "x", text(50), now=NOW + HOUR)
        third = tell(connection, "c", "x", text(51), now=NOW + 3 * HOUR)
        found = story(connection, first.article_id)
    assert second.story_id is None and edited.story_id == found is not None
    assert third.story_id is None, "the earlier text is no longer in the index"


def test_an_article_that_is_cut_stays_in_its_story(store: Store) -> None:
    told = sentences(53, 20)
    with store.begin() as connection:
        tell(connection, "a", "x", paragraphs(told))
        second = tell(connection, "b", "x", paragraphs(told))
        cut = tell(connection, "b", "x", paragraphs([*told[:8], *sentences(54, 20)]), now=NOW + HOUR)
    assert cut.story_id == second.story_id is not None


def test_a_page_that_tells_something_else_each_day_joins_no_stories(store: Store) -> None:
    with store.begin() as connection:
        days = []
        for day in range(4):
            for outlet in "ab":
                tell(connection, outlet, f"d{day}", text(55 + day), now=NOW + day * DAY)
            page = tell(connection, "c", "today", text(55 + day), now=NOW + day * DAY)
            days.append(page.story_id)
        rows = connection.execute(sa.select(stories).order_by(stories.c.id)).all()
    assert len(set(days)) == 4 and None not in days
    assert [row.merged_into for row in rows] == [None] * 4
    assert [row.outlets for row in rows] == [2, 2, 2, 3]


def test_only_the_window_is_compared_and_the_index_forgets_the_rest(store: Store) -> None:
    week = replace(READING, comparing=replace(READING.comparing, window=7 * DAY))
    with store.begin() as connection:
        tell(connection, "a", "x", text(60), reading=week)
        near = tell(connection, "b", "x", text(60), now=NOW + 6 * DAY, reading=week)
        tell(connection, "a", "y", text(61), reading=week)
        far = tell(connection, "b", "y", text(61), now=NOW + 8 * DAY, reading=week)
        assert near.story_id is not None and far.story_id is None
        assert forget_postings(connection, NOW + DAY, 100) == 2
        left = set(connection.execute(sa.select(postings.c.article_id)).scalars())
        assert left == set(connection.execute(sa.select(sketches.c.article_id)).scalars())
        assert left == {near.article_id, far.article_id}


def test_a_phrase_that_all_outlets_carry_is_stopped_and_related_to_nothing(store: Store) -> None:
    notice = sentences(70, 6)
    with store.begin() as connection:
        stored = [
            tell(connection, f"o{n}", "x", paragraphs([*sentences(100 + n, 20), *notice])) for n in range(FULL + 6)
        ]
        stopped = (
            connection.execute(sa.select(full_shingles.c.shingle).where(full_shingles.c.is_stopped)).scalars().all()
        )
        assert stopped
        assert not connection.execute(sa.select(postings).where(postings.c.shingle.in_(stopped))).all()
        assert {one.story_id for one in stored} == {None}
        assert {kind for _, _, kind in related(connection)} <= {"overlap"}
        ends = {end for one, other, _ in related(connection) for end in (one, other)}
        assert not ends & {one.article_id for one in stored[-3:]}
        copy = tell(connection, "copy", "x", paragraphs([*sentences(100, 20), *notice]))
    assert copy.story_id is not None


def test_a_story_of_many_outlets_stays_one_and_its_lists_stay_short(store: Store) -> None:
    told = sentences(80, 24)
    with store.begin() as connection:
        for number in range(2 * FULL + 20):
            own = [*told[number % 7 : 24 - number % 5], *sentences(1000 + number, 2)]
            tell(connection, f"o{number}", "x", paragraphs(own), now=NOW + timedelta(minutes=number))
        row = connection.execute(sa.select(stories).where(stories.c.merged_into.is_(None))).one()
        longest = sa.select(sa.func.count()).select_from(postings).group_by(postings.c.shingle)
        assert max(connection.execute(longest).scalars()) <= FULL
        assert connection.execute(sa.select(sa.func.count()).select_from(relations)).scalar_one() < 20 * row.articles
        assert not connection.execute(sa.select(full_shingles).where(full_shingles.c.is_stopped)).all()
    assert (row.articles, row.outlets) == (2 * FULL + 20, 2 * FULL + 20)


def test_walls_are_compared_with_nothing(store: Store) -> None:
    from storage.types import Access

    with store.begin() as connection:
        for outlet in "abc":
            assert tell(connection, outlet, "x", text(90), access=Access.CONSENT).story_id is None


def test_what_waits_is_looked_at_once(store: Store) -> None:
    with store.begin() as connection:
        tell(connection, "a", "x", text(95))
        tell(connection, "b", "x", text(95))
    with store.begin() as connection:
        looked = unite_waiting(connection, READING.comparing)
        assert looked == (2 if store.dialect == "postgresql" else 0)
        assert unite_waiting(connection, READING.comparing) == 0
        assert isinstance(READING.comparing, Comparing)


def test_an_outlet_that_tells_a_story_again_elsewhere_is_counted_once(store: Store) -> None:
    with store.begin() as connection:
        told = sentences(97, 20)
        tell(connection, "a", "x", paragraphs(told))
        again = tell(connection, "a", "y", paragraphs([*told[:15], *sentences(98, 3)]))
        row = connection.execute(sa.select(stories)).one()
        kept = get_article(connection, again.article_id)
    assert kept is not None and kept.story_id == row.id and (row.articles, row.outlets) == (2, 1)
