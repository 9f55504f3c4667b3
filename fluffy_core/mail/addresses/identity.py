"""Whether two addresses belong to one person: evidence added up as log-odds."""

import math
import re

from fluffy_core.domain.message import Address
from fluffy_core.mail.addresses.name_keys import fold, words
from fluffy_core.mail.addresses.name_words import SHORT_FORMS
from fluffy_core.mail.addresses.owners import canonical, company_of, is_role

_PRIOR = -4.0
_SAME_NAME = 5.2
_EXTRA_WORD = 0.8  # a third word of the name that is equal, too
_SHORT_FORM = 4.2  # Bob Doe, Robert Doe
_INITIAL = 3.2  # J. Doe, Jane Doe
_TYPO = 3.0
_FIRST_NAME_ONLY = 1.5
_OTHER_NAME = -3.0
_SAME_COMPANY = 2.5
_SAME_HANDLE = 2.2  # the same local part that no name explains
_SAME_LOCAL_PART = 0.4
_NAME_FROM_LOCAL_PART = -0.5
_HIGHEST_WITHOUT_NAME = 0.75
_HIGHEST_FOR_ROLE = 0.6
_ONE_MAILBOX = 0.97
_LONG_WORD = 6
_ONE_SLIP = 90  # of 100: one letter in six or more

_LETTERS = re.compile(r"[^\W\d_]+")


def similarity(a: Address, b: Address) -> float:
    """Return how probable it is, 0 to 1, that both addresses are one person's.

    Names are as `names.clean` returns them. Over 0.85 is sure enough to merge, from 0.70 enough to
    propose. A first name alone or a role address is never sure. The weights are log-odds that
    add up, so more evidence never lowers the result.
    """
    words_a, guessed_a = _name_words(a)
    words_b, guessed_b = _name_words(b)
    name_odds = _name_odds(words_a, words_b)
    if canonical(a.email) == canonical(b.email):
        shared = is_role(a.email) and name_odds < _SAME_NAME and words_a != words_b
        return _HIGHEST_FOR_ROLE if shared else 1.0 if a.email == b.email else _ONE_MAILBOX
    odds = _PRIOR + name_odds + _address_odds(a.email, b.email, {*words_a, *words_b})
    if guessed_a or guessed_b:
        odds += _NAME_FROM_LOCAL_PART
    score = 1 / (1 + math.exp(-odds))
    if is_role(a.email) or is_role(b.email):
        score = min(score, _HIGHEST_FOR_ROLE)
    return score if name_odds >= _TYPO else min(score, _HIGHEST_WITHOUT_NAME)


def _name_words(address: Address) -> tuple[list[str], bool]:
    """Return the words of the name, or those that the local part spells ("jane.doe"), and whether it did."""
    if address.name:
        return words(address.name), False
    found = _LETTERS.findall(fold(address.email.partition("@")[0].partition("+")[0]))
    return (found, True) if len(found) > 1 and not is_role(address.email) else ([], False)


def _name_odds(a: list[str], b: list[str]) -> float:
    if not a or not b:
        return 0.0
    if min(len(a), len(b)) == 1:
        return _single_word_odds(a, b)
    shared = len(set(a) & set(b))
    if shared > 1:
        left_over = min(len(set(a)), len(set(b))) - shared
        return _SAME_NAME + _EXTRA_WORD * (shared - 2) - 1.5 * left_over
    return _near_name_odds(a, b, shared)


def _single_word_odds(a: list[str], b: list[str]) -> float:
    """One side gives one word: a given name says little, and never enough."""
    single, other = (a[0], b) if len(a) == 1 else (b[0], a)
    if single in other or SHORT_FORMS.get(single, single) in (SHORT_FORMS.get(word, word) for word in other):
        return _FIRST_NAME_ONLY
    return _OTHER_NAME / 2


def _near_name_odds(a: list[str], b: list[str], shared: int) -> float:
    """One word at most is equal: a short form, an initial or a slip of the pen may explain the other."""
    if shared:
        rest_a, rest_b = [w for w in a if w not in b], [w for w in b if w not in a]
        full_a, full_b = {SHORT_FORMS.get(w, w) for w in rest_a}, {SHORT_FORMS.get(w, w) for w in rest_b}
        if full_a & full_b:
            return _SHORT_FORM
        if any(x[0] == y[0] and 1 in (len(x), len(y)) for x in rest_a for y in rest_b):
            return _INITIAL
    return _TYPO if _is_typo(sorted(a), sorted(b)) else _OTHER_NAME


def _is_typo(a: list[str], b: list[str]) -> bool:
    """Tell whether the names differ by a slip: "ue" for "ü", or one letter in a long word."""
    from rapidfuzz import fuzz

    if len(a) != len(b):
        return False
    plain_a, plain_b = (_without_umlauts(" ".join(side)) for side in (a, b))
    if plain_a == plain_b:
        return True
    pairs = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return len(pairs) == 1 and len(pairs[0][0]) >= _LONG_WORD and fuzz.ratio(*pairs[0]) >= _ONE_SLIP


def _without_umlauts(text: str) -> str:
    return text.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _address_odds(email_a: str, email_b: str, name: set[str]) -> float:
    odds = 0.0
    company = company_of(email_a)
    if company and company == company_of(email_b):
        odds += _SAME_COMPANY
    local_a, local_b = (canonical(email).partition("@")[0] for email in (email_a, email_b))
    if local_a == local_b and not is_role(email_a):
        odds += _SAME_LOCAL_PART if _explained(local_a, name) else _SAME_HANDLE
    return odds


def _explained(local: str, name: set[str]) -> bool:
    """Tell whether the local part is only the name again: words of it, or an initial and a word."""
    rest = fold(local)
    for word in sorted(name, key=len, reverse=True):
        rest = rest.replace(word, "", 1)
    return len("".join(_LETTERS.findall(rest))) <= 1 and not any(char.isdigit() for char in rest)
