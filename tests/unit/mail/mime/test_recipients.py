"""Recipients as they are typed, and typed again."""

import pytest

from fluffy_core.domain.message import Address
from fluffy_core.errors import UsageError
from fluffy_core.mail.mime import recipients


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ann@x.example", ["ann@x.example"]),
        ("Ann Ode <ann@x.example>, bob@x.example", ["ann@x.example", "bob@x.example"]),
        ('"Ode, Ann" <ann@x.example>', ["ann@x.example"]),
        ("ann@x.example; ANN@x.example,", ["ann@x.example"]),
        ("o'hara+x@x.example", ["o'hara+x@x.example"]),
        ("Jürgen <j@größe.example>", ["j@xn--gre-6ka8i.example"]),
    ],
)
def test_recipients(typed: str, found: list[str]) -> None:
    assert [one.email for one in recipients.people([typed])] == found


def test_names_are_kept() -> None:
    assert recipients.people(['"Ode, Ann" <ann@x.example>'])[0].name == "Ode, Ann"
    assert recipients.people([r'"Ann \"the\" Ode" <ann@x.example>'])[0].name == 'Ann "the" Ode'
    assert recipients.people(["Änn Ode<ann@x.example>"])[0].name == "Änn Ode"
    assert recipients.people(["ann@x.example"])[0].name == ""


@pytest.mark.parametrize(
    "typed",
    [
        "bob",
        "ann@x.example, bob",
        "@x.example",
        "ann@",
        "<>",
        "",
        "ann@x.example bob@x.example",
        "Ann <ann@x.example> <bob@x.example>",
        "ann@x.example\r\nBcc: spy@evil.example",
        "a b@x.example",
        '"ann@x.example',
        "ann@@x.example",
        "x@" + "ä" * 300 + ".example",
    ],
)
def test_what_is_no_address_is_said_and_nobody_is_left_out_silently(typed: str) -> None:
    with pytest.raises(UsageError, match="no mail address"):
        recipients.people([typed])


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        (Address("ann@x.example"), "ann@x.example"),
        (Address("ann@x.example", "Änn O'Hara-Ode"), "Änn O'Hara-Ode <ann@x.example>"),
        (Address("ann@x.example", "Ode, Ann"), '"Ode, Ann" <ann@x.example>'),
        (Address("ann@x.example", 'Ann "the" Ode'), r'"Ann \"the\" Ode" <ann@x.example>'),
        (Address("ann@x.example", "Ann\u202e\x07 Ode"), "Ann Ode <ann@x.example>"),
        (Address("ann@x.example", "דנה לוי"), "דנה לוי <ann@x.example>"),
        (Address("ann@x.example", "ben@y.example"), '"ben@y.example" <ann@x.example>'),
    ],
)
def test_an_address_is_typed_so_that_it_is_read_back(address: Address, typed: str) -> None:
    assert recipients.typed(address) == typed
    (back,) = recipients.people([typed])
    assert back.email == address.email
    assert recipients.typed(back) == typed


def test_a_line_falls_into_pieces_at_commas_outside_quotes() -> None:
    found = recipients.pieces('"Ode, Ann" <ann@x.example>; bob, , cleo@x.example ')
    assert found == ['"Ode, Ann" <ann@x.example>', "bob", "cleo@x.example"]
    assert recipients.pieces(" ,;") == []
