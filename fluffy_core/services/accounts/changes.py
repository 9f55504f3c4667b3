"""What of an account is fetched, changed later: older mail, other folders, everything once more."""

from contextlib import closing
from dataclasses import replace

from fluffy_core.domain.accounts import AccountSettings
from fluffy_core.domain.events import AccountConnected
from fluffy_core.domain.ids import AccountId
from fluffy_core.errors import UsageError
from fluffy_core.services.accounts import access, how_far_back
from fluffy_core.services.accounts import accounts as accounts_service
from fluffy_core.services.accounts.accounts import Connect
from fluffy_core.store import accounts, remote
from fluffy_core.store.database import Database


def change(
    store: Database,
    account_id: AccountId,
    connect: Connect,
    *,
    since: str = "",
    folders: tuple[str, ...] | None = None,
) -> AccountSettings:
    """Fetch mail since another day (ALL: everything), or of other folders (none: the usual ones).

    The rest is listed by a sync that is asked for; what is here stays. Raises UsageError for a day or a
    folder that there is none of, and as `MailAccount` does when folders are named.
    """
    known = accounts.get(store, account_id)
    if known is None:
        raise UsageError("There is no such account any more.")
    settings = replace(
        known, since=since or known.since, folders=known.folders if folders is None else folders
    )
    if since:
        how_far_back.checked(since)
    if folders:
        with access.asking(store, account_id), closing(connect(account_id)) as account:
            accounts_service.check_names(account.folders(), folders)
    with store.transaction(durable=True) as tx:
        accounts.set_settings(tx, account_id, settings)
        how_far_back.list_older(tx, account_id, settings, known=known)
        if settings != known:
            tx.emit(AccountConnected(account_id, afresh=True))
    return settings


def again(store: Database, account_id: AccountId) -> None:
    """Ask for everything of an account once more, as if nothing was here; what is here stays as it is."""
    with store.transaction(durable=True) as tx:
        remote.list_again(tx, account_id, anew=True)
        tx.emit(AccountConnected(account_id, afresh=True))
