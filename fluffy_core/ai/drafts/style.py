"""A writing style from letters: how they greet, address, close, and how long and lively they are."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from statistics import fmean, quantiles

from fluffy_core.ai.drafts import salutations
from fluffy_core.ai.drafts.style_words import Vocabulary, vocabulary
from fluffy_core.ai.sentences import sentences
from fluffy_core.ai.sentences.phrases import wordings
from fluffy_core.ai.sentences.sentences import Sentence, SentenceKind
from fluffy_core.domain.styles import Circle, Figures, Letter, Manner, Scope, Style, Trait

ENOUGH = 3
"""Letters from which on somebody's habit is known; with fewer the wider circle decides."""
_TAIL = 4
"""A sign-off is looked for in so many last lines."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_BULLET = re.compile(r"^[ \t]*(?:[-*•–]|\d{1,2}[.)])[ \t]+\S", re.MULTILINE)
_BULLETS = 2
"""Lines that begin like an item make a list from this number on."""
_OFTEN = 0.5


@dataclass(frozen=True, slots=True)
class Observed:
    """What one letter shows: the form of each trait that it has, and its figures."""

    forms: dict[Trait, str]
    figures: Figures


def observe(letter: Letter) -> Observed | None:
    """What a letter shows of its writer's style; None for a language without a vocabulary or no words."""
    words = vocabulary(letter.language)
    if words is None or not letter.text.strip():
        return None
    found = sentences.split(letter.text)
    told = body(letter, found, words)
    forms = {
        Trait.GREETING: _greeting(letter, found, words),
        Trait.SIGN_OFF: _sign_off(letter, words),
        Trait.OPENING: _opening(told),
    }
    if address := addressed(letter.text, words):
        forms[Trait.ADDRESS] = address
    if not letter.one_reader or salutations.is_to_all(forms[Trait.GREETING], words):
        del forms[Trait.GREETING]
    return Observed(forms, _figures(letter, told, forms, words=words))


def body(letter: Letter, found: Sequence[Sentence], words: Vocabulary) -> list[Sentence]:
    """The sentences between greeting and sign-off."""
    told = [each for each in found if each.kind is SentenceKind.TEXT]
    if told and told[0] is found[0] and salutations.read_greeting(told[0].text, letter.to, words) is not None:
        told = told[1:]
    while told and salutations.read_sign_off([told[-1].text], letter.me, words) is not None:
        told = told[:-1]
    return told


def addressed(text: str, words: Vocabulary) -> str:
    """How the reader is addressed ("du", "Sie"), "" where the text does not show it."""
    if words.informal is None or words.formal is None:
        return ""
    informal = len(words.informal.findall(text))
    formal = sum(not _opens_sentence(text, match.start()) for match in words.formal.finditer(text))
    return "" if informal == formal else words.address[formal > informal]


def summarised(observed: Iterable[Observed], *, language: str, circle: Circle) -> Style:
    """The style that these letters of one language have in common."""
    letters = list(observed)
    words = vocabulary(language)
    counted: dict[Trait, Counter[str]] = {}
    for each in letters:
        for trait, form in each.forms.items():
            if circle.scope is not Scope.PERSON and trait is Trait.GREETING and words is not None:
                form = salutations.neutral(form, words)  # noqa: PLW2901
            counted.setdefault(trait, Counter())[form] += 1
    return Style(
        language, circle, len(letters),
        {trait: dict(forms) for trait, forms in counted.items()},
        _means([each.figures for each in letters]),
        _quartiles([round(each.figures.words) for each in letters]),
    )  # fmt: skip


def manner(styles: Sequence[Style], language: str, *, address: str = "") -> Manner:
    """How to write to somebody: `styles` from the narrowest scope to the widest.

    The narrowest with ENOUGH letters decides; what it does not show, the next does, then the language's
    defaults. `address` is how the other side addresses me: taken up where I never wrote to them.
    Raises KeyError for a language without a vocabulary.
    """
    words = vocabulary(language)
    if words is None:
        raise KeyError(language)
    known = [one for one in styles if one.letters >= ENOUGH]
    own = [one for one in styles if one.letters and one.circle.scope is Scope.PERSON]
    how = _first([*own, *known], Trait.ADDRESS) if own else address or _first(known, Trait.ADDRESS)
    tone = "informal" if how and how == words.address[0] else ""
    greeting, sign_off = (_first(known, trait) for trait in (Trait.GREETING, Trait.SIGN_OFF))
    narrowest = known[0] if known else None
    if greeting is not None and narrowest is not None and narrowest.circle.scope is not Scope.PERSON:
        greeting = _fitting(greeting, words, tone=tone, how=how or "")
    return Manner(
        language,
        words.default("default_greeting", tone=tone) if greeting is None else greeting,
        words.default("default_sign_off", tone=tone) if sign_off is None else sign_off,
        how or words.address[1],
        thanks=_first(known, Trait.OPENING) == "thanks",
        lengths=narrowest.lengths if narrowest else (0, 0, 0),
        bullets=narrowest is not None and narrowest.figures.bullets >= _OFTEN,
        formality=narrowest.figures.formality if narrowest else 0.5,
        scope=narrowest.circle.scope if narrowest else Scope.EVERYONE,
        letters=narrowest.letters if narrowest else 0,
    )


def _fitting(greeting: str, words: Vocabulary, *, tone: str, how: str) -> str:
    """A greeting for everybody, unless it does not go with how this person is addressed."""
    score = salutations.formality(greeting, words)
    if not how or score is None or (score < _OFTEN) == bool(tone):
        return greeting
    return words.default("default_greeting", tone=tone)


def _first(styles: Sequence[Style], trait: Trait) -> str | None:
    return next((form for one in styles if (form := one.usual(trait)) is not None), None)


def _greeting(letter: Letter, found: Sequence[Sentence], words: Vocabulary) -> str:
    if not found:
        return ""
    line = letter.text.lstrip().split("\n", 1)[0]
    return salutations.read_greeting(line, letter.to, words) or ""


def _sign_off(letter: Letter, words: Vocabulary) -> str:
    """From what was taken for a signature, unless that is one to every mail ("-- "); else from the end."""
    signature = letter.signature.strip().split("\n")
    body_end = letter.text.rstrip().split("\n")[-_TAIL:]
    places = [] if signature[0].strip() == "--" else [signature]
    places += [body_end[at:] for at in range(len(body_end))]
    forms = (salutations.read_sign_off(lines, letter.me, words) for lines in places)
    return next((form for form in forms if form), "")


def _opening(told: Sequence[Sentence]) -> str:
    thanks = wordings()["courtesy_head"]
    first = told[0].text.lower() if told else ""
    thanked = first.startswith(_THANKING) and (thanks.matches(first) or first.startswith("merci"))
    return "thanks" if thanked else ""


_THANKING = (
    "thank",
    "many thank",
    "vielen dank",
    "danke",
    "herzlichen dank",
    "besten dank",
    "lieben dank",
    "merci",
)


def _figures(
    letter: Letter, told: Sequence[Sentence], forms: dict[Trait, str], *, words: Vocabulary
) -> Figures:
    text = " ".join(each.text for each in told)
    count = len(_WORD.findall(text))
    per_hundred = 100 / count if count else 0.0
    contractions = len(words.contractions.findall(text.replace("’", "'"))) if words.contractions else 0
    figures = Figures(
        words=count,
        sentence_words=count / max(1, len(told)),
        exclamations=text.count("!") / max(1, len(told)),
        contractions=contractions * per_hundred,
        hedges=len(words.hedges.findall(text)) * per_hundred,
        bullets=float(len(_BULLET.findall(letter.text)) >= _BULLETS),
    )
    return _with_formality(figures, forms, words)


def _with_formality(figures: Figures, forms: dict[Trait, str], words: Vocabulary) -> Figures:
    """Formality is the mean of what greeting, sign-off, address and liveliness say."""
    told = [salutations.formality(forms.get(trait, ""), words) for trait in (Trait.GREETING, Trait.SIGN_OFF)]
    address = forms.get(Trait.ADDRESS)
    told.append(None if address is None else float(address == words.address[1]))
    told.append(max(0.0, 0.6 - 0.1 * figures.contractions - 0.5 * figures.exclamations))
    values = [one for one in told if one is not None]
    named = {one.name: getattr(figures, one.name) for one in fields(figures)}
    return Figures(**{**named, "formality": fmean(values)})


def _means(figures: Sequence[Figures]) -> Figures:
    if not figures:
        return Figures()
    return Figures(**{
        one.name: round(fmean(getattr(each, one.name) for each in figures), 3) for one in fields(Figures)
    })  # fmt: skip


def _quartiles(lengths: Sequence[int]) -> tuple[int, int, int]:
    if not lengths:
        return (0, 0, 0)
    if len(lengths) == 1:
        return (lengths[0], lengths[0], lengths[0])
    low, middle, high = quantiles(lengths, n=4, method="inclusive")
    return (round(low), round(middle), round(high))


def _opens_sentence(text: str, at: int) -> bool:
    """Whether a word may have its capital only because a sentence begins with it."""
    before = text[:at].rstrip(" \t")
    return not before or before[-1] in ".!?:\n"
