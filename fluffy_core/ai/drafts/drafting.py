"""A draft without a language model: greeting, key points, every open question marked, sign-off."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fluffy_core.ai.drafts import salutations, style_words, taking_up
from fluffy_core.ai.drafts.style_words import Vocabulary
from fluffy_core.ai.grounding.claims import ClaimKind, claims
from fluffy_core.ai.sentences import addressees, asks, speech_acts
from fluffy_core.ai.sentences.asks import Ask
from fluffy_core.ai.sentences.phrases import wordings
from fluffy_core.domain.drafting import DraftRequest
from fluffy_core.domain.intelligence import SpeechAct, ThreadMessage
from fluffy_core.domain.styles import Manner, Named

MOST_ASKS = 6
"""Open questions that a draft marks; who asks more gets these answered first."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_MADE_LINK = re.compile(r"https?://[^\s>]{0,200}[?&=]")
"""A link with parameters: news with one were written by a program, whom nobody thanks."""
_BARE = 5
"""Words of an answer that says no more than yes or no: "Sounds good to me."."""
_FIGURE = re.compile(r"\d")
_BEFORE = 3
"""Sentences before a question in which the times are looked for that it asks about."""
_FEW = 3
"""Other addressees; who writes to more of them expects no thanks from each."""
_SHORT_PURPOSE = 5
"""A purpose of so many words may be a wish ("decline"); a longer one is a note of what to write."""
_MANY_POINTS = 3
_TOP = 200
"""Characters in which a reader is named."""
_SHORT_MAIL, _LONG_MAIL = 600, 1_500
"""Characters; a longer text with nothing but bare imperatives gives directions."""
_STEM = 5
"""Words that begin with the same letters, this many, are about the same thing."""


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that a draft may rest on. `thread` is oldest first, empty for a first mail."""

    request: DraftRequest
    manner: Manner
    to: Named
    me: Named
    thread: Sequence[ThreadMessage] = ()

    @property
    def words(self) -> Vocabulary:
        """The vocabulary of the draft's language."""
        found = style_words.vocabulary(self.manner.language)
        if found is None:
            raise KeyError(self.manner.language)
        return found

    @property
    def informal(self) -> bool:
        """Whether the reader is addressed as friends are."""
        return bool(self.manner.address) and self.manner.address == self.words.address[0]

    @property
    def wishes(self) -> frozenset[str]:
        """What purpose, tone and hint ask for, by the names in `style.toml`."""
        request = self.request
        purpose = request.purpose if len(request.purpose.split()) <= _SHORT_PURPOSE else ""
        found = style_words.wishes(request.tone, request.hint, purpose)
        return found - {"formal"} if "informal" in found else found

    def line(self, name: str) -> str:
        """A sentence of the vocabulary, as this reader is addressed."""
        return self.words.line(name, informal=self.informal)


def last_received(thread: Sequence[ThreadMessage]) -> ThreadMessage | None:
    """The message a reply answers: the newest that is not mine."""
    return next((one for one in reversed(thread) if not one.from_me), None)


def is_courtesy(message: ThreadMessage, words: Vocabulary | None) -> bool:
    """Whether a message only thanks, agrees or says goodbye, and brings or wishes nothing."""
    told = [each.text for each in asks.told(message.body)]
    if words is not None and taking_up.occasion("\n".join(told), words):
        return False
    said = told[:1] + [one for one in told[1:] if not _is_name(one)]
    return bool(message.body.strip()) and all(map(_is_polite, said))


def _is_polite(sentence: str) -> bool:
    act = speech_acts.speech_act(sentence)
    agrees = act is SpeechAct.ANSWER and len(sentence.split()) <= _BARE and not _FIGURE.search(sentence)
    return act is SpeechAct.COURTESY or agrees


def _is_name(sentence: str) -> bool:
    """Whether it is one word with a capital, as a name below a line is."""
    return sentence.istitle() and len(sentence.split()) == 1


def sources(brief: Brief) -> list[str]:
    """All that a draft may take facts from: the thread, its people, and what the user wants said."""
    request = brief.request
    people = [brief.to.first, brief.to.last, brief.me.first, brief.me.last]
    people += [f"{one.from_name} {one.from_email}" for one in brief.thread]
    mail = [f"{one.subject}\n{one.body}" for one in brief.thread]
    return [*mail, " ".join(people), request.purpose, *request.key_points, request.hint]


def outline(brief: Brief, pattern: Sequence[str] = ()) -> list[str]:
    """The body as paragraphs: wishes and points, or a pattern, or thanks; then a line for every open ask.

    Empty where there is nothing to say, and the user wants nothing said.
    """
    wishes = brief.wishes
    said = [brief.line(name) for name in _LINES if name in wishes]
    said += points(brief, brief.request.key_points)
    note = _clean(brief.request.purpose)
    if note and not wishes & _ACTS and not brief.request.key_points:
        said.append(f"[{note}]")
    if pattern and not said:
        said = [" ".join(pattern)]
    whole = (said or acknowledged(brief)) + marked(brief, said)
    return whole or ([brief.line("reply")] if brief.request.is_told else [])


def marked(brief: Brief, said: Sequence[str]) -> list[str]:
    """A line for each ask of the other side that the draft does not answer, with what is to be filled in."""
    lines = list(filter(None, (line_for(each, brief) for each in open_asks(brief, said))))
    quoting = next((at for at, one in enumerate(lines) if one.startswith(">")), None)
    if quoting is not None:
        lines[quoting] = f"{brief.line('asked')}\n{lines[quoting]}"
    return list(dict.fromkeys(lines))


def line_for(ask: Ask, brief: Brief) -> str:
    """The line that a draft has for an ask of the last message; "" where there must be none."""
    last = last_received(brief.thread)
    told = [each.text for each in asks.told(last.body)] if last else []
    at = told.index(ask.sentence.text) if ask.sentence.text in told else 0
    longest = taking_up.SHORT_QUOTE if "shorter" in brief.wishes else taking_up.LONGEST_QUOTE
    return taking_up.line(ask, brief.words, before=told[max(0, at - _BEFORE) : at], longest=longest)


def acknowledged(brief: Brief) -> list[str]:
    """Thanks for what came with a mail to me: an invitation, wishes, a file, or news if it asks nothing."""
    last = last_received(brief.thread)
    if last is None or brief.thread[-1].from_me or not is_personal(last):
        return []
    if is_instructing(brief):
        return []
    asked = {each.sentence.text for each in open_asks(brief, [])}
    told = [each.text for each in asks.told(last.body) if each.text not in asked]
    occasion = taking_up.occasion("\n".join(told), brief.words)
    if occasion == "invited":
        return [] if asked else [brief.line(occasion)]
    if not asked and (proposal := taking_up.proposal(told, brief.words)):
        return [proposal]
    if _is_to_many(last, brief):
        return []
    if occasion:
        return [brief.line(occasion)]
    return [] if asked or _MADE_LINK.search(last.body) else [brief.line("noted")]


def _is_to_many(message: ThreadMessage, brief: Brief) -> bool:
    form = salutations.read_greeting(message.body.lstrip().split("\n", 1)[0], brief.me, brief.words)
    return len(message.to) > _FEW or salutations.is_to_all(form or "", brief.words)


def open_asks(brief: Brief, said: Sequence[str]) -> list[Ask]:
    """What the other side wants to know or have and the draft so far does not speak of, each once."""
    message = last_received(brief.thread)
    if message is None or brief.thread[-1].from_me or brief.wishes & _ANSWERS:
        return []
    found = asks_of_me(brief)
    told = [*brief.request.key_points, *said]
    if len(found) == 1 and brief.request.key_points:
        return []
    answered = any(speech_acts.speech_act(one) is SpeechAct.ANSWER for one in told)
    return [
        each
        for each in found
        if not any(_about(each.sentence.text, one) for one in told)
        and not (answered and taking_up.is_settled_by_yes(each, brief.words))
    ][:MOST_ASKS]


def is_personal(message: ThreadMessage) -> bool:
    """Whether a message was written to me, and to no list."""
    return message.to_me and not message.bulk


def addressed_to(message: ThreadMessage, me: Named) -> str:
    """The name of another addressee whom a message greets, and not me; "" when it does not."""
    words = addressees.opening(message.body)
    if not _names(me).isdisjoint(map(str.casefold, words)):
        return ""
    others = addressees.others(message) - _names(me)
    greeted = next((word for word in words[: addressees.GREETING] if word.casefold() in others), "")
    return greeted if len(words) <= addressees.GREETING or words[0] == greeted else ""


def _names(me: Named) -> set[str]:
    return {name.casefold() for name in (me.first, me.last) if name}


def is_mass_mail(thread: Sequence[ThreadMessage], me: Named) -> bool:
    """Whether the last message went to many whatever its header says.

    I never wrote back, nor does it name me; programs put names into long texts.
    """
    last = last_received(thread)
    if last is None or any(one.from_me for one in thread):
        return False
    if len(last.body) > _LONG_MAIL and not last.to_me and not last.bulk and "://" in last.body:
        return True
    if not wordings()["mass_mail"].matches(last.body):
        return False
    top = {word.casefold() for word in _WORD.findall(last.body[:_TOP])}
    return len(last.body) > _LONG_MAIL or top.isdisjoint(_names(me))


def asks_of_me(brief: Brief) -> list[Ask]:
    """What the last message wants to know or have of me, each once."""
    found = _possible_asks(brief)
    firm = [each for each in found if taking_up.is_firm(each, brief.words)]
    last = last_received(brief.thread)
    loose = last is not None and is_personal(last) and not (_is_to_many(last, brief) or is_instructing(brief))
    return firm or (found if loose else [])


def is_instructing(brief: Brief) -> bool:
    """Whether the last message is a longer text with nothing but bare imperatives, as directions are."""
    found = _possible_asks(brief)
    if not found or any(taking_up.is_firm(each, brief.words) for each in found):
        return False
    return len(brief.thread[-1].body) > _SHORT_MAIL


def _possible_asks(brief: Brief) -> list[Ask]:
    message = last_received(brief.thread)
    if message is None:
        return []
    found = {each.sentence.text: each for each in asks.find(message.body, message.date)}
    return [
        each
        for text, each in found.items()
        if not taking_up.is_idle(each) and not _is_asked_of_another(text, message, brief.me)
    ]


def _is_asked_of_another(sentence: str, message: ThreadMessage, me: Named) -> bool:
    """Whether a sentence begins with the name of another addressee, and not with mine: "Bob, could you …"."""
    called = speech_acts.addressee(sentence)
    if not called or not _names(me).isdisjoint(addressees.words_of(sentence[: addressees.VOCATIVE])):
        return False
    if called.casefold() in addressees.others(message) - _names(me):
        return True
    return not is_personal(message) and any(one.kind is ClaimKind.NAME for one in claims(called))


def written(brief: Brief, paragraphs: Sequence[str]) -> str:
    """The whole draft around these paragraphs."""
    form = _toned(brief, brief.manner.greeting, "default_greeting")
    if not (brief.to.first or brief.to.last):
        form = salutations.neutral(form, brief.words)  # "Lieber," alone greets nobody
    greeting = salutations.write_greeting(form, brief.to)
    opening = [] if _is_thanked(paragraphs) or not _opens(brief) else [brief.line("thanks")]
    body = [*opening, *paragraphs]
    if body:
        body[0] = _first_word(body[0], greeting)
    closing = salutations.write_sign_off(_sign_off(brief), brief.me)
    return "\n\n".join(part for part in (greeting, *body, closing) if part)


_LINES = ("apology", "thank", "yes", "no", "follow_up", "later")
"""Wishes that are sentences of their own, in the order they are said."""
_ACTS = frozenset(_LINES)
_ANSWERS = frozenset({"yes", "no", "later"})


def points(brief: Brief, told: Sequence[str]) -> list[str]:
    """Key points as a paragraph, or as a list where they are many or the reader is used to lists."""
    said = [_sentence(one) for one in told if one.strip()]
    if len(said) >= _MANY_POINTS or (len(said) > 1 and brief.manner.bullets):
        return ["\n".join(f"- {one}" for one in said)]
    return [" ".join(said)] if said else []


def _sentence(point: str) -> str:
    text = _clean(point)
    text = text[:1].upper() + text[1:]
    return text if text[-1:] in ".!?…:]" else f"{text}."


def _clean(text: str) -> str:
    return " ".join(text.split())


def _about(ask: str, point: str) -> bool:
    """Whether a key point speaks of what was asked: they share a word that tells something."""
    mine = {word[:_STEM].casefold() for word in _WORD.findall(point) if len(word) >= _STEM}
    return any(word[:_STEM].casefold() in mine for word in _WORD.findall(ask) if len(word) >= _STEM)


def _opens(brief: Brief) -> bool:
    """Whether a reply begins with thanks: as usual or to be friendly, and not when it is to be short."""
    wishes = brief.wishes
    usual = brief.manner.thanks or not wishes.isdisjoint({"friendly", "longer"})
    return usual and "shorter" not in wishes and last_received(brief.thread) is not None


def _is_thanked(paragraphs: Sequence[str]) -> bool:
    return bool(paragraphs) and paragraphs[0].casefold().startswith(
        (
            "thank",
            "vielen dank",
            "danke",
            "merci",
            "gracias",
            "grazie",
            "bedankt",
            "hartelijk dank",
            "obrigad",
        )
    )


def _first_word(paragraph: str, greeting: str) -> str:
    """German goes on in small letters after "Hallo Ann,"; where no comma stands before it, it does not."""
    return paragraph if greeting.endswith(",") else paragraph[:1].upper() + paragraph[1:]


def _toned(brief: Brief, usual: str, default: str) -> str:
    """The usual form, unless a tone was asked for that it does not have."""
    wishes = brief.wishes
    tone = next((one for one in ("informal", "formal") if one in wishes), "")
    score = salutations.formality(usual, brief.words)
    if not tone or (score is not None and (score > _FORMAL) == (tone == "formal")):
        return usual
    return brief.words.default(default, tone=tone)


def _sign_off(brief: Brief) -> str:
    form = _toned(brief, brief.manner.sign_off, "default_sign_off")
    cool = (salutations.formality(form, brief.words) or 0.0) > _FORMAL
    tone = "informal" if brief.informal else "friendly"
    return brief.words.default("default_sign_off", tone=tone) if cool and "friendly" in brief.wishes else form


_FORMAL = 0.5
