"""What Gmail's interface costs: every method that is used has a price, and a sync has a bound."""

import logging
from collections.abc import Iterator

import pytest

from fluffy_core.connectors.gmail import GmailAccount
from fluffy_core.connectors.gmail_labels import ALL_MAIL
from fluffy_core.connectors.gmail_units import sentence, units
from tests.fakes.google_stage import GmailStage, gmail_stage
from tests.fakes.stages import letter


@pytest.fixture
def stage() -> Iterator[GmailStage]:
    with gmail_stage() as found:
        yield found


def test_a_sum_of_units() -> None:
    calls = {"gmail.users.messages.get": 2000, "gmail.users.messages.list": 4, "gmail.users.getProfile": 1}
    assert units(calls) == 10_021
    assert sentence(calls) == "10,021 units, 5.0 a message"
    assert sentence({"gmail.users.history.list": 1}) == "2 units"


def test_a_method_without_a_price_is_noticed() -> None:
    with pytest.raises(KeyError):
        units({"gmail.users.threads.list": 1})


def test_everything_an_account_does_has_a_price(stage: GmailStage) -> None:
    account = stage.gmail()
    stage.mail.deliver(letter(1))
    account.folders()
    cursor = account.cursor(ALL_MAIL)
    (inbox,) = [one for one in account.folders() if one.name == "Inbox"]
    list(account.fetch(account.list(inbox).refs))
    account.changes(ALL_MAIL, cursor, dict)
    account.message_ids(inbox)
    account.send(letter(2), sender="", recipients=["ben@example.com"])
    account.was_sent("<2@example.com>")
    account.save_draft(letter(3))
    account.save_draft(letter(3))
    account.wait(ALL_MAIL, 0)
    assert account.units > 250
    assert set(account._api.calls) == {one for one in stage.server.calls if one.startswith("gmail.")}


def test_the_log_tells_what_was_used(stage: GmailStage, caplog: pytest.LogCaptureFixture) -> None:
    account: GmailAccount = stage.gmail()
    account.folders()
    with caplog.at_level(logging.INFO):
        account.close()
        account.close()
    assert [one.getMessage() for one in caplog.records] == ["Gmail: 1 units"]
