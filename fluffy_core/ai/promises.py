"""What one message promises and asks for, as commitments between me and the other side."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo

from fluffy_core.ai import asks, due_dates, sentences, speech_acts
from fluffy_core.ai.phrases import said, wordings
from fluffy_core.domain.commitments import Commitment, CommitmentKind, Debtor
from fluffy_core.domain.intelligence import SpeechAct, ThreadMessage
from fluffy_core.domain.message import Address

MAX_OF_MESSAGE = 3
"""So many promises, and so many requests, of one message are taken down: the first ones."""
MAX_QUOTE = 400
"""Characters; who promises something does it in fewer."""
_FEW = 5
"""Written to more people than this, nobody in particular is meant."""
_TELLING_WORDS = 4
"""A request of fewer words does not say what is owed."""
_GREETED_WORDS = 3


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
        known = wordings()[wording]
        return next((each for each in self.sentences if known.matches(each) and fits(each)), "")


def made(heard: Heard, zone: tzinfo) -> list[Commitment]:
    """What a message newly promises and asks for, in the order written; due dates on the user's clock."""
    message, person = heard.message, other_side(heard.message)
    if person is None or _greets_another(heard):
        return []
    day = asks.day_of(message.date, zone)
    writer, reader = (Debtor.ME, Debtor.THEM) if message.from_me else (Debtor.THEM, Debtor.ME)
    promised = [each for each in heard.sentences if is_promise(each)][:MAX_OF_MESSAGE]
    asked = [each for each in _requests(heard) if each not in promised][:MAX_OF_MESSAGE]
    owed = {each: (writer, CommitmentKind.PROMISED) for each in promised}
    owed |= {each: (reader, CommitmentKind.ASKED) for each in asked}
    return [
        Commitment(
            message_id=message.id, debtor=debtor, kind=kind, person=person, quote=each,
            due=due_dates.iso(each, day), made_at=message.date,
        )
        for each in heard.sentences if each in owed for debtor, kind in [owed[each]]
    ]  # fmt: skip


def is_promise(sentence: str) -> bool:
    """Whether a sentence promises to do something, on no condition; what is only imagined is no promise."""
    heard, known = said(speech_acts.normal(sentence)), wordings()
    if speech_acts.is_question(heard.text) or not known["promise"].fits(heard):
        return False
    return not (known["conditional"].fits(said(sentence)) or known["footer"].fits(heard))


def other_side(message: ThreadMessage) -> Address | None:
    """Whom a message is between: its writer, or whom I wrote to; None when that is nobody in particular."""
    if len(message.to) > _FEW:
        return None
    if message.from_me:
        return message.to[0] if message.to else None
    return Address(message.from_email, message.from_name) if message.to_me and message.from_email else None


def _requests(heard: Heard) -> list[str]:
    """The sentences that want something done, not only answered, and say what."""
    found = (each for each in asks.find(heard.message.body, heard.message.date))
    return [
        each.sentence.text
        for each in found
        if each.act is SpeechAct.REQUEST
        and each.sentence.text in heard.sentences
        and len(each.sentence.text.split()) >= _TELLING_WORDS
        and not wordings()["conditional"].fits(said(each.sentence.text))
        and not _names(speech_acts.addressee(each.sentence.text), heard.message)
    ]


def _names(spoken: str, message: ThreadMessage) -> bool:
    """Whether a name is that of another addressee than me, in a message to me."""
    return not message.from_me and spoken.lower() in _other_names(message)


def _other_names(message: ThreadMessage) -> set[str]:
    return {word.strip(",.\"'").lower() for one in message.to for word in one.name.split()}


def _greets_another(heard: Heard) -> bool:
    """Whether a message to me begins with the name of another addressee alone."""
    message = heard.message
    first = next((line for line in message.body[:400].split("\n") if line.strip()), "")
    words = [word.strip(",.:;!-").lower() for word in sentences.plain(first[:80]).split()]
    return len(words) <= _GREETED_WORDS and any(_names(word, message) for word in words if word)
