"""Message-ID, In-Reply-To and References, tidy and untidy."""

import pytest

from fluffy_core.mail.mime.message_ids import MAX_REFERENCES, identifiers, message_id, thread_ids
from tests.fakes.effort import within


@pytest.mark.parametrize(
    ("written", "identifier"),
    [
        ("<a@x.example>", "a@x.example"),
        ("  <a@x.example> (comment)", "a@x.example"),
        ("<a b\t@x.example>", "ab@x.example"),
        ("a@x.example", "a@x.example"),
        ("<a@x.example", "a@x.example"),
        ("<a@x.example> <b@x.example>", "a@x.example"),
        ("<no-at-sign>", "no-at-sign"),
        ("<a\0\u202e@x.example>", "a@x.example"),
        ("", ""),
        ("<>", ""),
    ],
)
def test_the_message_id_has_no_brackets_and_blanks(written: str, identifier: str) -> None:
    assert message_id(written) == identifier


def test_a_message_id_is_bounded() -> None:
    assert len(message_id("<" + "a" * 1500 + "@x>")) == 998


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("<a@x> <b@x>\t<a@x>", ["a@x", "b@x"]),
        ("<a@x><b@x>", ["a@x", "b@x"]),
        ("a@x b@x, c@x", ["a@x", "b@x", "c@x"]),
        ("<a@\n x>", ["a@x"]),
        ("nothing here", []),
    ],
)
def test_all_identifiers_are_found_once(written: str, found: list[str]) -> None:
    assert identifiers(written) == found


@pytest.mark.parametrize(
    ("references", "in_reply_to", "chain", "parent"),
    [
        ("<a@x> <b@x>", "<b@x>", ("a@x", "b@x"), "b@x"),
        ("<a@x> <b@x>", "", ("a@x", "b@x"), ""),
        ("", "<a@x>", ("a@x",), "a@x"),
        ("<a@x> <b@x>", "<c@x>", ("a@x", "b@x", "c@x"), "c@x"),
        ("<b@x> <a@x>", "<b@x>", ("a@x", "b@x"), "b@x"),
        ("<own@x> <a@x>", "<own@x>", ("a@x",), ""),
        ("", 'Your message of "Mon" <jane@x.example> <id@x>', ("id@x",), "id@x"),
        ("", "", (), ""),
    ],
)
def test_references_end_with_the_parent(
    references: str, in_reply_to: str, chain: tuple[str, ...], parent: str
) -> None:
    assert thread_ids(references, in_reply_to, "own@x") == (chain, parent, "")


def test_of_many_references_the_first_and_the_latest_stay() -> None:
    text = " ".join(f"<{number}@x>" for number in range(10_000))
    chain, _, problem = thread_ids(text, "", "")
    assert len(chain) == MAX_REFERENCES
    assert chain[0] == "0@x"
    assert chain[-1] == "9999@x"
    assert problem == "The message names 10,000 earlier messages; 100 were kept."


@pytest.mark.parametrize("piece", ["<", "<a", "a@", " ", "<>", "<a@x>"])
def test_long_references_are_quick(piece: str) -> None:
    within(5, thread_ids, piece * (1_000_000 // len(piece)), piece, "")
