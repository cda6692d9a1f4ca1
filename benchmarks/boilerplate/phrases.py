"""Lines that sites repeat: what is service, and what is the article's own although it comes again."""

from __future__ import annotations

LONG_SERVICE = (
    "Sign up for our morning newsletter and get the day's most important stories delivered to your inbox.",
    "This article was originally published by {outlet} and is reproduced here with permission of the editors.",
    "{outlet} is a nonprofit newsroom; your tax-deductible donation helps us keep our reporting free for everyone.",
    "The views expressed in this article are those of the author and do not necessarily reflect those of {outlet}.",
    "Have you got a story to share? Get in touch with the newsroom by writing to stories at {outlet} dot example.",
    "All content on this page is protected by copyright and may not be copied without the written consent of {outlet}.",
    "If you buy something through a link in this article, {outlet} may earn a small commission at no cost to you.",
    "Download the free {outlet} app for breaking news alerts and live coverage wherever you happen to be.",
    "Melden Sie sich für den Newsletter von {outlet} an und lesen Sie jeden Morgen das Wichtigste des Tages.",
    "Cet article est réservé aux abonnés de {outlet}, qui peuvent le partager librement avec leurs proches.",
    "Suscríbase al boletín de {outlet} y reciba cada mañana las noticias más importantes del día en su correo.",
    "この記事は{outlet}の会員向けに配信されたものであり、無断での転載および複製を固く禁じます。",
)
INSERTED = (
    "Our reporters work for you every day: support independent journalism at {outlet} with a monthly contribution.",
    "Recommended for you by the editors of {outlet}: the ten most read stories of the week in one place.",
)
SHORT_END = (
    "Follow us on social media",
    "Read more from {outlet}",
    "Share this story",
    "Report a typo",
    "Mehr zum Thema",
    "Got a tip?",
)
SHORT_TOP = ("{outlet} Online", "Listen to this story")
RUBRICS = ("Opinion", "Analysis", "Local news", "Sport", "Business")
BIO = (
    "{name} covers {beat} for {outlet} and has reported from more than a dozen countries over the last decade.",
    "{name} is a staff writer at {outlet}, where the focus is on {beat} and the people whom it concerns.",
    "{name} joined {outlet} after years as a freelance reporter and writes about {beat} every week.",
)
NAMES = (
    "Ada Winter",
    "Bo Okafor",
    "Carmen Ruiz",
    "Dmitri Falk",
    "Esi Mensah",
    "Farid Aziz",
    "Greta Holm",
    "Hana Mori",
    "Ivo Kral",
    "Jun Park",
)
BEATS = (
    "housing and city planning",
    "energy and climate",
    "schools and universities",
    "courts and crime",
    "technology and privacy",
    "health and medicine",
)
DATED = "Published in {outlet} on {day} {month} 2026 at {hour}:{minute} and edited by the night desk of the paper."

SUBHEADS = (
    "What happens next",
    "Background",
    "Analysis",
    "Why it matters",
    "Key points",
    "The bottom line",
    "How we got here",
    "A long road",
    "Reaction",
    "What we know",
)
DATELINES = ("LONDON", "WASHINGTON, D.C.", "BERLIN", "NAIROBI")
COLUMN = "Every week our columnist answers a question that readers have sent in about money, work and family."
MARKET = "The {outlet} index of leading shares rose {a}.{b} percent to close at {c},{d} points on light volume."
WEATHER = (
    "Temperatures along the coast will reach {a} degrees with winds of up to {c} kilometres an hour in the afternoon."
)
QUOTE = "“{words},” the spokesman said when he was asked about it."
