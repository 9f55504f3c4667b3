"""What one message promises and asks for, as commitments between me and the other side."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, tzinfo
from functools import lru_cache

from fluffy_core.ai.sentences import addressees, asks, due_dates, intent, speech_acts
from fluffy_core.ai.sentences.phrases import said, wordings
from fluffy_core.domain.commitments import Commitment, CommitmentKind, Debtor
from fluffy_core.domain.intelligence import ThreadMessage
from fluffy_core.domain.message import Address

MAX_OF_MESSAGE = 3
"""So many promises, and so many requests, of one message are taken down: the first ones."""
MAX_QUOTE = 400
"""Characters; who promises something does it in fewer."""
_FEW = 5
"""Written to more people than this, nobody in particular is meant."""
_TELLING_WORDS = 5
"""A request of fewer words does not say what is owed."""
_FEWEST_CHARS = 15
"""Of the clause that says what is to be done."""
_QUOTED = re.compile(r"[\"“„«][^\"“”„«»]{12,400}[\"”“»]")
_ASIDE = re.compile(
    r"--|;|\b(?:as soon as|(?:as )?per (?:our|your|my)|since|because|although|sobald|weil|obwohl)\b",
    re.IGNORECASE,
)
_ASKS_OF_MATTERS = re.compile(
    r"(?:which|what|who|whose|where|why|how|welche[rsnm]?|was|wer|wo|warum|wie)\b(?!.{0,40}\b(?:by|bis)\b)",
    re.IGNORECASE,
)
_EVERYBODY = frozenset({"all", "team", "folks", "guys", "everybody", "everyone", "both", "zusammen", "alle"})
_LIKELY = 0.4
"""A request in English that the model thinks less likely is not taken down."""
_TO = re.compile(
    r"([A-ZÄÖÜ][\w'-]{1,20})"
    r"(?:[:,]| (?:and|und|/|&) |(?= (?:can|could|would|will|please|pls|kannst|können)\b))"
)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What a thread's mailbox adds to its text: the user's zone, and their names in lower case."""

    zone: tzinfo = UTC
    my_names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Heard:
    """A message with its sentences, short enough to be quoted, and the names of the files it brings."""

    message: ThreadMessage
    sentences: tuple[str, ...]
    files: tuple[str, ...]

    @classmethod
    def of(cls, message: ThreadMessage, files: tuple[str, ...] = ()) -> "Heard":
        """Read a message."""
        told = dict.fromkeys(each.text for each in asks.told(message.body) if len(each.text) <= MAX_QUOTE)
        return cls(message, tuple(told), files)

    def worded(self, wording: str, fits: Callable[[str], bool]) -> str:
        """The first sentence in a wording for which `fits` holds, else ""."""
        return next((each for each in _worded(self.sentences, wording) if fits(each)), "")


def made(heard: Heard, mailbox: Mailbox) -> list[Commitment]:
    """What a message newly promises and asks for, in the order written; due dates on the user's clock."""
    message, person = heard.message, other_side(heard.message)
    if person is None or _greets_another(heard, mailbox) or _is_mass_mail(message):
        return []
    day = asks.day_of(message.date, mailbox.zone)
    day_first = due_dates.comes_day_first(message.language, mailbox.zone)
    writer, reader = (Debtor.ME, Debtor.THEM) if message.from_me else (Debtor.THEM, Debtor.ME)
    promised = [each for each in heard.sentences if is_promise(each)][:MAX_OF_MESSAGE]
    asked = [each for each in heard.sentences if _is_asked(each, message, mailbox)][:MAX_OF_MESSAGE]
    owed = dict.fromkeys(asked, (reader, CommitmentKind.ASKED))
    owed |= dict.fromkeys(promised, (writer, CommitmentKind.PROMISED))
    return [
        Commitment(
            message_id=message.id, debtor=debtor, kind=kind, person=person, quote=each,
            due=_due(each, day, day_first=day_first), made_at=message.date,
        )
        for each in heard.sentences if each in owed for debtor, kind in [owed[each]]
    ]  # fmt: skip


def _due(sentence: str, day: date, *, day_first: bool) -> str:
    """The day by which something is to be done; days of other things are asked for, or stand behind "as"."""
    if _ASKS_OF_MATTERS.match(speech_acts.normal(sentence)):
        return ""
    aside = _ASIDE.search(sentence, _FEWEST_CHARS)
    return due_dates.iso(sentence[: aside.start()] if aside else sentence, day, day_first=day_first)


def is_promise(sentence: str) -> bool:
    """Whether a sentence promises to do something, on no condition; what is only imagined is no promise."""
    sentence = _told_by_writer(sentence)
    heard, known = said(speech_acts.normal(sentence)), wordings()
    if speech_acts.is_question(heard.text) or not known["promise"].fits(heard):
        return False
    return not (known["conditional"].fits(said(sentence)) or known["footer"].fits(heard))


def is_errand(sentence: str, *, least_words: int = _TELLING_WORDS) -> bool:
    """Whether a sentence asks its reader to do something and says what, on no condition."""
    sentence = _told_by_writer(sentence)
    heard, known = said(sentence.replace("’", "'")), wordings()
    if len(sentence.split()) < least_words or not known["errand"].fits(heard):
        return False
    if any(known[name].fits(heard) for name in ("conditional", "footer", "courtesy")):
        return False
    if known["idle"].matches(sentence):
        return False
    return not intent.is_english(sentence) or intent.probability(sentence) >= _LIKELY


def _told_by_writer(sentence: str) -> str:
    """A sentence without what it quotes: in quotation marks somebody else promises or asks."""
    return _QUOTED.sub("…", sentence)


def other_side(message: ThreadMessage) -> Address | None:
    """Whom a message is between: its writer, or whom I wrote to; None when that is nobody in particular."""
    if len(message.to) > _FEW:
        return None
    if message.from_me:
        return message.to[0] if message.to else None
    return Address(message.from_email, message.from_name) if message.to_me and message.from_email else None


def _is_asked(sentence: str, message: ThreadMessage, mailbox: Mailbox) -> bool:
    """Whether a sentence asks something of the other side of the message, and not of a third person."""
    if not is_errand(sentence):
        return False
    start = addressees.stripped(sentence[: addressees.VOCATIVE].lower())
    if message.from_me or not mailbox.my_names.isdisjoint(start):
        return True
    spoken = _TO.match(sentence)
    names = {spoken[1] if spoken else "", speech_acts.addressee(sentence)} - {""}
    return not any(_is_third(name, message, mailbox) for name in names)


def _is_third(name: str, message: ThreadMessage, mailbox: Mailbox) -> bool:
    """Whether a word that a message to me speaks to is the name of somebody else."""
    if message.from_me or name.lower() in mailbox.my_names:
        return False
    if name.lower() in _other_names(message):
        return True
    return bool(mailbox.my_names) and not intent.knows(name) and name.lower() not in _EVERYBODY


def _other_names(message: ThreadMessage) -> set[str]:
    """The words of the names of the writer and of other addressees than me."""
    return addressees.others(message) | addressees.words_of(message.from_name)


def _greets_another(heard: Heard, mailbox: Mailbox) -> bool:
    """Whether a message to me begins with the name of another addressee alone."""
    words = [word.lower() for word in addressees.opening(heard.message.body)]
    others = _other_names(heard.message) - mailbox.my_names
    return len(words) <= addressees.GREETING and not others.isdisjoint(words)


def _is_mass_mail(message: ThreadMessage) -> bool:
    return not message.from_me and wordings()["mass_mail"].matches(message.body)


@lru_cache(maxsize=16)
def _worded(told: tuple[str, ...], wording: str) -> tuple[str, ...]:
    """Kept, for a message is asked once for each commitment that stands open."""
    known = wordings()[wording]
    return tuple(each for each in told if known.matches(each))
