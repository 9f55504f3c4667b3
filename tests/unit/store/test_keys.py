"""Where the key comes from, what is refused, and the way back with the recovery code."""

import json
import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from string import ascii_uppercase

import keyring
import keyring.backend
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.config import Paths, Settings
from fluffy_core.errors import VaultKeyError
from fluffy_core.store import keys
from fluffy_core.store.database import Database

WORDS = "correct horse battery staple"


class SafeKeyring(keyring.backend.KeyringBackend):
    """Keeps passwords in memory, and looks like one of the keyring library's own backends."""

    __module__ = "keyring.backends.SecretService"
    priority = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        self.forgetful = False

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        if not self.forgetful:
            self.kept[service, username] = password

    def _check(self) -> None:
        if self.locked:
            raise keyring.errors.KeyringLocked("locked")


class PlaintextKeyring(SafeKeyring):
    """A backend of the kind that writes passwords into a file in clear."""

    __module__ = "keyrings.alt.file"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir()
    return Settings(Paths(home=home, models=tmp_path / "models", resources=tmp_path))


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch) -> SafeKeyring:
    backend = SafeKeyring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


@pytest.fixture(params=["keyring", "passphrase", "keyfile"])
def chosen(request: pytest.FixtureRequest, settings: Settings, safe: SafeKeyring, tmp_path: Path) -> Settings:
    """Settings under each provider."""
    del safe
    if request.param == "passphrase":
        return replace(settings, passphrase=WORDS)
    return (
        replace(settings, key_file=tmp_path / "deep" / "my.key") if request.param == "keyfile" else settings
    )


def info(settings: Settings) -> dict[str, str]:
    found: dict[str, str] = json.loads(settings.paths.key_info.read_text())
    return found


def test_a_home_keeps_its_key(chosen: Settings) -> None:
    first = keys.obtain(chosen)
    assert len(first) == 32
    assert keys.obtain(chosen) == first
    assert first.hex() not in chosen.paths.key_info.read_text()
    assert keys.provider_name(chosen) == info(chosen)["provider"]


def test_two_homes_have_different_keys(chosen: Settings, tmp_path: Path) -> None:
    first = keys.obtain(chosen)
    (tmp_path / "other").mkdir()
    other = replace(chosen, paths=replace(chosen.paths, home=tmp_path / "other"))
    assert (keys.obtain(other) == first) is (chosen.key_file is not None)


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_files_are_for_their_owner_alone(chosen: Settings) -> None:
    keys.obtain(chosen)
    for path in (chosen.paths.key_info, chosen.key_file):
        if path is not None:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_several_first_starts_at_once_make_one_key(chosen: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: keys.obtain(chosen), range(4)))
    assert found == {keys.obtain(chosen)}


def test_before_the_first_use_there_is_no_provider(settings: Settings) -> None:
    assert keys.provider_name(settings) == ""


def test_the_keyring_holds_the_key_under_a_name_of_its_own(settings: Settings, safe: SafeKeyring) -> None:
    key = keys.obtain(settings)
    assert safe.kept == {("FluffyMail", info(settings)["name"]): key.hex()}


@pytest.mark.parametrize(
    "backend",
    [keyring.backends.null.Keyring, keyring.backends.fail.Keyring, PlaintextKeyring],
)
def test_unsafe_keyrings_are_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, backend: Callable[[], object]
) -> None:
    monkeypatch.setattr(keyring, "get_keyring", backend)
    with pytest.raises(VaultKeyError, match=r"no safe keyring.*FLUFFY_PASSPHRASE.*FLUFFY_KEY_FILE"):
        keys.obtain(settings)
    assert not settings.paths.key_info.exists()


def test_the_safe_one_of_several_keyrings_is_taken(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    safe, plain = SafeKeyring(), PlaintextKeyring()
    nothing: Callable[[], object] = keyring.backends.null.Keyring

    class Chain(keyring.backends.chainer.ChainerBackend):
        backends = [plain, nothing(), safe]  # noqa: RUF012

    monkeypatch.setattr(keyring, "get_keyring", Chain)
    keys.obtain(settings)
    assert len(safe.kept) == 1
    assert plain.kept == {}


def test_a_locked_keyring_is_said(settings: Settings, safe: SafeKeyring) -> None:
    safe.locked = True
    with pytest.raises(VaultKeyError, match="refused the key"):
        keys.obtain(settings)
    safe.locked = False
    keys.obtain(settings)
    safe.locked = True
    with pytest.raises(VaultKeyError, match=r"cannot be read.*Unlock it"):
        keys.obtain(settings)


def test_a_keyring_that_keeps_nothing_is_refused(settings: Settings, safe: SafeKeyring) -> None:
    safe.forgetful = True
    with pytest.raises(VaultKeyError, match="did not keep the key"):
        keys.obtain(settings)
    assert not settings.paths.key_info.exists()


def test_a_keyring_that_lost_the_key_is_said(settings: Settings, safe: SafeKeyring) -> None:
    keys.obtain(settings)
    safe.kept.clear()
    with pytest.raises(VaultKeyError, match=r"no key for .* any more.*recovery code"):
        keys.obtain(settings)


def test_a_keyring_that_holds_something_else_is_said(settings: Settings, safe: SafeKeyring) -> None:
    keys.obtain(settings)
    safe.kept = dict.fromkeys(safe.kept, "what the user typed there")
    with pytest.raises(VaultKeyError, match="something else"):
        keys.obtain(settings)


@pytest.mark.parametrize("wrong", ["Correct horse battery staple", "x", "correct horse battery staple "])
def test_a_wrong_passphrase_is_said(settings: Settings, wrong: str) -> None:
    keys.obtain(replace(settings, passphrase=WORDS))
    with pytest.raises(VaultKeyError, match="does not open this home"):
        keys.obtain(replace(settings, passphrase=wrong))


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_missing_passphrase_is_asked_for(settings: Settings, nothing: str | None) -> None:
    keys.obtain(replace(settings, passphrase=WORDS))
    with pytest.raises(VaultKeyError, match="locked with a passphrase"):
        keys.obtain(replace(settings, passphrase=nothing))


def test_a_passphrase_is_the_same_however_its_accents_are_typed(settings: Settings) -> None:
    key = keys.obtain(replace(settings, passphrase="caf\u00e9"))
    assert keys.obtain(replace(settings, passphrase="cafe\u0301")) == key


def test_bytes_that_are_no_text_may_be_a_passphrase(settings: Settings) -> None:
    key = keys.obtain(replace(settings, passphrase="\udcff secret"))
    assert keys.obtain(replace(settings, passphrase="\udcff secret")) == key


def test_the_passphrase_costs_scrypt_work(settings: Settings) -> None:
    """RFC 7914 with N = 2^15, r = 8, p = 1; RFC 3394 adds eight bytes to the key."""
    assert keys._SCRYPT == {"n": 2**15, "r": 8, "p": 1}
    keys.obtain(replace(settings, passphrase=WORDS))
    assert len(bytes.fromhex(info(settings)["wrapped"])) == 40
    assert len(bytes.fromhex(info(settings)["salt"])) == 16


@pytest.mark.parametrize("content", ["", "zz" * 32, "ab" * 31, "ab" * 33, "\x00\xff"])
def test_a_key_file_that_holds_no_key_is_said(settings: Settings, tmp_path: Path, content: str) -> None:
    file = tmp_path / "my.key"
    file.write_text(content, "latin-1")
    with pytest.raises(VaultKeyError, match="key file"):
        keys.obtain(replace(settings, key_file=file))
    assert file.read_text("latin-1") == content
    assert not settings.paths.key_info.exists()


def test_a_key_file_that_is_gone_is_said_and_not_made_anew(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "my.key"
    keys.obtain(replace(settings, key_file=file))
    file.unlink()
    for again in (replace(settings, key_file=file), settings):
        with pytest.raises(VaultKeyError, match=r"my\.key cannot be used"):
            keys.obtain(again)
    assert not file.exists()


def test_the_home_remembers_its_key_file(settings: Settings, tmp_path: Path) -> None:
    key = keys.obtain(replace(settings, key_file=tmp_path / "my.key"))
    assert keys.obtain(settings) == key


def test_an_existing_key_file_is_taken_as_it_is(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "my.key").write_text("ab" * 32 + "\n")
    assert keys.obtain(replace(settings, key_file=tmp_path / "my.key")) == b"\xab" * 32


def test_a_database_without_key_info_is_not_locked_anew(chosen: Settings) -> None:
    keys.obtain(chosen)
    chosen.paths.key_info.unlink()
    chosen.paths.database.write_bytes(b"whatever")
    with pytest.raises(VaultKeyError, match=r"nobody knows how .* was locked.*recovery code"):
        keys.obtain(chosen)
    assert not chosen.paths.key_info.exists()


@pytest.mark.parametrize("content", ["", "{", "\udcff", "[1, 2]", "null", "{}"])
def test_damaged_key_info_never_makes_a_new_key(chosen: Settings, content: str) -> None:
    keys.obtain(chosen)
    chosen.paths.database.write_bytes(b"whatever")
    chosen.paths.key_info.write_text(content, "utf-8", "surrogateescape")
    with pytest.raises(VaultKeyError, match="recovery code"):
        keys.obtain(chosen)
    assert chosen.paths.key_info.read_text("utf-8", "surrogateescape") == content


@given(st.binary(min_size=32, max_size=32))
def test_every_key_survives_its_recovery_code(key: bytes) -> None:
    code = keys.recovery_code(key)
    assert [len(part) for part in code.split("-")] == [4] * 14
    assert set(code) <= set(ascii_uppercase + "234567-")
    for typed in (code, code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')}\n"):
        assert keys.from_recovery_code(typed) == key


def test_letters_that_look_like_digits_are_understood() -> None:
    key = bytes(range(32))
    code = keys.recovery_code(key)
    assert keys.from_recovery_code(code.replace("O", "0").replace("I", "1").replace("B", "8")) == key


def test_every_single_typing_mistake_is_found_or_mended() -> None:
    key = bytes(range(7, 39))
    code = keys.recovery_code(key)
    for place, right in enumerate(code):
        for wrong in "" if right == "-" else ascii_uppercase + "0123456789":
            typed = code[:place] + wrong + code[place + 1 :]
            try:
                assert keys.from_recovery_code(typed) == key
            except VaultKeyError:
                assert wrong != right


def test_letters_left_out_doubled_or_swapped_are_found() -> None:
    code = keys.recovery_code(bytes(range(90, 122))).replace("-", "")
    for place in range(len(code) - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        for typed in (code[:place] + code[place + 1 :], code[:place] + code[place] + code[place:], swapped):
            if typed != code:
                with pytest.raises(VaultKeyError):
                    keys.from_recovery_code(typed)


@given(st.text())
def test_any_text_is_a_code_or_is_refused(text: str) -> None:
    with pytest.raises(VaultKeyError):
        keys.from_recovery_code(text)


def locked_home(settings: Settings) -> bytes:
    """Make a database under the settings and lose key.json; the key."""
    key = keys.obtain(settings)
    store = Database(settings.paths.database, key)
    with store.transaction() as tx:
        tx.execute("CREATE TABLE t (a)")
    store.close()
    settings.paths.key_info.unlink()
    return key


def test_the_recovery_code_opens_a_home_under_each_provider(
    settings: Settings, chosen: Settings, tmp_path: Path
) -> None:
    key = locked_home(replace(settings, passphrase="the old one"))
    assert keys.recover(chosen, keys.recovery_code(key)) == key
    assert keys.obtain(chosen) == key
    if chosen.key_file:
        assert chosen.key_file.read_text() == key.hex() + "\n"
        assert os.name == "nt" or stat.S_IMODE(chosen.key_file.stat().st_mode) == 0o600
    assert keys.provider_name(chosen) == info(chosen)["provider"]


def test_the_code_of_another_home_changes_nothing(chosen: Settings) -> None:
    locked_home(chosen)
    with pytest.raises(VaultKeyError, match="does not open"):
        keys.recover(chosen, keys.recovery_code(b"\x01" * 32))
    assert not chosen.paths.key_info.exists()


def test_a_key_file_of_another_home_is_not_overwritten(settings: Settings, tmp_path: Path) -> None:
    key = locked_home(replace(settings, passphrase=WORDS))
    (tmp_path / "other.key").write_text("ab" * 32)
    with pytest.raises(VaultKeyError, match="holds another key"):
        keys.recover(replace(settings, key_file=tmp_path / "other.key"), keys.recovery_code(key))
    assert (tmp_path / "other.key").read_text() == "ab" * 32
    assert not settings.paths.key_info.exists()
