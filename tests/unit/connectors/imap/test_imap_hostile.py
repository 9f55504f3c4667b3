"""IMAP servers that lie, break off and talk nonsense: never wrong data, and fine again once they behave."""

from dataclasses import replace

import pytest

from fluffy_core.connectors.imap import session as imap_session
from fluffy_core.connectors.imap.imap import ImapAccount
from fluffy_core.domain.sync import Fetched
from fluffy_core.errors import (
    CursorExpiredError,
    FolderGoneError,
    TransientError,
)
from tests.fakes.hostile_accounts import INBOX, Open, all_right, never_wrong, refs_of
from tests.fakes.hostile_imap import (
    Drop,
    Hostile,
    Message,
    Stall,
    fetched,
)
from tests.fakes.stages import letter

# --- connections that break ---


HALF = b"* 1 FETCH (UID 1 FLAGS () BODY[] {4000}\r\nFrom: Ann <ann@example.com>\r\n"


@pytest.mark.parametrize("cut", [Drop(HALF), Drop(), Drop(b"* 1 FE"), Drop(b"* BYE going down\r\n")])
def test_one_break_in_a_batch_costs_nothing(account: ImapAccount, server: Hostile, cut: Drop) -> None:
    refs = refs_of(account)
    server.fault("UID FETCH", cut)
    found = list(account.fetch(refs))
    never_wrong(found, server)
    assert len([one for one in found if one.content]) == 5
    assert server.connections == 2


def test_a_server_that_always_breaks_off_mid_literal(account: ImapAccount, server: Hostile) -> None:
    refs = refs_of(account)
    server.fault("UID FETCH", Drop(HALF), always=True)
    found: list[Fetched] = []
    with pytest.raises(TransientError):
        found.extend(account.fetch(refs))
    assert not [one for one in found if one.content]
    server.heal()
    all_right(account, server)


@pytest.mark.parametrize("command", ["CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID SEARCH", "UID FETCH"])
def test_a_stall_ends(server: Hostile, open_account: Open, command: str) -> None:
    account = open_account(patience=0.2)
    server.fault(command, Stall(b"* "))
    with pytest.raises(TransientError, match=r"does not answer|ended"):
        account.list(INBOX)
    all_right(account, server)


def test_a_trickle_is_a_stall(server: Hostile, open_account: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_session, "COMMAND_SECONDS", 0.0)
    with pytest.raises(TransientError):
        open_account().list(INBOX)


def test_one_message_that_kills_the_connection_holds_up_none(account: ImapAccount, server: Hostile) -> None:
    refs = refs_of(account)

    def kill(tag: bytes, right: bytes) -> bytes:
        if b"Letter 3" in right:
            raise Drop(right[: right.index(b"Letter 3")])
        return right

    server.fault("UID FETCH", kill, always=True)
    found = {one.ref.id: one for one in account.fetch(refs)}
    assert {number for number, one in found.items() if one.content} == {"7.1", "7.2", "7.5", "7.8"}
    assert "ended the connection" in found["7.3"].problem
    assert not found["7.3"].gone


def test_one_message_that_is_refused_holds_up_none(account: ImapAccount, server: Hostile) -> None:
    refs = refs_of(account)

    def refuse(tag: bytes, right: bytes) -> bytes:
        return tag + b" NO [SERVERBUG] cannot read it\r\n" if b"Letter 3" in right else right

    server.fault("UID FETCH", refuse, always=True)
    found = {one.ref.id: one for one in account.fetch(refs)}
    assert found["7.3"].problem == "cannot read it"
    assert len([one for one in found.values() if one.content]) == 4


# --- nonsense ---


GARBAGE = [
    b"\x00\xff\xfe\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n<html>\r\n",
    b"* 1 FETCH (\r\n",
    b"* 1 FETCH (UID x FLAGS ())\r\n",
    b"* 1 FETCH (UID 99999999999 FLAGS ())\r\n",
    b"* 1 FETCH (UID 1 FLAGS\r\n",
    b'* 1 FETCH (UID 1 BODY[] "unclosed)\r\n',
    b"* 1 FETCH UID 1\r\n",
    b"* 1 FETCH (UID 1 BODY[] {99999999999999}\r\n",
    b"* SEARCH 1 two 3\r\n",
    b"* SEARCH 1,2,3\r\n",
    b'* LIST () "/"\r\n',
    b"+ go on\r\nzzz\r\n",
    b"zzz OK done\r\n",
]


@pytest.mark.parametrize("command", ["LIST", "EXAMINE", "UID SEARCH", "UID FETCH"])
@pytest.mark.parametrize("garbage", GARBAGE)
def test_nonsense_is_never_taken_for_an_answer(
    account: ImapAccount, server: Hostile, command: str, garbage: bytes
) -> None:
    right = refs_of(account)
    server.fault(command, lambda tag, _: garbage + tag + b" OK done\r\n")
    try:
        account.folders()
        listing = account.list(INBOX)
        known = {ref.id: (ref, replace(ref, flags=(), size=0)) for ref in right}
        assert all(ref in known[ref.id] for ref in listing.refs)
        never_wrong(list(account.fetch(right)), server)
    except TransientError:
        pass
    server.heal()
    all_right(account, server)


@pytest.mark.parametrize("greeting", [b"\r\n", b"220 smtp.example.com ESMTP\r\n", b"* BYE too many\r\n", b""])
def test_a_greeting_that_is_none(server: Hostile, open_account: Open, greeting: bytes) -> None:
    server.greeting = greeting or b"* NO\r\n"
    with pytest.raises(TransientError):
        open_account().folders()


def test_a_captive_portal_is_named(server: Hostile, open_account: Open) -> None:
    server.greeting = b"HTTP/1.1 302 Found\r\nLocation: http://wifi.example/\r\n"
    with pytest.raises(TransientError, match="Wi-Fi"):
        open_account().folders()


def test_a_line_without_end(server: Hostile, open_account: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_session, "LINE_LIMIT", 10_000)
    account = open_account()
    server.fault("UID SEARCH", lambda tag, _: b"* SEARCH" + b" 1" * 10_000 + b"\r\n" + tag + b" OK done\r\n")
    with pytest.raises(TransientError):
        account.list(INBOX)
    all_right(account, server)


def test_an_endless_literal_is_not_begun(account: ImapAccount, server: Hostile) -> None:
    refs = refs_of(account)
    huge = b"* 1 FETCH (UID 1 BODY[] {999999999999}\r\n"
    server.fault("UID FETCH", lambda tag, right: huge, always=True)
    with pytest.raises(TransientError):
        list(account.fetch(refs[:1]))


# --- lies ---


@pytest.mark.parametrize("by", [-20, -1, 1, 20])
def test_a_lie_about_the_size_of_a_literal(server: Hostile, open_account: Open, by: int) -> None:
    account = open_account(patience=0.3)
    refs = refs_of(account)
    size = len(letter(3))

    def lie(tag: bytes, right: bytes) -> bytes:
        return right.replace(b"UID 3 BODY[] {%d}" % size, b"UID 3 BODY[] {%d}" % (size + by))

    server.fault("UID FETCH", lie, always=True)
    found = list(account.fetch(refs))
    never_wrong(found, server)
    assert len([one for one in found if one.content]) == 4


def test_a_lie_about_rfc822_size_is_harmless(account: ImapAccount, server: Hostile) -> None:
    server.fault("UID FETCH", lambda tag, right: right.replace(b"RFC822.SIZE ", b"RFC822.SIZE 9"))
    refs = refs_of(account)
    assert {ref.size for ref in refs} != {len(letter(1))}
    never_wrong(list(account.fetch(refs)), server)
    all_right(account, server)


def test_repeated_uids_count_once(account: ImapAccount, server: Hostile) -> None:
    server.fault("UID SEARCH", lambda tag, _: b"* SEARCH 1 1 2 3 3 5 8 8\r\n" + tag + b" OK done\r\n")
    server.fault(
        "UID FETCH", lambda tag, right: right.replace(b"\r\n* 2 ", b"\r\n* 1 FETCH (UID 1 FLAGS ())\r\n* 2 ")
    )
    refs = refs_of(account)
    assert [ref.id for ref in refs] == ["7.8", "7.5", "7.3", "7.2", "7.1"]


def test_one_uid_with_two_bodies_is_believed_in_neither(account: ImapAccount, server: Hostile) -> None:
    refs = refs_of(account)

    def double(tag: bytes, right: bytes) -> bytes:
        return fetched(1, 3, Message(b"another\r\n")) + right if b"UID 3 " in right else right

    server.fault("UID FETCH", double, always=True)
    found = {one.ref.id: one for one in account.fetch(refs)}
    assert not found["7.3"].content
    assert found["7.3"].problem
    assert len([one for one in found.values() if one.content]) == 4


def test_a_body_that_nobody_asked_for_is_left_out(account: ImapAccount, server: Hostile) -> None:
    refs = refs_of(account)
    server.fault("UID FETCH", lambda tag, right: fetched(9, 999, Message(b"not yours\r\n")) + right)
    found = list(account.fetch(refs))
    assert len(found) == 5
    never_wrong(found, server)


def test_unsolicited_news_without_uid_belongs_to_nobody(account: ImapAccount, server: Hostile) -> None:
    news = b"* 2 FETCH (FLAGS (\\Seen))\r\n* 3 EXPUNGE\r\n* 9 EXISTS\r\n* OK [ALERT] hello\r\n"
    server.fault("UID FETCH", lambda tag, right: news + right, always=True)
    assert {ref.flags for ref in refs_of(account)} == {("unseen",)}
    all_right(account, server)


def test_a_message_that_is_listed_but_not_handed_out(account: ImapAccount, server: Hostile) -> None:
    refs = refs_of(account)

    def without(tag: bytes, right: bytes) -> bytes:
        return right.replace(fetched(3, 3, server.messages[3]), b"")

    server.fault("UID FETCH", without, always=True)
    found = {one.ref.id: one for one in account.fetch(refs)}
    assert (found["7.3"].gone, bool(found["7.3"].problem)) == (False, True)


def test_a_message_that_a_listing_keeps_quiet_about_is_not_lost(
    account: ImapAccount, server: Hostile
) -> None:
    quiet = b"* 3 FETCH (UID 3 FLAGS () RFC822.SIZE %d)\r\n" % len(letter(3))
    server.fault("UID FETCH", lambda tag, right: right.replace(quiet, b""))
    refs = refs_of(account)
    assert [(ref.id, ref.flags, ref.size) for ref in refs if not ref.size] == [("7.3", (), 0)]
    assert {one.content for one in account.fetch(refs)} == {one.body for one in server.messages.values()}


def test_a_message_that_a_comparison_keeps_quiet_about_is_not_gone(
    account: ImapAccount, server: Hostile
) -> None:
    cursor = account.cursor(INBOX)
    known = {ref.id: ref.flags for ref in refs_of(account)}
    del server.messages[5]
    server.fault("UID FETCH", lambda tag, right: right.replace(b"* 3 FETCH (UID 3 FLAGS ())\r\n", b""))
    assert account.changes(INBOX, cursor, lambda: known).gone == ("7.5",)


@pytest.mark.parametrize("body", [b"NIL", b"(1 2)", b"17"])
def test_a_body_that_is_none(account: ImapAccount, server: Hostile, body: bytes) -> None:
    refs = refs_of(account)
    server.fault(
        "UID FETCH",
        lambda tag, _: b"* 3 FETCH (UID 3 BODY[] " + body + b")\r\n" + tag + b" OK done\r\n",
        always=True,
    )
    try:
        found = list(account.fetch(refs[2:3]))
        assert [(one.content, one.gone, bool(one.problem)) for one in found] == [(b"", False, True)]
    except TransientError:
        pass


# --- numbering ---


def test_uidvalidity_that_flaps(account: ImapAccount, server: Hostile, open_account: Open) -> None:
    cursor = account.cursor(INBOX)
    refs = refs_of(account)
    server.uidvalidity = 8
    for call in (
        lambda: account.changes(INBOX, cursor, dict),
        lambda: account.list(INBOX, token="7.5"),
    ):
        with pytest.raises(CursorExpiredError):
            call()
    with pytest.raises(CursorExpiredError):
        list(open_account().fetch(refs))
    server.uidvalidity = 7
    known = {ref.id: ref.flags for ref in refs}
    assert account.changes(INBOX, cursor, lambda: known).refs == ()
    all_right(account, server)


def test_no_uidvalidity_at_all(account: ImapAccount, server: Hostile) -> None:
    server.uidvalidity = None
    with pytest.raises(TransientError):
        account.list(INBOX)


def test_a_lowered_uidnext_means_that_uids_may_be_used_again(account: ImapAccount, server: Hostile) -> None:
    cursor = account.cursor(INBOX)
    server.uidnext = 4
    with pytest.raises(CursorExpiredError):
        account.changes(INBOX, cursor, dict)


def test_a_server_that_tells_no_uidnext(account: ImapAccount, server: Hostile) -> None:
    server.uidnext = 0
    cursor = account.cursor(INBOX)
    known = {ref.id: ref.flags for ref in refs_of(account)}
    server.messages[9] = Message(letter(9))
    found = account.changes(INBOX, cursor, lambda: known)
    assert [ref.id for ref in found.refs] == ["7.9"]


def test_a_count_of_changes_that_was_set_back_is_not_believed(account: ImapAccount, server: Hostile) -> None:
    server.capabilities += " ENABLE CONDSTORE QRESYNC"
    server.modseq = 50
    cursor = account.cursor(INBOX)
    known = {ref.id: ref.flags for ref in refs_of(account)}
    server.modseq = 10
    server.messages[3].flags = "\\Seen"
    del server.messages[5]
    found = account.changes(INBOX, cursor, lambda: known)
    assert [(ref.id, ref.flags) for ref in found.refs] == [("7.3", ("seen",))]
    assert found.gone == ("7.5",)


def test_a_server_that_counts_changes_but_cannot_tell_what_went(
    account: ImapAccount, server: Hostile
) -> None:
    server.capabilities += " ENABLE CONDSTORE QRESYNC"
    server.fault("ENABLE", b"TAG NO not today\r\n")
    server.modseq = 50
    cursor = account.cursor(INBOX)
    known = {ref.id: ref.flags for ref in refs_of(account)}
    server.modseq, server.vanished = 51, "1:3"
    del server.messages[5]
    assert account.changes(INBOX, cursor, lambda: known).gone == ("7.5",)
    assert server.count(r"UID FETCH 1:\* \(.*\) \(CHANGEDSINCE 50\)") == 1


def test_vanished_may_name_four_thousand_million(account: ImapAccount, server: Hostile) -> None:
    server.capabilities += " ENABLE CONDSTORE QRESYNC"
    server.modseq = 50
    cursor = account.cursor(INBOX)
    known = {ref.id: ref.flags for ref in refs_of(account)}
    server.modseq, server.vanished = 51, "4,6:7,9:4294967295,5"
    del server.messages[5]
    assert account.changes(INBOX, cursor, lambda: known).gone == ("7.5",)


def test_a_folder_that_cannot_be_opened_now_is_not_gone(account: ImapAccount, server: Hostile) -> None:
    for refusal in (b"TAG NO [UNAVAILABLE] try later\r\n", b"TAG NO server busy, try later\r\n"):
        server.fault("EXAMINE", refusal)
        with pytest.raises(TransientError, match="try later"):
            account.cursor(INBOX)
    server.fault("EXAMINE", b"TAG NO no such thing\r\n")
    with pytest.raises(FolderGoneError):
        account.cursor(replace(INBOX, id="Elsewhere"))
    server.fault("EXAMINE", b"TAG NO [NONEXISTENT] no such mailbox\r\n")
    with pytest.raises(FolderGoneError):
        account.cursor(INBOX)
    all_right(account, server)
    assert server.connections == 3
