"""Jobs stay on this computer: no socket is opened, and no word of mail reaches the queue file or a log."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import PROJECT

CANARY = "zugvogel"
OUTWARD = ["sync-calendar-events", "sync-emails-incremental"]
"""Kinds that only run where there is an account on a server; what they reach goes through the gateway."""
RUN = """
import logging, sys, time
from pathlib import Path

def refuse(event, args):
    if event.startswith("socket."):
        raise SystemExit(f"a job used a socket: {event}")

from fluffy_core.config import Paths, Settings, resources_folder
from fluffy_core.core import Core
from fluffy_core.domain.drafting import DraftRequest
from fluffy_core.services.imports import demonstration
from fluffy_core.services.writing import drafting
from fluffy_core.services.imports import imports

sys.addaudithook(refuse)
home = Path(sys.argv[1])
logging.basicConfig(level=logging.DEBUG, filename=sys.argv[4])
paths = Paths(home=home, models=home / "none", resources=resources_folder())
settings = Settings(paths, key_file=home / "my.key")
with Core.open(settings) as core:
    resources = settings.paths.resources / "demo"
    demonstration.start(core.store, settings.paths.demo, resources=resources)
    imports.start(core.store, [Path(sys.argv[2])])
    core.start_workers()
    seen = b""
    while not core.jobs.idle():
        seen += b"".join(path.read_bytes() for path in home.glob("queue.db*"))[:2_000_000]
        if sys.argv[3].encode() in seen:
            raise SystemExit("a word of mail is in the queue file")
        seen = seen[-100:]
        time.sleep(0.05)
    core.jobs.stop()
    core.start_workers()  # with mail in the home, what the clock asks for is asked for, too
    drafting.ask(core.store, DraftRequest("one", recipient="ada@example.org", purpose="thank her"))
    while not core.jobs.idle():
        time.sleep(0.05)
    names = core.store.all("SELECT DISTINCT name, state FROM jobs ORDER BY 1, 2")
    assert core.store.one("SELECT 1 FROM message_texts WHERE body LIKE ?", (f"%{sys.argv[3]}%",))
    able = {kind.name for kind in core.jobs.kinds() if kind.available}
    never_ran = able - {name for name, _ in names}
    print(sorted(never_ran), {state for _, state in names})
"""


def test_all_jobs_run_without_a_socket_and_without_words_in_the_queue(tmp_path: Path) -> None:
    mail = tmp_path / "one.eml"
    head = f"From: {CANARY} <{CANARY}@example.com>\nTo: me@example.com\nSubject: {CANARY}\n"
    head += f"Message-ID: <{CANARY}@x>\n"
    mail.write_text(f"{head}Date: Mon, 10 Mar 2025 12:00:00 +0000\n\nDo you see the {CANARY}?\n")
    log = tmp_path / "everything.log"
    command = [sys.executable, "-c", RUN, str(tmp_path / "home"), str(mail), CANARY, str(log)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=170)
    assert (done.returncode, done.stdout.strip()) == (0, f"{OUTWARD} {{'succeeded'}}"), done.stderr[-3000:]
    assert "Executing" in log.read_text(), "Huey's own words are logged too"
    assert CANARY not in log.read_text()
