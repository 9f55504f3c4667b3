"""What a sync makes of Gmail: labels that follow, conversations as Gmail has them, and what it costs."""

import logging
from collections.abc import Iterator

import pytest

from fluffy_core.domain.accounts import AccountKind, AccountSettings
from fluffy_core.services.sync.pages import Tally
from fluffy_core.store.database import Database
from tests.fakes.google_stage import GmailStage, gmail_stage
from tests.fakes.google_synced import GmailSynced
from tests.fakes.stages import letter
from tests.fakes.synced import dump

MANY = 600


@pytest.fixture
def stage() -> Iterator[GmailStage]:
    with gmail_stage() as found:
        yield found


@pytest.fixture
def synced(store: Database, stage: GmailStage) -> GmailSynced:
    return GmailSynced(store, stage)


def labels(synced: GmailSynced) -> list[str]:
    return [row[0] for row in synced.store.all("SELECT label FROM message_labels ORDER BY label")]


def test_the_quota_is_bounded(synced: GmailSynced, caplog: pytest.LogCaptureFixture) -> None:
    synced.deliver(MANY)
    with caplog.at_level(logging.INFO, "fluffy_core.connectors.google.gmail"):
        assert synced.run().stored == MANY
    assert f"Gmail: {synced.units[0]:,} units, 5.0 a message" in caplog.messages
    assert synced.units[0] / MANY <= 5.2
    for _ in range(3):
        assert synced.run() == Tally()
    assert max(synced.units[1:]) <= 4
    synced.deliver(1, first=MANY)
    synced.run()
    assert synced.units[-1] <= 4 + 2 + 5


def test_labels_follow_what_others_do(synced: GmailSynced) -> None:
    mail = synced.stage.mail
    work = mail.make_label("Work")
    number = mail.deliver(letter(1), ["INBOX", work])
    synced.run()
    assert labels(synced) == ["Inbox", "Work"]
    mail.label(number, add=["IMPORTANT"], remove=[work])
    assert synced.run().flags == 1
    assert labels(synced) == ["Important", "Inbox"]
    before = dump(synced.store)
    assert synced.run() == Tally()
    assert dump(synced.store) == before
    mail.delete(number)
    synced.run()
    synced.run()
    assert labels(synced) == []
    assert synced.messages() == 1


def test_labels_of_another_place_stay(synced: GmailSynced, store: Database) -> None:
    number = synced.stage.mail.deliver(letter(1), ["INBOX"])
    synced.run()
    with store.transaction() as tx:
        tx.execute("INSERT INTO message_labels SELECT id, 'From Takeout' FROM messages")
    synced.stage.mail.label(number, remove=["INBOX"])
    synced.run()
    assert labels(synced) == ["From Takeout"]


def test_conversations_are_as_gmail_has_them(synced: GmailSynced) -> None:
    mail = synced.stage.mail
    mail.deliver(letter(1), thread="18a")
    mail.deliver(letter(2), thread="18b")
    synced.run()
    assert synced.store.one("SELECT count(*) FROM threads") == (2,)
    mail.deliver(letter(3), thread="18a")
    synced.run()
    rows = synced.store.all("SELECT message_id_header, thread_id FROM messages ORDER BY id")
    threads = {row[0].strip("<>"): row[1] for row in rows}
    assert threads["3@example.com"] == threads["1@example.com"] != threads["2@example.com"]


def test_conversations_of_two_accounts_have_nothing_to_do_with_each_other(
    synced: GmailSynced, store: Database
) -> None:
    synced.stage.mail.deliver(letter(1), thread="18a")
    synced.run()
    with gmail_stage() as stage:
        other = GmailSynced(store, stage, address="second@example.com")
        stage.mail.deliver(letter(2), thread="18a")
        other.run()
    assert synced.store.one("SELECT count(*) FROM threads") == (2,)


def test_chosen_labels_alone(synced: GmailSynced) -> None:
    mail = synced.stage.mail
    work = mail.make_label("Work")
    synced.set_up(AccountSettings(kind=AccountKind.GOOGLE, folders=("Work",)))
    mail.deliver(letter(1), [work, "UNREAD"])
    mail.deliver(letter(2))
    assert synced.run().stored == 1
    mail.label(mail.deliver(letter(3)), add=[work])
    assert synced.run().stored == 1
    assert [row[0] for row in synced.here()] == ["<1@example.com>", "<3@example.com>"]


def test_mail_since_a_day_stays_so_when_the_history_is_forgotten(synced: GmailSynced) -> None:
    synced.set_up(AccountSettings(kind=AccountKind.GOOGLE, since="2026-01-10"))
    synced.deliver(3)
    old = synced.stage.mail.deliver(letter(8))
    synced.stage.mail.messages[old].at = 1_500_000_000_000
    assert synced.run().stored == 3
    synced.stage.mail.forget()
    assert synced.run() == Tally()
    synced.deliver(1, first=9)
    assert synced.run().stored == 1


def test_a_mass_disappearance_is_asked_about_first(synced: GmailSynced) -> None:
    synced.deliver(80)
    synced.run()
    for number in list(synced.stage.mail.messages)[:70]:
        synced.stage.mail.label(number, add=["TRASH"])
    for _ in range(3):
        synced.run()
    assert len(synced.here()) == 80
    assert synced.store.one("SELECT removal FROM remote_folders") == ("asked",)
