"""What of a message its author wrote: the text without what it quotes."""

from __future__ import annotations

import re
from typing import Final

_WROTE: Final = (
    r"wrote|writes|schrieb(?: am[^\n]*)?|a écrit|escribió|escreveu|ha scritto|scrive|schreef|"
    r"napisał(?:\(a\)|a)?|pisze"
)
_HEADS: Final = "From|Von|De|Da|Van|Od|Nadawca|Mittente"
_NEXT: Final = (
    "Sent|Date|To|Subject|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|Enviado(?: el)?|Enviada|Fecha|Para|Asunto|Data|"
    "Assunto|Inviato|A|Oggetto|Verzonden|Aan|Onderwerp|Wysłano|Do|Temat"
)
_ORIGINAL: Final = (
    "Original Message|Original Appointment|Forwarded message|Ursprüngliche Nachricht|Originalnachricht|"
    "Weitergeleitete Nachricht|Message d.origine|Message transféré|Mensaje original|Mensaje reenviado|"
    "Mensagem original|Mensagem encaminhada|Messaggio originale|Messaggio inoltrato|Oorspronkelijk bericht|"
    "Doorgestuurd bericht|Wiadomość oryginalna|Oryginalna wiadomość|Wiadomość przekazana"
)
_BEGINS: Final = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"^[ \t]*[-_=*]{{2,}}[ \t]*(?:{_ORIGINAL})\b",
        r"^[ \t]*_{10,}[ \t]*$(?=\s*\S+:)",
        r"^[ \t]*Begin forwarded message:",
        # "On Mon, 2 Mar 2026 at 10:00, Pat <pat@example.com> wrote:", also broken into two lines.
        rf"^[ \t]*\S[^\n]{{3,200}}(?:\n[^\n]{{0,120}})?\b(?:{_WROTE})[ \t]?(?:[^\n]{{0,80}}<[^\n>]{{3,80}}>)?"
        r"[ \t]?:[ \t]*$",
        rf"^[ \t]*\*?(?:{_HEADS})[ \t]?:\*?[ \t][^\n]+\n(?:[^\n]*\n)?[ \t]*\*?(?:{_NEXT})[ \t]?:",
    )
)
_QUOTED_LINE: Final = re.compile(r"^[ \t]*(?:>|\|[ \t]).*$", re.MULTILINE)
_SIGNATURE: Final = re.compile(r"^-- ?$", re.MULTILINE)

LONGEST: Final = 20_000
"""Characters that are read of a message."""


def unquoted(text: str) -> str:
    """The author's own words: lines that are marked as quoted are left out, and whatever follows a reply's head."""
    text = _QUOTED_LINE.sub("", text[:LONGEST])
    begins = [found.start() for pattern in _BEGINS if (found := pattern.search(text))]
    return text[: min(begins, default=len(text))].strip()


def without_signature(text: str) -> str:
    """A text up to the line that parts it from its author's signature (RFC 3676)."""
    found = _SIGNATURE.search(text)
    return text[: found.start()].strip() if found and found.start() else text
