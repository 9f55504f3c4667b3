"""What a user does about an account that is there: sees its folders, signs in again, answers what it asks."""

from contextlib import closing

from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.domain.accounts import AccountSettings
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.sync import Folder
from fluffy_core.errors import UsageError
from fluffy_core.events import Changed
from fluffy_core.services.accounts import accounts
from fluffy_core.store import accounts as rows
from fluffy_core.store import alerts, remote, remote_missing, sources
from fluffy_core.store.database import Database


def settings(store: Database, account_id: AccountId) -> AccountSettings:
    """How an account is reached and what of it is fetched. Raises UsageError where there is none."""
    found = rows.get(store, account_id)
    if found is None:
        raise UsageError("There is no such account any more.")
    return found


def folders(store: Database, gateway: Gateway, account_id: AccountId) -> tuple[Folder, ...]:
    """The folders that its server has now. Raises as `MailAccount` does."""
    with closing(accounts.connect(store, gateway, account_id)) as account:
        return account.folders()


def sign_in(store: Database, gateway: Gateway, account_id: AccountId, *, password: str) -> None:
    """Another password for an account, kept when it works. Raises as `accounts.add` does."""
    found = sources.account(store, account_id)
    wanted = settings(store, account_id)
    if found is None:
        raise UsageError("There is no such account any more.")
    accounts.add(store, gateway, found.name, settings=wanted, password=password)


def settle_gone(store: Database, account_id: AccountId, folder_id: str, *, keep: bool) -> int:
    """The user's answer about very many messages that went from a folder at once; how many that are.

    Kept ones stay where they are, though in no folder of the server; others leave the inbox as done. Both
    stay stored.
    """
    folder = remote.folders(store, account_id).get(folder_id)
    if folder is None:
        return 0
    gone = remote_missing.marked(store, folder.source_id)
    with store.transaction(durable=True) as tx:
        remote_missing.remove(tx, folder.source_id, gone, leave_inbox=not keep)
        remote.set_removal(tx, folder.source_id, "")
        alerts.settle(tx, f"folder {folder.source_id}")
        tx.changed(Changed.ACCOUNTS)
    return len(gone)
