"""The words of page controls: what sites call a page, the next one and the one before, in many languages."""

from __future__ import annotations

import re

PAGE_WORDS = (
    "page", "pages", "pg", "pag", "p", "seite", "pagina", "página", "pagina-num", "sida", "side", "sivu",
    "strona", "strana", "stranica", "str", "oldal", "sayfa", "halaman", "hal", "trang", "lapa", "puslapis",
    "leht", "страница", "стр", "сторінка", "σελίδα",
)  # fmt: skip
NUMBER_NAMES = (
    "page", "paged", "pg", "pag", "p", "pn", "pageno", "page_no", "page-no", "pagenum", "page_num",
    "page_number", "pagenumber", "pageid", "artpage", "seite", "pagina", "sida", "side", "sivu", "strona",
    "strana", "stranica", "oldal", "sayfa", "halaman", "trang",
)  # fmt: skip
"""Query parameters that number an article's pages."""
LONGEST = 200
"""Characters of a link's text; what is longer is a teaser."""
_PAGE = (
    r"pages?|seite|p[aá]gina|page|sida|sidan|side|sivu|strona|strana|stránka|stranica|oldal|sayfa|halaman|trang|lapa|puslapis|leht|"
    r"страница|стр\.?|сторінка|стр|σελίδα|صفحة|صفحه|עמוד|पृष्ठ|পৃষ্ঠা|หน้า|ページ|页|頁|페이지"
)
_NUMBER = re.compile(r"^[\[(|·•\s-]*(\d{1,2})[\])|·•\s.-]*$")
_NAMED_NUMBER = re.compile(
    rf"^\W*(?:{_PAGE})\s*(\d{{1,2}})(?!\d)|^\W*第?\s*(\d{{1,2}})\s*(?:页|頁|ページ)", re.IGNORECASE
)
_STANDING = re.compile(
    rf"^\W*(?:(?:{_PAGE})\s*)?\d{{1,2}}\s*(?:/|of|von|de|sur|di|van|av|af|z|ze|iz|из|з|/)\s*\d{{1,2}}\W*$"
    rf"|^\W*(?:{_PAGE})\s*:?\s*\d{{1,2}}\W*$|^[\s|·<>«»‹›]*\d{{1,2}}(?:[\s|·,]+\d{{1,2}})+[\s|·<>«»‹›]*$",
    re.IGNORECASE,
)
_NEXT = """
    next | next page | continue | continue reading | read on | keep reading | go to next page
    continued on next page | nächste | nächste seite | weiter | weiterlesen | auf der nächsten seite
    zur nächsten seite | nächster teil | suivant | suivante | page suivante | la suite | lire la suite | suite
    siguiente | página siguiente | siguiente página | pagina siguiente | próxima | próxima página | seguinte
    página seguinte | próximo | següent | pàgina següent | avanti | successiva | pagina successiva | successivo
    continua | prossima pagina | volgende | volgende pagina | verder lezen | næste | næste side | nästa
    nästa sida | neste | neste side | seuraava | seuraava sivu | næsta | næsta síða | następna | następna strona
    następny | dalej | czytaj dalej | další | další strana | další stránka | ďalšia | ďalšia strana | ďalej
    következő | következő oldal | tovább | următoarea | pagina următoare | următor | sljedeća
    sljedeća stranica | sledeća | sledeća strana | naslednja | naslednja stran | следеща | следваща
    следваща страница | следующая | следующая страница | далее | вперед | вперёд | наступна | наступна сторінка
    далі | επόμενη | επόμενη σελίδα | επόμενο | sonraki | sonraki sayfa | ileri | järgmine | järgmine leht
    nākamā | nākamā lapa | kitas | kitas puslapis | التالي | التالية | الصفحة التالية | بعدی | صفحه بعد
    صفحه بعدی | הבא | הבאה | העמוד הבא | לעמוד הבא | अगला | अगला पृष्ठ | अगला पेज | পরবর্তী | পরবর্তী পৃষ্ঠা
    次へ | 次のページ | 次ページ | 次のページへ | 下一页 | 下一頁 | 下页 | 다음 | 다음 페이지 | ถัดไป
    หน้าถัดไป | หน้าต่อไป | trang sau | trang tiếp | tiếp | tiếp theo | berikutnya | halaman berikutnya
    selanjutnya | halaman selanjutnya | seterusnya | ukurasa unaofuata | volgende bladsy
"""
_PREVIOUS = """
    previous | previous page | prev | first page | vorherige | vorherige seite | zur ersten seite | précédent
    précédente | page précédente | anterior | página anterior | precedente | pagina precedente | vorige
    vorige pagina | forrige | forrige side | föregående | föregående sida | edellinen | edellinen sivu
    poprzednia | poprzednia strona | předchozí | předchozí strana | predchádzajúca | előző | előző oldal
    pagina anterioară | prethodna | prethodna stranica | предыдущая | предыдущая страница | попередня
    попередня сторінка | предишна | προηγούμενη | προηγούμενη σελίδα | önceki | önceki sayfa | السابق
    الصفحة السابقة | قبلی | הקודם | העמוד הקודם | पिछला | 前へ | 前のページ | 上一页 | 上一頁 | 이전
    이전 페이지 | ก่อนหน้า | หน้าก่อน | trang trước | sebelumnya | halaman sebelumnya
"""
_NEXT_WORDS = frozenset(word.strip() for word in _NEXT.replace("\n", "|").split("|")) - {""}
_PREVIOUS_WORDS = frozenset(word.strip() for word in _PREVIOUS.replace("\n", "|").split("|")) - {""}
_FORWARD = frozenset(["›", "»", ">", ">>", "→", "⟩", "▶", "►", "≫", "❯", "⇒"])
_EDGES = " \t\r\n\u00a0›»>→⟩▶►≫❯⇒‹«<←⟨◀◄≪❮⇐:.…|[]()"


def labelled_number(label: str) -> int | None:
    """Return the number of the page that a link's text names: `2`, `[2]`, `Seite 2: Der zweite Tag`."""
    found = (_NUMBER.match(label) or _NAMED_NUMBER.match(label)) if len(label) < LONGEST else None
    return int(next(group for group in found.groups() if group)) if found else None


def says_next(label: str) -> bool:
    """Tell whether a link's text is no more than a word or sign for the next page."""
    if len(label) > LONGEST:
        return False
    return _bare(label) in _NEXT_WORDS or "".join(label.split()) in _FORWARD


def says_previous(label: str) -> bool:
    """Tell whether a link's text is no more than a word for the page before, or the first one."""
    return len(label) <= LONGEST and _bare(label) in _PREVIOUS_WORDS


def is_standing(line: str) -> bool:
    """Tell whether a line of text only numbers or turns pages: `Page 2 of 3`, `1 2 3`, `Next page »`."""
    return len(line) <= 60 and (_STANDING.match(line) is not None or _bare(line) in _NEXT_WORDS | _PREVIOUS_WORDS)


def _bare(label: str) -> str:
    return " ".join(label.strip(_EDGES).casefold().split())
