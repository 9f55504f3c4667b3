"""An account in a store whose calendars and address books a test drives: passes, and what they made."""

from dataclasses import dataclass, field
from datetime import date

from fluffy_core.connectors.base import CalendarAccount, ContactSource
from fluffy_core.domain.accounts import AccountKind, AccountSettings, Service
from fluffy_core.domain.ids import AccountId
from fluffy_core.mail.pim.recurrence import expand
from fluffy_core.services.sync import address_books, calendars
from fluffy_core.services.sync.calendars import Days, Watch
from fluffy_core.store import accounts, calendar, sources
from fluffy_core.store.database import Database
from tests.fakes.calendar_stages import CalendarStage, CardStage, MemoryCalendarStage, MemoryCardStage

ADDRESS = "ben@example.com"
DAYS = Days(date(2026, 1, 1), date(2028, 1, 1))
BOTH = (Service.CALENDAR, Service.CONTACTS)


def add_account(store: Database, *, address: str = ADDRESS, dav: str = "http://127.0.0.1:1/") -> AccountId:
    """An account for calendars and contacts."""
    with store.transaction() as tx:
        account_id = sources.open_account(tx, AccountKind.DAV, address, now=0.0)
        settings = AccountSettings(user="ben", kind=AccountKind.DAV, services=BOTH, dav=dav)
        accounts.put(tx, account_id, settings, password="secret")
    return account_id


@dataclass
class SyncedCalendars:
    """One account and the server of its calendars."""

    store: Database
    stage: CalendarStage = field(default_factory=MemoryCalendarStage)
    address: str = ADDRESS
    id: AccountId = field(init=False)

    def __post_init__(self) -> None:
        self.id = add_account(self.store, address=self.address)

    def connect(self, _account_id: AccountId) -> CalendarAccount:
        return self.stage.account()

    def run(self, *, days: Days = DAYS, watch: Watch | None = None) -> calendars.Tally:
        """One pass."""
        tally = calendars.run(self.store, self.id, self.connect, days=days, watch=watch or Watch())
        assert tally is not None
        return tally


@dataclass
class SyncedCards:
    """One account and the server of its address books."""

    store: Database
    stage: CardStage = field(default_factory=MemoryCardStage)
    address: str = ADDRESS
    id: AccountId = field(init=False)

    def __post_init__(self) -> None:
        self.id = add_account(self.store, address=self.address)

    def connect(self, _account_id: AccountId) -> ContactSource:
        return self.stage.account()

    def run(self, *, watch: Watch | None = None) -> address_books.Tally:
        """One pass."""
        tally = address_books.run(self.store, self.id, self.connect, watch=watch or Watch())
        assert tally is not None
        return tally


def here(store: Database, days: Days = DAYS) -> list[tuple[str, str, int, int]]:
    """(uid, summary, start, end) of everything in a store that takes place."""
    begin, end = days.seconds
    events = [one for _, one in calendar.around(store, 0, end)]
    return sorted(
        (one.uid, one.summary, one.start, one.end)
        for one in expand(events, begin, end)
        if one.status != "cancelled"
    )
