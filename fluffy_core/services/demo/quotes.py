"""Letters become bodies, plain and HTML, each in the manner of the program its sender writes with."""

import re
import textwrap
from datetime import datetime
from html import escape

from fluffy_core.services.demo.clock import spoken_date, weekday_name
from fluffy_core.services.demo.letters import Letter
from fluffy_core.services.demo.people import Party

HTML_CLIENTS = frozenset({"outlook", "gmail", "apple", "phone"})
_DEPTH = 3
_WIDTH = 74
_PHONE = {"en": "Sent from my iPhone", "de": "Von meinem iPhone gesendet"}
_HEADER_WORDS = {
    "en": ("From", "Sent", "To", "Cc", "Subject"),
    "de": ("Von", "Gesendet", "An", "Cc", "Betreff"),
}
_FORWARDED = {
    ("gmail", "en"): "---------- Forwarded message ---------",
    ("gmail", "de"): "---------- Weitergeleitete Nachricht ---------",
    ("thunderbird", "en"): "-------- Forwarded Message --------",
    ("thunderbird", "de"): "-------- Weitergeleitete Nachricht --------",
    ("apple", "en"): "Begin forwarded message:",
    ("apple", "de"): "Anfang der weitergeleiteten Nachricht:",
}
_MARK = re.compile(r"\[image\]")


def plain_body(letter: Letter, depth: int = _DEPTH) -> str:
    """The text part: the new words, the signature, and what is quoted, `depth` letters deep."""
    text = letter.text if letter.client == "outlook" else _wrapped(letter.text)
    text = _MARK.sub(f"[cid:{image_id(letter)}]" if letter.client == "outlook" else "[image]", text)
    sign = _signature(letter)
    own = f"{text}\n\n{sign}" if sign else text
    quote = _plain_quote(letter, depth)
    if not quote:
        return own + "\n"
    if letter.line.has("interleaved"):
        return f"{_attribution(letter)}\n{own}\n"
    return f"{quote}\n\n{own}\n" if letter.line.has("bottom") else f"{own}\n\n{quote}\n"


def html_body(letter: Letter, depth: int = _DEPTH) -> str:
    """The HTML part as a fragment, built like `plain_body`."""
    sign = escape(_signature(letter)).replace("\n", "<br>\n")
    logo = letter.sender.person.company.logo if letter.sender.person.company else ""
    picture = (
        f'<br>\n<img src="cid:{logo_id(logo)}" width="120" alt="">'
        if depth == _DEPTH and shows_logo(letter)
        else ""
    )
    blocks = _html_blocks(letter, picture=depth == _DEPTH)
    if sign and letter.client == "outlook":
        blocks += f'\n<p class="MsoNormal" style="color:#44546A;font-size:9.0pt">{sign}{picture}</p>'
    elif sign:
        blocks += f'\n<br clear="all"><div dir="ltr" class="gmail_signature">{sign}{picture}</div>'
    return blocks + _html_quote(letter, depth)


def html_page(letter: Letter) -> str:
    """The whole HTML part."""
    style = "<style>p.MsoNormal{margin:0 0 8pt;font:11pt Calibri,sans-serif}</style>"
    head = f"<head>{style}</head>" if letter.client == "outlook" else ""
    return f"<html>{head}<body>\n{html_body(letter)}\n</body></html>\n"


def image_id(letter: Letter) -> str:
    """The Content-ID of the image a letter shows inline."""
    return f"image001.{letter.id[:12].lower()}@{letter.sender.person.domain}"


def logo_id(file: str) -> str:
    """The Content-ID of a company's logo."""
    return f"logo-{file.partition('.')[0]}@inline.example"


def shows_logo(letter: Letter) -> bool:
    """Outlook users whose company has a logo sign with it."""
    company = letter.sender.person.company
    return bool(company and company.logo and letter.client == "outlook" and _signature(letter))


def _signature(letter: Letter) -> str:
    """Outlook signs always, the others only where a thread (or their part in it) begins."""
    person, line = letter.sender.person, letter.line
    if letter.client == "phone":
        return _PHONE[person.lang]
    if (
        line.has("nosig")
        or line.has("auto")
        or letter.sender.address != person.address
        or not person.signature
    ):
        return ""
    if letter.client == "outlook":
        return person.signature
    return f"-- \n{person.signature}" if _first_by_sender(letter) else ""


def _first_by_sender(letter: Letter) -> bool:
    earlier = letter.parent
    while earlier is not None:
        if earlier.sender.person is letter.sender.person:
            return False
        earlier = earlier.parent
    return True


def _quotes(letter: Letter, depth: int) -> bool:
    return (
        letter.parent is not None and depth > 0 and not (letter.line.has("bare") or letter.line.has("auto"))
    )


def _wrapped(text: str) -> str:
    """Lines folded as programs fold them; what the text quotes by itself stays whole, lists hang."""
    return "\n".join(line if line.startswith(">") else _folded(line) for line in text.splitlines())


def _folded(line: str) -> str:
    hang = "  " if line.startswith("- ") else ""
    return textwrap.fill(line, _WIDTH, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)


def _when(moment: datetime, lang: str) -> str:
    if lang == "de":
        return f"{moment:%d.%m.%Y %H:%M}"
    return f"{moment.day} {spoken_date(moment.date(), lang).split()[1]} {moment:%Y %H:%M}"


def _mailbox(party: Party) -> str:
    return f"{party.name} <{party.address}>"


def _short_month(name: str, lang: str) -> str:
    if lang == "en":
        return name[:3]
    return name if len(name) <= len("März") else f"{name[: 4 if name == 'September' else 3]}."


def _attribution(letter: Letter) -> str:
    """The line that opens a quote; None of Outlook's, which writes a block of headers."""
    parent, lang = letter.parent, letter.sender.person.lang
    assert parent is not None
    when, who = parent.when, _mailbox(parent.sender)
    weekday = weekday_name(when.date(), lang)
    day, _, name = spoken_date(when.date(), lang).partition(" ")
    month = f"{day} {_short_month(name, lang)}"
    if letter.client == "gmail":
        if lang == "de":
            return f"Am {weekday[:2]}., {month} {when:%Y} um {when:%H:%M} Uhr schrieb {who}:"
        return f"On {weekday[:3]}, {month} {when:%Y} at {when:%H:%M}, {who} wrote:"
    if letter.client in ("apple", "phone"):
        if lang == "de":
            return f"Am {when:%d.%m.%Y} um {when:%H:%M} schrieb {who}:"
        return f"On {month} {when:%Y}, at {when:%H:%M}, {who} wrote:"
    if lang == "de":
        return f"Am {when:%d.%m.%y} um {when:%H:%M} schrieb {parent.sender.name}:"
    return f"On {when:%d/%m/%Y} {when:%H:%M}, {parent.sender.name} wrote:"


def _header_block(letter: Letter) -> list[tuple[str, str]]:
    parent, lang = letter.parent, letter.sender.person.lang
    assert parent is not None
    day = f"{weekday_name(parent.when.date(), lang)}, {_when(parent.when, lang)}"
    values = (
        _mailbox(parent.sender),
        day,
        "; ".join(map(_mailbox, parent.to)),
        "; ".join(map(_mailbox, parent.cc)),
        parent.subject,
    )
    return [(word, value) for word, value in zip(_HEADER_WORDS[lang], values, strict=True) if value]


def _plain_quote(letter: Letter, depth: int) -> str:
    if not _quotes(letter, depth):
        return ""
    assert letter.parent is not None
    inner = plain_body(letter.parent, depth - 1).rstrip()
    forwarded = (
        _FORWARDED.get((letter.client, letter.sender.person.lang), "-" * 12) if letter.line.has("fwd") else ""
    )
    if letter.client == "outlook" or forwarded:
        block = "\n".join(f"{word}: {value}" for word, value in _header_block(letter))
        rule = forwarded if letter.client != "outlook" else "_" * 32
        return f"{rule}\n{block}\n\n{inner}"
    quoted = "\n".join(
        f"> {line}".rstrip() if not line.startswith(">") else f">{line}" for line in inner.splitlines()
    )
    return f"{_attribution(letter)}\n{quoted}"


def _html_quote(letter: Letter, depth: int) -> str:
    if not _quotes(letter, depth):
        return ""
    assert letter.parent is not None
    inner = html_body(letter.parent, depth - 1)
    if letter.client == "outlook" or letter.line.has("fwd"):
        block = "<br>\n".join(f"<b>{word}:</b> {escape(value)}" for word, value in _header_block(letter))
        rule = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"
        return f'\n<div style="{rule}"><p class="MsoNormal">{block}</p></div>\n{inner}'
    line = escape(_attribution(letter))
    if letter.client == "gmail":
        style = "margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"
        return (
            f'\n<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{line}<br></div>'
            f'<blockquote class="gmail_quote" style="{style}">{inner}</blockquote></div>'
        )
    return f'\n<div><br><blockquote type="cite"><div>{line}</div><br>\n{inner}</blockquote></div>'


def _html_blocks(letter: Letter, *, picture: bool) -> str:
    """Paragraphs, lists and the inline image of the new words; a quote leaves the image out."""
    paragraph = '<p class="MsoNormal">{}</p>' if letter.client == "outlook" else '<div dir="ltr">{}</div><br>'
    blocks = []
    for block in letter.text.split("\n\n"):
        lines = escape(block).splitlines()
        if all(line.startswith("- ") for line in lines):
            blocks.append("<ul>" + "".join(f"<li>{line[2:]}</li>" for line in lines) + "</ul>")
        else:
            blocks.append(paragraph.format("<br>\n".join(lines)))
    alt = escape(letter.line.get("inline"))
    tag = f'<img src="cid:{image_id(letter)}" width="360" alt="{alt}">' if picture else f"[{alt}]"
    return _MARK.sub(tag, "\n".join(blocks))
