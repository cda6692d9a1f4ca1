"""Words of many scripts are found, and other forms of a word where its language has a stemmer, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage.schema_search import search_languages
from storage.search import Query, search
from storage.store import Store
from tests.integration.storage.fixtures import put

SCRIPTS = {
    "el": ("Η κυβέρνηση ανακοίνωσε νέα μέτρα για την εργασία", ["μέτρα", "ΜΕΤΡΑ", "νέα", "εργασια"]),
    "ru": ("В Москве прошли выборы мэра, явка выросла, еще ёлка", ["выборы", "явка", "елка", "МЭРА"]),
    "uk": ("У Києві відкрили нову станцію метро", ["метро", "КИЄВІ"]),
    "ar": ("أعلنت الحكومة عن إجراءات جديدة في القاهرة", ["الحكومة", "القاهره", "اعلنت", "عن"]),
    "he": ("הממשלה הודיעה על צעדים חדשים", ["הממשלה", "על", "צעדים"]),
    "hi": ("दिल्ली में चुनाव की तारीख घोषित", ["चुनाव", "में", "दिल्ली"]),
    "zh": ("北京市政府宣布新的交通措施", ["北京", "政府", "交通措施"]),
    "ja": ("東京で選挙が行われ、ガス料金が上がる", ["選挙", "東京", "ガス料金"]),
    "ko": ("서울에서 국회의원 선거가 열린다", ["서울", "선거", "국회"]),
    "th": ("รัฐบาลประกาศมาตรการใหม่", ["รัฐบาล", "มาตรการ", "ใหม่"]),
    "vi": ("Hà Nội công bố đường sắt mới", ["ha noi", "đường", "duong"]),
}


@pytest.mark.parametrize("code", SCRIPTS)
def test_ordinary_words_of_a_script_are_found(store: Store, code: str) -> None:
    with store.begin() as connection:
        for language, (body, _) in SCRIPTS.items():
            put(connection, language, body, language=language)
        for word in SCRIPTS[code][1]:
            (hit,) = search(connection, Query(word))
            assert hit.article.language == code, word
            assert hit.marks, word


FORMS = [
    ("en", "The election was decided by voters", ["elections", "ELECTED", "voter", "decides", "headline:heading"]),
    ("de", "Die Häuser der Stadt werden teurer", ["Haus", "hauser", "Städte", "teure"]),
    ("fr", "Les élections législatives sont nationales", ["élection", "elections", "nationale", "législative"]),
    ("es", "Las elecciones de los trabajadores", ["elección", "trabajador", "eleccion"]),
    ("it", "I lavoratori delle nazioni", ["lavoratore", "nazione"]),
    ("pt", "As cidades dos trabalhadores", ["cidade", "trabalhador"]),
    ("ru", "Российские выборы в городах", ["российский", "города", "выборов"]),
    ("sv", "Bilarna stannade i städerna", ["bilar", "städer"]),
    ("nl", "De verkiezingen van gemeenten", ["verkiezing", "gemeente"]),
    ("fi", "Talojen hinnat nousivat", ["talot"]),
    ("hu", "A házak drágultak", ["ház"]),
    ("tr", "Evlerin fiyatları yükseldi", ["evler", "fiyat"]),
]


@pytest.mark.parametrize(("language", "body", "asked"), FORMS, ids=[form[0] for form in FORMS])
def test_a_word_finds_its_other_forms(store: Store, language: str, body: str, asked: list[str]) -> None:
    with store.begin() as connection:
        put(connection, "other", "Nothing of all that.", language="en", headline="None")
        put(connection, "own", body, language=language, headline="Headings of today")
        for text in asked:
            (hit,) = search(connection, Query(text))
            assert hit.article.language == language, text
            assert hit.marks or hit.headline_marks, text


def test_quotes_and_prefixes_ask_for_the_very_word(store: Store) -> None:
    with store.begin() as connection:
        put(connection, "one", "One election.", language="en", authors=("Ann Waters",))
        for text in ('"elections"', "elections*", "author:water", 'headline:"elections"'):
            assert not search(connection, Query(text)), text
        assert search(connection, Query("elections")) and not search(connection, Query("one -elections"))
        assert search(connection, Query('one -"elections"'))


def test_forms_are_those_of_the_articles_language(store: Store) -> None:
    with store.begin() as connection:
        put(connection, "en", "They general.", language="en")
        put(connection, "de", "They general.", language="de")
        put(connection, "none", "They general.")
        assert [hit.article.language for hit in search(connection, Query("generally"))] == ["en"]
        assert not search(connection, Query("generally", languages=("de",)))
        assert not search(connection, Query("generally language:de"))
        assert search(connection, Query("general")).total == 3
        assert sorted(connection.execute(sa.select(search_languages.c.language)).scalars()) == ["de", "en"]


def test_the_very_word_ranks_above_its_other_forms(store: Store) -> None:
    filler = " ".join(f"w{number}" for number in range(40))
    with store.begin() as connection:
        for name, word in (("exact", "elections"), ("form", "election"), ("none", "ferry")):
            put(connection, name, f"{filler} {word}", language="en", headline=name)
        names = [hit.article.headline for hit in search(connection, Query("elections"))]
    assert names == ["exact", "form"]
