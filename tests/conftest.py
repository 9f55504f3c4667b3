"""What every test stands on: no display, no network, no unexpected warning, the real mail when present."""

import ipaddress
import logging
import os
import re
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from fluffy_core.config import load as load_settings

PROJECT = Path(__file__).resolve().parent.parent
REALDATA = Path(os.environ.get("FLUFFY_REALDATA") or PROJECT.parent / "shared" / "data")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("FLUFFY_MODELS", str(load_settings().paths.models))  # where `dev.py test` fetched them
os.environ.setdefault("FLUFFY_HOME", str(Path(tempfile.gettempdir()) / "fluffy-tests-need-their-own-home"))
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")  # Chromium's sandbox refuses to run as root

settings.register_profile(
    "fluffy", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("fluffy")

_reached: list[str] = []


def _is_outside(host: object) -> bool:
    """Whether an address or name may leave this computer."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if not isinstance(name, str) or name in ("", "localhost"):
        return False
    try:
        return not ipaddress.ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return True


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    """Audit hook (PEP 578): connecting outside this computer fails, and so does looking up a name."""
    if event in ("socket.connect", "socket.sendto"):
        host = args[1][0] if isinstance(args[1], tuple) and args[1] else None
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if _is_outside(host):
        _reached.append(f"{event} {host!r}")
        raise ConnectionRefusedError(f"tests have no network: {event} {host!r}")


sys.addaudithook(_refuse_network)


@pytest.fixture(autouse=True)
def no_network() -> Iterator[list[str]]:
    """Fails a test that tried to reach another computer, also when the code swallowed the refusal."""
    _reached.clear()
    yield _reached
    assert not _reached, f"reached for the network: {_reached}"


@pytest.fixture(autouse=True)
def same_folder() -> Iterator[None]:
    """Fails a test that leaves those after it in another folder."""
    before = Path.cwd()
    yield
    assert Path.cwd() == before


@pytest.fixture(autouse=True)
def no_unexpected_logs(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fails a test in which a line at WARNING or above was logged that no `logged` mark expects."""
    yield
    expected = [re.compile(mark.args[0]) for mark in request.node.iter_markers("logged")]
    lines = [
        f"{record.name}: {record.getMessage()}"
        for phase in ("setup", "call")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.WARNING
    ]
    unexpected = [line for line in lines if not any(pattern.search(line) for pattern in expected)]
    assert not unexpected, f"logged unexpectedly: {unexpected}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what this checkout cannot run: real mail that is absent, runs that take minutes."""
    for item in items:
        if item.path.is_relative_to(PROJECT / "tests" / "faults"):
            item.add_marker("fault")
        if item.get_closest_marker("realdata") and not REALDATA.is_dir():
            item.add_marker(pytest.mark.skip(reason=f"no real mail at {REALDATA}"))
        if item.get_closest_marker("long") and os.environ.get("FLUFFY_LONG_FAULTS") != "1":
            item.add_marker(pytest.mark.skip(reason="long: python3 dev.py faults runs it"))


@pytest.fixture(scope="session")
def realdata() -> Path:
    """The folder of real mail, contacts and calendars; its README lists what is there."""
    if not REALDATA.is_dir():
        pytest.skip(f"no real mail at {REALDATA}")
    return REALDATA


@pytest.fixture(scope="session")
def realmail(realdata: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real mail, unpacked once for all workers of a run: `spamassassin-ham`, `enron`, one mbox."""
    workers = tmp_path_factory.getbasetemp()
    shared = workers.parent if "PYTEST_XDIST_WORKER" in os.environ else workers
    target = shared / "mail"
    with FileLock(shared / "mail.lock"):
        if not target.is_dir():
            with tarfile.open(realdata / "mail.tar.xz") as archive:
                archive.extractall(shared, filter="data")
    return target
