"""What every MailAccount keeps: in memory, on two Dovecots (with all extensions, and bare), Gmail, Graph."""

import random
import threading
from collections.abc import Iterator
from datetime import date

import pytest

from fluffy_core.connectors.base import MailAccount
from fluffy_core.connectors.imap.saving import id_of
from fluffy_core.connectors.imap.smtp import without_bcc
from fluffy_core.domain.sync import Folder, FolderRole, MessageRef
from fluffy_core.errors import CursorExpiredError, FolderGoneError, RejectedError, TransientError
from tests.fakes.google_stage import gmail_stage
from tests.fakes.outlook_stage import OutlookStage, outlook_stage
from tests.fakes.stages import MemoryStage, Stage, dovecot_stage, letter


@pytest.fixture(params=["memory", "dovecot", "bare dovecot", "gmail", "outlook"])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    if request.param == "memory":
        yield MemoryStage()
        return
    if request.param in ("gmail", "outlook"):
        with gmail_stage() if request.param == "gmail" else outlook_stage() as provider:
            yield provider
        return
    server = request.getfixturevalue("full_dovecot" if request.param == "dovecot" else "bare_dovecot")
    with dovecot_stage(server, request.getfixturevalue("outbox"), request.getfixturevalue("smtp")) as found:
        yield found


@pytest.fixture
def account(stage: Stage) -> MailAccount:
    return stage.account()


def folder(account: MailAccount, role: FolderRole) -> Folder:
    return next(one for one in account.folders() if one.role is role)


@pytest.fixture
def inbox(account: MailAccount) -> Folder:
    return folder(account, FolderRole.INBOX)


@pytest.fixture
def archive(account: MailAccount) -> Folder:
    """Another folder than the inbox; where all mail is one, archiving is a matter of habit."""
    return next(one for one in account.folders() if one.role is FolderRole.ARCHIVE or one.name == "Archive")


def pages(account: MailAccount, where: Folder, *, limit: int = 3) -> list[tuple[MessageRef, ...]]:
    """All pages of a listing."""
    found, token = [], ""
    while True:
        page = account.list(where, token=token, limit=limit)
        found.append(page.refs)
        token = page.next
        if not token:
            return found


def listed(account: MailAccount, where: Folder) -> list[MessageRef]:
    return [ref for page in pages(account, where) for ref in page]


def told(account: MailAccount, where: Folder) -> list[MessageRef]:
    """What a listing and the bytes together tell, in the order of the listing."""
    refs = listed(account, where)
    found = {one.ref.id: one.ref for one in account.fetch(refs)}
    return [found[ref.id] for ref in refs]


def contents(account: MailAccount, where: Folder) -> list[bytes]:
    return [found.content for found in account.fetch(listed(account, where))]


class Mirror:
    """What a program that syncs has stored of one folder."""

    def __init__(self, account: MailAccount, where: Folder) -> None:
        self.account = account
        self.where = where
        self.cursor = account.cursor(where)
        self.flags = {ref.id: ref.flags for ref in told(account, where)}
        self.writes = 0

    def catch_up(self) -> None:
        """Take over what changed."""
        while True:
            found = self.account.changes(self.where, self.cursor, lambda: self.flags)
            new = [ref for ref in found.refs if ref.id not in self.flags]
            fetched = [one.ref for one in self.account.fetch(new) if not one.gone]
            for ref in (*fetched, *(ref for ref in found.refs if ref not in new)):
                self.writes += self.flags.get(ref.id) != ref.flags
                self.flags[ref.id] = ref.flags
            for number in found.gone:
                self.writes += self.flags.pop(number, None) is not None
            self.cursor = found.cursor
            if not found.more:
                return

    def by_message_id(self) -> dict[str, tuple[str, ...]]:
        """Flags as stored, by Message-ID; every id must be one that the server knows."""
        names = self.account.message_ids(self.where)
        return {names[number]: flags for number, flags in self.flags.items()}


# --- folders ---


def test_folders_have_a_role_and_a_name_and_keep_their_order(account: MailAccount) -> None:
    folders = account.folders()
    assert folders == account.folders()
    assert len({one.id for one in folders}) == len(folders)
    roles = {one.role for one in folders}
    assert {FolderRole.INBOX, FolderRole.SENT, FolderRole.DRAFTS, FolderRole.JUNK} <= roles
    assert roles & {FolderRole.ARCHIVE, FolderRole.ALL}
    assert folders[0].name == "Inbox"
    assert not [one.name for one in folders if "INBOX" in one.name or "&" in one.name]


@pytest.mark.parametrize("name", ["Müller & Söhne", "顧客 2026", 'a\\b "quoted"', "2019", "&-", "%*"])
def test_any_name_of_a_folder(stage: Stage, account: MailAccount, name: str) -> None:
    stage.make("Clients", name)
    (found,) = [one for one in account.folders() if one.name == f"Clients/{name}"]
    assert found.role is FolderRole.OTHER
    stage.deliver(found, letter(1))
    assert contents(account, found) == [letter(1)]


def test_a_folder_that_is_gone_says_so(stage: Stage, account: MailAccount) -> None:
    stage.make("Project")
    (project,) = [one for one in account.folders() if one.name == "Project"]
    cursor = account.cursor(project)
    stage.drop(project)
    again = stage.account()
    with pytest.raises(FolderGoneError):
        again.changes(project, cursor, dict)
    with pytest.raises(FolderGoneError):
        again.list(project)
    assert project not in again.folders()


# --- listing ---


def test_an_empty_folder(account: MailAccount, inbox: Folder) -> None:
    listing = account.list(inbox)
    assert (listing.refs, listing.next) == ((), "")
    assert account.present(inbox) == frozenset()
    assert account.message_ids(inbox) == {}


def test_newest_first_in_pages_that_hold_each_message_once(
    stage: Stage, account: MailAccount, inbox: Folder
) -> None:
    for number in range(7):
        stage.deliver(inbox, letter(number))
    found = pages(account, inbox)
    assert [len(page) for page in found] == [3, 3, 1]
    names = account.message_ids(inbox)
    order = [names[ref.id] for page in found for ref in page]
    assert order == [f"<{number}@example.com>" for number in reversed(range(7))]
    assert account.present(inbox) == set(names)
    assert account.list(inbox, limit=3).total in (7, None)


def test_a_full_last_page_has_no_next(stage: Stage, account: MailAccount, inbox: Folder) -> None:
    for number in range(6):
        stage.deliver(inbox, letter(number))
    assert [len(page) for page in pages(account, inbox)] == [3, 3]


def test_refs_tell_size_and_flags(stage: Stage, account: MailAccount, inbox: Folder) -> None:
    stage.deliver(inbox, letter(1))
    stage.deliver(inbox, letter(2), flags=["seen", "flagged"])
    stage.deliver(inbox, letter(3), flags=["answered"])
    refs = told(account, inbox)
    answered = ("answered", "unseen") if "answered" in stage.flags else ("unseen",)
    assert [ref.flags for ref in refs] == [answered, ("flagged", "seen"), ("unseen",)]
    assert {ref.size for ref in refs} == {len(letter(1))}
    assert {ref.folder_id for ref in refs} == {inbox.id}


def test_since_a_day(stage: Stage, account: MailAccount, inbox: Folder) -> None:
    for day in (1, 10, 20):
        stage.deliver(inbox, letter(day), arrived=date(2026, 3, day))
    names = account.message_ids(inbox)
    refs = account.list(inbox, since=date(2026, 3, 10)).refs
    assert [names[ref.id] for ref in refs] == ["<20@example.com>", "<10@example.com>"]
    assert account.list(inbox, since=date(2026, 4, 1)).refs == ()


def test_what_happens_between_two_pages_is_not_lost(
    stage: Stage, account: MailAccount, inbox: Folder
) -> None:
    for number in range(6):
        stage.deliver(inbox, letter(number))
    cursor = account.cursor(inbox)
    first = account.list(inbox, limit=2)
    stage.deliver(inbox, letter(6))
    stage.remove(inbox, "<2@example.com>")
    stored = {ref.id: ref.flags for ref in first.refs}
    token = first.next
    while token:
        page = account.list(inbox, token=token, limit=2)
        assert not stored.keys() & {ref.id for ref in page.refs}
        stored |= {ref.id: ref.flags for ref in page.refs}
        token = page.next
    changes = account.changes(inbox, cursor, lambda: stored)
    stored |= {ref.id: ref.flags for ref in changes.refs}
    assert stored.keys() - set(changes.gone) == account.present(inbox)


def test_a_token_of_another_numbering_is_refused(stage: Stage, account: MailAccount, archive: Folder) -> None:
    for number in range(4):
        stage.deliver(archive, letter(number))
    token = account.list(archive, limit=2).next
    stage.renumber(archive)
    if isinstance(stage, OutlookStage):  # its places in a listing are moments, which stay good
        assert len(stage.account().list(archive, token=token, limit=2).refs) == 2
        return
    with pytest.raises(CursorExpiredError):
        stage.account().list(archive, token=token, limit=2)


# --- bytes ---


def test_bytes_come_as_they_were_each_once(stage: Stage, account: MailAccount, inbox: Folder) -> None:
    odd = [
        letter(1),
        letter(2, body="é" * 1000),
        letter(3, body="x" * 300_000),
        letter(4, body=") * 1 FETCH (UID 1 BODY[] {5}"),
        b"Subject: nothing but a header\r\n\r\n",
        b"no header at all\r\n",
    ]
    for message in odd:
        stage.deliver(inbox, message)
    refs = listed(account, inbox)
    fetched = list(account.fetch(refs))
    assert sorted(one.content for one in fetched) == sorted(odd)
    assert sorted(one.ref.id for one in fetched) == sorted(ref.id for ref in refs)
    assert not [one for one in fetched if one.problem or one.gone]


def test_nothing_to_fetch(account: MailAccount) -> None:
    assert list(account.fetch([])) == []


def test_fetching_from_two_folders(
    stage: Stage, account: MailAccount, inbox: Folder, archive: Folder
) -> None:
    for number in range(4):
        stage.deliver(inbox if number % 2 else archive, letter(number))
    refs = [*listed(account, inbox), *listed(account, archive)]
    refs = [refs[0], refs[2], refs[1], refs[3]]
    found = {one.ref.id + one.ref.folder_id: one.content for one in account.fetch(refs)}
    assert sorted(found.values()) == [letter(number) for number in range(4)]


def test_reading_marks_nothing_as_read(stage: Stage, account: MailAccount, inbox: Folder) -> None:
    stage.deliver(inbox, letter(1))
    assert contents(account, inbox) == [letter(1)]
    assert told(stage.account(), inbox)[0].flags == ("unseen",)


def test_a_message_that_went_is_gone_and_holds_up_none(
    stage: Stage, account: MailAccount, inbox: Folder
) -> None:
    for number in range(3):
        stage.deliver(inbox, letter(number))
    refs = listed(account, inbox)
    stage.remove(inbox, "<1@example.com>")
    found = {one.content: one for one in stage.account().fetch(refs)}
    assert found.keys() == {letter(0), letter(2), b""}
    assert (found[b""].gone, found[b""].ref) == (True, refs[1])


# --- changes ---


def test_nothing_changed(stage: Stage, account: MailAccount, inbox: Folder) -> None:
    stage.deliver(inbox, letter(1))
    mirror = Mirror(account, inbox)
    found = account.changes(inbox, mirror.cursor, lambda: mirror.flags)
    assert (found.refs, found.gone, found.more) == ((), (), False)
    assert account.changes(inbox, found.cursor, lambda: mirror.flags).refs == ()


def test_new_changed_and_gone(stage: Stage, account: MailAccount, inbox: Folder) -> None:
    for number in range(4):
        stage.deliver(inbox, letter(number))
    mirror = Mirror(account, inbox)
    ids = {name: number for number, name in account.message_ids(inbox).items()}
    stage.flag(inbox, "<0@example.com>", ["seen"])
    stage.remove(inbox, "<1@example.com>")
    stage.deliver(inbox, letter(9), flags=["flagged"])
    found = account.changes(inbox, mirror.cursor, lambda: mirror.flags)
    names = account.message_ids(inbox)
    assert {names[ref.id] for ref in found.refs} == {"<0@example.com>", "<9@example.com>"}
    assert [ref.flags for ref in found.refs if ref.id in mirror.flags] == [("seen",)]
    (new,) = account.fetch([ref for ref in found.refs if ref.id not in mirror.flags])
    assert new.ref.flags == ("flagged", "unseen")
    assert [number for number in found.gone if number in mirror.flags] == [ids["<1@example.com>"]]
    assert new.ref.size == len(letter(9))


def test_a_second_sync_writes_nothing(stage: Stage, account: MailAccount, inbox: Folder) -> None:
    for number in range(3):
        stage.deliver(inbox, letter(number))
    mirror = Mirror(account, inbox)
    stage.flag(inbox, "<2@example.com>", ["seen"])
    stage.remove(inbox, "<0@example.com>")
    mirror.catch_up()
    assert mirror.writes == 2
    mirror.catch_up()
    assert mirror.writes == 2


def test_a_cursor_outlives_the_program(stage: Stage, account: MailAccount, inbox: Folder) -> None:
    stage.deliver(inbox, letter(1))
    mirror = Mirror(account, inbox)
    account.close()
    stage.deliver(inbox, letter(2))
    mirror.account = stage.account()
    mirror.catch_up()
    assert mirror.by_message_id().keys() == {"<1@example.com>", "<2@example.com>"}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_mirror_equals_the_server(
    stage: Stage, account: MailAccount, inbox: Folder, seed: int
) -> None:
    chance = random.Random(seed)
    truth: dict[str, tuple[str, ...]] = {}
    mirror = Mirror(account, inbox)
    for number in range(24):
        match chance.choice(["deliver", "deliver", "flag", "remove", "sync"]):
            case "flag" if truth:
                name = chance.choice(sorted(truth))
                possible = [one for one in ("seen", "flagged", "answered") if one in stage.flags]
                words = chance.sample(possible, chance.randint(0, len(possible)))
                stage.flag(inbox, name, words)
                truth[name] = tuple(sorted(words if "seen" in words else [*words, "unseen"]))
            case "remove" if truth:
                name = chance.choice(sorted(truth))
                stage.remove(inbox, name)
                del truth[name]
            case "sync":
                mirror.catch_up()
            case _:
                stage.deliver(inbox, letter(number))
                truth[f"<{number}@example.com>"] = ("unseen",)
    mirror.catch_up()
    assert mirror.by_message_id() == truth


# --- ids and cursors that expire ---


def test_after_renumbering_cursor_and_ids_are_refused_and_message_ids_heal(
    stage: Stage, account: MailAccount, archive: Folder
) -> None:
    for number in range(3):
        stage.deliver(archive, letter(number))
    mirror = Mirror(account, archive)
    before = account.message_ids(archive)
    refs = listed(account, archive)
    stage.renumber(archive)
    again = stage.account()
    if not stage.renumbers:
        stage.flag(archive, "<1@example.com>", ["seen"])
        stage.remove(archive, "<2@example.com>")
        mirror.account = again
        mirror.catch_up()
        assert mirror.by_message_id() == {"<0@example.com>": ("unseen",), "<1@example.com>": ("seen",)}
        assert mirror.writes == 2
        return
    with pytest.raises(CursorExpiredError):
        again.changes(archive, mirror.cursor, lambda: mirror.flags)
    with pytest.raises(CursorExpiredError):
        list(again.fetch(refs))
    after = again.message_ids(archive)
    assert not before.keys() & after.keys()
    assert sorted(before.values()) == sorted(after.values()) != []


@pytest.mark.parametrize(
    "cursor", ["", "x", "{}", "[]", '{"uidvalidity":1}', "1:99999999", '{"uidvalidity":null}', "[" * 5000]
)
def test_a_cursor_that_is_none_has_expired(account: MailAccount, inbox: Folder, cursor: str) -> None:
    with pytest.raises(CursorExpiredError):
        account.changes(inbox, cursor, dict)


# --- sending ---


ME, BEN, CLEO = "ann@example.com", "ben@example.com", "cleo@example.com"


def test_sending_takes_out_bcc_and_keeps_every_byte(stage: Stage, account: MailAccount) -> None:
    head = b"From: ann@example.com\r\nBcc: cleo@example.com,\r\n dora@example.com\r\nSubject: Dots\r\n\r\n"
    body = b".\r\n..\r\nBcc: this is text\r\n.\r\nend\r\n"
    account.send(head + body, sender=ME, recipients=[BEN, CLEO])
    (sent,) = stage.outbox.delivered
    assert (sent.sender, sent.recipients) == (ME, (BEN, CLEO))
    assert sent.content == b"From: ann@example.com\r\nSubject: Dots\r\n\r\n" + body


@pytest.mark.parametrize(
    ("where", "reply", "error"),
    [
        (CLEO, "550 no such user", RejectedError),
        (CLEO, "451 greylisted", TransientError),
        ("data", "554 spam", RejectedError),
        ("data", "452 full", TransientError),
    ],
)
def test_a_refusal_means_that_nobody_got_it(
    stage: Stage, account: MailAccount, where: str, reply: str, error: type[Exception]
) -> None:
    stage.outbox.refusals[where] = reply
    with pytest.raises(error, match=reply[4:] if error is RejectedError else None):
        account.send(letter(1), sender=ME, recipients=[BEN, CLEO])
    assert stage.outbox.delivered == []
    stage.outbox.refusals.clear()
    account.send(letter(1), sender=ME, recipients=[BEN, CLEO])
    assert len(stage.outbox.delivered) == 1


def test_sent_mail_is_kept_once_and_found(stage: Stage, account: MailAccount) -> None:
    assert not account.was_sent("<1@example.com>")
    message = letter(1).replace(b"\r\n\r\n", b"\r\nBcc: cleo@example.com\r\n\r\n", 1)
    if stage.files_sent:
        account.send(message, sender=ME, recipients=[BEN, CLEO])
    account.keep_sent(message)
    account.keep_sent(message)
    assert account.was_sent("<1@example.com>")
    assert not account.was_sent("1@example.com")
    assert not account.was_sent('"')
    assert not account.was_sent("")
    sent = folder(account, FolderRole.SENT)
    assert [without_bcc(one) for one in contents(account, sent)] == [letter(1)]
    assert told(account, sent)[0].flags == ("seen",)


def test_a_draft_replaces_its_earlier_version_alone(account: MailAccount) -> None:
    first = account.save_draft(letter(1, body="First"))
    other = account.save_draft(letter(2))
    second = account.save_draft(letter(1, body="Second"))
    assert len({first.id, other.id, second.id}) == 3
    drafts = folder(account, FolderRole.DRAFTS)
    assert contents(account, drafts) == [letter(1, body="Second"), letter(2)]
    assert {ref.id for ref in listed(account, drafts)} == {second.id, other.id}
    assert second.flags == ("draft", "seen")
    assert id_of(next(iter(account.fetch([second]))).content) == "<1@example.com>"


# --- waiting ---


def test_waiting_ends_with_its_time(account: MailAccount, inbox: Folder) -> None:
    account.cursor(inbox)
    assert account.wait(inbox, 0.05) is False


def test_what_came_before_waiting_counts(stage: Stage, account: MailAccount, inbox: Folder) -> None:
    account.cursor(inbox)
    stage.deliver(inbox, letter(1))
    assert account.wait(inbox, 20 if stage.pushes else 0) is stage.pushes


def test_news_end_the_waiting(stage: Stage, account: MailAccount, inbox: Folder) -> None:
    if not stage.pushes:
        assert account.wait(inbox, 60) is False
        return
    mirror = Mirror(account, inbox)
    timer = threading.Timer(0.3, lambda: stage.deliver(inbox, letter(1)))
    timer.start()
    assert account.wait(inbox, 60) is True
    timer.join()
    mirror.catch_up()
    assert mirror.by_message_id().keys() == {"<1@example.com>"}


def test_close_ends_the_waiting_of_another_thread(stage: Stage, account: MailAccount, inbox: Folder) -> None:
    account.cursor(inbox)
    timer = threading.Timer(0.3, account.close)
    timer.start()
    assert account.wait(inbox, 60) is False
    timer.join()
    account.close()
    with pytest.raises(TransientError):
        account.cursor(inbox)
