"""What a sync would bring, before anything is stored: messages, bytes, and about how long it takes."""

import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass

from fluffy_core.connectors.base import MailAccount
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.accounts import AccountSettings
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.sync import Folder, MessageRef
from fluffy_core.errors import UsageError
from fluffy_core.services.accounts import access, providers
from fluffy_core.services.accounts import accounts as accounts_service
from fluffy_core.services.accounts.accounts import Connect
from fluffy_core.services.home import activity
from fluffy_core.store import accounts, remote
from fluffy_core.store.database import Database

PAGE = 500
LISTED = 20_000
"""Messages of a folder that are listed one by one; beyond them its server's own count is believed."""
SAMPLE, SAMPLE_BYTES = 40, 4 << 20
"""Messages that are fetched for their sizes and the time it takes, and thrown away."""
STORED = 600.0
"""Messages a second that are read and stored on a small computer: a server may be faster than that."""


@dataclass(frozen=True, slots=True)
class FolderEstimate:
    """What one folder would bring. `exact`: every message was listed, and its server told every size."""

    name: str
    messages: int
    bytes: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an account would bring; `seconds` at the rate of a small sample, None without any message."""

    folders: tuple[FolderEstimate, ...]
    seconds: float | None

    @property
    def messages(self) -> int:
        """Of all folders."""
        return sum(one.messages for one in self.folders)

    @property
    def bytes(self) -> int:
        """Of all folders."""
        return sum(one.bytes for one in self.folders)

    @property
    def exact(self) -> bool:
        """Whether both are more than a guess."""
        return all(one.exact for one in self.folders)

    @property
    def sentence(self) -> str:
        """In words: "Would bring 12,431 messages, 1.4 GB, about 9 min"."""
        if not self.messages:
            return "Would bring nothing: everything is here"
        about = "" if self.exact else "about "
        count = number_of(self.messages, "message")
        parts = [f"Would bring {about}{count}", about + _size(self.bytes)]
        if self.seconds is not None:
            parts.append(f"about {activity.span(max(self.seconds, 1.0))}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A folder's messages that are not here: those that were listed, and how many there are."""

    folder: Folder
    refs: tuple[MessageRef, ...]
    messages: int


def of_account(
    store: Database, account_id: AccountId, connect: Connect, *, clock: Callable[[], float] = time.monotonic
) -> Estimate:
    """What a sync of an account would bring now.

    Raises as `MailAccount`, and UsageError when it may not be asked now.
    """
    settings = accounts.get(store, account_id)
    if settings is None:
        raise UsageError("There is no such account any more.")
    if refusal := access.refusal(store, account_id):
        raise UsageError(f"{refusal}.")
    here = {one.id: one.source_id for one in remote.folders(store, account_id).values()}

    def known(folder: Folder) -> Collection[str]:
        return remote.known(store, here[folder.id]) if folder.id in here else ()

    with access.asking(store, account_id), closing(connect(account_id)) as account:
        return _estimate(account, settings, known, clock=clock)


def preview(
    gateway: Gateway, settings: AccountSettings, login: Login, *, clock: Callable[[], float] = time.monotonic
) -> Estimate:
    """What an account that is none yet would bring. Signs in, keeps nothing. Raises as `MailAccount`."""
    there = gateway.reaching(
        settings.hosts | gateway.roots.hosts(settings.kind), certificate=settings.certificate
    )
    with closing(providers.mail(there, settings, login=login)) as account:
        return _estimate(account, settings, lambda _folder: (), clock=clock)


def _estimate(
    account: MailAccount,
    settings: AccountSettings,
    known: Callable[[Folder], Collection[str]],
    *,
    clock: Callable[[], float],
) -> Estimate:
    there = account.folders()
    accounts_service.check_names(there, settings.folders)
    begun = clock()
    listed = [
        _listed(account, folder, settings, known=known(folder))
        for folder in accounts_service.chosen(there, settings.folders)
    ]
    listing = clock() - begun
    sample = _sample([ref for one in listed for ref in one.refs])
    begun = clock()
    sizes = [len(one.content) for one in account.fetch(sample) if one.content]
    taken = clock() - begun
    mean = sum(sizes) / len(sizes) if sizes else 0.0
    folders = tuple(_folder(one, mean) for one in listed)
    if not sizes:
        return Estimate(folders, None)
    messages, size = sum(one.messages for one in folders), sum(one.bytes for one in folders)
    fetching = taken * max(messages / len(sizes), size / sum(sizes))
    return Estimate(folders, listing + max(fetching, messages / STORED))


def _listed(
    account: MailAccount, folder: Folder, settings: AccountSettings, *, known: Collection[str]
) -> _Listed:
    refs: list[MessageRef] = []
    seen, token = 0, ""
    while True:
        page = account.list(folder, since=settings.first_day, token=token, limit=PAGE)
        refs += [ref for ref in page.refs if ref.id not in known]
        seen += len(page.refs)
        token = page.next
        if not token:
            return _Listed(folder, tuple(refs), len(refs))
        if seen >= LISTED and page.total is not None:
            return _Listed(folder, tuple(refs), len(refs) + max(0, page.total - seen))


def _sample(refs: Sequence[MessageRef]) -> list[MessageRef]:
    """A few messages, spread over all of them, of not too many bytes."""
    step = max(1, len(refs) // SAMPLE)
    chosen: list[MessageRef] = []
    size = 0
    for ref in refs[::step][:SAMPLE]:
        if not chosen or size + ref.size <= SAMPLE_BYTES:
            chosen.append(ref)
            size += ref.size
    return chosen


def _folder(one: _Listed, mean: float) -> FolderEstimate:
    """Sizes that were not told are taken for those of the sample."""
    told = [ref.size for ref in one.refs if ref.size]
    usual = sum(told) / len(told) if told else mean
    missing = one.messages - len(told)
    return FolderEstimate(
        one.folder.name, one.messages, round(sum(told) + missing * usual), exact=not missing
    )


def _size(count: int) -> str:
    """Bytes as people say them: "1.4 GB"."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("KB", 1e3)):
        if count >= size:
            found = count / size
            return f"{found:.1f} {unit}" if found < 10 else f"{found:,.0f} {unit}"  # noqa: PLR2004
    return f"{count} bytes"
