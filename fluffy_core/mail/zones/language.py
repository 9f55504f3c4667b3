"""The language of a text: common words first, a statistical model only where they don't decide."""

import re
from functools import lru_cache
from typing import Protocol

_MOST_CHARS = 600
_SHORTEST = 20  # letters; below that nobody can tell
_FEWEST_HITS = 3
_CLEAR_SHARE = 0.18  # of the words, for the winner
_CLEAR_LEAD = 2.0  # times the hits of the second
_FEWEST_WORDS_FOR_MODEL = 5
_SURE = 0.7
_GREETING_WORDS = 4
_PARAGRAPHS = re.compile(r"\n[ \t\xa0]*\n")

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# a link or address is looked for at the start of its run of characters only
_NOISE = re.compile(r"(?<![^\s>])\S*(?:://|@|www\.)\S*|<[^>\n]{0,200}>")
_CLOCK = re.compile(r"(?<=\d)[ \xa0]?[AP]M\b")  # "am" is a word of German
_NOISE_MARKS = ("@", "<", "://", "www.")

_STOP_WORDS = {
    "en": """
        the and of to in is you that it for on with are this be have from your we not was i will if can my
        our as by but please thanks thank would at or has do what me any they it's i'm just know let all
        there so an about don't
    """,
    "de": """
        der die das und ist nicht ich sie wir ein eine für mit auf auch bitte den dem des von zu haben
        sind wird ihre ihnen uns im am kann noch aber wie nur oder wenn einen einem dass bei vielen dank
        habe werden mir hat sich als du
    """,
    "fr": """
        le les des et est pas je vous nous une pour dans que qui sur avec ce cette votre mais par merci du
        au il sont vos notre plus être bien si aux ou ne bonjour j'ai c'est ai avez suis très elle ont été
        tout
    """,
    "es": """
        el los las y es no que en por para con una su del se lo como más pero está gracias usted nos hola
        mi muy ha este esta son al le todo ya si estoy tengo nuestro favor cuando también hay sobre
    """,
    "it": """
        il gli e è non che di per con una sono della del le si ma anche ci grazie questo questa nel alla
        come dei da al più mi ho ti hai abbiamo vi ciao ha delle cosa buongiorno essere lo suo tuo se
    """,
    "nl": """
        de het een en van is niet dat ik je we voor met op zijn er aan ook maar bij naar wij hebben heb
        nog wel om te kan als dit deze uw graag bedankt jullie u wordt worden had heeft was door dan geen
    """,
    "pt": """
        o os as e é não que em para com uma do da no na por se mais mas obrigado obrigada você está seu
        sua nos foi como são ao dos das um muito já também tem isso ser meu minha bom olá pelo quando
    """,
}

_SPEAKERS = {
    code: frozenset(words.split())
    for code, words in {
        "en": "i i'm i'll i've i'd we we're we'll we've me us my our you you're your please thanks thank",
        "de": """
            ich wir mir mich uns mein meine meinen unser unsere du dir dich dein deine deinen euch eure ihnen
            bitte danke dank
        """,
        "fr": "je j'ai nous me moi mon ma mes notre nos tu te toi ton ta tes vous votre vos merci",
        "es": "yo me mi mis nos nosotros nuestro tú te tu tus usted ustedes le gracias favor",
        "it": "io mi mio mia noi ci nostro nostra tu ti tuo tua lei voi vi vostro grazie prego",
        "nl": "ik mij me mijn wij we ons onze jij je jou jouw jullie u uw graag bedankt dank",
        "pt": "eu me meu minha nós nos nosso nossa tu te você vocês lhe obrigado obrigada favor",
    }.items()
}
"""Words of somebody who speaks to somebody."""
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
)
_FEWEST_OF_SCRIPT = 10


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


def _distinctive() -> dict[str, tuple[tuple[str, float], ...]]:
    """Return word -> (language, weight); a word of several languages counts less for each."""
    owners: dict[str, list[str]] = {}
    for code, text in _STOP_WORDS.items():
        for word in set(text.split()):
            owners.setdefault(word, []).append(code)
    return {word: tuple((code, 1 / len(codes)) for code in codes) for word, codes in owners.items()}


_WEIGHTS = _distinctive()


def detect(text: str) -> str:
    """Return the ISO 639-1 code of the language of `text`, "" when it is too short or unsure.

    Looks at the first 600 characters without addresses and links; give it the new text, not the quotes.
    """
    head = text[: 2 * _MOST_CHARS]
    if any(mark in head for mark in _NOISE_MARKS):
        head = _NOISE.sub(" ", head)
    head = _CLOCK.sub("", head[:_MOST_CHARS])
    words = _words(head)
    if code := _by_script(head):
        return code
    if sum(map(len, words)) < _SHORTEST:
        return ""
    return _by_common_words(words) or _by_model(head, words)


def written(text: str) -> str:
    """Return the language of a message whatever signature or notice stands below it, "" if unsure.

    The first paragraph that shows a language decides. Where what stands above it is too short to tell and
    speaks another one as far as its few words go, that one does; where they say nothing, the paragraph
    has to be spoken by somebody to somebody, as the imprint below "Ok." is not.
    """
    above: list[str] = []
    for paragraph in _PARAGRAPHS.split(text[: 4 * _MOST_CHARS]):
        if found := detect(paragraph):
            if not above:
                return found
            return _leaning(" ".join(above)) or (found if _is_spoken(paragraph, found) else "")
        if paragraph.strip() and not _is_greeting(paragraph):
            above.append(paragraph)
    return detect(text)


def _is_spoken(paragraph: str, code: str) -> bool:
    words = _SPEAKERS.get(code)
    return words is None or "?" in paragraph or not words.isdisjoint(_words(paragraph))


def _is_greeting(paragraph: str) -> bool:
    return paragraph.rstrip().endswith((",", "!")) and len(paragraph.split()) <= _GREETING_WORDS


def _leaning(text: str) -> str:
    """The language of which a short text has the most common words, "" without any or as many of two."""
    (best, most), (_, second) = _ranked(_words(text))
    return best if most > second else ""


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("’", "'"))


def _by_common_words(words: list[str]) -> str:
    (best, most), (_, second) = _ranked(words)
    clear = most >= _FEWEST_HITS and most >= _CLEAR_SHARE * len(words) and most >= _CLEAR_LEAD * second
    return best if clear else ""


def _ranked(words: list[str]) -> list[tuple[str, float]]:
    """The two languages with the most common words, each with how many."""
    hits = dict.fromkeys(_STOP_WORDS, 0.0)
    for weights in filter(None, map(_WEIGHTS.get, words)):
        for code, weight in weights:
            hits[code] += weight
    return sorted(hits.items(), key=lambda pair: -pair[1])[:2]


def _by_script(head: str) -> str:
    """Scripts that one language uses, among those people mail in."""
    if head.isascii():
        return ""
    return next((code for code, letters in _SCRIPTS if len(letters.findall(head)) >= _FEWEST_OF_SCRIPT), "")


def _by_model(head: str, words: list[str]) -> str:
    if len(words) < _FEWEST_WORDS_FOR_MODEL:
        return ""
    code, probability = _identifier().classify(head)
    return code if probability >= _SURE and len(code) == len("en") else ""


@lru_cache(maxsize=1)
def _identifier() -> _Identifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier: _Identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return identifier
