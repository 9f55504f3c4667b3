"""Rows of accounts on servers: settings, password, refusal; removal leaves what was kept unread."""

from fluffy_core.domain.accounts import AccountSettings, Server, Service
from fluffy_core.domain.ids import AccountId
from fluffy_core.store import accounts, alerts, sources
from fluffy_core.store.database import Database

PLAIN = AccountSettings(Server("mail.example", 993), "me")


def keep(store: Database, name: str = "me@example.com") -> AccountId:
    with store.transaction() as tx:
        account_id = sources.open_account(tx, "imap", name, now=0.0)
        accounts.put(tx, account_id, PLAIN, password="secret")
    return account_id


def test_settings_and_password_are_kept_and_changed(store: Database) -> None:
    account_id = keep(store)
    assert accounts.get(store, account_id) == PLAIN
    assert accounts.password(store, account_id) == "secret"
    other = AccountSettings(Server("new.example", 143, "starttls"), "you")
    with store.transaction() as tx:
        accounts.put(tx, account_id, other, password="new")
    assert (accounts.listed(store), accounts.password(store, account_id)) == ([other], "new")


def test_a_password_changes_only_if_nobody_was_faster(store: Database) -> None:
    account_id = keep(store)
    with store.transaction() as tx:
        assert accounts.change_password(tx, account_id, old="secret", new="newer")
        assert not accounts.change_password(tx, account_id, old="secret", new="late")
        assert not accounts.change_password(tx, AccountId(9), old="", new="x")
    assert accounts.password(store, account_id) == "newer"


def test_what_is_fetched(store: Database) -> None:
    account_id = keep(store)
    assert accounts.fetches(store, account_id, Service.MAIL)
    assert not accounts.fetches(store, account_id, Service.CALENDAR)
    assert accounts.fetches(store, AccountId(9), Service.MAIL)
    assert not accounts.fetches(store, AccountId(9), Service.CONTACTS)


def test_a_refusal_that_ended_ends_its_alert(store: Database) -> None:
    account_id = keep(store)
    with store.transaction() as tx:
        accounts.set_refused(tx, account_id, "No.")
        alerts.note(tx, alerts.about_account(account_id), text="No.", cure="Yes.", now=1.0)
        assert alerts.is_told(tx, alerts.about_account(account_id))
        accounts.set_refused(tx, account_id, "")
        assert not alerts.is_told(tx, alerts.about_account(account_id))


def test_an_account_that_is_none_has_nothing(store: Database) -> None:
    nobody = AccountId(7)
    assert accounts.get(store, nobody) is None
    assert (accounts.password(store, nobody), accounts.refused(store, nobody)) == ("", "")


def test_a_refusal_is_kept_until_the_settings_change(store: Database) -> None:
    account_id, other = keep(store), keep(store, "other@example.com")
    with store.transaction() as tx:
        accounts.set_refused(tx, account_id, "No.")
    assert (accounts.refused(store, account_id), accounts.refused(store, other)) == ("No.", "")
    assert accounts.unwilling(store, now=0.0) == {account_id}
    keep(store)
    assert accounts.unwilling(store, now=0.0) == frozenset()


def test_a_pause_that_the_server_asks_for(store: Database) -> None:
    account_id, other = keep(store), keep(store, "other@example.com")
    assert accounts.throttled_until(store, account_id) == 0
    with store.transaction() as tx:
        accounts.set_throttled(tx, account_id, 1234.5)
    assert accounts.throttled_until(store, account_id) == 1234.5
    assert (accounts.throttled_until(store, other), accounts.throttled_until(store, AccountId(99))) == (0, 0)
    with store.transaction() as tx:
        accounts.set_throttled(tx, account_id, 0)
    assert accounts.throttled_until(store, account_id) == 0


def test_removing_forgets_all_but_mail_and_what_was_kept_unread(store: Database) -> None:
    account_id = keep(store)
    with store.transaction() as tx:
        tx.execute(
            "INSERT INTO sources (id, account_id, path, member, kind, folder, size) "
            "VALUES (5, ?, 'INBOX', '', 'imap', 'Inbox', 0)",
            (account_id,),
        )
        tx.execute(
            "INSERT INTO unread_items (sha256, source_id, locator, reason, data) "
            "VALUES (x'00', 5, '1', 'r', x'')"
        )
        accounts.remove(tx, account_id)
    for table in ("accounts", "account_settings", "sources"):
        assert store.all(f"SELECT * FROM {table}") == []
    assert store.all("SELECT source_id FROM unread_items") == [(None,)]
