"""What is Gmail's own about its account: "All Mail", labels as folders, forgotten history, wrong answers."""

import threading
from collections.abc import Iterator
from datetime import date

import pytest

from fluffy_core.connectors.google import gmail_mailbox
from fluffy_core.connectors.google.gmail import GmailAccount
from fluffy_core.connectors.google.gmail_labels import ALL_MAIL
from fluffy_core.domain.sync import Folder, MessageRef
from fluffy_core.errors import CursorExpiredError, TransientError
from tests.fakes.google_server import BUSY
from tests.fakes.google_stage import GmailStage, Tokens, gateway, gmail_stage
from tests.fakes.stages import letter
from tests.fakes.web_server import Asked, Reply


@pytest.fixture
def stage() -> Iterator[GmailStage]:
    with gmail_stage() as found:
        yield found


@pytest.fixture
def account(stage: GmailStage) -> GmailAccount:
    return stage.gmail()


def named(account: GmailAccount, name: str) -> Folder:
    return next(one for one in account.folders() if one.name == name)


def fetched(account: GmailAccount, refs: tuple[MessageRef, ...]) -> dict[str, MessageRef]:
    return {one.ref.id: one.ref for one in account.fetch(refs) if not one.gone}


def test_all_mail_has_neither_drafts_nor_spam_nor_the_bin(stage: GmailStage, account: GmailAccount) -> None:
    kept = stage.mail.deliver(letter(1), ["SENT"])
    for number, label in enumerate(("DRAFT", "SPAM", "TRASH", "CHAT"), start=2):
        stage.mail.deliver(letter(number), [label])
    assert fetched(account, account.list(ALL_MAIL).refs).keys() == {kept}
    names = ("Sent", "Drafts", "Spam", "Trash")
    counts = [len(fetched(account, account.list(named(account, name)).refs)) for name in names]
    assert counts == [1, 1, 1, 1]


def test_bytes_bring_labels_thread_and_size(stage: GmailStage, account: GmailAccount) -> None:
    work = stage.mail.make_label("Clients/Work")
    number = stage.mail.deliver(letter(1), ["INBOX", "STARRED", "UNREAD", work], thread="18a")
    (bare,) = account.list(ALL_MAIL).refs
    assert bare == MessageRef(number, ALL_MAIL.id, thread_id="18a")
    assert fetched(account, (bare,))[number] == MessageRef(
        number,
        ALL_MAIL.id,
        ("flagged", "unseen"),
        len(letter(1)),
        ("Clients/Work", "Inbox", "Starred"),
        "18a",
    )


def test_a_ref_of_a_folder_that_the_message_left_is_gone(stage: GmailStage, account: GmailAccount) -> None:
    number = stage.mail.deliver(letter(1))
    inbox = named(account, "Inbox")
    refs = (*account.list(inbox).refs, *account.list(ALL_MAIL).refs)
    stage.mail.label(number, remove=["INBOX"])
    assert [(one.ref.folder_id, one.gone) for one in account.fetch(refs)] == [
        ("INBOX", True),
        (ALL_MAIL.id, False),
    ]


def test_a_long_listing_is_asked_for_in_pages_of_the_servers(
    stage: GmailStage, account: GmailAccount
) -> None:
    stage.mail.page = 4
    ids = [stage.mail.deliver(letter(number)) for number in range(11)]
    assert {ref.id for ref in account.list(ALL_MAIL, limit=100_000).refs} == set(ids)
    assert account.present(ALL_MAIL) == set(ids)
    assert account.list(ALL_MAIL, limit=1).total == 11


def test_what_arrived_since_a_day_is_counted_once(
    stage: GmailStage, account: GmailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.mail.page = 4
    for number in range(11):
        stage.mail.deliver(letter(number))
    old = stage.mail.deliver(letter(99))
    stage.mail.messages[old].at = 1_500_000_000_000
    since = date(2020, 1, 1)
    assert account.list(ALL_MAIL, since=since, limit=1).total == 11
    stage.server.calls.clear()
    assert account.list(ALL_MAIL, since=since, limit=1).total == 11
    assert stage.server.calls == ["gmail.users.messages.list"]
    monkeypatch.setattr(gmail_mailbox, "COUNTED", 2)
    assert stage.gmail().list(ALL_MAIL, since=since, limit=1).total == 12


def test_a_history_of_many_pages_comes_page_by_page(stage: GmailStage, account: GmailAccount) -> None:
    cursor = account.cursor(ALL_MAIL)
    ids = [stage.mail.deliver(letter(number)) for number in range(5)]
    stage.mail.page = 2
    seen, known, more = [], dict[str, tuple[str, ...]](), True
    while more:
        found = account.changes(ALL_MAIL, cursor, lambda: known)
        cursor, more = found.cursor, found.more
        seen.append([ref.id for ref in found.refs])
    assert seen == [ids[:2], ids[2:4], ids[4:]]
    assert cursor == str(stage.mail.now)


def test_labels_of_what_is_stored_are_told_by_changes(stage: GmailStage, account: GmailAccount) -> None:
    number = stage.mail.deliver(letter(1))
    cursor = account.cursor(ALL_MAIL)
    stage.mail.label(number, add=["IMPORTANT"], remove=["INBOX"])
    (ref,) = account.changes(ALL_MAIL, cursor, lambda: {number: ("unseen",)}).refs
    assert (ref.flags, ref.labels, ref.thread_id) == (("unseen",), ("Important",), number)
    found = account.changes(named(account, "Inbox"), cursor, lambda: {number: ("unseen",)})
    assert (found.refs, found.gone) == ((), (number,))


def test_what_left_the_bin_is_here_again(stage: GmailStage, account: GmailAccount) -> None:
    number = stage.mail.deliver(letter(1), ["TRASH"])
    cursor = account.cursor(ALL_MAIL)
    stage.mail.label(number, remove=["TRASH"])
    (ref,) = account.changes(ALL_MAIL, cursor, dict).refs
    assert list(fetched(account, (ref,))) == [number]


def test_forgotten_history_is_compared_by_listings_alone(stage: GmailStage, account: GmailAccount) -> None:
    ids = [stage.mail.deliver(letter(number)) for number in range(4)]
    cursor = account.cursor(ALL_MAIL)
    stage.mail.label(ids[1], add=["STARRED"], remove=["UNREAD"])
    stage.mail.delete(ids[2])
    new = stage.mail.deliver(letter(9))
    stage.mail.forget()
    stage.server.calls.clear()
    found = account.changes(ALL_MAIL, cursor, lambda: dict.fromkeys(ids, ("unseen",)))
    assert found.gone == (ids[2],)
    assert found.cursor == str(stage.mail.now)
    assert {ref.id: (ref.flags, ref.labels) for ref in found.refs} == {
        ids[0]: (("unseen",), ("Inbox",)),
        ids[1]: (("flagged", "seen"), ("Inbox", "Starred")),
        ids[3]: (("unseen",), ("Inbox",)),
        new: ((), ()),
    }
    assert "gmail.users.messages.get" not in stage.server.calls
    assert stage.server.batches == []


def test_a_listing_that_turns_in_a_circle_ends(stage: GmailStage, account: GmailAccount) -> None:
    again = Reply(content=b'{"messages": [{"id": "1", "threadId": "1"}], "nextPageToken": "same"}')
    stage.server.web.struck = lambda asked: asked.path.endswith("/messages")
    stage.server.web.faults.extend([again] * 9)
    with pytest.raises(TransientError, match="again and again"):
        account.present(ALL_MAIL)


@pytest.mark.parametrize(
    "content",
    [b'{"history": [{"messagesAdded": [{}]}], "historyId": "5"}', b'{"history": 5}', b'{"historyId": "x"}'],
)
def test_a_history_that_makes_no_sense(stage: GmailStage, account: GmailAccount, content: bytes) -> None:
    cursor = account.cursor(ALL_MAIL)
    stage.server.web.faults.append(Reply(content=content))
    with pytest.raises(TransientError, match="no sense"):
        account.changes(ALL_MAIL, cursor, dict)


@pytest.mark.parametrize("cursor", ["", "x", "-5", "٣"])
def test_a_cursor_of_somebody_else(account: GmailAccount, cursor: str) -> None:
    with pytest.raises(CursorExpiredError):
        account.changes(ALL_MAIL, cursor, dict)


def test_without_a_subscription_nobody_waits(stage: GmailStage) -> None:
    url = stage.server.url
    account = GmailAccount(gateway(url), url, Tokens())
    assert account.wait(ALL_MAIL, 600) is False
    account.close()
    assert stage.server.calls == []


@pytest.mark.parametrize("fault", [Reply(content=b"{}", after=1.0), BUSY])
def test_closing_from_another_thread_ends_what_is_asked(stage: GmailStage, fault: Reply) -> None:
    url = stage.server.url
    account = GmailAccount(gateway(url), url, Tokens(), backoff=60.0)
    stage.mail.deliver(letter(1))
    refs = account.list(ALL_MAIL).refs
    asked = threading.Event()

    def handle(request: Asked) -> Reply:
        asked.set()
        return fault if "batch" in request.path and fault is not BUSY else stage.server.handle(request)

    stage.server.web.handle = handle
    stage.server.part_faults = lambda _target, _number: fault if fault is BUSY else None

    def close() -> None:
        asked.wait(30)
        account.close()

    closing = threading.Thread(target=close)
    closing.start()
    with pytest.raises(TransientError):
        list(account.fetch(refs))
    closing.join()
