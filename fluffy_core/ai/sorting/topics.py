"""Projects and topics of a mailbox, found in its subjects, lists and correspondents: few and good."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from fluffy_core.domain.learning import Scope, Trait

MOST = {Scope.LIST: 6, Scope.DOMAIN: 8, Scope.TOPIC: 12}
FEWEST_THREADS = 5
FEWEST_PEOPLE = 3
"""Fewer write of it: a habit of one sender, not a topic."""
LARGEST_SHARE = 0.05
"""A word in more of the conversations names no single project."""
TOGETHER = 0.7
"""Normalised pointwise mutual information from which two words are one name (Bouma 2009)."""
CAPITAL = 0.85
"""Share of a name's occurrences that begin with a capital."""
SAME = 0.6
"""Overlap of their conversations (Jaccard) from which two findings are one."""
_MONTHS = "january february march april may june july august september october november december"
_DAYS = "monday tuesday wednesday thursday friday saturday sunday"
_MAIL = (
    "accept accepted agenda all and annual answer april attached available been call cancelled conf "
    "conference confirmation contact daily draft final for forward from fyi has hello here important info "
    "information invitation letter meeting message monthly new news newsletter now please question re "
    "reminder report request response rsvp schedule status team thank thanks the this today tomorrow update "
    "updated urgent week weekly with you your asap eom fwd ooo pdf ppt doc xls tba faq usa est pst gmt cet "
    "utc jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun"
)
GENERIC = frozenset(f"{_MONTHS} {_DAYS} {_MAIL}".split())
"""Words of any mailbox; those that stand in lower case somewhere in it need not be here."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A conversation in so far as it may be about something.

    `words` are those of its subject in order: as the search index cuts them, and as written. `nouns`: its
    language gives capitals to any noun, so that they tell nothing. `companies` are those that I write with.
    """

    thread_id: int
    words: tuple[tuple[str, str], ...]
    people: frozenset[str]
    days: frozenset[int]
    personal: bool
    nouns: bool = False
    list_id: str = ""
    companies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Topic:
    """Something found: by what, its name, and the conversations that have it."""

    trait: Trait
    name: str
    threads: frozenset[int]


def discover(
    outlines: Sequence[Outline], *, common: Collection[str], company_names: Mapping[str, str]
) -> list[Topic]:
    """The topics of a mailbox, those with most conversations first; `common` words occur in lower case."""
    personal = [one for one in outlines if one.personal]
    named = [one for one in personal if not one.nouns]
    found = [*_lists(outlines), *_companies(personal, company_names)]
    found += _distinct([*_names(named, len(personal), common), *_pairs(named, len(personal))])
    kept: list[Topic] = []
    counted: Counter[Scope] = Counter()
    for topic in sorted(found, key=_by_size):
        scope = topic.trait.scope
        if counted[scope] < MOST[scope]:
            counted[scope] += 1
            kept.append(topic)
    return kept


def _by_size(topic: Topic) -> tuple[int, str, str]:
    return -len(topic.threads), topic.trait.scope, topic.trait.value


def _lists(outlines: Iterable[Outline]) -> list[Topic]:
    found = _grouped(outlines, lambda one: [one.list_id] if one.list_id and not one.personal else [])
    return [
        Topic(Trait(Scope.LIST, value), value.split(".")[0], _threads(some))
        for value, some in found.items()
        if _is_shared(some) and any(letter.isalpha() for letter in value.split(".")[0])
    ]


def _companies(outlines: Iterable[Outline], names: Mapping[str, str]) -> list[Topic]:
    found = _grouped(outlines, lambda one: one.companies)
    return [
        Topic(Trait(Scope.DOMAIN, value), names.get(value) or value.split(".")[0].title(), _threads(some))
        for value, some in found.items()
        if _is_shared(some)
    ]


def _names(outlines: Sequence[Outline], everything: int, common: Collection[str]) -> list[Topic]:
    """Single words that nobody writes in lower case: names and acronyms."""
    found = _grouped(outlines, lambda one: dict.fromkeys(key for key, _ in one.words))
    likely = {
        key: some
        for key, some in found.items()
        if len(key) > 2  # noqa: PLR2004 - initials
        and not (key in common or key in GENERIC or key.isdigit())
        and _is_topic(some, everything)
    }
    return _capitalised(likely, _forms(outlines, 1, likely))


def _pairs(outlines: Sequence[Outline], everything: int) -> list[Topic]:
    """Two words in a row that go together more than chance has it, as names do."""
    single = _grouped(outlines, lambda one: dict.fromkeys(key for key, _ in one.words))
    found = _grouped(outlines, lambda one: dict.fromkeys(f"{a[0]} {b[0]}" for a, b in pairwise(one.words)))
    likely = {
        key: some
        for key, some in found.items()
        if _is_topic(some, everything)
        and not any(word in GENERIC or len(word) <= 2 or word.isdigit() for word in key.split())  # noqa: PLR2004
        and _npmi(len(some), [len(single[word]) for word in key.split()], len(outlines)) >= TOGETHER
    }
    return _capitalised(likely, _forms(outlines, 2, likely))


def _capitalised(likely: Mapping[str, list[Outline]], forms: Mapping[str, Counter[str]]) -> list[Topic]:
    return [_topic(key, forms, some) for key, some in likely.items() if _capital(forms[key]) >= CAPITAL]


def _npmi(both: int, each: Sequence[int], everything: int) -> float:
    if both >= everything:
        return 0.0
    return log(both * everything / (each[0] * each[1])) / -log(both / everything)


def _grouped(
    outlines: Iterable[Outline], keys: Callable[[Outline], Iterable[str]]
) -> dict[str, list[Outline]]:
    found: dict[str, list[Outline]] = defaultdict(list)
    for one in outlines:
        for key in keys(one):
            found[key].append(one)
    return found


def _forms(outlines: Iterable[Outline], length: int, wanted: Collection[str]) -> dict[str, Counter[str]]:
    """How each run of so many words that is `wanted` is written, counted."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in outlines:
        for at in range(len(one.words) - length + 1):
            run = one.words[at : at + length]
            if (key := " ".join(key for key, _ in run)) in wanted:
                found[key][" ".join(form for _, form in run)] += 1
    return found


def _capital(forms: Counter[str]) -> float:
    capital = sum(count for form, count in forms.items() if all(word[0].isupper() for word in form.split()))
    return capital / forms.total()


def _topic(key: str, forms: Mapping[str, Counter[str]], some: Iterable[Outline]) -> Topic:
    name = min(forms[key].items(), key=lambda pair: (-pair[1], pair[0]))[0]
    return Topic(Trait(Scope.TOPIC, key), name, _threads(some))


def _threads(some: Iterable[Outline]) -> frozenset[int]:
    return frozenset(one.thread_id for one in some)


def _is_shared(some: Sequence[Outline]) -> bool:
    people = frozenset[str]().union(*(one.people for one in some))
    return len(some) >= FEWEST_THREADS and len(people) >= FEWEST_PEOPLE


def _is_topic(some: Sequence[Outline], everything: int) -> bool:
    if len(some) < FEWEST_THREADS or len(some) > max(FEWEST_THREADS, LARGEST_SHARE * everything):
        return False
    days = frozenset[int]().union(*(one.days for one in some))
    return _is_shared(some) and len(days) > 1


def _distinct(found: Sequence[Topic]) -> list[Topic]:
    """Without those that are found in much the same conversations as a larger or longer one."""
    kept: list[Topic] = []
    for one in sorted(found, key=lambda topic: (-topic.trait.value.count(" "), *_by_size(topic))):
        if all(not _same(one.threads, other.threads) for other in kept):
            kept.append(one)
    return kept


def _same(one: frozenset[int], other: frozenset[int]) -> bool:
    return len(one & other) / len(one | other) > SAME
