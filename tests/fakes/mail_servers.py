"""Fixtures: Dovecots that run as long as the tests do, their certificate, and what SMTP took."""

from collections.abc import Iterator

import pytest

from fluffy_core.connectors.network.gateway import Endpoint
from tests.fakes import certificates, dovecot, submission
from tests.fakes.certificates import Certificate
from tests.fakes.dovecot import Dovecot
from tests.fakes.submission import Outbox


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A good certificate for localhost."""
    return certificates.make(tmp_path_factory.mktemp("certificate"))


def _started(certificate: Certificate, *, bare: bool) -> Iterator[Dovecot]:
    if why := dovecot.missing():
        pytest.skip(why)
    server = dovecot.start(certificate, bare=bare)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def full_dovecot(certificate: Certificate) -> Iterator[Dovecot]:
    """With CONDSTORE, QRESYNC, IDLE, SPECIAL-USE, UIDPLUS and MOVE."""
    yield from _started(certificate, bare=False)


@pytest.fixture(scope="session")
def bare_dovecot(certificate: Certificate) -> Iterator[Dovecot]:
    """Without them."""
    yield from _started(certificate, bare=True)


@pytest.fixture
def outbox() -> Outbox:
    """What was handed over for delivery."""
    return Outbox()


@pytest.fixture
def smtp(outbox: Outbox) -> Iterator[Endpoint]:
    """A server for sending, in plain text on loopback."""
    with submission.serve(outbox) as endpoint:
        yield endpoint
