"""Base subjects: prefixes of many languages, tags, trailers, and hostile ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.mail.threads import subjects
from tests.fakes.effort import within


@pytest.mark.parametrize(
    ("subject", "base"),
    [
        ("Budget", "Budget"),
        ("Re: Budget", "Budget"),
        ("RE : Budget", "Budget"),
        ("Re[2]: Budget", "Budget"),
        ("Re(3): Budget", "Budget"),
        ("Re^2: Budget", "Budget"),
        ("Re: Re: Fwd: AW: Budget", "Budget"),
        ("SV: VS: Antw: Budget", "Budget"),
        ("WG: TR: RV: ENC: Budget", "Budget"),
        ("Rép : Budget", "Budget"),
        ("RIF: Budget", "Budget"),
        ("R: I: Bilancio", "Bilancio"),
        ("Odp: PD: Budżet", "Budżet"),
        ("回复：预算", "预算"),
        ("Budget (fwd)", "Budget"),
        ("Re: Budget (fwd) (fwd)", "Budget"),
        ("[Fwd: Budget]", "Budget"),
        ("Budget (was: Lunch)", "Budget"),
        ("[team] Re: [team] Budget", "Budget"),
        ("Re:\n Budget\t for  May", "Budget for May"),
        ("[only a tag]", "[only a tag]"),
        ("Re: [only a tag]", "[only a tag]"),
        ("Re:", ""),
        ("", ""),
    ],
)
def test_base(subject: str, base: str) -> None:
    assert subjects.base(subject) == base


@pytest.mark.parametrize(
    "subject",
    ["Reports: May", "Regarding: May", "i: first point", "r: second", "Ref: 4711", "Forward planning: May"],
)
def test_words_that_only_look_like_prefixes_stay(subject: str) -> None:
    assert subjects.base(subject) == subject


def test_normalise_is_one_key_for_a_conversation() -> None:
    assert subjects.normalise("AW: Angebot Straße") == subjects.normalise("Fwd: ANGEBOT STRASSE")


def test_tags_can_be_kept() -> None:
    assert subjects.base("Re: [team] Budget", keep_tags=True) == "[team] Budget"
    assert subjects.normalise("Re: [Team] Budget", keep_tags=True) == "[team] budget"


@pytest.mark.parametrize(
    ("subject", "reply", "forward"),
    [
        ("Re: x", True, False),
        ("[list] Re: x", True, False),
        ("AW: WG: x", True, False),
        ("Fwd: Re: x", False, True),
        ("WG: x", False, True),
        ("x (fwd)", False, True),
        ("[Fwd: x]", False, True),
        ("Re: x (fwd)", True, False),
        ("x (was: y)", False, False),
        ("x", False, False),
        ("", False, False),
    ],
)
def test_reply_and_forward(subject: str, reply: bool, forward: bool) -> None:
    assert (subjects.is_reply(subject), subjects.is_forward(subject)) == (reply, forward)


@given(st.text(max_size=200))
def test_base_is_stable_and_never_longer(subject: str) -> None:
    base = subjects.base(subject)
    assert subjects.base(base) == base
    assert len(base) <= len(subject)


@pytest.mark.parametrize("unit", ["Re: ", "[", "[a]", "(was:", " ", "Re[2]:", "(fwd)", "[Fwd: "])
def test_a_megabyte_of_subject_takes_no_time(unit: str) -> None:
    subject = unit * (1_000_000 // len(unit))
    within(1, subjects.normalise, subject)
    within(1, subjects.is_forward, subject)
