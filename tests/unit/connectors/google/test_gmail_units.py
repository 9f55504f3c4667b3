"""What Gmail's interface costs: every method that is used has a price, and a sync has a bound."""

import logging
from collections.abc import Iterator

import pytest

from fluffy_core.connectors.google.gmail import GmailAccount
from fluffy_core.connectors.google.gmail_labels import ALL_MAIL
from fluffy_core.connectors.google.gmail_units import sentence, units
from fluffy_core.connectors.network.pace import Limits, Pace
from tests.fakes.google_stage import GmailStage, Tokens, gateway, gmail_stage
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


class Costs(Pace):
    """A bucket that only writes down what was taken."""

    def __init__(self) -> None:
        super().__init__(Limits(1e9, 1e9))
        self.taken: list[float] = []

    def _reserve(self, cost: float) -> float:
        self.taken.append(cost)
        return 0.0


def test_each_request_takes_its_units_of_the_pace(stage: GmailStage) -> None:
    for number in range(3):
        stage.mail.deliver(letter(number))
    url, costs = stage.server.url, Costs()
    account = GmailAccount(gateway(url), url, Tokens(), pace=costs)
    account.folders()
    list(account.fetch(account.list(ALL_MAIL).refs))
    account.send(letter(9), sender="", recipients=["ben@example.com"])
    account.close()
    assert costs.taken == [1, 1, 5, 15, 100]
    assert sum(costs.taken) == account.units
