"""What a sync would bring: counted, sized and timed, with nothing stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pytest

from fluffy_core.connectors.base import MailAccount
from fluffy_core.domain.accounts import AccountSettings, Server
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.sync import Fetched, Folder, Listing, MessageRef
from fluffy_core.errors import SignInError, UsageError
from fluffy_core.services.accounts import network
from fluffy_core.services.sync import estimate
from fluffy_core.services.sync.estimate import Estimate, FolderEstimate
from fluffy_core.store import accounts
from fluffy_core.store.database import Database
from tests.fakes.memory_account import MemoryAccount
from tests.fakes.stages import letter
from tests.fakes.synced import ADDRESS, Synced


@dataclass
class Clock:
    """Every message that is fetched takes a tenth of a second unless told, everything else no time."""

    now: float = 100.0
    pace: float = 0.1

    def __call__(self) -> float:
        return self.now


class Slow(MemoryAccount):
    """A server that takes its time, and may keep sizes to itself."""

    def __init__(self, synced: Synced, clock: Clock, *, tells_sizes: bool) -> None:
        super().__init__(synced.server)
        self.clock, self.tells_sizes = clock, tells_sizes

    def list(
        self, folder: Folder, *, since: date | None = None, token: str = "", limit: int = 200
    ) -> Listing:
        found = super().list(folder, since=since, token=token, limit=limit)
        if self.tells_sizes:
            return found
        return replace(found, refs=tuple(replace(ref, size=0) for ref in found.refs))

    def fetch(self, refs: Sequence[MessageRef]) -> Iterator[Fetched]:
        for one in super().fetch(refs):
            self.clock.now += self.clock.pace
            yield one


@dataclass
class Scale:
    """Weighs an account."""

    synced: Synced
    tells_sizes: bool = True

    def weigh(self, *, pace: float = 0.1) -> Estimate:
        clock = Clock(pace=pace)

        def connect(_account_id: AccountId) -> MailAccount:
            return Slow(self.synced, clock, tells_sizes=self.tells_sizes)

        return estimate.of_account(self.synced.store, self.synced.id, connect, clock=clock)


@pytest.fixture
def scale(store: Database) -> Scale:
    return Scale(Synced(store))


def test_messages_and_bytes_are_counted_folder_by_folder_and_nothing_is_stored(scale: Scale) -> None:
    scale.synced.deliver(1200)
    scale.synced.deliver(3, first=2000, folder="Archive")
    scale.synced.deliver(9, first=3000, folder="Junk")
    before = scale.synced.dump()
    found = scale.weigh()
    assert scale.synced.dump() == before
    size = sum(len(one.content) for one in scale.synced.server.shelf("Inbox").messages.values())
    assert found.folders[0] == FolderEstimate("Inbox", 1200, size, exact=True)
    assert [(one.name, one.messages) for one in found.folders[1:]] == [("Sent", 0), ("Archive", 3)]
    assert (found.messages, found.exact) == (1203, True)
    assert found.seconds == pytest.approx(120.3, rel=0.05)
    assert found.sentence.startswith("Would bring 1,203 messages, ")
    assert found.sentence.endswith(" KB, about 2 min")


def test_sizes_that_are_not_told_are_those_of_a_sample(scale: Scale) -> None:
    scale.synced.deliver(200)
    exact = scale.weigh()
    scale.tells_sizes = False
    found = scale.weigh()
    assert (found.messages, found.exact) == (200, False)
    assert found.bytes == pytest.approx(exact.bytes, rel=0.05)
    assert found.sentence.startswith("Would bring about 200 messages, about ")


def test_a_server_faster_than_this_computer_does_not_count(scale: Scale) -> None:
    scale.synced.deliver(1200)
    assert scale.weigh(pace=0.0).seconds == pytest.approx(2.0)


def test_what_is_here_is_not_brought_again(scale: Scale) -> None:
    scale.synced.deliver(5)
    scale.synced.run()
    assert scale.weigh().sentence == "Would bring nothing: everything is here"
    scale.synced.deliver(1, first=10)
    found = scale.weigh()
    assert (found.messages, found.sentence.partition(",")[0]) == (1, "Would bring 1 message")


def test_a_folder_beyond_counting_is_believed(scale: Scale, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate, "PAGE", 10)
    monkeypatch.setattr(estimate, "LISTED", 20)
    scale.synced.deliver(100)
    found = scale.weigh()
    assert (found.messages, found.exact) == (100, False)
    size = sum(len(one.content) for one in scale.synced.server.shelf("Inbox").messages.values())
    assert found.bytes == pytest.approx(size, rel=0.05)


def test_the_sample_is_small_and_spread(scale: Scale) -> None:
    refs = [MessageRef(str(n), "Inbox", size=1000) for n in range(1000)]
    chosen = estimate._sample(refs)
    assert len(chosen) == estimate.SAMPLE
    assert int(chosen[-1].id) > 900
    large = [MessageRef(str(n), "Inbox", size=3 << 20) for n in range(100)]
    assert len(estimate._sample(large)) == 1
    assert estimate._sample([]) == []


def test_only_the_window_and_the_folders_that_are_wanted(scale: Scale) -> None:
    scale.synced.server.deliver("Inbox", letter(1), arrived=date(2024, 1, 1))
    scale.synced.server.deliver("Inbox", letter(2), arrived=date(2026, 1, 1))
    scale.synced.deliver(1, folder="Archive")
    wanted = AccountSettings(Server("h", 1), ADDRESS, since="2025-01-01", folders=("Inbox",))
    scale.synced.set_up(wanted)
    assert [(one.name, one.messages) for one in scale.weigh().folders] == [("Inbox", 1)]
    scale.synced.set_up(replace(wanted, folders=("Nowhere",)))
    with pytest.raises(UsageError, match="no folder Nowhere"):
        scale.weigh()


def test_it_is_not_asked_when_it_may_not_be(scale: Scale) -> None:
    network.set_offline(scale.synced.store, True)
    with pytest.raises(UsageError, match="every connection is switched off"):
        scale.weigh()
    network.set_offline(scale.synced.store, False)
    scale.synced.server.faults.append(SignInError("Wrong password."))
    with pytest.raises(SignInError):
        scale.weigh()
    assert accounts.refused(scale.synced.store, scale.synced.id) == "Wrong password."
    with scale.synced.store.transaction() as tx:
        accounts.remove(tx, scale.synced.id)
    with pytest.raises(UsageError, match="no such account"):
        scale.weigh()


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1400, "1.4 KB"), (25_000_000, "25 MB"), (1_440_000_000, "1.4 GB")],
)
def test_bytes_in_words(count: int, words: str) -> None:
    assert estimate._size(count) == words
