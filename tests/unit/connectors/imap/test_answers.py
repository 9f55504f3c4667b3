"""Reading IMAP answers: right ones in every order, and nonsense that is never taken for one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imapclient.exceptions import ProtocolError

from fluffy_core.connectors.imap import answers as imap_answers
from fluffy_core.connectors.imap.answers import Told, told

NONSENSE = (ValueError, TypeError, LookupError, AttributeError, AssertionError, ProtocolError)
UIDS = st.integers(1, imap_answers.TOP)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([rb"1 (UID 5 FLAGS (\Seen))"], Told(5, ("seen",))),
        ([rb"1 (FLAGS (\Seen \Recent $Label) UID 5)"], Told(5, ("seen",))),
        ([rb"1 (UID 5 FLAGS (\FLAGGED \draft) RFC822.SIZE 42)"], Told(5, ("draft", "flagged", "unseen"), 42)),
        ([rb"1 (RFC822.SIZE 42 FLAGS () UID 5 MODSEQ (12345678901234))"], Told(5, ("unseen",), 42)),
        ([rb"1 (uid 5 flags (\Deleted))"], Told(5, ("deleted", "unseen"))),
        ([(rb"1 (UID 5 BODY[] {3}", b"abc"), b")"], Told(5, None, 0, b"abc")),
        ([(rb"1 (BODY[] {3}", b"(){"), rb" UID 5 FLAGS (\Seen))"], Told(5, ("seen",), 0, b"(){")),
        ([rb'1 (UID 5 BODY[] "a \"b\"")'], Told(5, None, 0, b'a "b"')),
        ([rb'1 (UID 5 BODY[] "17")'], Told(5, None, 0, b"17")),
        ([rb'1 (UID 5 BODY[] "")'], Told(5, None, 0, b"")),
        ([rb"1 (UID 5 BODY[] NIL)"], Told(5)),
        ([(rb"1 (UID 5 BODY[HEADER.FIELDS (MESSAGE-ID)] {2}", b"\r\n"), b")"], Told(5, None, 0, b"\r\n")),
    ],
)
def test_one_answer(items: list[Any], expected: Told) -> None:
    assert told(items) == {5: expected}


def test_answers_without_uid_are_nobodys_and_later_words_count() -> None:
    items = [
        rb"5 (FLAGS (\Deleted))",
        rb"1 (UID 5 FLAGS () RFC822.SIZE 9)",
        (rb"2 (UID 6 BODY[] {1}", b"x"),
        rb")",
        rb"1 (UID 5 FLAGS (\Seen))",
    ]
    assert told(items) == {5: Told(5, ("seen",), 9), 6: Told(6, None, 0, b"x")}


@pytest.mark.parametrize(
    "items",
    [
        [rb"1 (UID 0 FLAGS ())"],
        [rb"1 (UID 4294967296)"],
        [rb"1 (UID five)"],
        [rb"1 (UID)"],
        [rb"1"],
        [rb"1 UID"],
        [rb"1 (UID 5 RFC822.SIZE big)"],
        [rb"1 (UID 5 FLAGS 5)"],
        [rb"1 (UID 5 BODY[] (a b))"],
        [rb"1 (UID 5 BODY[] 17)"],
        [(rb"1 (UID 5 BODY[] {3}", b"ab"), b")"],
        [(rb"1 (UID 5 BODY[] {3}", b"abc")],
        [(rb"1 (UID 5 BODY[] {1}", b"a"), (rb" BODY[] {1}", b"b"), b")"],
        [(rb"1 (UID 5 BODY[] {1}", b"a"), b")", (rb"1 (UID 5 BODY[] {1}", b"b"), b")"],
    ],
)
def test_nonsense(items: list[Any]) -> None:
    with pytest.raises(NONSENSE):
        told(items)


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.tuples(st.binary(max_size=30).map(lambda b: b + b"{3}"), st.binary(min_size=3, max_size=3)),
            st.text('()[]{}"\\ UIDFLAGSBOY0123\r\n', max_size=60).map(lambda t: t.encode()),
        ),
        max_size=5,
    )
)
def test_anything_is_read_or_refused(items: list[Any]) -> None:
    try:
        found = told(items)
    except NONSENSE:
        return
    assert all(0 < uid <= imap_answers.TOP and one.uid == uid for uid, one in found.items())


@given(st.binary(max_size=300), UIDS)
def test_a_body_is_what_was_sent_whatever_it_looks_like(body: bytes, uid: int) -> None:
    items = [(b"1 (UID %d BODY[] {%d}" % (uid, len(body)), body), rb" FLAGS (\Seen))"]
    assert told(items) == {uid: Told(uid, ("seen",), 0, body)}


@given(st.sets(UIDS, max_size=40))
def test_a_set_names_exactly_its_uids(uids: set[int]) -> None:
    text = imap_answers.uid_set(uids)
    if not uids:
        assert text == ""
        return
    spans = imap_answers.ranges(text.encode())
    assert {uid for low, high in spans for uid in range(low, high + 1)} == uids
    assert all(imap_answers.within(uid, spans) for uid in uids)


def test_sets_are_short_and_ranges_may_be_upside_down() -> None:
    assert imap_answers.uid_set([3, 1, 2, 7, 9, 8]) == "1:3,7:9"
    assert imap_answers.ranges(b"9:7,1") == [(1, 1), (7, 9)]
    assert imap_answers.vanished([b"(EARLIER) 5:9", b"3"]) == [(3, 3), (5, 9)]
    assert not imap_answers.within(4, [(3, 3), (5, 9)])
    with pytest.raises(ValueError, match="invalid"):
        imap_answers.vanished([b"(EARLIER) x:y"])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"[APPENDUID 38505 3955] APPEND completed", (38505, 3955)),
        (b"[APPENDUID 38505 1:2] two", None),
        (b"done", None),
    ],
)
def test_appenduid(line: bytes, expected: tuple[int, int] | None) -> None:
    assert imap_answers.appended(line) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"Message-ID: <a@b>\r\n\r\n", "<a@b>"),
        (b"MESSAGE-Id:\r\n <a@b>\r\n\r\n", "<a@b>"),
        (b"Message-ID: <a\r\n @b>\r\n", "<a@b>"),
        (b"Message-ID:\r\n\r\n", ""),
        (b"\r\n", ""),
        (b"", ""),
        (b"Message-ID: \xff", "\ufffd"),
    ],
)
def test_message_ids(header: bytes, expected: str) -> None:
    assert imap_answers.message_id(header) == expected
