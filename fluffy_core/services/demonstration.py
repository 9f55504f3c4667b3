"""The demo mailbox: written out as files, then imported like anyone's."""

from datetime import datetime
from pathlib import Path

from fluffy_core.domain.ids import AccountId
from fluffy_core.services import imports
from fluffy_core.services.demo import build_demo
from fluffy_core.store.database import Database


def start(store: Database, folder: Path, *, resources: Path) -> AccountId:
    """Write the demo mailbox into `folder` and ask for its import; its owner is confirmed."""
    files = build_demo(folder, now=datetime.now().astimezone(), resources=resources)
    return imports.start(store, [folder], me=[files.me, *files.also_me])
