"""Text as its reader sees it where overrides turn it round."""

import pytest

from fluffy_core.mail.mime import bidi
from tests.fakes.effort import within

LRE, PDF, LRO, RLO = "\u202a", "\u202c", "\u202d", "\u202e"
LRI, PDI = "\u2066", "\u2069"
_CONTROLS = dict.fromkeys(map(ord, (LRE, PDF, LRO, RLO, LRI, PDI)))


def seen(text: str) -> str:
    return bidi.as_seen(text).translate(_CONTROLS)


@pytest.mark.parametrize(
    "text", ["", "plain", f"{LRE}embedded{PDF}", f"{LRO}forwards{PDF}", f"{LRI}apart{PDI}"]
)
def test_what_nothing_turns_round_stays(text: str) -> None:
    assert bidi.as_seen(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"pay {RLO}21{PDF} euros", "pay 12 euros"),
        (f"{RLO}elpmaxe.x//:sptth", "https://x.example"),
        (f"{RLO}abc\ndef", "cba\ndef"),
        (f"{RLO}a{PDF}b{RLO}cd{PDF}", "abdc"),
        (f"{RLO}ab{LRE}cd{PDF}ef{PDF}gh", "fedcbagh"),
        (f"{LRE}x{RLO}ab{PDF}y{PDF}z", "xbayz"),
        (f"{RLO}{LRI}ab{PDF}cd{PDI}ef{PDF}gh", "fedcbagh"),
        (f"{LRI}{RLO}ab{PDI}cd", "bacd"),
        (f"a{PDF}{PDI}b{RLO}cd", "abdc"),
    ],
)
def test_an_override_holds_to_its_own_end(text: str, shown: str) -> None:
    assert seen(text) == shown


@pytest.mark.parametrize("piece", [RLO, PDF, LRI, f"{RLO}ab{PDF}", f"{LRI}{PDI}", f"{RLO}\n"])
def test_a_megabyte_of_controls_is_quick(piece: str) -> None:
    within(8, bidi.as_seen, LRI * 124 + piece * (1_000_000 // len(piece)) + RLO)
    within(8, bidi.as_seen, RLO + piece * (1_000_000 // len(piece)))
