"""Headline, byline and dates of pages without any markup for machines, in the forms that outlets of many countries use."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.metadata import read_metadata
from pipelines.tree import parse
from storage.types import Stamp

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
TEXT = "The council has widened the northern causeway for the purpose, and lorries will be led over it. " * 3

PAGES = [
    ('de', 'c.de', 'Brücke elf Wochen gesperrt', '<p class="lead">Kurz</p><div class="author">Von <a href="/autoren/karl-weiss">Karl Weiß</a>, Hamburg</div><time datetime="2026-11-12T14:05">12.11.2026, 14:05 Uhr</time>', ('Karl Weiß',), '12 14:05', None),
    ('de', 'c.de', 'Brücke elf Wochen gesperrt', '<span>12.11.2026</span> <span>Karl Weiß</span>', (), '12 00:00', None),
    ('de', 'c.de', 'Brücke elf Wochen gesperrt', '<div>Ein Bericht von Karl Weiß</div><div>Stand: 12. November 2026, 14:05 Uhr</div>', ('Karl Weiß',), None, '12 14:05'),
    ('fr', 'c.fr', 'Le pont fermé onze semaines', '<p>Par <b>Jean Dupont</b> (à Lyon) et <b>Marie Curie</b></p><p>Publié le 12/11/2026 à 14h05, mis à jour le 13/11/2026 à 09h10</p>', ('Jean Dupont', 'Marie Curie'), '12 14:05', '13 09:10'),
    ('fr', 'c.fr', 'Le pont fermé onze semaines', '<p>Jean Dupont - publié le 12 nov. 2026 à 14:05</p><p>Le Courrier avec AFP</p>', (), '12 14:05', None),
    ('es', 'c.es', 'El puente cierra once semanas', '<div class="firma"><a href="/autor/ana-ruiz/">Ana Ruiz</a> Madrid</div><div class="fecha">12 nov 2026 - 14:05 CET</div>', ('Ana Ruiz',), '12 13:05', None),
    ('es', 'c.mx', 'El puente cierra once semanas', '<p>Por: Ana Ruiz | @anaruiz | 12/11/2026 14:05</p>', ('Ana Ruiz',), '12 14:05', None),
    ('pt-BR', 'c.com.br', 'Ponte fecha por onze semanas', '<p>Por João da Silva, g1 — São Paulo</p><p>12/11/2026 14h05 · Atualizado há 2 horas</p>', ('João da Silva',), '12 14:05', None),
    ('it', 'c.it', 'Il ponte chiude per undici settimane', '<div>di <span class="author">Maria Rossi</span></div><div>12 Novembre 2026 alle 14:05</div>', ('Maria Rossi',), '12 14:05', None),
    ('nl', 'c.nl', 'Brug elf weken dicht', '<p>Door <em>Jan de Vries</em></p><p>12 nov 2026 om 14:05 | Update: 13 nov 2026 om 09:10</p>', ('Jan de Vries',), '12 14:05', '13 09:10'),
    ('pl', 'c.pl', 'Most zamknięty na jedenaście tygodni', '<p>Autor: Jan Kowalski</p><p>12 listopada 2026, 14:05</p>', ('Jan Kowalski',), '12 14:05', None),
    ('sv', 'c.se', 'Bron stängs i elva veckor', '<div>Text: Anna Svensson</div><div>Publicerad 2026-11-12 14.05</div><div>Uppdaterad 2026-11-13</div>', ('Anna Svensson',), '12 14:05', '13 00:00'),
    ('da', 'c.dk', 'Broen lukker i elleve uger', '<div>Af Lars Jensen</div><div>12. nov. 2026 kl. 14.05</div>', ('Lars Jensen',), '12 14:05', None),
    ('no', 'c.no', 'Broen stenges i elleve uker', '<div class="byline"><a href="mailto:x@c.no">Kari Nordmann</a> <span>Journalist</span></div><div>Publisert 12.11.2026 kl. 14:05</div>', ('Kari Nordmann',), '12 14:05', None),
    ('fi', 'c.fi', 'Silta suljetaan yhdeksi viikoksi', '<div>Matti Virtanen</div><div>12.11.2026 klo 14.05</div>', (), '12 14:05', None),
    ('ru', 'c.ru', 'Мост закроют на одиннадцать недель', '<div class="author">Автор: Иван Петров</div><div>12 ноября 2026, 14:05</div>', ('Иван Петров',), '12 14:05', None),
    ('tr', 'c.tr', 'Köprü on bir hafta kapalı kalacak', '<div>Ahmet Yılmaz</div><div>Giriş: 12.11.2026 - 14:05 Güncelleme: 13.11.2026 - 09:10</div>', (), '12 14:05', '13 09:10'),
    ('el', 'c.gr', 'Η γέφυρα κλείνει για έντεκα εβδομάδες', '<div>του Νίκου Παπαδόπουλου</div><div>12 Νοεμβρίου 2026, 14:05</div>', ('Νίκου Παπαδόπουλου',), '12 14:05', None),
    ('ja', 'c.jp', '橋が十一週間閉鎖される見通し', '<div>記者 山田太郎</div><div>2026年11月12日 14時05分</div>', ('山田太郎',), '12 14:05', None),
    ('zh', 'c.cn', '大桥将关闭十一周进行维修', '<div>2026-11-12 14:05 来源：新华社 作者：王小明</div>', ('王小明',), '12 14:05', None),
    ('ko', 'c.kr', '다리가 십일 주 동안 폐쇄된다', '<div>김철수 기자 kim@c.kr</div><div>입력 2026.11.12 14:05 수정 2026.11.13 09:10</div>', ('김철수',), '12 14:05', '13 09:10'),
    ('ar', 'c.eg', 'إغلاق الجسر لمدة أحد عشر أسبوعا', '<div>كتب: أحمد علي</div><div>12 نوفمبر 2026</div>', ('أحمد علي',), '12 00:00', None),
    ('he', 'c.il', 'הגשר ייסגר לאחד עשר שבועות', '<div>מאת דוד כהן</div><div>12 בנובמבר 2026</div>', ('דוד כהן',), '12 00:00', None),
    ('id', 'c.id', 'Jembatan ditutup sebelas minggu', '<div>Penulis: Budi Santoso</div><div>Kamis, 12 Nov 2026 14:05 WIB</div>', ('Budi Santoso',), '12 07:05', None),
    ('hi', 'c.in', 'पुल ग्यारह सप्ताह के लिए बंद', '<div>Published by: राम कुमार</div><div>Updated Thu, 12 Nov 2026 02:05 PM IST</div>', ('राम कुमार',), None, '12 08:35'),
    ('en', 'c.example', 'Swing bridge to close for weeks', '<div>Ada Byron, Political Editor</div><div>Thu 12 Nov 2026 14.05 GMT</div><div>Last modified on Fri 13 Nov 2026 09.10 GMT</div>', ('Ada Byron',), '12 14:05', '13 09:10'),
    ('en-IN', 'c.in', 'Swing bridge to close for weeks', '<div>Written by Ada Byron | Edited by Karl Weiss</div><div>New Delhi | Updated: November 12, 2026 14:05 IST</div>', ('Ada Byron',), None, '12 08:35'),
    ('cs', 'c.cz', 'Most bude uzavřen jedenáct týdnů', '<div>Autor: <a>Jan Novák</a></div><div>12. 11. 2026 14:05</div>', ('Jan Novák',), '12 14:05', None),
    ('hu', 'c.hu', 'Tizenegy hétre lezárják a hidat', '<div>Szerző: Nagy Péter</div><div>2026. november 12. 14:05</div>', ('Nagy Péter',), '12 14:05', None),
    ('ro', 'c.ro', 'Podul se închide unsprezece săptămâni', '<div>de Ion Popescu</div><div>12 noiembrie 2026, 14:05</div>', (), '12 14:05', None),
    ('vi', 'c.vn', 'Cầu đóng cửa mười một tuần', '<div>Nguyễn Văn An</div><div>Thứ năm, 12/11/2026, 14:05 (GMT+7)</div>', (), '12 07:05', None),
]  # fmt: skip


def _when(stamp: Stamp | None) -> str | None:
    return f"{stamp.value:%d %H:%M}" if stamp else None


@pytest.mark.parametrize(("lang", "host", "headline", "below", "authors", "published", "modified"), PAGES)
def test_what_readers_see(
    lang: str,
    host: str,
    headline: str,
    below: str,
    authors: tuple[str, ...],
    published: str | None,
    modified: str | None,
) -> None:
    page = f"<html lang={lang}><head><title>{headline}</title></head><body><div><h1>{headline}</h1>{below}</div><p>{TEXT}</p></body></html>"
    found = read_metadata(parse(page), f"https://{host}/a", NOW)
    assert found.headline == headline
    assert found.authors == authors
    assert (_when(found.published), _when(found.modified)) == (published, modified)
