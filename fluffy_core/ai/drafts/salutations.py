"""Greetings and sign-offs: read into a form from the closed vocabulary, and written from one."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from fluffy_core.ai.drafts.style_words import Vocabulary
from fluffy_core.domain.styles import Named

FIRST, LAST, FULL = "{first}", "{last}", "{first} {last}"
INITIAL, INITIALS = "{initial}", "{initials}"
_DASHES = "–-"
_MARKS = f",!:.;…{_DASHES}"
_LONGEST = 60
_NAMELESS = re.compile(r"^\{.*|(?:,? |\n)\{[^\n]*\}")
"""What goes with a name that is not known; a greeting that is only a name goes as a whole."""
_INLINE = re.compile(r"([^,!.?]{2,40}[,!]) \S")
"""A greeting that the text goes on behind: "Ann, it is here."."""
_FROM = re.compile(r"(?:aus|from|und|and|de|desde|da) ", re.IGNORECASE)
"""What may stand behind a closing phrase without a name: "Viele Grüße aus Berlin"."""
_SPACES = re.compile(r"[ \t]+")


def read_greeting(line: str, to: Named, words: Vocabulary) -> str | None:
    """The form of a greeting line: "Hi Ann," is "Hi {first},"; None when it is none.

    A name that is not the reader's counts as their first name: people are called by others than their
    addresses say.
    """
    text = _SPACES.sub(" ", line.strip())
    head = text if len(text) <= _LONGEST else ""
    found = _whole_greeting(head, to, words)
    if found is None and (inline := _INLINE.match(text)):
        found = _whole_greeting(inline[1], to, words)
    return found


def _whole_greeting(text: str, to: Named, words: Vocabulary) -> str | None:
    match = _greeting(words).match(text)
    if match is None:
        return _only_name(text, to)
    named = _name_form(match["rest"] or "", to, words)
    if named is None:
        return None
    phrase = _as_listed(match["phrase"], words.greetings)
    mark = match["mark"].strip()
    dash = f" {mark}" if mark in _DASHES and mark else mark
    return phrase + (f"{match['comma']} {named}" if named else "") + dash


def read_sign_off(lines: list[str], me: Named, words: Vocabulary) -> str | None:
    """The form of the last lines ("Best,", "Ann" is "Best,\\n{first}"); None when they hold no sign-off."""
    filled = [_SPACES.sub(" ", line.strip()) for line in lines if line.strip()]
    for place, text in enumerate(filled):
        match = _sign_off(words).match(text) if len(text) <= _LONGEST else None
        if match is None:
            continue
        phrase = _as_listed(match["phrase"], words.sign_offs) + (match["mark"] or "")
        if match["rest"] and not _FROM.match(match["rest"]):
            form = _own_name(match["rest"], me)
            if form:
                return f"{phrase} {form}"
            continue
        name = _own_name(filled[place + 1], me) if place + 1 < len(filled) else ""
        return f"{phrase}\n{name}" if name else phrase
    return next((form for text in filled[:1] if (form := _own_name(text, me))), None)


def write_greeting(form: str, to: Named) -> str:
    """A greeting line for somebody; what is not known of their name is left out."""
    return _filled(form, to)


def write_sign_off(form: str, me: Named) -> str:
    """The last lines of a letter of mine."""
    return _filled(form, me)


def neutral(form: str, words: Vocabulary, *, informal: bool = False) -> str:
    """A greeting that is right for anybody: without what tells a man from a woman, and without titles."""
    phrase = _leading(form, words)
    titled = any(f"{title} " in form for title in words.titles)
    if phrase not in words.gendered and not titled:
        return form
    if phrase in words.gendered:
        tone = "informal" if informal or words.greetings[phrase] < _HALF else ""
        other = words.default("neutral_greeting", tone=tone)
        form = other + form[len(phrase) :]
    for title in words.titles:
        form = form.replace(f"{title} {LAST}", FULL)
    return form


_HALF = 0.5


def is_to_all(form: str, words: Vocabulary) -> bool:
    """Whether a greeting is to a crowd: "Hi all,"."""
    return any(form.rstrip(_MARKS).endswith(f" {one}") for one in words.everybody)


def formality(form: str, words: Vocabulary) -> float | None:
    """How formal the phrase of a greeting or sign-off is; None for a bare name or none."""
    text = form.casefold()
    for phrase, score in _by_length({**words.sign_offs, **words.greetings}):
        if text.startswith(phrase.casefold()):
            return score
    return None


def _leading(form: str, words: Vocabulary) -> str:
    return next((phrase for phrase, _ in _by_length(words.greetings) if form.startswith(phrase)), "")


def _filled(form: str, person: Named) -> str:
    whole = f"{person.first} {person.last}".strip()
    if not whole:
        return _NAMELESS.sub("", form).strip()
    initials = "".join(part[0] for part in (person.first, person.last) if part)
    text = form.replace(FULL, whole).replace(INITIALS, initials).replace(INITIAL, initials[:1])
    return text.replace(LAST, person.last or person.first).replace(FIRST, person.first or person.last)


def _name_form(rest: str, to: Named, words: Vocabulary) -> str | None:
    """The form of what stands between phrase and mark; None when that is no name."""
    text = rest.strip()
    if not text:
        return ""
    if text.casefold() in {one.casefold() for one in words.everybody}:
        return _as_listed(text, words.everybody)
    title = next((one for one in words.titles if text.casefold().startswith(one.casefold() + " ")), "")
    name = text[len(title) :].strip()
    if not _is_name(name):
        return None
    form = _which(name, to)
    return f"{title} {LAST}" if title else form


def _which(name: str, to: Named) -> str:
    folded = name.casefold()
    if to.last and folded == to.last.casefold() and folded != to.first.casefold():
        return LAST
    if " " in name and folded != to.first.casefold():
        return FULL
    return FIRST


_NAME = re.compile(r"[^\W\d_][\w.'’-]{0,24}(?: [^\W\d_][\w.'’-]{0,24}){0,2}")
_NO_NAMES = re.compile(
    r"(?:thanks?|yes|no|ok|okay|please|danke|ja|nein|bitte|merci|oui|non|sure|great)\b", re.IGNORECASE
)


def _is_name(text: str) -> bool:
    if not _NAME.fullmatch(text) or _NO_NAMES.match(text):
        return False
    return all(word[0].isupper() for word in text.split()) or text.islower()


def _only_name(text: str, to: Named) -> str | None:
    """A line that is only the reader's name: "Ann,"."""
    bare = text.rstrip(_MARKS + " ")
    if bare and to.first and bare.casefold() == to.first.casefold():
        return FIRST + text[len(bare) :].strip()
    return None


def _own_name(text: str, me: Named) -> str:
    """The form of a line with my name, "" when it is not that."""
    bare = text.strip().rstrip(",.!").lstrip("-–— ")
    folded = bare.casefold()
    forms = [(f"{me.first} {me.last}".strip(), FULL), (me.first, FIRST), (me.last, LAST)]
    if me.first and me.last:
        forms.append((me.first[0] + me.last[0], INITIALS))
    forms.append((me.first[:1], INITIAL))
    for name, form in forms:
        if name and folded.replace(".", "") == name.casefold().replace(".", ""):
            return FIRST if form == FULL and not me.last else form
    return ""


def _as_listed(phrase: str, listed: Iterable[str]) -> str:
    """The phrase with the capitals that the vocabulary gives it."""
    lower = phrase.lower()  # not casefold: "Grüße" and "Grüsse" are two habits
    return next((one for one in listed if one.lower() == lower), phrase)


def _by_length(phrases: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(phrases.items(), key=lambda one: (-len(one[0]), one[0]))


@cache
def _greeting_of(phrases: tuple[str, ...]) -> "re.Pattern[str]":
    joined = "|".join(re.escape(one) for one in sorted(phrases, key=len, reverse=True))
    name = r"(?:(?P<comma>,?)(?P<rest> [^\W\d_][^,!:;?]{0,50}?))?"
    mark = rf"(?P<mark> ?[{re.escape(_MARKS)}]?)"
    return re.compile(rf"(?P<phrase>{joined}){name}{mark} ?$", re.IGNORECASE)


@cache
def _sign_off_of(phrases: tuple[str, ...]) -> "re.Pattern[str]":
    joined = "|".join(re.escape(one) for one in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?P<phrase>{joined})(?P<mark>[,.!]?)(?: (?P<rest>.{{1,40}}))?$", re.IGNORECASE)


def _greeting(words: Vocabulary) -> "re.Pattern[str]":
    return _greeting_of(tuple(words.greetings))


def _sign_off(words: Vocabulary) -> "re.Pattern[str]":
    return _sign_off_of(tuple(words.sign_offs))
