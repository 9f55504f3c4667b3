"""First sync of a mailbox from a Dovecot on loopback against `mbsync`: the same server, in turns."""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from benchmarks import programs, window
from benchmarks.programs import BenchmarkError, Contender
from benchmarks.results import Row, at_least, at_most
from benchmarks.workshop import Workshop
from fluffy_core.connectors.imap.imap import ImapAccount, ImapSettings
from fluffy_core.connectors.network.gateway import Gateway, Rules
from fluffy_core.connectors.sign_in.sign_in import Login
from fluffy_core.domain.sync import FolderRole
from tests.fakes import certificates, dovecot
from tests.fakes.dovecot import PASSWORD, Dovecot

BUDGET = 180.0
"""Seconds that all rounds may take."""
USER = "bench@example.com"


def measure(shop: Workshop) -> Iterator[Row]:
    """Messages listed and fetched each second, against `mbsync` with its defaults."""
    if why := dovecot.missing():
        yield Row("sync", "fetch from Dovecot", None, "msg/s", None, why)
        return
    count = shop.sizes.small
    with tempfile.TemporaryDirectory(prefix="fluffy-sync-") as scratch:
        certificate = certificates.make(Path(scratch) / "certificate")
        server = dovecot.start(certificate)
        try:
            fill(server, shop.maildir(count))
            yield from compared(server, count=count, rounds=shop.sizes.rounds, scratch=Path(scratch))
            yield from stalls(shop, server, count)
        finally:
            server.stop()


def stalls(shop: Workshop, server: Dovecot, count: int) -> Iterator[Row]:
    """How long the window's main thread was kept waiting while the mailbox was fetched."""
    if find_spec("PySide6") is None:
        return
    where = ("--home", str(shop.folder / "synced"), "--port", str(server.plain_port), "--user", USER)
    found = window.drive(shop, "sync-stall", *where, password=PASSWORD)
    shutil.rmtree(shop.folder / "synced", ignore_errors=True)
    yield from window.stall_rows(found, count, "a first sync")


def compared(server: Dovecot, *, count: int, rounds: int, scratch: Path) -> Iterator[Row]:
    """The table's rows; the first round of each is a warm-up of the server's own index."""
    ours: list[float] = []

    def fluffy(number: int) -> float:
        del number
        seconds, cpu = pull(server, count)
        ours.append(cpu)
        return seconds

    peaks: list[int] = []

    def stored(number: int) -> float:
        seconds, peak = first_sync(server, scratch / f"home-{number}", count)
        peaks.append(peak)
        return seconds

    contenders = [Contender("fluffy", fluffy), Contender("stored", stored)]
    if shutil.which("mbsync"):
        hasty = Contender(
            "hasty", lambda number: mbsync(server, scratch / f"hasty-{number}", count, fsync=False)
        )
        contenders.append(hasty)
        contenders.append(
            Contender("mbsync", lambda number: mbsync(server, scratch / f"mbsync-{number}", count))
        )
    fluffy(0)
    times = programs.best_in_turns(contenders, rounds=rounds, budget=BUDGET)
    best = min(times["fluffy"])
    how = f"{count:,} messages, {min(ours):.2f} CPU seconds, listed and fetched, not stored"
    yield Row("sync", "fetch from Dovecot", count / best, "msg/s", None, how, {"seconds": times["fluffy"]})
    whole = min(times["stored"])
    how = "stored, encrypted, threaded and found by search"
    yield Row("sync", "first sync", count / whole, "msg/s", None, how, {"seconds": times["stored"]})
    yield Row(
        "sync", "peak memory of a first sync", max(peaks) / 1e6, "MB", at_most(300), "all its processes"
    )
    if "mbsync" not in times:
        yield Row("sync", "first sync against mbsync", None, "x", at_least(1.0), "mbsync is not installed")
        return
    theirs, unflushed = min(times["mbsync"]), min(times["hasty"])
    how = f"mbsync: {count / theirs:,.0f} msg/s into a Maildir"
    details = {"seconds": times["mbsync"]}
    yield Row("sync", "first sync against mbsync", theirs / whole, "x", at_least(1.0), how, details)
    yield Row("sync", "fetch against mbsync", theirs / best, "x", None, how)
    how = f"{count / unflushed:,.0f} msg/s with `FSync no`"
    yield Row("sync", "first sync against mbsync that flushes nothing", unflushed / whole, "x", None, how)


def fill(server: Dovecot, mailbox: Path) -> None:
    """Put a Maildir in place of the user's own."""
    target = server.maildir(USER)
    target.parent.mkdir(parents=True)
    shutil.copytree(mailbox, target)
    if os.geteuid() == 0:
        owner = (server.folder / "home").stat()
        for path in (target.parent, *target.parent.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)


def pull(server: Dovecot, count: int) -> tuple[float, float]:
    """List and fetch a whole inbox; wall and CPU seconds of ours."""
    settings = ImapSettings(server.endpoint, Login(USER, PASSWORD))
    account = ImapAccount(Gateway(Rules(lambda host: True), lambda traffic: None), settings)
    started, clock = time.perf_counter(), time.process_time()
    inbox = next(one for one in account.folders() if one.role is FolderRole.INBOX)
    account.cursor(inbox)
    got, token = 0, ""
    while True:
        page = account.list(inbox, token=token, limit=1000)
        for found in account.fetch(page.refs):
            got += bool(found.content)
        token = page.next
        if not token:
            break
    taken = time.perf_counter() - started, time.process_time() - clock
    account.close()
    if got != count:
        raise BenchmarkError(f"{got} of {count} messages came from Dovecot")
    return taken


def first_sync(server: Dovecot, home: Path, count: int) -> tuple[float, int]:
    """Seconds of a first sync into an empty home, and the peak memory of all its processes in bytes."""
    command = [sys.executable, "-m", "benchmarks.first_sync", str(home), str(server.plain_port), USER]
    env = {"FLUFFY_KEY_FILE": str(home.with_suffix(".key")), "FLUFFY_BENCH_PASSWORD": PASSWORD}
    env["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent)
    ended = programs.run(command, env=env, memory=True)
    found = json.loads(ended.output)
    if found["messages"] != count:
        raise BenchmarkError(f"{found['messages']} of {count} messages were stored")
    shutil.rmtree(home)
    return float(found["seconds"]), ended.peak


def mbsync(server: Dovecot, target: Path, count: int, *, fsync: bool = True) -> float:
    """Seconds of `mbsync` into an empty Maildir; by default it flushes every message to the disk."""
    target.mkdir()
    config = target / "mbsyncrc"
    config.write_text(
        f"FSync {'yes' if fsync else 'no'}\n\n"
        f"IMAPAccount bench\nHost 127.0.0.1\nPort {server.plain_port}\nUser {USER}\nPass {PASSWORD}\n"
        "SSLType None\nAuthMechs LOGIN\n\nIMAPStore far\nAccount bench\n\n"
        f"MaildirStore near\nPath {target}/\nInbox {target}/inbox\n\n"
        "Channel all\nFar :far:\nNear :near:\nPatterns INBOX\nSync Pull\nCreate Near\nSyncState *\n"
    )
    seconds = programs.run(["mbsync", "-q", "-c", str(config), "all"]).seconds
    got = sum(1 for part in ("cur", "new") for _ in (target / "inbox" / part).iterdir())
    if got != count:
        raise BenchmarkError(f"{got} of {count} messages came through mbsync")
    shutil.rmtree(target)
    return seconds
