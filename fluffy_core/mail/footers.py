"""Disclaimers, mailing-list footers and advertisements at the end of a text."""

import re
from collections.abc import Iterator

_MOST_LINES = 80  # lines from the end that are looked at
_RULE_CHARS = "-_=*~#"
_SHORTEST_RULE = 5
_ENOUGH_HINTS = 3
_SHORTEST_FOOTER = 12

_SURE_PHRASES = (
    # lists and advertisements
    r"do you yahoo|your use of yahoo! groups|get your free @?(?:yahoo|download of msn)",
    r"chat with friends online",
    r"join the world.s largest e-?mail service|send and receive hotmail|msn photos is",
    r"protect your pc - get mcafee",
    r"e?-?mail is sponsored by|mailman/listinfo|virus-free\.|checked by avg",
    r"^\S{1,60} mailing list\s+(?:<?\S{1,80}@|http)",
    r"scanned for viruses",
    r"wurde von avast|e-?mail has been checked",
    r"you (?:are receiv|receiv)\w+ this (?:e-?mail|message|newsletter|because)",
    r"to unsubscribe(?:[,:]| from| send| go| click| please| visit| reply| or )",
    r"you are subscribed to",
    r"(?:vom )?newsletter (?:abmelden|abbestellen)|se désabonner|pour vous désinscrire",
    r"darse de baja",
    r"cancellar[ei] l.iscrizione|afmelden voor|think before (?:you )?print",
    r"consider the environment before",
    r"denken sie an die umwelt",
    # legal notices
    r"this e-?mail (?:is the property of|is intended|is confidential|and any|may contain|contains)",
    r"this (?:e-?mail )?(?:message|transmission) (?:is intended|is confidential|and any|(?:may )?contain)",
    r"the information (?:contained|transmitted) in this|the contents of this e-?mail",
    r"confidentiality notice",
    r"privileged (?:and|or|&) ?/?confidential|confidential (?:and|or|&|and/or) privileged",
    r"if you (?:have received this|are not the intended)|not the intended recipient",
    r"diese (?:e-?mail|nachricht) (?:enthält|ist vertraulich|und alle)",
    r"der inhalt dieser (?:e-?mail|nachricht)",
    r"ce (?:message|courriel) (?:et|contient|est confidentiel|est destiné)",
    r"este (?:mensaje|correo|e-?mail) (?:y|contiene|es confidencial|va dirigido)",
    r"questo messaggio (?:è|e|contiene)",
    r"le informazioni contenute|esta mensagem (?:e|contém|é confidencial)",
    r"dit (?:e-?mail)?bericht (?:is|en)",
    r"de informatie (?:in|verzonden)|deze e-?mail (?:is|en)|niniejsza wiadomość",
    r"sitz der gesellschaft|registered (?:office|in england)|handelsregister",
)
_SURE = re.compile("|".join(_SURE_PHRASES), re.MULTILINE)
_HINTS = re.compile(
    r"confidential|privileged|intended (?:only|solely|recipient|for the)|addressee|disclos\w+|prohibited"
    r"|unauthori[sz]ed|received this|notify the sender|vertraulich|empfänger|irrtümlich|unbefugt\w*"
    r"|confidentiel\w*|destinataire|confidencial\w*|destinatario|riservat\w+|vertrouwelijk|geadresseerde|destinatário|poufn\w+"
    r"|virus\w*|liab\w+"
)


_STEM_WORDS = (
    "mail|message|yahoo|msn|virus|subscri|newsletter|désabonner|désinscrire|darse de baja|"
    "iscrizione|afmelden|print|environment|umwelt|chat with|transmission|information|"
    "confiden|privileg|recipient|nachricht|courriel|mensaje|correo|messaggio|informa|"
    "mensagem|bericht|wiadomość|gesellschaft|registered|handelsregister|intended|addressee|"
    "disclos|prohibited|unauthori|vertraulich|empfänger|irrtümlich|unbefugt|destinat|riserva|"
    "vertrouwelijk|geadresseerde|poufn"
)
_STEMS = tuple(_STEM_WORDS.split("|"))
"""What every footer holds at least one of: a cheap look before the expressions."""


def start(lines: list[str], first: int, end: int) -> int:
    """Return the line where the footer of lines `first` up to `end` starts, `end` when there is none.

    A footer is the last paragraphs from the first one that reads like a legal notice, a list footer
    or an advertisement, with the drawn rule above it.
    """
    floor = max(first, end - _MOST_LINES)
    best = end
    for top, bottom in _paragraphs(lines, floor, end):
        text = " ".join(lines[top:bottom]).casefold()
        if _is_rule(text) and bottom - top == 1:
            continue
        if _is_footer(text):
            best = _first_hit(lines, top, bottom)
        elif best == end or not _is_notice_tail(text):
            break
    return _with_rule(lines, floor, best) if best < end else end


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
        if _HINTS.search(folded) is not None or _SURE.search(folded) is not None:
            return top if lines[top].strip() == "--" and _is_list_footer(folded, i - top) else i
    return top


def _is_list_footer(folded: str, below: int) -> bool:
    """Tell whether the text under a "-- " line is the list's, not the author's."""
    return below == 1 or "listinfo" in folded or "subscri" in folded


def _is_footer(text: str) -> bool:
    if len(text) < _SHORTEST_FOOTER or not any(stem in text for stem in _STEMS):
        return False
    if _SURE.search(text) is not None:
        return True
    return len(set(_HINTS.findall(text))) >= _ENOUGH_HINTS


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
