"""Disclaimers, mailing-list footers and advertisements at the end of a text."""

import re
from collections.abc import Iterator

_MOST_LINES = 80  # lines from the end that are looked at
_RULE_CHARS = "-_=*~#"
_SHORTEST_RULE = 5
_ENOUGH_HINTS = 3
_SHORTEST_FOOTER = 12
_MOST_BELOW_RULE, _MOST_FRAMED = 12, 40  # lines that say something
_MOST_LIST_LINES = 8
_LIST_WORDS = ("listinfo", "mailing list", "unsubscri", "subscription")

_SURE_WORDS = (
    # lists and advertisements
    "do you yahoo",
    "your use of yahoo! groups",
    "groups sponsor",
    "groups links",
    "chat with friends online",
    "send and receive hotmail",
    "msn photos is",
    "protect your pc - get mcafee",
    "mail is sponsored by",
    "mailman/listinfo",
    "virus-free.",
    "checked by avg",
    "scanned for viruses",
    "wurde von avast",
    "you are subscribed to",
    "newsletter abmelden",
    "newsletter abbestellen",
    "se désabonner",
    "pour vous désinscrire",
    "darse de baja",
    "afmelden voor",
    "consider the environment before",
    "denken sie an die umwelt",
    # legal notices
    "confidentiality notice",
    "not the intended recipient",
    "le informazioni contenute",
    "niniejsza wiadomość",
    "sitz der gesellschaft",
    "registered office",
    "registered in england",
    "handelsregister",
)
_SURE_PHRASES = (
    # lists and advertisements
    ("get your free", r"get your free @?(?:yahoo|download of msn)"),
    ("join the world", r"join the world.s largest e-?mail service"),
    (" mailing list", r"^\S{1,60} mailing list\s+(?:<?\S{1,80}@|http)"),
    ("mail has been checked", r"e-?mail has been checked"),
    ("receiv", r"you (?:are |have )?receiv\w+ this (?:e-?mail|message|newsletter|because)"),
    ("was sent", r"this (?:e-?mail|message) was sent (?:from|by|to|automatically)"),
    ("is being sent", r"this (?:e-?mail|message) is being sent to you"),
    ("subscri", r"to (?:change|update|manage|modify) your (?:[\w-]+ ){0,2}subscription"),
    ("to unsubscribe", r"to unsubscribe(?:[,:]| from| send| go| click| please| visit| reply| or )"),
    ("iscrizione", r"cancellar[ei] l.iscrizione"),
    ("think before", r"think before (?:you )?print"),
    # legal notices
    (
        "mail ",
        r"this e-?mail (?:is the property of|is intended|is confidential|and any|may contain|contains)",
    ),
    ("message ", r"this (?:e-?mail )?message (?:is intended|is confidential|and any|(?:may )?contain)"),
    (
        "transmission ",
        r"this (?:e-?mail )?transmission (?:is intended|is confidential|and any|(?:may )?contain)",
    ),
    ("the information", r"the information (?:contained|transmitted) in this"),
    ("the contents of this", r"the contents of this e-?mail"),
    ("privileged", r"privileged (?:and|or|&) ?/?confidential|confidential (?:and|or|&|and/or) privileged"),
    ("if you ", r"if you (?:have received this|are not the intended)"),
    ("diese ", r"diese (?:e-?mail|nachricht) (?:enthält|ist vertraulich|und alle)"),
    ("der inhalt dieser", r"der inhalt dieser (?:e-?mail|nachricht)"),
    ("ce ", r"ce (?:message|courriel) (?:et|contient|est confidentiel|est destiné)"),
    ("este ", r"este (?:mensaje|correo|e-?mail) (?:y|contiene|es confidencial|va dirigido)"),
    ("named ", r"e-?mail is for the named (?:person|recipient|addressee)"),
    ("gedruckt", r"mail.{0,40}gedruckt werden"),
    ("environnement", r"environnement avant d.imprimer"),
    ("imprimir", r"antes de imprimir.{0,80}(?:ambiente|necesari|necessári|árbol|árvore|papel)"),
    ("afdruk", r"milieu.{0,40}(?:e-?mail|bericht).{0,12}afdruk|afdruk.{0,40}milieu"),
    ("presente messaggio", r"presente messaggio (?:e|è|contiene)"),
    ("questo messaggio", r"questo messaggio (?:è|e|contiene)"),
    ("esta mensagem", r"esta mensagem (?:e|contém|é confidencial)"),
    ("bericht ", r"dit (?:e-?mail)?bericht (?:is|en)"),
    ("de informatie ", r"de informatie (?:in|verzonden)"),
    ("deze e", r"deze e-?mail (?:is|en)"),
)
_SURE = tuple((part, re.compile(expression, re.MULTILINE)) for part, expression in _SURE_PHRASES)
"""Expressions, each with a part of all that it matches: a cheap look first."""
_HINTS = re.compile(
    r"confidential|privileged|intended (?:only|solely|recipient|for the)|addressee|disclos\w+|prohibited"
    r"|unauthori[sz]ed|received this|notify the sender|vertraulich|empfänger|irrtümlich|unbefugt\w*"
    r"|confidentiel\w*|destinataire|confidencial\w*|destinatario|riservat\w+|vertrouwelijk|geadresseerde|destinatário|poufn\w+"
    r"|privilégié\w*|non autorisée|par erreur|interdit\w*|diffusion"
    r"|adressat\w*|rechtlich geschützt\w*|vernicht\w+"
    r"|privilegiad\w+|prohibid\w+|notificad\w+|por error|por engano|destina-se|per errore|per abuis"
    r"|virus\w*|liab\w+"
    r"|ausschließlich|bestimmt|esclusivamente|destinat\w*|exclusiv\w*|confidențial\w*|uitsluitend|bestemd"
    r"|wyłącznie|przeznaczon\w*|usunięci\w*|konfidenti?el\w*|konfidensiel\w*|mottagare\w*|mottakere\w*"
    r"|modtagere\w*|fortrolig\w*|misstag|ved en fejl|ved en feil|radera|slette|luottamuksel\w*"
    r"|vastaanottaja\w*|vahingossa|erehdyks\w*|tarkoitettu|důvěrn\w*|určen[áaoé]|smažte|omylem|bizalmas"
    r"|kizárólag|címzett\w*|gizli|alıcı\w*|yetkisiz|yönelik\w*|конфиденциальн\w*|предназначен\w*"
    r"|исключительно|адресат\w*"
    r"|εμπιστευτικ\w*|αποκλειστικ\w*|παραλήπτ\w*"
)


_FILE = re.compile(r"[-*]? ?[\w][\w ().&'-]{0,80}\.[a-z]{3,4}")
"""The name of a file that came along, as some programs write it below the text."""
_ATTACHED = re.compile(
    r"\s*(?:- [\w][\w ().&'-]{0,80}\.[A-Za-z]{3,4}|<<.{1,120}>>"
    r"|\((?:See attached file|Siehe angehängte Datei): .{1,120}\))\s*"
)
"""A line that names a file that came along, as a program leaves it where the file was."""
_STEM_WORDS = (
    "mail|message|yahoo|groups|msn|virus|subscri|newsletter|désabonner|désinscrire|darse de baja|"
    "iscrizione|afmelden|print|environment|umwelt|chat with|transmission|information|"
    "confiden|privileg|privilég|vernicht|adressat|recipient|nachricht|courriel|mensaje|correo|messaggio|informa|"
    "mensagem|bericht|wiadomość|gesellschaft|registered|handelsregister|intended|addressee|"
    "disclos|prohibited|unauthori|vertraulich|empfänger|irrtümlich|unbefugt|destinat|riserva|"
    "vertrouwelijk|geadresseerde|poufn|meddelande|mottag|mottak|modtag|viesti|důvěrn|zpráv|bizalmas|e-posta|gizli|сообщени|μήνυμα|"
    "gedruckt|imprim|afdruk|milieu|mesaj"
)
_STEMS = tuple(_STEM_WORDS.split("|"))
"""What every footer holds at least one of: a cheap look before the expressions."""


def start(lines: list[str], first: int, end: int) -> int:
    """Return the line where the footer of lines `first` up to `end` starts, `end` when there is none.

    A footer is the last paragraphs from the first one that reads like a legal notice, a list footer
    or an advertisement, with the drawn rule above it.
    """
    floor = max(first, end - _MOST_LINES)
    best = _set_off(lines, floor, end)
    for top, bottom in _paragraphs(lines, floor, best):
        text = " ".join(lines[top:bottom]).casefold()
        if bottom - top == 1 and (_is_rule(text) or _FILE.fullmatch(text.strip())):
            continue
        if _is_footer(text):
            best = _first_hit(lines, top, bottom)
        elif best == end or not _is_notice_tail(text):
            break
    return _with_rule(lines, floor, best) if best < end else end


def only_names_files(lines: list[str]) -> bool:
    """Tell whether there is nothing but names of files that came along, as programs leave them."""
    return all(_ATTACHED.fullmatch(line) for line in lines if line.strip())


def of_list(lines: list[str], first: int, end: int) -> int:
    """Return the line where the footer of a list starts in the last paragraph, `end` when there is none.

    Below a quote without marks that is all that tells what the list wrote now from what it wrote then.
    """
    top, bottom = next(_paragraphs(lines, max(first, end - _MOST_LINES), end), (end, end))
    text = " ".join(lines[top:bottom]).casefold()
    of_list = bottom - top <= _MOST_LIST_LINES and any(words in text for words in _LIST_WORDS)
    return _with_rule(lines, first, top) if of_list and _is_footer(text) else end


def _set_off(lines: list[str], first: int, end: int) -> int:
    """Return where the last rule stands, if what is below it, or between it and a last rule, is a footer.

    A rule sets off what follows: where one of its paragraphs is a footer, all of it is.
    """
    said = [i for i in range(end - 1, first - 1, -1) if lines[i].strip()]
    framed = bool(said) and _is_rule(lines[said[0]].strip())
    inside = said[framed : framed + (_MOST_FRAMED if framed else _MOST_BELOW_RULE) + 1]
    rule = next((i for i in inside if lines[i].strip() == "--" or _is_rule(lines[i].strip())), end)
    is_footer = (
        rule < end
        and _is_rule(lines[rule].strip())
        and any(
            _is_footer(" ".join(lines[top:bottom]).casefold())
            for top, bottom in _paragraphs(lines, rule + 1, end)
        )
    )
    return rule if is_footer else end


def _paragraphs(lines: list[str], first: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the paragraphs, last one first; a drawn rule is a border too."""
    bottom = end
    while bottom > first:
        if not lines[bottom - 1].strip():
            bottom -= 1
            continue
        top = bottom - 1
        while top > first and lines[top - 1].strip() and not _is_rule(lines[top].strip()):
            if _is_rule(lines[top - 1].strip()):
                break
            top -= 1
        yield top, bottom
        bottom = top


def _first_hit(lines: list[str], top: int, bottom: int) -> int:
    """Return the first line of the paragraph that speaks like a footer; above it may be a signature."""
    if top > 0 and _is_rule(lines[top - 1].strip()):
        return top
    for i in range(top, bottom):
        folded = lines[i].casefold()
        if _HINTS.search(folded) is not None or _is_sure(folded):
            return top if lines[top].strip() == "--" and _is_list_footer(folded, i - top) else i
    return top


def _is_list_footer(folded: str, below: int) -> bool:
    """Tell whether the text under a "-- " line is the list's, not the author's."""
    return below == 1 or "listinfo" in folded or "subscri" in folded


def _is_footer(text: str) -> bool:
    if len(text) < _SHORTEST_FOOTER or not any(stem in text for stem in _STEMS):
        return False
    return _is_sure(text) or len(set(_HINTS.findall(text))) >= _ENOUGH_HINTS


def _is_sure(text: str) -> bool:
    """Tell whether folded text holds words that only footers hold."""
    return any(words in text for words in _SURE_WORDS) or any(
        part in text and pattern.search(text) is not None for part, pattern in _SURE
    )


def _is_notice_tail(text: str) -> bool:
    """Tell whether a paragraph between footers belongs to them: any hint, or a link or address alone."""
    return _HINTS.search(text) is not None or "http" in text or _is_rule(text.strip())


def _is_rule(stripped: str) -> bool:
    return (
        len(stripped) >= _SHORTEST_RULE
        and stripped[0] in _RULE_CHARS
        and not stripped.strip(stripped[0] + " ")
    )


def _with_rule(lines: list[str], first: int, top: int) -> int:
    above = top - 1
    while above >= first and not lines[above].strip():
        above -= 1
    return above if above >= first and _is_rule(lines[above].strip()) else top
