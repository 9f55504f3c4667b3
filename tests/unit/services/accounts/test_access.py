"""Whether an account may be asked: offline, while its server wants a pause, and what is remembered of it."""

import time
from datetime import datetime, timedelta

import pytest

from fluffy_core.errors import SignInError, TransientError
from fluffy_core.services.accounts import access, network
from fluffy_core.services.home import local_time
from fluffy_core.store import accounts, settings
from fluffy_core.store.database import Database
from tests.fakes.synced import Synced


@pytest.fixture
def synced(store: Database) -> Synced:
    with store.transaction() as tx:
        settings.put(tx, local_time.ZONE, "Europe/Berlin")
    return Synced(store)


def ask(synced: Synced, error: Exception | None = None) -> None:
    with access.asking(synced.store, synced.id):
        if error is not None:
            raise error


def test_nobody_is_asked_while_offline(synced: Synced) -> None:
    assert access.refusal(synced.store, synced.id) == ""
    network.set_offline(synced.store, True)
    assert access.refusal(synced.store, synced.id) == "Not asked: every connection is switched off"


def test_a_pause_that_the_server_wants_holds_until_it_is_over(synced: Synced) -> None:
    before = time.time()
    with pytest.raises(TransientError):
        ask(synced, TransientError("Slower.", retry_after=3600))
    until = access.throttled_until(synced.store, synced.id)
    assert before + 3600 <= until <= time.time() + 3600
    assert access.refusal(synced.store, synced.id).startswith("Throttled until ")
    assert access.refusal(synced.store, synced.id, now=until) == ""
    ask(synced)
    assert accounts.throttled_until(synced.store, synced.id) == 0


def test_the_words_follow_the_users_clock_and_name_another_day(synced: Synced) -> None:
    zone = local_time.zone(synced.store)
    noon = datetime.now(zone).replace(hour=14, minute=5, second=0, microsecond=0)
    assert access.throttled(synced.store, noon.timestamp()) == "Throttled until 14:05"
    tomorrow = noon + timedelta(days=1)
    words = f"Throttled until {tomorrow:%A} 14:05"
    assert access.throttled(synced.store, tomorrow.timestamp()) == words


def test_trouble_without_a_wanted_pause_is_no_throttling(synced: Synced) -> None:
    with pytest.raises(TransientError):
        ask(synced, TransientError("The connection broke."))
    assert access.refusal(synced.store, synced.id) == ""


def test_a_refusal_is_remembered_until_the_server_lets_us_in(synced: Synced) -> None:
    with pytest.raises(SignInError):
        ask(synced, SignInError("Wrong password."))
    assert accounts.refused(synced.store, synced.id) == "Wrong password."
    with pytest.raises(TransientError):
        ask(synced, TransientError("Slower.", retry_after=60))
    assert accounts.refused(synced.store, synced.id) == "Wrong password."
    ask(synced)
    assert accounts.refused(synced.store, synced.id) == ""


def test_what_is_known_already_is_not_written_again(synced: Synced) -> None:
    ask(synced)
    before = synced.dump()
    ask(synced)
    assert synced.dump() == before
