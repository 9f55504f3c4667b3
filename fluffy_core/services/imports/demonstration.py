"""The demo mailbox: written out as files, then imported like anyone's."""

from datetime import datetime
from pathlib import Path

from fluffy_core.domain.ids import AccountId
from fluffy_core.services.demo.demo import build_demo
from fluffy_core.services.imports import imports
from fluffy_core.store import settings
from fluffy_core.store.database import Database

MOMENT = "demo-moment"
"""The setting that keeps the moment this home's demo was dated from: asked for again, it is the same mail."""


def start(store: Database, folder: Path, *, resources: Path) -> AccountId:
    """Write the demo mailbox into `folder` and ask for its import; its owner is confirmed."""
    kept = settings.get(store, MOMENT)
    now = datetime.fromisoformat(kept) if isinstance(kept, str) else datetime.now().astimezone()
    files = build_demo(folder, now=now, resources=resources)
    with store.transaction() as tx:
        settings.put(tx, MOMENT, now.isoformat())
    return imports.start(store, [folder], me=[files.me, *files.also_me])
