"""Cursors, ids and tokens of IMAP as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.connectors.imap import cursor as imap_cursor
from fluffy_core.connectors.imap.cursor import Cursor
from fluffy_core.errors import CursorExpiredError

NUMBERS = st.integers(0, 2**63)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_there_and_back(uidvalidity: int, uidnext: int, modseq: int) -> None:
    cursor = Cursor(uidvalidity, uidnext, modseq)
    assert imap_cursor.parse(cursor.text()) == cursor


@given(st.one_of(st.text(max_size=50), st.from_regex(r'\{"uidvalidity":.{0,30}\}')))
def test_any_text_is_a_cursor_or_has_expired(text: str) -> None:
    try:
        cursor = imap_cursor.parse(text)
    except CursorExpiredError:
        return
    assert imap_cursor.parse(cursor.text()) == cursor


@pytest.mark.parametrize("odd", ["-1", "true", "1.5", "null", '"7"', "1e400", "9" * 30, "[]", "NaN"])
def test_numbers_that_are_none(odd: str) -> None:
    with pytest.raises(CursorExpiredError):
        imap_cursor.parse(f'{{"uidvalidity":1,"uidnext":{odd},"modseq":0}}')


@given(st.integers(1, 2**32 - 1), st.integers(1, 2**32 - 1))
def test_ids(uidvalidity: int, uid: int) -> None:
    text = imap_cursor.message(uidvalidity, uid)
    assert imap_cursor.uid_in(text, uidvalidity) == uid
    with pytest.raises(CursorExpiredError):
        imap_cursor.uid_in(text, uidvalidity + 1)


@pytest.mark.parametrize("text", ["", "7", "7.", "7.x", "7.-1", "7.٣", ".7", "8.1", "7.1.1", "7. 1"])
def test_ids_that_are_none(text: str) -> None:
    with pytest.raises(CursorExpiredError):
        imap_cursor.uid_in(text, 7)


@pytest.mark.parametrize(
    ("now", "fine"),
    [
        (Cursor(7, 10, 5), True),
        (Cursor(7, 11, 0), True),
        (Cursor(7, 9, 5), False),
        (Cursor(8, 10, 5), False),
        (Cursor(0, 10, 5), False),
    ],
)
def test_uids_keep_their_meaning_only_while_the_server_counts_on(now: Cursor, *, fine: bool) -> None:
    if fine:
        imap_cursor.checked(Cursor(7, 10, 5), now)
        return
    with pytest.raises(CursorExpiredError):
        imap_cursor.checked(Cursor(7, 10, 5), now)
