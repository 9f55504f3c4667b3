"""From which day on mail of an account is fetched: all of it, unless the user chose a day."""

from dataclasses import replace
from datetime import date

from fluffy_core.domain.accounts import ALL, AccountSettings
from fluffy_core.domain.ids import AccountId
from fluffy_core.errors import UsageError
from fluffy_core.store import accounts, remote
from fluffy_core.store.database import Transaction


def checked(text: str) -> str:
    """A day or ALL. Raises UsageError for anything else."""
    try:
        if text != ALL:
            date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"“{text[:40]}” is no day such as 2024-01-31, nor “{ALL}”.") from error
    return text


def settled(tx: Transaction, account_id: AccountId, settings: AccountSettings) -> AccountSettings:
    """The settings of an account that is added, or added again, with the day that holds for it.

    When it is an earlier one than before, its folders are listed once more.
    """
    known = accounts.get(tx, account_id)
    found = replace(settings, since=checked(settings.since or (known.since if known else "") or ALL))
    if known is not None:
        list_older(tx, account_id, found, known=known)
    return found


def list_older(
    tx: Transaction, account_id: AccountId, settings: AccountSettings, *, known: AccountSettings
) -> None:
    """Have the folders listed once more when `settings` want mail from before what `known` ones wanted."""
    before, now = known.first_day, settings.first_day
    if before is not None and (now is None or now < before):
        remote.list_again(tx, account_id, anew=False)
