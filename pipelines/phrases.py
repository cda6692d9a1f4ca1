"""The phrases of comment forms, newsletters, sharing bars and tails, in many languages."""

from __future__ import annotations

import re


def _any(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.IGNORECASE)


LEAVE_REPLY = _any(
    r"^(?:leave|post|write|add|submit) (?:a|your) (?:reply|comment|response|feedback)(?: to .{1,80}| below| here)?\b.{0,40}$",
    r"^(?:join|start) the (?:conversation|discussion)\b.{0,40}$",
    r"^(?:cancel reply|reply|comments? (?:are closed|closed|rules|policy)\b.{0,30}|no comments?(?: yet)?)\.?$",
    r"^(?:be the first to comment|what do you think\?|have your say|tell us what you think|let us know what you think).{0,80}$",
    r"^\(?(?:schreiben? sie|schreibe?|verfassen sie|hinterlassen? sie|hinterlasse) (?:einen|ihren|deinen) kommentar\b.{0,30}$",
    r"^(?:kommentar (?:schreiben|verfassen|hinterlassen)|antwort(?:en)? abbrechen|kommentieren|diskutieren sie mit).{0,30}$",
    r"^(?:hinterlasse|schreibe) eine antwort\b.{0,30}$",
    r"^(?:laisser|poster|écrire|ajouter|soumettre) (?:un|votre) (?:commentaire|réponse)\b.{0,40}$",
    r"^(?:laisser une réponse|annuler la réponse|répondre|réagir à cet article).{0,40}$",
    r"^(?:deja|deje|dejar|escribe|publica|añade|agregar?) (?:un|tu|su|una) (?:comentario|respuesta|mensaje)\b.{0,40}$",
    r"^(?:cancelar la respuesta|cancelar respuesta|responder)$",
    r"^(?:lascia|scrivi|aggiungi|rispondi|inserisci) (?:un|il tuo|una) (?:commento|risposta)\b.{0,40}$",
    r"^annulla risposta$",
    r"^(?:deixe|deixar|escreva|adicione) (?:um|o seu|uma) (?:comentário|resposta)\b.{0,40}$",
    r"^(?:geef een reactie|laat een reactie achter|reactie annuleren|plaats een reactie|reageer).{0,40}$",
    r"^(?:dodaj|napisz|zostaw) (?:komentarz|odpowiedź)\b.{0,30}$",
    r"^anuluj pisanie odpowiedzi$",
    r"^(?:lämna|skriv) (?:ett svar|en kommentar)\b.{0,30}$",
    r"^(?:skriv et svar|legg igjen en kommentar|skriv en kommentar|legg inn en kommentar|efterlad en kommentar|avbryt svar).{0,30}$",
    r"^(?:vastaa|jätä kommentti|kirjoita kommentti|kommentoi).{0,30}$",
    r"^(?:добавить комментарий|оставить комментарий|оставьте комментарий|отменить ответ|ваш комментарий).{0,30}$",
    r"^(?:додати коментар|залишити відповідь|скасувати відповідь).{0,30}$",
    r"^(?:bir cevap yazın|bir yanıt yazın|yorum yapın?|cevabı iptal et|yanıtı iptal et).{0,30}$",
    r"^(?:αφήστε μια απάντηση|αφήστε ένα σχόλιο|αφήστε το σχόλιό σας|ακύρωση απάντησης).{0,30}$",
    r"^(?:コメントを残す|コメントする|コメントを書く|返信をキャンセル|发表评论|發表評論|发表回复|取消回复|댓글 남기기|댓글 달기|답글 남기기).{0,20}$",
    r"^(?:اترك (?:تعليقاً|تعليقا|رداً|ردا)|إلغاء الرد|أضف تعليق|כתיבת תגובה|השאר תגובה).{0,30}$",
    r"^(?:lasă un răspuns|lasă un comentariu|hozzászólás|vélemény, hozzászólás\?|napsat komentář|zanechte komentář|napíš komentár).{0,40}$",
    r"^(?:tinggalkan balasan|để lại một bình luận|trả lời hủy).{0,30}$",
)

PRIVATE_EMAIL = _any(
    r"your e-?mail(?: address)? (?:will not|won't|is never|will never|is not) be? ?(?:published|shared|displayed|made public)",
    r"(?:your|the) e-?mail (?:address )?is never (?:published|shared)",
    r"^\*?\s*(?:required fields? (?:are|is) marked|fields marked with an? (?:asterisk|\*)|indicates required field)",
    r"^save my name,? (?:e-?mail,? )?(?:and )?(?:e-?mail,? )?(?:and website )?in this browser",
    r"^notify me of (?:follow-?up comments|new posts)",
    r"e-?mail-?adresse wird nicht (?:veröffentlicht|angezeigt)",
    r"^erforderliche felder sind",
    r"^(?:meinen namen|name), (?:meine )?e-?mail-?(?:adresse)? und (?:meine )?website in diesem browser",
    r"adresse (?:e-?mail|de messagerie|électronique) ne sera (?:pas|jamais) (?:publiée|affichée)",
    r"^les champs obligatoires sont indiqués",
    r"^enregistrer mon nom, mon e-?mail",
    r"(?:dirección de )?correo (?:electrónico )?no será publicad[oa]",
    r"^los campos (?:obligatorios|necesarios|requeridos) están marcados",
    r"^guard(?:a|ar) mi nombre,? correo",
    r"indirizzo e-?mail non sarà pubblicato",
    r"^i campi obbligatori sono contrassegnati",
    r"(?:endereço de )?e-?mail não será publicado",
    r"^(?:campos obrigatórios|os campos obrigatórios) (?:são|estão) marcados",
    r"e-?mailadres (?:wordt|zal) niet (?:gepubliceerd|worden gepubliceerd)",
    r"^vereiste velden zijn gemarkeerd",
    r"adres e-?mail nie zostanie opublikowany",
    r"^wymagane pola są oznaczone|^pola, których wypełnienie jest wymagane",
    r"e-?postadress(?:en)? (?:kommer inte|publiceras inte)",
    r"^obligatoriska fält är märkta",
    r"e-?mail-?adresse (?:vil ikke blive|bliver ikke) publiceret|e-?postadresse(?:n)? (?:vil ikke bli|blir ikke) publisert",
    r"sähköpostiosoitettasi ei (?:julkaista|näytetä)",
    r"(?:адрес (?:вашей )?(?:электронной почты|email)|ваш e-?mail) не будет опубликован|^обязательные поля помечены",
    r"e-?mail адреса не оприлюднюватиметься|^обов’язкові поля позначені",
    r"e-?posta (?:hesabınız|adresiniz) yayımlanmayacak|^gerekli alanlar",
    r"(?:η )?(?:ηλ\. διεύθυνση|διεύθυνση email|e-?mail σας) .{0,20}δεν (?:θα )?δημοσιεύ|^τα υποχρεωτικά πεδία",
    r"メールアドレスが公開されることはありません|電子メールアドレスは公開されません|邮箱地址不会被公开|電子郵件地址.{0,8}不會公開|이메일 주소는 공개되지 않습니다",
    r"لن يتم نشر عنوان بريدك|البريد الإلكتروني لن يتم نشره|האימייל לא יוצג|כתובת (?:ה)?אימייל .{0,12}לא תפורסם",
    r"adresa ta de email nu va fi publicată|e-?mail címet? nem tesszük közzé|vaše e-?mailová adresa nebude zveřejněna",
    r"alamat email anda tidak akan dipublikasikan|email của bạn sẽ không được hiển thị",
)

SERVICE = _any(
    r"^(?:share|tweet|pin|email|print|copy link|save|facebook|twitter|whatsapp|linkedin|reddit|telegram|pinterest|flipboard)$",
    r"^(?:share (?:this|on|via|with|the)|tweet this|follow us on|like us on|find us on|print this)\b.{0,60}$",
    r"^(?:advertisement|advertising|anzeige|werbung|publicité|publicidad|pubblicità|reklama|reklame|annons|реклама|sponsored|ad|story continues below.{0,30}|article continues (?:below|after).{0,30})$",
    r"^(?:scroll to continue|continue reading|read more|read next|read full article|click here to .{0,60}|skip to .{0,30}|back to top|loading\.*)$",
    r"^(?:sign up|subscribe|register|get|receive) (?:to|for|up|now|our|the|your)\b.{0,60}(?:newsletter|inbox|briefing|e-?mail alerts?|updates)\b.{0,60}$",
    r"^(?:newsletter|unser newsletter|jetzt newsletter).{0,60}(?:anmelden|abonnieren|bestellen).{0,40}$",
    r"^(?:inscrivez-vous|abonnez-vous|recevez) .{0,60}(?:newsletter|lettre d'information).{0,60}$",
    r"^(?:suscríbete|suscribirse|apúntate|regístrate) .{0,60}(?:newsletter|boletín).{0,60}$",
    r"^(?:iscriviti|inscreva-se|meld je aan|zapisz się) .{0,60}newsletter.{0,60}$",
    r"^(?:read|see|watch|listen|also|more|related)(?: also| more| here| now| next| story| stories| article| video)?\s*:\s.{0,140}$",
    r"^(?:lesen sie (?:auch|hier|dazu|mehr)|mehr (?:zum thema|dazu)|lire aussi|à lire (?:aussi|également)|lee también|lea también|te puede interesar|leggi anche|leia (?:também|mais)|lees ook|czytaj (?:też|także|również)|läs (?:också|även|mer)|les også|læs også|читайте (?:также|ещё)|читайте також)\b\s*:?.{0,140}$",
    r"^(?:(?:image|photo|picture|file photo|video)(?: caption| credit| source)?|foto|bild|bildquelle|crédit photo|getty images|photo by)\s*[:|]?\s*.{0,60}$",
    r"^(?:©|\(c\)|copyright)\s.{0,120}$",
    r"^(?:all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados)\.?$",
    r"^(?:accept|reject|manage) (?:all )?cookies$|^this (?:site|website) uses cookies.{0,120}$",
    r"^(?:don't|do not) miss .{0,60}newsletter.{0,40}$",
    r"^(?:download|get) (?:our|the) .{0,30}\bapp\b.{0,40}$",
    r"^(?:last )?(?:updated|published|posted)(?: on| at)?\s*:?\s.{0,40}\d.{0,30}$",
    r"^\d+ (?:comments?|kommentare?|commentaires?|comentarios?|shares?|views?|min(?:ute)?s? read)$",
)

TAIL = _any(
    r"^(?:related(?: (?:stories|articles|news|topics|content|posts|links|coverage|video|videos))?|more (?:from|on|in|like this|stories|news|coverage)\b.{0,40}"
    r"|you (?:may|might) (?:also )?(?:like|be interested in)|recommended(?: for you| stories| reading)?|read (?:more|next|also)|most (?:read|popular|viewed|shared)"
    r"|trending(?: now)?|latest (?:news|stories|headlines)|top stories|editor'?s picks?|don'?t miss|in other news|see also|popular (?:now|stories)|up next|what to read next"
    r"|sponsored (?:content|stories|links)|around the web|from around the web|promoted (?:content|stories)|tags|topics|filed under|share this|about the author|follow us|comments?)\s*:?$",
    r"^(?:mehr zum thema|mehr aus .{0,30}|das könnte (?:sie|dich) auch interessieren|lesen sie (?:auch|hier weiter)|weitere (?:artikel|themen|meldungen|nachrichten).{0,20}|meistgelesen|auch interessant|verwandte (?:artikel|themen)|themen|schlagworte|zur startseite|kommentare?)\s*:?$",
    r"^(?:à lire (?:aussi|également)|lire aussi|sur le même (?:sujet|thème)|articles? (?:liés|similaires|connexes)|les plus lus|à voir aussi|vous aimerez aussi|mots[- ]clés|dans la même rubrique|commentaires)\s*:?$",
    r"^(?:noticias relacionadas|artículos relacionados|te puede interesar|también te puede interesar|lo más (?:leído|visto)|más (?:noticias|información|en .{0,20})|lee también|etiquetas|temas(?: relacionados)?|relacionad[oa]s|comentarios)\s*:?$",
    r"^(?:leggi anche|articoli correlati|potrebbe interessarti(?: anche)?|più letti|leia (?:também|mais)|notícias relacionadas|veja também|mais lidas|lees ook|meer over .{0,30}|gerelateerd|meest gelezen|czytaj (?:też|także|również)|zobacz (?:też|także|również)|läs (?:också|även|mer)|les også|læs også|mer om|читайте (?:также|ещё)|по теме|читайте також)\s*:?$",
)
