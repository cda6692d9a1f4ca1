"""Decide what of a new version of an article counts as a change: headline, authors, body, correction note. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import Indel

from pipelines.authors import clean_authors
from pipelines.boilerplate import is_service
from pipelines.fingerprint import _plain
from pipelines.months import month_of
from pipelines.phrases import Phrases, phrases
from pipelines.stems import split_pattern, stems_of
from storage.blocks import lines_of
from storage.types import Version as Version

TRUNCATED, LIKE_BEGINNING = 0.5, 0.9
"""Of the old text's length, and likeness to its beginning: a page that has begun to hide the rest."""
COMPARED = 20_000
"""Characters of a beginning: more need not be compared, and takes time that grows with the square."""
MOST_LINES = 5_000
"""Of a text that is read line by line: in a longer one every change counts."""
SHORT = 90
"""Characters: a longer part of a line is no counter and no clock."""

_MARKED = """
updated update modified published posted edited changed
aktualisiert aktualisierung stand veröffentlicht erschienen geändert änderung bearbeitet
mis mise actualisé modifié modification publié publiée actualizado actualizada actualización publicado publicada modificado
aggiornato aggiornata aggiornamento modifica pubblicato atualizado atualizada atualização modificada
bijgewerkt gewijzigd gepubliceerd geplaatst aktualizacja zaktualizowano opublikowano dodano
uppdaterad uppdaterat publicerad publicerat ändrad opdateret publiceret udgivet oppdatert publisert endret
päivitetty julkaistu muokattu aktualizováno aktualizace zveřejněno publikováno aktualizované frissítve frissítés közzétéve
actualizat actualizare publicat обновлено обновлён обновление опубликовано изменено оновлено оновлення опубліковано
güncelleme güncellendi güncellenme yayınlandı yayınlanma ενημέρωση ενημερώθηκε δημοσίευση δημοσιεύτηκε
تحديث التحديث محدث نشر نشرت عודכן עודכן עדכון פורסם अपडेट अपडेटेड अद्यतन प्रकाशित
diperbarui pembaruan diterbitkan tayang nhật đăng อัปเดต อัพเดท เผยแพร่ 수정 업데이트 입력 등록
更新 更新日時 更新时间 更新時間 最終更新 最后更新 最後更新 公開 配信 掲載 发布 發布 发表 發表
"""  # noqa: E501
"""What says that a date is that of a change, or of the publication."""
_AGO = """
ago vor ilya hace ha fa geleden temu sedan siden sitten před pred acum назад тому önce πριν منذ قبل לפני पहले lalu trước
ezelőtt órája perce napja 분전 시간전 일전 ที่แล้ว 전 前 以前
"""

_UNITS = """
s sec secs second seconds m min mins minute minutes h hr hrs hour hours d day days w week weeks month months year years
sek sekunde sekunden minuten std stunde stunden tag tage tagen woche wochen monat monaten jahr jahren
seconde secondes heure heures jour jours semaine semaines mois an ans segundo segundos minuto minutos hora horas día días
semana semanas mes meses año años minuti ora ore giorno giorni settimana settimane mese mesi dia dias mês
minuut uur uren dag dagen weken maand maanden minuta minuty minut godz godzina godziny godzin godzinę dzień dni tydzień
tygodnie minuter timme timmar dagar vecka veckor minutter time timer dage uke uker uger minuuttia minuutti tunti tuntia
päivä päivää hodina hodiny hodinami hodin minutami dny óra órája perc perce nap napja perccel órával nappal
minute oră minut zile zi мин минута минуту минуты минут час часа часов день дня дней хвилина хвилин хвилини годину години
годин дні днів dk dakika saat gün hafta λεπτό λεπτά ώρα ώρες ημέρα ημέρες μέρες دقيقة دقائق دقيقتين ساعة ساعات ساعتين
يوم أيام يومين דקה דקות שעה שעות שעתיים יום ימים יומיים मिनट घंटे घंटा दिन menit jam hari phút giờ ngày นาที ชั่วโมง
วัน 초 분 시간 일 시 秒 分 分钟 分鐘 小时 小時 時間 天 日 周 週間 个月 個月 か月 月 年
"""  # noqa: E501
_COUNTED = """
comment comments commented reply replies response responses reaction reactions share shares shared like likes liked view views
viewed reads tweet tweets retweets watching listens kommentar kommentare kommentaren antworten reaktionen geteilt aufrufe
gelesen commentaire commentaires réponses réactions partage partages partagé vues lectures comentario comentarios respuestas
compartido compartidos visitas vistas lecturas commento commenti risposte condivisioni visualizzazioni letture comentário
comentários respostas compartilhamentos partilhas visualizações curtidas leituras reactie reacties gedeeld weergaven
komentarz komentarze komentarzy udostępnień udostępnienia wyświetleń wyświetlenia odsłon polubień kommentarer delningar
visningar delinger visninger kommenttia kommentti jakoa katselukertaa komentář komentáře komentářů zhlédnutí hozzászólás
megosztás megtekintés comentarii vizualizări distribuiri комментарий комментария комментариев комментарии просмотр
просмотра просмотров просмотры репостов репост лайк лайков поделились коментар коментарі коментарів перегляд перегляди
переглядів поширень yorum paylaşım görüntülenme görüntüleme okunma beğeni σχόλιο σχόλια προβολές κοινοποιήσεις
تعليق تعليقات التعليقات مشاهدة مشاهدات مشاركة مشاركات إعجاب תגובה תגובות צפיות שיתופים टिप्पणी टिप्पणियाँ व्यूज शेयर
komentar dibagikan dilihat dibaca luận xem sẻ ความคิดเห็น ความเห็น แชร์ วิว 댓글 조회 조회수 공유 추천
コメント 评论 評論 留言 閲覧 阅读 閱讀 浏览 瀏覽 点赞 點讚 分享 转发 轉發 シェア いいね アクセス 观看
"""  # noqa: E501
_READING = """
read reading lesezeit lesedauer lecture lectura lettura leitura leestijd czytania lästid läsning læsetid lesetid
lukuaika čtení olvasás olvasási citire чтения чтение читання okuma ανάγνωσης ανάγνωση قراءة للقراءة קריאה पढ़ने baca đọc
อ่าน 읽기 읽는 で読めます 読了 阅读时间 閱讀時間 预计阅读
"""
_AROUND = """
last latest first on at the of a an one about around approx ca by to less than few just now today yesterday times time and
zuletzt letzte letzter letztes am um im den der die des uhr eine einer einem ein heute gestern mal zeit gefällt mir
le la les à il y de d du une un dernière dernier jour date heure temps minutes hier aujourd hui fois il lire pour
el los las hoy ayer vez veces una uno última último fecha tiempo hora me gusta del alle di il ultimo ultima oggi ieri data
tempo piace volte um uma às as o os em hoje ontem vezes há gosto laatst laatste op om van het een vandaag keer update
ostatnia ostatnio o z r dnia dziś wczoraj czas razy senast den kl klockan idag igår för for ett en et senest sist i dag går
viimeksi klo tänään sitten poslední v ve dne dnes včera doba utolsó utoljára ma tegnap idő perc alkalommal ultima la azi ieri
timp de последнее последний в во г время раз сегодня вчера останнє о об у р час сьогодні вчора son tarihi tarih bugün dün
süresi kez saat τελευταία στις σε ώρα χρόνος σήμερα χθες φορές από آخر تم في الساعة اليوم أمس وقت م ص مرة אחרון ב בשעה
היום אתמול זמן अंतिम को बजे आज कल बार देखा गया समय ist terakhir pada pukul wib wita wit hari ini kemarin kali yang waktu
cập lần cuối lúc vào hôm nay qua bình chia lượt thời gian trước ล่าสุด เมื่อ เวลา น ม ค ก พ มี เม ย มิ ส ต ธ ครั้ง ที่ วันนี้ 최종 기사 오전 오후 개 회 건 소요
k m mn mln mio mrd tsd tys тыс thousand million millions milles mil mille rb jt am pm uhr h gmt utc bst est edt et pt pst pdt dated from vom
ist cet cest mez mesz msk jst kst hkt sgt aest ict
mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so
lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo
lunedì martedì mercoledì giovedì venerdì sabato domenica segunda terça quarta quinta sexta feira
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag poniedziałek wtorek środa czwartek piątek sobota niedziela
måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag maanantai tiistai keskiviikko torstai
perjantai lauantai sunnuntai понедельник вторник среда четверг пятница суббота воскресенье понеділок вівторок середа
четвер пʼятниця субота неділя pazartesi salı çarşamba perşembe cuma cumartesi pazar
الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت senin selasa rabu kamis jumat sabtu minggu
の 数 數 量 件 回 条 條 則 则 次 人 万 萬 时 時 于 於 時点 時間 时间 約 约 この記事は 北京时间 上午 下午 午前 午後 最終
曜日 火 水 木 金 土 星期 一 二 三 四 五 六
"""  # noqa: E501
"""What may stand around a clock or a counter, and says nothing by itself."""
_COUNT_ALONE = re.compile(r"[\d.,' ]+(?:[km]|mn|mln|mio|tsd|tys|тыс|万|萬|만|천)?\.?", re.IGNORECASE)
_SCALED = re.compile(r"\d+(?:[.,]\d+)? ?(?:k|m|mn|mln|tsd|tys|тыс|万|萬|만|천)\.?", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_NO_LETTER = re.compile(r"[\W\d_]+")
_THAI = re.compile("[\u0e00-\u0e7f]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
_TITLE = re.compile(
    r"^(?:(?:dr|prof|professor|mr|mrs|ms|miss|sir|dame|herr|frau|mme|mlle|sra|srta|dott|dott\.ssa|dhr|mevr)\b\.? *"
    r"|(?:m|sr|sig|sig\.ra|rev|hon|ing|mag|dipl|phil|hc|h\.c)\. *)+"
)
_AFTER_LABEL = re.compile(r"\s*(?:$|[:\])】」]|\.\s|-+\s)")
_SENTENCE = re.compile(r"[.!?。]['\")]? +|[。！？(\[【]")
_CLOSING = {"(": ")", "[": "]", "【": "】"}
_BRACKETED = re.compile(r"[(\[【「]([^()\[\]【】「」]{1,90})[)\]】」]")
_PARTS = re.compile(r"(\s*[|·•]\s*|\s+[-/]\s+)")
_CORRECTIONS = r"""
corrections?(?: (?:and|&) clarifications?)?|correction appended|clarifications?|errat(?:um|a(?: corrige)?)|retraction|amendment
korrektur(?:hinweis)?|berichtigung|richtigstellung|klarstellung|gegendarstellung
rectificatif|rectification|mise au point|correcci[oó]n(?:es)?|rectificaci[oó]n|fe de err(?:at[ao]s?|ores)|aclaraci[oó]n
correzion[ei]|rettifica|precisazione|corre[cç]?ção|corrigenda|reti?ficação|esclarecimento|erramos
correctie|rectificatie|verduidelijking|sprostowanie|korekta|poprawka|rättelse|korrigering|förtydligande
rettelse|berigtigelse|beriktigelse|præcisering|retting|presisering|oikaisu|korjaus|täsmennys|oprava|upřesnění|spresnenie
helyesbítés|helyreigazítás|javítás|corectură|corecție|erată|rectificare|precizare
исправление|уточнение|поправка|опровержение|виправлення|уточнення|спростування|düzeltme|tekzip
διόρθωση|διευκρίνιση|επανόρθωση|تصحيح|تصويب|توضيح|استدراك|اصلاحیه|תיקון(?: טעות)?|הבהרה
सुधार|भूल सुधार|संशोधन|स्पष्टीकरण|koreksi|ralat|klarifikasi|đính chính|cải chính|hiệu đính|แก้ไขข่าว|แก้ไขข้อมูล|ชี้แจง
更正(?:启事|啟事|声明|聲明|说明|說明)?|勘误|勘誤|订正|訂正|お詫びと訂正|おわびと訂正|정정(?: ?보도)?|바로잡습니다
"""  # noqa: E501
_NOTES = r"""
(?:an? )?(?:editors?'?|editor's|ed\.|publisher's|editorial) note|note (?:from|by) the editors?|note to readers
anm(?:erkung|\.) ?d(?:er|\.) ?red(?:aktion|\.)?|hinweis der redaktion|redaktioneller hinweis
précision|note de la rédaction|n\.?d\.?l\.?r\.?|nota (?:del editor|de la redacción|de redacción|a los lectores|de la editora)
nota (?:della redazione|del direttore|di redazione)|n\.d\.r\.|nota (?:da redação|do editor|da redacção|da editora)
noot van de redactie|redactionele noot|od redakcji|przyp(?:is|\.) red(?:akcji|\.)?|nota redakcyjna
redaktionens (?:anmärkning|kommentar|note)|redaktionel note|redaksjonell merknad|red\. anm\.|toimituksen huom(?:autus|\.)?
poznámka redakce|pozn\. red\.|szerkesztői megjegyzés|a szerk(?:esztőség|\.) megjegyzése|nota redac[tțţ]iei
примечание редакции|прим(?:\.|ечание) ред(?:\.|акции)|от редакции|примітка редакції|від редакції|editör(?:ün)? notu
σημείωση (?:της σύνταξης|του συντάκτη|σύνταξης)|ملاحظة (?:المحرر|التحرير|من المحرر)|تنويه|הערת (?:המערכת|העורך|העורכת)
संपादक (?:का|की) (?:नोट|टिप्पणी)|संपादकीय नोट|catatan (?:redaksi|editor)|ghi chú của (?:tòa soạn|ban biên tập)
หมายเหตุ(?:จาก)?(?:กอง)?บรรณาธิการ|编者按|編者按|编者注|編者註|編集部注|編集部より|編注|편집자 ?주|알려드립니다
"""  # noqa: E501
_SAID = r"""
(?:earlier|previous|original|prior|first) versions? of this (?:article|story|report|post|page|piece|column|headline|item|review)
this (?:article|story|report|post|page|piece|column|headline|item|review) (?:was|has been|has since been)(?: \w+)? (?:amended|corrected|clarified)
this (?:article|story|report|post|page|piece|column|headline|item|review) (?:was|has been)(?: \w+)? (?:updated|edited|revised|changed|modified)\b.{0,60} to (?:correct|clarify|remove|fix)
in einer (?:früheren|ersten|vorherigen|älteren|vorigen|ursprünglichen) (?:version|fassung)(?: (?:dieses|des|unseres) (?:artikels|textes|beitrags|berichts)|,? (?:hieß es|hatten wir|haben wir|stand (?:hier|fälsch|irrtüm|zunächst|noch)|wurde (?:fälsch|irrtüm)))
in der ursprünglichen (?:version|fassung) (?:dieses|des) (?:artikels|textes|beitrags|berichts)|(?:hier|an dieser stelle) (?:hieß es|stand) (?:zunächst|zuerst|ursprünglich)
(?:diese[rn]?|unser(?:en)?) (?:artikel|text|beitrag|bericht)\b.{0,60}\b(?:korrigiert|berichtigt)|(?:der|den) (?:artikel|beitrag)\b.{0,40}\b(?:korrigiert|berichtigt)|wir haben (?:das|dies|den fehler|die angabe|die passage|die stelle)\b.{0,40}\b(?:korrigiert|berichtigt)
(?:version (?:précédente|antérieure|initiale)|première version|précédente version) de (?:cet article|ce texte|notre article|cette dépêche)
(?:cet article|cette dépêche|l'article) a été (?:corrigée?|rectifiée?)|contrairement à ce que nous (?:avions|avons) (?:écrit|indiqué|annoncé)
(?:versión (?:anterior|previa|inicial|original)|primera versión) de (?:este|esta) (?:artículo|noticia|información|texto|nota|reportaje)
(?:este artículo|esta noticia|esta información|esta nota) (?:ha sido|fue) (?:corregid|rectificad)[oa]
(?:versione (?:precedente|originale)|prima versione|precedente versione) di questo (?:articolo|pezzo|testo)|questo articolo è stato (?:corretto|rettificato)
versão anterior (?:deste|desta) (?:artigo|texto|reportagem|notícia|matéria)|(?:este|esta) (?:artigo|texto|reportagem|notícia|matéria) foi (?:corrigid|retificad)[oa]
diferentemente do (?:que foi )?(?:informado|publicado)|(?:eerdere|vorige) versie van dit (?:artikel|bericht|stuk|verhaal)|dit artikel is (?:gecorrigeerd|gerectificeerd)
(?:poprzedniej|wcześniejszej|pierwotnej) wersji (?:tego )?(?:artykułu|tekstu)|(?:artykuł|tekst) został (?:poprawiony|skorygowany|sprostowany)
tidigare version av (?:artikeln|texten|den här)|(?:artikeln|texten) har (?:rättats|korrigerats)
tidligere (?:version af|versjon av) (?:artiklen|artikkelen|saken|teksten|denne)|(?:artiklen|artikkelen|saken) er (?:blevet |blitt )?(?:rettet|korrigeret|korrigert)
(?:jutun|artikkelin) (?:aiemmassa|aikaisemmassa|alkuperäisessä) versiossa|(?:juttua|artikkelia|jutussa)\b.{0,30}\bon korjattu
předchozí verzi (?:tohoto )?(?:článku|textu)|(?:článek|text) byl opraven|(?:cikkünk|a cikk|írásunk) (?:korábbi|előző|eredeti) (?:változat|verzió)ában|a cikket javítottuk
versiune anterioară a (?:acestui )?articol|articolul a fost (?:corectat|rectificat)
в (?:предыдущей|ранней|первоначальной|прежней|более ранней) версии (?:этой |данной |этого )?(?:статьи|материала|текста|новости|заметки|публикации)|(?:статья|материал|текст|заметка) (?:был[аи]? )?исправлен
у (?:попередній|ранній|первісній) версії (?:цієї |цього )?(?:статті|матеріалу|тексту|новини)|(?:статтю|матеріал|текст) (?:було )?виправлено
(?:haberin|makalenin|yazının) (?:önceki|daha önceki|ilk) (?:versiyonunda|sürümünde|halinde)|bu (?:haber|yazı)\b.{0,30}\bdüzeltil
σε προηγούμενη (?:έκδοση|εκδοχή) (?:αυτού )?του άρθρου|το άρθρο διορθώθηκε
(?:نسخة|صيغة) سابقة من (?:هذا|هذه) (?:المقال|الخبر|المادة|التقرير|القصة)|تم تصحيح (?:هذا )?(?:الخبر|المقال|التقرير)
בגרסה (?:קודמת|הקודמת|ראשונה|מוקדמת) של (?:הכתבה|הידיעה|המאמר)|הכתבה תוקנה
इस (?:लेख|खबर|ख़बर|रिपोर्ट|स्टोरी) के (?:पिछले|पुराने|पहले) (?:संस्करण|वर्ज़न)|इस (?:लेख|खबर|ख़बर|रिपोर्ट) में सुधार
versi (?:sebelumnya|awal) (?:dari )?(?:artikel|berita) ini|(?:artikel|berita) ini telah (?:dikoreksi|diralat)
phiên bản trước (?:đó )?của bài|bài (?:viết|báo) (?:này )?đã được đính chính|(?:ฉบับ|เวอร์ชัน|เวอร์ชั่น)ก่อนหน้า.{0,20}(?:บทความ|ข่าว)
(?:本文|此文|本报道|本報導|这篇报道|這篇報導)的?(?:较早|較早|早前|先前|此前|之前|早期)的?版本|本文已(?:作|做)?(?:更正|修正|訂正)
(?:この|本)記事の(?:以前|当初|前)の(?:バージョン|版|記述)|(?:記事|見出し|本文|表記|記述).{0,20}(?:訂正|修正)(?:しました|いたしました|いたします|しています)|訂正して(?:おわび|お詫び)|(?:おわび|お詫び)して訂正
(?:이|본) 기사의? (?:이전|앞선|초기) (?:버전|판)|기사를 (?:수정|정정)(?:했|하였|합)|바로잡습니다
"""  # noqa: E501


@dataclass(frozen=True, slots=True)
class _Judged:
    """What counts of a line: its prose, and what it says of a correction."""

    prose: str
    note: str = ""


def changes(old: Version, new: Version) -> tuple[str, ...]:
    """Return what has changed so that it counts, of headline, authors, body and correction in this order.

    () means no revision. Blind to white space, typographic signs, Unicode form, counters, clocks, related links, and
    to authors' order, case and titles; a byline that is gone altogether is taken for a fault of the page. A paragraph
    that moved is a change of the body. `correction` means that a line which tells of a correction is new or changed.
    """
    body, correction = _body_changes(old.body, new.body) if _compact(old.body) != _compact(new.body) else (False, False)
    found = {
        "headline": _headline(old.headline) != _headline(new.headline),
        "authors": _has_new_authors(old.authors, new.authors),
        "body": body,
        "correction": correction,
    }
    return tuple(name for name, changed in found.items() if changed)


def is_truncated(old: Version, new: Version) -> bool:
    """Tell whether the new body is hardly more than the beginning of the old one, and less than half as long."""
    if len(_compact(new.body)) >= TRUNCATED * len(_compact(old.body)):
        return False
    whole, rest = (_compact("".join(line.prose for line in _judge(one.body))) for one in (old, new))
    rest = rest.rstrip(".…[]")
    if len(rest) >= TRUNCATED * len(whole):
        return False
    size = min(len(rest), COMPARED)
    return Indel.normalized_similarity(rest[:size], whole[:size]) >= LIKE_BEGINNING


def _compact(text: str) -> str:
    """Return a text as it is compared: no white space, nothing typographic, nothing invisible."""
    return _INVISIBLE.sub("", "".join(_plain(text).split()))


def _headline(text: str) -> str:
    return _compact(_without_counters(_plain(text))) or _compact(text)


def _has_new_authors(old: Iterable[str], new: Iterable[str]) -> bool:
    before, after = _names(old), _names(new)
    return bool(after) and before != after


def _names(authors: Iterable[str]) -> frozenset[str]:
    return frozenset(_NO_LETTER.sub("", _TITLE.sub("", _plain(name).casefold())) for name in clean_authors(authors))


def _body_changes(old: str, new: str) -> tuple[bool, bool]:
    """Return whether the text has changed, and whether there is a new note of a correction."""
    shared = set(lines_of(old)) & set(lines_of(new))
    here, there = _judge(old, shared), _judge(new, shared)
    if Counter(here) == Counter(there):  # lines have moved: perhaps only such as do not count
        here, there = _judge(old), _judge(new)
    known, found = _notes(here), _notes(there)
    return _prose(here) != _prose(there) or known > found, not found <= known


def _prose(lines: Iterable[_Judged]) -> str:
    return "".join(_compact(line.prose) for line in lines)


def _notes(lines: Iterable[_Judged]) -> set[str]:
    return {_compact(line.note).casefold() for line in lines if line.note}


def _judge(body: str, shared: Set[str] = frozenset()) -> list[_Judged]:
    """Return what counts of each line; lines that both versions share are left as they are."""
    lines = lines_of(body)
    if len(lines) > MOST_LINES:
        return [_Judged(line) for line in lines]
    judged: list[_Judged] = []
    for place, line in enumerate(lines):
        if line in shared:
            judged.append(_Judged(line))
        elif place and _is_label(lines[place - 1]):
            judged.append(_Judged("", line))
        elif _COUNT_ALONE.fullmatch(line) and any(map(_is_counter, lines[max(place - 1, 0) : place + 2])):
            judged.append(_Judged(""))
        else:
            judged.append(_judge_line(_INVISIBLE.sub("", _plain(line))))
    return judged


def _judge_line(line: str) -> _Judged:
    start, end = _note_in(line)
    if end:
        return _Judged(_without_counters(line[:start] + line[end:]), line[start:end])
    if (
        _SCALED.fullmatch(line)
        or is_service(line)
        or any(phrases(kind).search(line) for kind in ("related", "comments"))
    ):
        return _Judged("")
    return _Judged(_without_counters(line))


def _note_in(line: str) -> tuple[int, int]:
    """Return where a line tells of a correction: from the start of that sentence to its bracket, or the line's end."""
    said = _said().search(line)
    starts = [max((found.end() for found in _SENTENCE.finditer(line, 0, said.start())), default=0)] if said else []
    labels = [
        found for found in _labels().finditer(line) if _ends_label(line[found.end() :], within=bool(found.start()))
    ]
    starts += [found.start("label") for found in labels]
    if not starts:
        return 0, 0
    start = min(starts)
    end = line.find(_CLOSING.get(line[start - 1 : start], "\n"), start)
    if end < 0 or any(found.end() == end for found in labels):  # "[Correction] …": the bracket is the label's own
        return start if end < 0 else start - 1, len(line)
    return start - 1, end + 1


def _ends_label(rest: str, *, within: bool) -> bool:
    """Tell whether what follows makes a word a label: a colon, perhaps after a date; as a line begins, a dash too."""
    dates = [rest[: found.start()] for found in re.finditer(":" if within else ":|$", rest[:SHORT])]
    return (not within and bool(_AFTER_LABEL.match(rest))) or any(_kinds(date) is not None for date in dates)


def _is_label(line: str) -> bool:
    found = _labels().match(_plain(line)) if len(line) <= SHORT else None
    return found is not None and _kinds(_plain(line)[found.end() :]) is not None


def _without_counters(line: str) -> str:
    """Return a line without counters and clocks: those that are all of it, or stand in brackets or between bars."""
    if _is_counter(line):
        return ""
    line = _BRACKETED.sub(lambda found: "" if _is_counter(found[1]) else found[0], line)
    parts = _PARTS.split(line)
    kept = [(bar, part) for bar, part in zip(["", *parts[1::2]], parts[::2], strict=True) if not _is_counter(part)]
    return "".join(bar + part for bar, part in kept).removeprefix(kept[0][0] if kept else "")


def _is_counter(text: str) -> bool:
    kinds = _kinds(text) if len(text) <= SHORT else None
    if not kinds:
        return False
    number = any(character.isdigit() for character in text)
    return (
        "marked" in kinds
        or ("ago" in kinds and ("unit" in kinds or number))
        or ("counted" in kinds and (number or kinds <= {"counted", "around"}))
        or ("reading" in kinds and "unit" in kinds and number)
    )


def _kinds(text: str) -> set[str] | None:
    """Return the kinds of words in a text, None if it has one that no counter or clock has."""
    found: set[str] = set()
    for word in _NO_LETTER.split(_bare(text).replace("il y a", "ilya")):
        kinds = _kinds_of(word) if word else frozenset()
        if kinds is None:
            return None
        found |= kinds
    return found


def _kinds_of(word: str) -> Set[str] | None:
    known = _vocabulary().get(word)
    if known is not None:
        return known
    if _UNSPACED.match(word):
        chunks = _chunks().findall(word)
        if len("".join(chunks)) == len(word):
            return frozenset(kind for chunk in chunks for kind in _vocabulary()[chunk])
    return frozenset(("around",)) if month_of(word) else None


def _bare(text: str) -> str:
    """Return a text in lower case, without accents and vowel signs."""
    text = text.casefold()
    if text.isascii():
        return text
    return "".join(
        letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter)[0] not in "MC"
    )


@cache
def _vocabulary() -> dict[str, Set[str]]:
    kinds = {
        "marked": _MARKED,
        "ago": _AGO,
        "unit": _UNITS,
        "counted": _COUNTED,
        "reading": _READING,
        "around": _AROUND,
    }
    found: dict[str, Set[str]] = {}
    for kind, words in kinds.items():
        for word in _bare(_plain(words)).split():
            found[word] = found.get(word, frozenset()) | {kind}
    return found


@cache
def _chunks() -> re.Pattern[str]:
    """Return a pattern of the words that are written without spaces, longer ones first."""
    words = sorted((word for word in _vocabulary() if _UNSPACED.match(word)), key=len, reverse=True)
    words = [word for word in words if len(word) > 1 or not _THAI.match(word)]
    return re.compile("|".join(words))


@cache
def _said() -> Phrases:
    parts = [part for line in _SAID.split("\n") if line for part in split_pattern(_plain(line))]
    return Phrases(None, tuple((stem, re.compile(part, re.IGNORECASE)) for part in parts for stem in stems_of(part)))


@cache
def _labels() -> re.Pattern[str]:
    """Return a pattern of labels: those of corrections also after a sentence or a bracket, others as a line begins."""
    corrections = _any_of(_CORRECTIONS)
    every = f"{corrections}|{_any_of(_NOTES)}"
    inner = rf"(?:[.!?。]['\")]? |[(\[【] ?)(?=(?:{corrections})(?!\w))"
    return re.compile(rf"(?:^\W*|{inner})(?P<label>{every})(?!\w)", re.IGNORECASE)


def _any_of(patterns: str) -> str:
    return "|".join(_plain(line) for line in patterns.split("\n") if line)
