"""Servers for tests of connectors, and accounts on them."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from fluffy_core.connectors.imap.imap import ImapAccount, ImapSettings
from fluffy_core.connectors.network.gateway import Gateway, Rules
from fluffy_core.connectors.sign_in.sign_in import Login
from tests.fakes.hostile_accounts import Open
from tests.fakes.hostile_imap import PASSWORD, USER, Hostile, Message, serve
from tests.fakes.mail_servers import bare_dovecot, certificate, full_dovecot, outbox, smtp
from tests.fakes.radicale_servers import radicale_server
from tests.fakes.stages import letter

__all__ = ["bare_dovecot", "certificate", "full_dovecot", "outbox", "radicale_server", "smtp"]


@pytest.fixture
def server() -> Iterator[Hostile]:
    with serve(Hostile({uid: Message(letter(uid)) for uid in (1, 2, 3, 5, 8)})) as state:
        yield state


@pytest.fixture
def open_account(server: Hostile) -> Iterator[Open]:
    with ExitStack() as stack:

        def make(*, login: Login | None = None, patience: float = 10.0) -> ImapAccount:
            gateway = Gateway(Rules(lambda host: True), lambda traffic: None)
            settings = ImapSettings(server.endpoint, login or Login(USER, PASSWORD), patience=patience)
            return stack.enter_context(closing(ImapAccount(gateway, settings)))

        yield make


@pytest.fixture
def account(open_account: Open) -> ImapAccount:
    return open_account()
