"""Where things live, from the environment and the command line."""

from pathlib import Path

import pytest

from fluffy_core import config
from fluffy_core.domain.accounts import AccountKind, Client


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("FLUFFY_HOME", "FLUFFY_MODELS", "FLUFFY_KEY_FILE", "FLUFFY_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_option_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLUFFY_HOME", str(tmp_path / "by-environment"))
    assert config.load().paths.home == tmp_path / "by-environment"
    assert config.load(tmp_path / "by-option").paths.home == tmp_path / "by-option"


def test_paths_are_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLUFFY_KEY_FILE", "some.key")
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = config.load(Path("~/mail"))
    assert settings.paths.home == tmp_path / "mail"
    assert settings.key_file == tmp_path / "some.key"


def test_without_choices_everything_lies_in_the_users_data(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = config.load()
    assert settings.paths.home.name == "home"
    assert settings.paths.models == settings.paths.home.parent / "models"
    assert (settings.key_file, settings.passphrase) == (None, None)


def test_an_empty_variable_is_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FLUFFY_HOME", "FLUFFY_KEY_FILE"):
        monkeypatch.setenv(name, "")
    assert config.load() == config.load()
    assert config.load().key_file is None


def test_a_home_holds_its_files(tmp_path: Path) -> None:
    paths = config.load(tmp_path).paths
    inside = [paths.database, paths.queue, paths.owner_lock, paths.key_info, paths.scratch, paths.demo]
    assert {path.parent for path in inside} == {tmp_path}
    assert len({path.name for path in inside}) == 6
    assert paths.catalog.is_file()
    assert (paths.resources / "demo").is_dir()


def test_who_we_are_at_providers_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("GOOGLE", "MICROSOFT"):
        monkeypatch.delenv(f"FLUFFY_{kind}_CLIENT_ID", raising=False)
    assert config.load().clients == {}
    monkeypatch.setenv("FLUFFY_GOOGLE_CLIENT_ID", "g")
    monkeypatch.setenv("FLUFFY_GOOGLE_CLIENT_SECRET", "hush")
    monkeypatch.setenv("FLUFFY_MICROSOFT_CLIENT_ID", "m")
    found = config.load().clients
    assert found == {AccountKind.GOOGLE: Client("g", "hush"), AccountKind.MICROSOFT: Client("m")}
    assert "hush" not in repr(found)
