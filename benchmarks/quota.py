"""What syncs of a Gmail mailbox use of Google's quota, on a loopback Google."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import letters
from benchmarks.programs import BenchmarkError
from benchmarks.results import Row, at_most
from benchmarks.workshop import Workshop
from fluffy_core.connectors.files import headers
from tests.fakes import stored
from tests.fakes.google_stage import gmail_stage
from tests.fakes.google_synced import GmailSynced


def measure(shop: Workshop) -> Iterator[Row]:
    """Quota units of a first sync by message, and of one without any news."""
    count = max(1, shop.sizes.small // 10)
    with tempfile.TemporaryDirectory(prefix="fluffy-quota-") as scratch, gmail_stage() as stage:
        for content in letters.enough(shop.messages, count):
            stage.mail.deliver(headers.crlf(content))
        store = stored.empty(Path(scratch))
        synced = GmailSynced(store, stage)
        tally = synced.run()
        synced.run()
        store.close()
    if tally.stored + tally.duplicates + tally.unread != count:
        raise BenchmarkError(f"{tally.stored} of {count} messages came from Gmail")
    first, later = synced.units
    how = f"{first:,} units for {count:,} messages; 5 of them for a message itself"
    yield Row("sync", "Gmail's quota for a first sync", first / count, "units/msg", at_most(5.2), how)
    yield Row("sync", "Gmail's quota for a sync without news", later, "units", at_most(4), "")
