"""A new store and a clock for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fluffy_core.jobs.registry import JobKind
from fluffy_core.store.database import Database
from tests.fakes import stored
from tests.fakes.jobs import Clock
from tests.fakes.machines import Build, Machine


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    """An empty store with today's schema."""
    database = stored.empty(tmp_path)
    yield database
    database.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until a test moves it."""
    return Clock()


@pytest.fixture
def build(store: Database) -> Iterator[Build]:
    """Makes a dispatcher for some kinds of jobs; it is stopped at the end."""
    made: list[Machine] = []

    def build(*kinds: JobKind) -> Machine:
        made.append(Machine(store, *kinds))
        return made[-1]

    yield build
    for machine in made:
        machine.stop()
