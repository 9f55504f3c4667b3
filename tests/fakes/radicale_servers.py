"""Fixture: a Radicale that runs as long as the tests do."""

from collections.abc import Iterator

import pytest

from tests.fakes import radicale
from tests.fakes.radicale import Radicale


@pytest.fixture(scope="session")
def radicale_server() -> Iterator[Radicale]:
    """With users that the tests add."""
    server = radicale.start()
    yield server
    server.stop()
