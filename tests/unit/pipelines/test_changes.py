"""What counts as a change of an article, in many languages."""

from __future__ import annotations

import pytest

from pipelines.changes import Version, changes, is_truncated

WALLS = "The walls of the new school in Bexmere are of straw, pressed into blocks and covered with clay."
FIRE = "This week 12 of them were put to the flame in the laboratory at Osterham, and did not burn."
PRICE = "A straw wall costs half as much as one of brick, said the architect, who had to explain it nine times."
OPENING = "Lessons begin on the sixth of October; four hundred children have signed the blocks on the inside."
LINES = (WALLS, FIRE, PRICE, OPENING)


def version(*lines: str, headline: str = "School of straw", authors: tuple[str, ...] = ("Silas Brundle",)) -> Version:
    return Version(headline, authors, "\n\n".join(lines or LINES))


def with_line(line: str, place: int = 4) -> Version:
    return version(*LINES[:place], line, *LINES[place:])


COUNTERS = {
    "en": [("124 comments", "131 comments"), ("3 min read", "4 min read"), ("Updated 5 minutes ago", "Updated 2 hours ago"),
           ("Shares: 55", "Shares: 1.2K"), ("1,234 views", "1,301 views"), ("an hour ago", "2 hours ago"),
           ("Last updated 12 May 2025 at 10:30 BST", "Last updated 13 May 2025 at 07:05 BST"), ("Updated just now", "Updated 5 minutes ago"),
           ("Published Monday, May 12, 2025 10:30 a.m. EDT", "Published Monday, May 12, 2025 11:00 a.m. EDT")],
    "de": [("vor 2 Stunden aktualisiert", "vor 3 Stunden aktualisiert"), ("Stand: 12:30 Uhr", "Stand: 14:10 Uhr"),
           ("Aktualisiert am 12.05.2025, 10:30 Uhr", "Aktualisiert am 13.05.2025, 08:00 Uhr"), ("124 Kommentare", "1 Kommentar"),
           ("Lesezeit: 3 Minuten", "Lesezeit: 4 Min."), ("Zuletzt aktualisiert: Heute, 12:30", "Zuletzt aktualisiert: gestern, 12:30")],
    "fr": [("Il y a 3 heures", "Il y a 4 heures"), ("Mis à jour le 12 mai 2025 à 10h30", "Mis à jour le 13 mai 2025 à 8h"),
           ("124 commentaires", "125 commentaires"), ("Temps de lecture : 3 min", "Temps de lecture : 4 min")],
    "es": [("hace 5 minutos", "hace 1 hora"), ("Actualizado a las 10:30", "Actualizado a las 11:45"), ("3 min de lectura", "4 min de lectura")],
    "it": [("2 ore fa", "3 ore fa"), ("Aggiornato il 12 maggio 2025", "Aggiornato il 13 maggio 2025"), ("12 commenti", "13 commenti")],
    "pt": [("há 2 horas", "há 3 horas"), ("Atualizado em 12/05/2025 às 10h30", "Atualizado em 13/05/2025 às 9h"), ("Tempo de leitura: 3 minutos", "Tempo de leitura: 4 minutos")],
    "nl": [("5 minuten geleden", "1 uur geleden"), ("Laatste update: 12 mei 2025", "Laatste update: 13 mei 2025")],
    "pl": [("2 godziny temu", "3 godziny temu"), ("Aktualizacja: 12 maja 2025", "Aktualizacja: 13 maja 2025"), ("12 komentarzy", "13 komentarzy")],
    "sv": [("för 2 timmar sedan", "för 3 timmar sedan"), ("Uppdaterad 10.30", "Uppdaterad 11.15")],
    "nb": [("for 2 timer siden", "for 3 timer siden"), ("Oppdatert 12. mai kl. 10.30", "Oppdatert 13. mai kl. 9.00")],
    "fi": [("2 tuntia sitten", "3 tuntia sitten"), ("Päivitetty 12.5.2025 klo 10.30", "Päivitetty 13.5.2025 klo 9.00")],
    "cs": [("před 2 hodinami", "před 5 hodinami"), ("Aktualizováno 12. května 2025", "Aktualizováno 13. května 2025")],
    "hu": [("2 órája", "3 órája"), ("Frissítve: 2025. május 12. 10:30", "Frissítve: 2025. május 12. 11:45")],
    "ro": [("acum 2 ore", "acum 3 ore"), ("Actualizat: 12 mai 2025", "Actualizat: 13 mai 2025")],
    "ru": [("5 минут назад", "2 часа назад"), ("Обновлено 12 мая 2025 в 10:30", "Обновлено 12 мая 2025 в 11:15"), ("1 234 просмотра", "1 235 просмотров")],
    "uk": [("2 години тому", "5 годин тому"), ("Оновлено 12 травня 2025", "Оновлено 13 травня 2025")],
    "tr": [("5 dakika önce", "2 saat önce"), ("Güncelleme: 12 Mayıs 2025 10:30", "Güncelleme: 12 Mayıs 2025 11:15")],
    "el": [("πριν από 2 ώρες", "πριν από 3 ώρες"), ("Τελευταία ενημέρωση: 12 Μαΐου 2025", "Τελευταία ενημέρωση: 13 Μαΐου 2025")],
    "ar": [("منذ ساعتين", "منذ 3 ساعات"), ("آخر تحديث: 12 مايو 2025", "آخر تحديث: 13 مايو 2025"), ("124 تعليق", "125 تعليق")],
    "he": [("לפני שעתיים", "לפני 3 שעות"), ("עודכן ב-12 במאי", "עודכן ב-13 במאי")],
    "hi": [("2 घंटे पहले", "3 घंटे पहले"), ("124 टिप्पणियाँ", "125 टिप्पणियाँ")],
    "id": [("5 menit yang lalu", "2 jam yang lalu"), ("124 komentar", "125 komentar")],
    "vi": [("5 phút trước", "2 giờ trước"), ("Cập nhật lúc 10:30", "Cập nhật lúc 11:15")],
    "th": [("3 นาทีที่แล้ว", "2 ชั่วโมงที่แล้ว"), ("อัปเดตเมื่อ 12 พ.ค.", "อัปเดตเมื่อ 13 พ.ค.")],
    "ja": [("2時間前", "3時間前"), ("最終更新 2025年5月12日 10:30", "最終更新 2025年5月12日 11:15"), ("この記事は3分で読めます", "この記事は4分で読めます")],
    "zh": [("2小时前", "3小时前"), ("更新时间：2025年5月12日", "更新时间：2025年5月13日"), ("1.2万次阅读", "1.3万次阅读")],
    "ko": [("3시간 전", "4시간 전"), ("댓글 124개", "댓글 125개"), ("조회수 1,234", "조회수 1,301")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"), [pytest.param(*pair, id=f"{lang}: {pair[0]}") for lang, pairs in COUNTERS.items() for pair in pairs]
)
def test_counters_and_clocks_do_not_count(old: str, new: str) -> None:
    assert changes(with_line(old, 0), with_line(new, 0)) == ()
    assert changes(version(), with_line(new)) == (), "nor does one that is new"
    assert changes(with_line(f"Silas Brundle · {old}"), with_line(f"Silas Brundle · {new}")) == ()
    assert changes(version(WALLS, f"{FIRE} ({old})"), version(WALLS, f"{FIRE} ({new})")) == ()


RELATED = [
    "Read also: Straw houses of the north", "READ MORE: Straw houses of the north", "Lesen Sie auch: Häuser aus Stroh",
    "Mehr zum Thema Häuser aus Stroh", "LIRE AUSSI Des maisons de paille", "À lire aussi : Des maisons de paille",
    "Lee también: Casas de paja", "Leggi anche: Case di paglia", "Leia também: Casas de palha", "Lees ook: Huizen van stro",
    "Czytaj także: Domy ze słomy", "Läs också: Hus av halm", "Les også: Hus av halm", "Lue myös: Olkitalot pohjoisessa",
    "Читайте также: Дома из соломы", "اقرأ أيضا: بيوت من القش", "यह भी पढ़ें: पुआल के घर", "あわせて読みたい：藁の家", "相关阅读：稻草屋",
    "관련기사: 짚으로 지은 집", "Đọc thêm: Nhà bằng rơm", "Baca juga: Rumah jerami", "Related stories", "12 reader comments",
    "Share on Facebook", "Advertisement",
]  # fmt: skip


@pytest.mark.parametrize("line", RELATED)
def test_lines_that_lead_elsewhere_do_not_count(line: str) -> None:
    assert changes(version(), with_line(line, 2)) == ()
    assert changes(with_line(line, 2), version()) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (WALLS, f"  {WALLS.replace(' ', '  ')} "),
        (WALLS, WALLS.replace(" ", "\u00a0")),
        ("He said “no” – twice – and left…", "He said \"no\" - twice - and left..."),
        ("Sie sagte: „Nein“", "Sie sagte: «Nein»"),
        ("Elle a dit : « Non ! »", "Elle a dit: «Non!»"),
        ("It’s a 1ﬁne day", "It's a 1fine day"),
        ("Zoë", "Zoe\u0308"),
        ("Dampf\u00adschiff\u200b", "Dampfschiff"),
        ("One line.\nAnother line.", "One line. Another line."),
        ("東京で火曜日、", "東京で\n火曜日、"),
    ],
)  # fmt: skip
def test_how_a_text_is_written_does_not_count(old: str, new: str) -> None:
    assert changes(version(old, headline=old.replace("\n", " ")), version(new, headline=new.replace("\n", " "))) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12 dead in Osterham", "14 dead in Osterham"),
        ("12 dead", "14 dead"),
        ("12 people died 5 hours ago", "14 people died 5 hours ago"),
        ("12 people died 5 hours ago", "12 people died 6 hours ago"),
        ("Osterham · 12 °C", "Osterham · 14 °C"),
        ("Home · 3 · Away · 2", "Home · 3 · Away · 3"),
        ("Departs at 12:30", "Departs at 12:45"),
        ("55", "56"),
        ("Postponed to Monday", "Postponed to Tuesday"),
        ("Reading 2-1", "Reading 2-2"),
        ("A sedan", "The sedan"),
        ("Es gab 12 Tote.", "Es gab 14 Tote."),
        ("死者は12人", "死者は14人"),
        ("造成12人死亡", "造成14人死亡"),
        ("The vote was 12 to 14 (after 3 days of talks).", "The vote was 12 to 14 (after 4 days of talks)."),
        ("He read it 12 times.", "He read it 14 times."),
        ("UPDATE: Two walls have burnt.", "UPDATE: Three walls have burnt."),
        ("Updated with comment from the architect.", "Updated with comment from the mayor."),
        ("Read also the small print, he warned the council.", "Read also the large print, he warned the council."),
        (
            "This story has been updated with the mayor's answer.",
            "This story has been updated with the architect's answer.",
        ),
    ],
)
def test_what_a_text_says_counts(old: str, new: str) -> None:
    assert changes(with_line(old, 2), with_line(new, 2)) == ("body",)


def test_in_an_endless_text_every_change_counts() -> None:
    lines = [f"Entry {n}" for n in range(5_000)]
    assert changes(version(*lines, "124 comments"), version(*lines, "131 comments")) == ("body",)
    assert changes(version(*lines, "124 comments"), version(*lines, "124  comments")) == ()


def test_paragraphs_that_come_go_or_move_count() -> None:
    assert changes(version(), version(*LINES[:3])) == ("body",)
    assert changes(version(*LINES[:3]), version()) == ("body",)
    assert changes(version(), version(WALLS, PRICE, FIRE, OPENING)) == ("body",)


def test_a_rounded_number_alone_does_not_count() -> None:
    assert changes(with_line("4.5K"), with_line("4.6K")) == ()
    assert changes(with_line("1.2万"), with_line("1.3万")) == ()
    assert changes(with_line("Osterham · 4.5K"), with_line("Osterham · 4.6K")) == ("body",)


def test_a_counter_that_moves_does_not_count() -> None:
    assert changes(with_line("124 comments", 1), with_line("124 comments", 3)) == ()
    assert changes(with_line("124 comments", 1), version("124 comments", WALLS, PRICE, FIRE, OPENING)) == ("body",)


def test_a_number_below_the_word_that_it_counts_does_not_count() -> None:
    assert changes(version(*LINES, "Comments", "124"), version(*LINES, "Comments", "131")) == ()
    assert changes(version(*LINES, "Winning number", "124"), version(*LINES, "Winning number", "131")) == ("body",)


NOTES = {
    "en": ["Correction: An earlier version said four hours. It was two.", "Corrections and clarifications: It was two hours.",
           "Clarification (12 May 2025, 10:30): The test took two hours.", "This article was amended on 12 May 2025.",
           "An earlier version of this article misstated the length of the test.", "CORRECTION - The test took two hours.",
           "Editor's note: This article was published before the council had answered.", "[Correction: It was two hours.]",
           "This story has been updated to correct the spelling of Osterham.", "Correction, May 12, 2025: It was two hours."],
    "de": ["Korrektur: Der Test dauerte zwei Stunden.", "Anm. d. Red.: Der Test dauerte zwei Stunden.", "Korrekturhinweis: Es waren zwei.",
           "In einer früheren Version dieses Artikels hieß es vier Stunden.", "Klarstellung vom 12. Mai: Es waren zwei Stunden.",
           "Hinweis der Redaktion: Es waren zwei Stunden.", "Wir haben den Fehler korrigiert."],
    "fr": ["Cet article a été corrigé le 12 mai.", "Rectificatif : le test a duré deux heures.", "Note de la rédaction : deux heures.",
           "Une version précédente de cet article parlait de quatre heures."],
    "es": ["CORRECCIÓN: fueron dos horas.", "Fe de errores: fueron dos horas.", "Una versión anterior de este artículo decía cuatro."],
    "it": ["Errata corrige: il test è durato due ore.", "Rettifica: due ore.", "Una versione precedente di questo articolo diceva quattro."],
    "pt": ["Correção: foram duas horas.", "ERRAMOS: foram duas horas.", "Uma versão anterior deste texto dizia quatro horas."],
    "nl": ["Correctie: het waren twee uur.", "In een eerdere versie van dit artikel stond vier uur."],
    "pl": ["Sprostowanie: test trwał dwie godziny.", "W poprzedniej wersji artykułu podaliśmy cztery godziny."],
    "sv": ["Rättelse: testet tog två timmar.", "I en tidigare version av artikeln stod det fyra timmar."],
    "da": ["Rettelse: Testen tog to timer.", "I en tidligere version af artiklen stod der fire timer."],
    "nb": ["Presisering: Testen tok to timer.", "I en tidligere versjon av saken sto det fire timer."],
    "fi": ["Oikaisu 12.5.2025: Testi kesti kaksi tuntia.", "Jutun aiemmassa versiossa kerrottiin neljä tuntia."],
    "cs": ["Oprava: zkouška trvala dvě hodiny.", "Poznámka redakce: dvě hodiny."],
    "hu": ["Helyesbítés: két óra volt.", "Cikkünk korábbi változatában négy óra szerepelt."],
    "ro": ["Erată: au fost două ore.", "O versiune anterioară a acestui articol spunea patru ore."],
    "ru": ["Уточнение: испытание длилось два часа.", "В предыдущей версии статьи говорилось о четырёх часах."],
    "uk": ["Виправлення: дві години.", "У попередній версії статті йшлося про чотири години."],
    "tr": ["Düzeltme: Deney iki saat sürdü.", "Bu haberin önceki versiyonunda dört saat yazıyordu."],
    "el": ["Διόρθωση: η δοκιμή κράτησε δύο ώρες.", "Σε προηγούμενη έκδοση του άρθρου αναφερόταν τέσσερις."],
    "ar": ["تصحيح: استمر الاختبار ساعتين.", "ذكرت نسخة سابقة من هذا المقال أربع ساعات."],
    "he": ["תיקון: הבדיקה נמשכה שעתיים.", "בגרסה קודמת של הכתבה נכתב ארבע שעות."],
    "hi": ["सुधार: परीक्षण दो घंटे चला।", "इस लेख के पिछले संस्करण में चार घंटे लिखा था।"],
    "id": ["Ralat: uji berlangsung dua jam.", "Versi sebelumnya dari artikel ini menyebut empat jam."],
    "vi": ["Đính chính: thử nghiệm kéo dài hai giờ."],
    "th": ["แก้ไขข่าว: การทดสอบใช้เวลาสองชั่วโมง"],
    "zh": ["更正：测试持续了两个小时。", "编者按：测试持续了两个小时。", "本文的早前版本误写为四小时。"],
    "ja": ["訂正：試験は二時間でした。", "【訂正】試験は二時間でした。", "お詫びして訂正いたします。", "この記事の以前のバージョンでは四時間としていました。"],
    "ko": ["정정: 시험은 두 시간이었습니다.", "이 기사의 이전 버전에는 네 시간으로 적혀 있었습니다."],
}  # fmt: skip


@pytest.mark.parametrize(
    "note", [pytest.param(note, id=f"{lang}: {note[:30]}") for lang, notes in NOTES.items() for note in notes]
)
def test_a_new_note_of_a_correction_is_told_apart(note: str) -> None:
    assert changes(version(), with_line(note)) == ("correction",)
    assert changes(version(), with_line(note, 0)) == ("correction",)
    assert changes(version(), version(WALLS, FIRE.replace("12", "14"), PRICE, OPENING, note)) == ("body", "correction")
    assert changes(with_line(note), with_line(note)) == ()
    assert changes(with_line(note), with_line(note, 0)) == (), "it tells nothing new where it has moved to"


@pytest.mark.parametrize(
    "line",
    [
        "UPDATE: Three walls have burnt.",
        "Correction officers visited the school on Monday.",
        "Clarification was demanded by all of the parents.",
        "Korrektur um 3 Prozent: Stroh wird billiger",
        "Oprava 12 mostů začne v květnu.",
        "The earlier version of the plan lists fourteen walls.",
        "In einer früheren Fassung war das Gesetz strenger.",
        "In der ursprünglichen Fassung des Gesetzes fehlte das Stroh.",
        "„Er (Anm. d. Red.: der Architekt) war zufrieden“, sagte sie.",
        "This story has been updated with comment from the council.",
        "訂正を求める声が上がった。",
        "会社は発表を訂正しました。",
        "Der Architekt korrigiert seinen Plan neun Mal.",
        "Auf dem Schild an der Tür stand nur ein Wort. Korrektur",
        "It is forbidden by the Straw (Amendment) Act of 1988.",
    ],
)
def test_what_only_sounds_like_a_note_is_text(line: str) -> None:
    assert changes(version(), with_line(line)) == ("body",)


def test_a_note_that_is_changed_is_a_correction_and_one_that_is_gone_a_change_of_the_text() -> None:
    note = "Correction: The test took two hours."
    assert changes(with_line(note), with_line(note.replace("two", "three"))) == ("correction",)
    assert changes(with_line(note), version()) == ("body",)


def test_a_note_within_a_paragraph_is_told_apart_from_its_prose() -> None:
    note = "Correction: The test took two hours."
    assert changes(version(), version(*LINES[:3], f"{OPENING} {note}")) == ("correction",)
    assert changes(version(), version(*LINES[:3], f"{OPENING} ({note})")) == ("correction",)
    assert changes(version(), version(f"[{note}] {WALLS}", *LINES[1:])) == ("correction",)
    changed = f"[{note}] {WALLS.replace('straw', 'reed')}"
    assert changes(version(), version(changed, *LINES[1:])) == ("body", "correction")


def test_below_a_heading_of_corrections_stands_one() -> None:
    assert changes(version(), version(*LINES, "Correction", "The test took two hours, and not four.")) == (
        "correction",
    )
    old = version(*LINES, "Corrections (12 May)", "The test took three hours, and not four.")
    assert changes(old, version(*LINES, "Corrections (12 May)", "The test took two hours, and not four.")) == (
        "correction",
    )


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        (("Ada Byron",), ("Ada Byron",), False),
        (("Ada Byron", "Karl Weiß"), ("Karl Weiß", "Ada Byron"), False),
        (("Ada Byron",), ("ADA BYRON",), False),
        (("Ada Byron",), ("By Ada Byron",), False),
        (("Ada Byron",), ("Von Ada Byron",), False),
        (("Ada Byron",), ("Dr. Ada Byron",), False),
        (("Prof. Dr. Ada Byron",), ("Ada Byron",), False),
        (("Mme Ada Byron",), ("Ada Byron",), False),
        (("Herr Karl Weiß",), ("Karl Weiß",), False),
        (("Ada Byron and Karl Weiß",), ("Karl Weiß", "Ada Byron"), False),
        (("Zoë Byron",), ("Zoe\u0308 Byron",), False),
        (("Ada O’Byron",), ("Ada O'Byron",), False),
        (("Ada Byron",), (), False),
        (("Ada Byron",), ("Redaktion",), False),
        ((), (), False),
        ((), ("Ada Byron",), True),
        (("Ada Byron",), ("Karl Weiß",), True),
        (("Ada Byron",), ("Ada Byron", "Karl Weiß"), True),
        (("Ada Byron", "Karl Weiß"), ("Ada Byron",), True),
        (("Ada Byron",), ("Ada Bryon",), True),
        (("田中太郎",), ("佐藤花子",), True),
    ],
)
def test_authors(old: tuple[str, ...], new: tuple[str, ...], counts: bool) -> None:
    assert changes(version(authors=old), version(authors=new)) == (("authors",) if counts else ())


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("School of straw", "School of  straw ", False),
        ("School of “straw”", 'School of "straw"', False),
        ("School of straw", "School of straw (updated 5 minutes ago)", False),
        ("School of straw | 124 comments", "School of straw | 131 comments", False),
        ("School of straw", "School of straw passes fire test", True),
        ("12 walls burnt", "14 walls burnt", True),
        ("School of straw", "UPDATE: School of straw", True),
    ],
)
def test_headlines(old: str, new: str, counts: bool) -> None:
    assert changes(version(headline=old), version(headline=new)) == (("headline",) if counts else ())


def test_a_headline_that_is_all_counter_is_a_headline() -> None:
    assert changes(version(headline="124 comments"), version(headline="131 comments")) == ("headline",)


def test_all_that_changed_is_told_in_order() -> None:
    new = version(*LINES[:3], "Correction: It took two hours.", headline="School burnt", authors=("Ada Byron",))
    assert changes(version(), new) == ("headline", "authors", "body", "correction")


@pytest.mark.parametrize(
    ("new", "hides"),
    [
        ((), False),
        ((WALLS,), True),
        ((f"{WALLS[:50]}…",), True),
        ((WALLS, "Read more"), True),
        (("124 comments", WALLS), True),
        ((WALLS.replace("straw", "reed"),), True),
        ((WALLS, FIRE, PRICE), False),
        ((FIRE,), False),
        ((PRICE[:60],), False),
        (("The school of straw has burnt down this morning, and nobody was hurt.",), False),
    ],
)
def test_a_page_that_begins_to_hide_its_text(new: tuple[str, ...], hides: bool) -> None:
    assert is_truncated(version(), version(*new)) is hides


def test_an_empty_text_hides_what_there_was_and_nothing_else() -> None:
    nothing = Version("School of straw", (), "")
    assert is_truncated(version(), nothing)
    assert not is_truncated(nothing, nothing)
    assert not is_truncated(nothing, version())


def test_a_beginning_hides_the_rest_of_a_text_without_spaces() -> None:
    text = "台风周二登陆，造成十二人死亡，数千人撤离家园。今天上午议会批准了新的预算案，反对党投了反对票。"
    assert is_truncated(version(text), version(text[:20]))
    assert not is_truncated(version(text), version(text[24:40]))
