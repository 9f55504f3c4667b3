"""Address lists, from tidy ones to what is really written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.domain.message import Address
from fluffy_core.mail.addresses.addresses import MAX_ADDRESSES, parse_list, parse_one, spoof
from tests.fakes.effort import within


def pairs(text: str) -> list[tuple[str, str]]:
    return [(address.name, address.email) for address in parse_list(text)]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("a@x.example", [("", "a@x.example")]),
        ("A@X.Example", [("", "a@x.example")]),
        ("Ann Bee <a@x.example>", [("Ann Bee", "a@x.example")]),
        ('"Bee, Ann" <a@x.example>, b@x.example', [("Bee, Ann", "a@x.example"), ("", "b@x.example")]),
        ("Bee, Ann <a@x.example>, b@x.example", [("Bee, Ann", "a@x.example"), ("", "b@x.example")]),
        ("a@x.example (Ann Bee)", [("Ann Bee", "a@x.example")]),
        ("(note) a@x.example (Ann (the) Bee)", [("note Ann the Bee", "a@x.example")]),
        ("Ann (sales) <a@x.example>", [("Ann", "a@x.example")]),
        (
            "team: a@x.example, B <b@x.example>;, c@x.example",
            [("", "a@x.example"), ("B", "b@x.example"), ("", "c@x.example")],
        ),
        ("undisclosed-recipients:;", []),
        ("<undisclosed:;@x.example>", []),
        ("<@r.example,@s.example:u@x.example>", [("", "u@x.example")]),
        ('"quoted local"@x.example', [("", '"quoted local"@x.example')]),
        ('Ann <"a b"@x.example>', [("Ann", '"a b"@x.example')]),
        ('"a\\"b" <q@x.example>', [('a"b', "q@x.example")]),
        ('"Unclosed <u@x.example>, v@x.example', [("Unclosed", "u@x.example"), ("", "v@x.example")]),
        ("<a@x.example, b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
        ("a@x.example b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
        ("a@x.example; b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
        ("a@[IPv6:::1]", [("", "a@[ipv6:::1]")]),
        ("'Ann' <a@x.example>", [("Ann", "a@x.example")]),
        ("\"'a@x.example'\" <a@x.example>", [("", "a@x.example")]),
        ("<mailto:a@x.example>", [("", "a@x.example")]),
        ("Ann < a@x.example >", [("Ann", "a@x.example")]),
        ("a@x.example.", [("", "a@x.example")]),
        ("=?utf-8?Q?Bee=2C_Ann?= <a@x.example>", [("Bee, Ann", "a@x.example")]),
        ('"=?utf-8?Q?J=C3=A4?=" <a@x.example>', [("Jä", "a@x.example")]),
        ("=?utf-8?Q?=22A=22?= <a@x.example>", [("A", "a@x.example")]),
        ("Zoë <zoë@bücher.example>", [("Zoë", "zoë@xn--bcher-kva.example")]),
        ("i@xn--bcher-kva.example", [("", "i@xn--bcher-kva.example")]),
        ("Ann <c@(Ann's host)x.example>", [("Ann", "c@x.example")]),
        ("\u202ennA\u200b <a@x.example>", [("Ann", "a@x.example")]),
        ("no address here", []),
        ("@", []),
        ("", []),
        (",,;", []),
        ("a" * 400 + "@x.example", []),
    ],
)
def test_lists_are_read(written: str, found: list[tuple[str, str]]) -> None:
    assert pairs(written) == found


def test_the_sentence_of_rfc_5322_with_comments_everywhere() -> None:
    written = "Pete(A nice \\) chap) <pete(his account)@silly.example(his host)>"
    assert parse_list(written) == (Address("pete@silly.example", "Pete"),)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Ann <a@x.example>, b@x.example", Address("a@x.example", "Ann")),
        ("MAILER-DAEMON", Address("mailer-daemon")),
        ('"The Daemon" <daemon>', Address("daemon", "The Daemon")),
        ("Ann Bee", Address("", "Ann Bee")),
        ("undisclosed:;", None),
        ("", None),
        ("x" * 2000, None),
    ],
)
def test_a_sender_may_lack_a_domain(written: str, address: Address | None) -> None:
    assert parse_one(written) == address


@pytest.mark.parametrize(
    ("name", "email", "noted"),
    [
        ("boss@corp.example", "x@evil.example", True),
        ("Boss (boss@corp.example)", "x@evil.example", True),
        ("boss@corp.example", "other@corp.example", False),
        ("boss@corp.example", "x@mail.corp.example", False),
        ("Boss", "x@evil.example", False),
        ("Boss @ Corp", "x@evil.example", False),
    ],
)
def test_a_name_that_shows_another_address_is_noted(name: str, email: str, noted: bool) -> None:
    sentence = spoof(Address(email, name))
    assert bool(sentence) == noted
    if noted:
        assert sentence == f"The sender’s name shows boss@corp.example, but the message comes from {email}."


def test_a_long_list_of_mixed_shapes_is_complete() -> None:
    written = ", ".join(f'"N, {i}" <u{i}@x.example>' if i % 3 else f"u{i}@x.example" for i in range(1500))
    assert [address.email for address in parse_list(written)] == [f"u{i}@x.example" for i in range(1500)]


def test_an_odd_mailbox_in_the_middle_loses_none_after_it() -> None:
    written = "a@x.example, <odd, b@x.example, C <c@x.example>"
    assert [address.email for address in parse_list(written)] == ["a@x.example", "b@x.example", "c@x.example"]


NAMES = st.text(
    st.characters(codec="utf-8", categories=["L", "N"], max_codepoint=0x2FFF), min_size=1, max_size=20
)
LOCALS = st.from_regex(r"[a-z0-9]([a-z0-9._+-]{0,20}[a-z0-9])?", fullmatch=True)
EMAILS = st.builds("{}@{}.example".format, LOCALS, st.from_regex(r"[a-z]{1,12}", fullmatch=True))


@given(st.lists(st.tuples(NAMES, EMAILS), max_size=6))
def test_lists_written_are_read_back(people: list[tuple[str, str]]) -> None:
    written = ", ".join(f'"{name}" <{email}>' for name, email in people)
    assert pairs(written) == [(name if name.lower() != email else "", email) for name, email in people]


@given(st.text(max_size=200), st.text(st.sampled_from('<>"(),;:@\\[] a.é='), max_size=60))
def test_any_text_gives_usable_addresses(anything: str, syntax: str) -> None:
    for address in (*parse_list(anything), *parse_list(syntax)):
        assert "@" in address.email
        assert len(address.email) <= 320
        assert not any(char in address.name for char in "\0\n\r\u202e")


@pytest.mark.parametrize(
    "piece",
    [
        ",",
        "a, ",
        "(",
        '"',
        "<",
        " ",
        "\\",
        '<"',
        "[",
        "a@",
        "a <b@c> ",
        "=?utf-8?q?",
        ":",
        '"\\',
        "a b ",
        "@a:",
    ],
)
def test_a_megabyte_of_any_syntax_is_quick(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert len(within(4, parse_list, text)) <= MAX_ADDRESSES
    within(4, parse_one, text)
