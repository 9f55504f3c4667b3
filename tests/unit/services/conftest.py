"""A new encrypted store for each test that needs no whole home."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.store.database import Database
from tests.fakes import stored


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """An empty store with today's schema."""
    database = stored.empty(tmp_path)
    yield database
    database.close()
