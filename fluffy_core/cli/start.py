"""Commands that fill a home: init, import, demo, run, me."""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fluffy_core.cli.answer import Answer, plain
from fluffy_core.config import Settings
from fluffy_core.core import Core
from fluffy_core.domain.counting import number_of
from fluffy_core.domain.ids import AccountId
from fluffy_core.domain.rows import ImportReport
from fluffy_core.errors import HomeBusyError, KnownError
from fluffy_core.events import Event, Progress
from fluffy_core.services.home import activity, care
from fluffy_core.services.imports import demonstration, imports
from fluffy_core.store import keys

POLL = 0.05


def init(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Make a home, or lock an existing one anew with its recovery code."""
    if arguments.recover:
        care.recover(settings, arguments.recover)
    with Core.open(settings):
        pass
    data: dict[str, object] = {"home": str(settings.paths.home), "key_provider": keys.provider_name(settings)}
    text = f"Your home is {settings.paths.home}, locked by {data['key_provider']}."
    if arguments.show_recovery_code:
        data["recovery_code"] = code = keys.recovery_code(keys.obtain(settings))
        text += f"\nRecovery code, to print and keep somewhere safe:\n{code}"
    return Answer(data, text)


def import_(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Read files into the home and wait until people and categories are there."""
    started = time.monotonic()
    with Core.open(settings) as core:
        paths = [Path(one).expanduser() for one in arguments.paths]
        account_id = imports.start(core.store, paths, me=arguments.me)
        work(core, lambda: imports.is_read(core.store, account_id), quiet=arguments.json)
        report = imports.report(core.store, account_id, seconds=time.monotonic() - started)
        return _told(core, account_id, report)


def demo(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Fill the home with the demo mailbox; a home that has it stays as it is."""
    started = time.monotonic()
    with Core.open(settings) as core:
        resources = settings.paths.resources / "demo"
        account_id = demonstration.start(core.store, settings.paths.demo, resources=resources)
        work(core, lambda: imports.is_read(core.store, account_id), quiet=arguments.json)
        report = imports.report(core.store, account_id, seconds=time.monotonic() - started)
        return _told(core, account_id, report)


def _told(core: Core, account_id: AccountId, report: ImportReport) -> Answer:
    failure = imports.failure(core.store, account_id)
    if failure:
        raise KnownError(failure)
    lines = [imports.told(report)]
    lines += [f"  kept unread: {reason}" for reason in imports.unread_reasons(core.store, account_id)[:20]]
    lines += [f"  {problem}" for problem in report.problems]
    if report.me and not report.me_confirmed:
        lines.append(
            f"These look like your addresses: {', '.join(report.me)}. Confirm with `fluffy me ADDRESS …`."
        )
    elif not report.me:
        lines.append("Nobody could tell which address is yours. Say it with `fluffy me ADDRESS …`.")
    waiting = imports.summaries_waiting(core.store)
    if waiting:
        made = number_of(waiting, "summary is", "summaries are")
        lines.append(f"{made} made by `fluffy run --until-idle` or while the app is open.")
    data = plain(report)
    return Answer(data, "\n".join(lines), 0 if imports.is_whole(core.store, account_id) else 1)


def work(core: Core, done: Callable[[], bool], *, quiet: bool) -> None:
    """Run jobs here, or wait for the process that does, until `done()`."""
    stop_showing = core.bus.subscribe(_show) if not quiet and sys.stderr.isatty() else None
    try:
        core.start_workers()
        while not done():
            time.sleep(POLL)
            core.start_workers()  # once more: the process that does the work may be gone by now
    finally:
        if stop_showing is not None:
            stop_showing()
            print("\r\033[K", end="", file=sys.stderr)


def _show(event: Event) -> None:
    if isinstance(event, Progress) and event.total:
        left = f", about {event.seconds_left:.0f} s left" if event.seconds_left else ""
        share = 100 * event.done // event.total
        print(f"\r\033[K{event.text}, {share} %{left}", end="", file=sys.stderr, flush=True)


def run(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Be the app without a window until it is stopped. Raises HomeBusyError when another process is.

    SIGTERM and SIGINT end it within 5 s; what was begun goes on at the next start.
    """
    asked_to_stop = threading.Event()
    with _signals(asked_to_stop.set), Core.open(settings) as core:
        if not core.start_workers():
            raise HomeBusyError("Another FluffyMail runs this home already; it does the work.")
        while not asked_to_stop.wait(POLL):
            if arguments.until_idle and core.idle():
                return _idle(core)
        return Answer({"idle": core.idle()}, "Stopped. What was begun goes on at the next start.")


def _idle(core: Core) -> Answer:
    held = core.jobs.held_back()
    if held:
        return Answer({"idle": True, "held_back": held}, activity.health(core.store).text)
    return Answer({"idle": True, "held_back": 0}, "Everything is done.")


@contextmanager
def _signals(stop: Callable[[], object]) -> Iterator[None]:
    """Have SIGTERM and SIGINT call `stop`; only the main thread may ask for that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.signal(one, lambda *_: stop()) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def me(settings: Settings, arguments: argparse.Namespace) -> Answer:
    """Show or confirm which addresses are the user's."""
    with Core.open(settings) as core:
        if arguments.addresses:
            imports.confirm_own(core.store, arguments.addresses)
            work(core, lambda: imports.is_settled(core.store), quiet=arguments.json)
        own = imports.own_addresses(core.store)
    lines = [f"{one.email}{'' if one.confirmed else ' (not confirmed)'}" for one in own]
    return Answer(plain(own), "\n".join(lines) or "No address is known to be yours.")
