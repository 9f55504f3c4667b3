"""Files that go along are read with their kind."""

from pathlib import Path

import pytest

from fluffy_core.domain.outgoing import OutgoingFile
from fluffy_core.errors import UnreadableError
from fluffy_core.services.writing import attaching


def test_files_are_read_with_their_kind(tmp_path: Path) -> None:
    for name, kind in (("a.pdf", "application/pdf"), ("b.tar.gz", ""), ("c", ""), ("d.txt", "text/plain")):
        (tmp_path / name).write_bytes(b"x")
        expected = OutgoingFile(name, b"x", kind or "application/octet-stream")
        assert attaching.file(tmp_path / name) == expected
    for missing in (tmp_path / "none", tmp_path):
        with pytest.raises(UnreadableError, match="cannot be read"):
            attaching.file(missing)
