"""The doctor finds what is broken; backups come back, foreign ones and busy homes are refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from fluffy_core.core import Core
from fluffy_core.errors import HomeBusyError, UnreadableError, UsageError, VaultKeyError
from fluffy_core.services.home import care
from fluffy_core.services.reading import searching
from fluffy_core.store import counts, keys
from tests.unit.services.homes import letter, opened, read_letters, settings


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    with opened(tmp_path / "home") as core:
        read_letters(core, letter("Roses", mid="a@x"), letter("Tulips", mid="b@x", hour=1))
        yield core


def problems(core: Core) -> tuple[str, ...]:
    return care.examine(core.store, core.settings).problems


def damage(core: Core, sql: str) -> None:
    core.store.one("PRAGMA foreign_keys = OFF")
    with core.store.transaction() as tx:
        tx.execute(sql)


def test_a_healthy_home(core: Core) -> None:
    found = care.examine(core.store, core.settings)
    assert found.problems == ()
    assert found.integrity == {"database": "ok", "relations": "ok", "search": "ok"}
    assert (found.counts["messages"], found.counts["threads"], found.counts["contacts"]) == (2, 2, 1)
    assert found.key_provider == "keyfile"
    assert set(found.versions) >= {"python", "sqlite", "fluffymail", "sqlcipher3"}
    assert found.database_bytes > 4096
    assert found.disk_free_bytes > 0
    assert set(found.models.values()) == {"missing"}


def test_a_search_index_that_does_not_fit_is_found_and_repaired(core: Core) -> None:
    damage(core, "DELETE FROM search WHERE rowid = 1")
    (sentence,) = problems(core)
    assert "fluffy doctor --repair" in sentence
    assert searching.messages(core.store, "roses").messages == ()
    care.repair(core.store)
    assert problems(core) == ()
    assert len(searching.messages(core.store, "roses").messages) == 1


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DELETE FROM raw_messages WHERE message_id = 1", "1 messages without their bytes"),
        ("DELETE FROM locations WHERE message_id = 2", "1 messages without a place"),
        ("UPDATE threads SET message_count = 7 WHERE id = 1", "1 threads with a wrong count"),
        ("UPDATE address_stats SET contact_id = NULL", "1 contacts without an address"),
        ("UPDATE messages SET thread_id = 99 WHERE id = 1", "references to rows that are gone"),
    ],
)
def test_what_belongs_to_nothing_is_found(core: Core, sql: str, said: str) -> None:
    damage(core, sql)
    assert said in " ".join(problems(core))


def test_a_nearly_full_disk_is_said(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(care, "LOW_DISK", 10**18)
    assert problems(core)[0].startswith("The disk has only ")


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as core:
        read_letters(core, *(letter(f"n{n}", hour=n, body=f"{n} " * 900 + "\n") for n in range(60)))
        core.store.checkpoint()
    database = tmp_path / "home" / "fluffy.db"
    content = bytearray(database.read_bytes())
    at = len(content) * 3 // 4
    content[at : at + 64] = bytes(64)
    database.write_bytes(content)
    with opened(tmp_path / "home") as core:
        assert any("Restore a backup" in one for one in problems(core))


def test_a_backup_brings_the_home_back_and_keeps_what_was_there(core: Core, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert care.backup(core.store, copy) == copy.stat().st_size > 0
    read_letters(core, letter("Later", hour=5), name="later.mbox")
    core.close()
    kept = care.restore(copy, core.settings)
    assert kept is not None
    assert kept.is_file()
    with opened(tmp_path / "home") as again:
        assert counts.totals(again.store)["messages"] == 2
        assert problems(again) == ()


def test_a_backup_is_encrypted(core: Core, tmp_path: Path) -> None:
    care.backup(core.store, tmp_path / "copy.db")
    content = (tmp_path / "copy.db").read_bytes()
    assert not content.startswith(b"SQLite format 3")
    assert b"Roses" not in content
    assert b"ada@example.com" not in content


def test_a_backup_overwrites_nothing(core: Core, tmp_path: Path) -> None:
    (tmp_path / "there.db").write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        care.backup(core.store, tmp_path / "there.db")
    with pytest.raises(UsageError, match="is not there"):
        care.backup(core.store, tmp_path / "no" / "folder.db")
    assert (tmp_path / "there.db").read_text() == "mine"


def test_what_is_no_backup_of_this_home_is_refused(core: Core, tmp_path: Path) -> None:
    with opened(tmp_path / "other") as other:
        care.backup(other.store, tmp_path / "foreign.db")
    (tmp_path / "text.db").write_text("this is no database" * 500)
    before = (tmp_path / "home" / "fluffy.db").read_bytes()
    for name in ("foreign.db", "text.db"):
        with pytest.raises(UnreadableError, match="not a backup of this home"):
            care.restore(tmp_path / name, core.settings)
    with pytest.raises(UnreadableError, match="There is no backup"):
        care.restore(tmp_path / "nothing.db", core.settings)
    assert (tmp_path / "home" / "fluffy.db").read_bytes() == before
    assert not list((tmp_path / "home").glob("*restoring*"))


def test_a_home_in_use_is_not_replaced(core: Core, tmp_path: Path) -> None:
    care.backup(core.store, tmp_path / "copy.db")
    with FileLock(core.settings.paths.owner_lock), pytest.raises(HomeBusyError, match="Quit it first"):
        care.restore(tmp_path / "copy.db", core.settings)


def test_a_backup_opens_a_home_that_has_no_database_yet(core: Core, tmp_path: Path) -> None:
    care.backup(core.store, tmp_path / "copy.db")
    code = keys.recovery_code(keys.obtain(core.settings))
    elsewhere = settings(tmp_path / "new")
    care.recover(elsewhere, code)
    assert care.restore(tmp_path / "copy.db", elsewhere) is None
    with Core.open(elsewhere) as again:
        assert counts.totals(again.store)["messages"] == 2


def test_a_recovery_code_must_fit_the_home(core: Core, tmp_path: Path) -> None:
    before = core.settings.paths.key_info.read_bytes()
    with pytest.raises(VaultKeyError, match="another home"):
        care.recover(core.settings, keys.recovery_code(bytes(range(32))))
    with pytest.raises(VaultKeyError):
        care.recover(core.settings, "AAAA-BBBB")
    assert core.settings.paths.key_info.read_bytes() == before
    care.recover(core.settings, keys.recovery_code(keys.obtain(core.settings)))
    assert keys.obtain(core.settings)
    assert tmp_path.is_dir()
