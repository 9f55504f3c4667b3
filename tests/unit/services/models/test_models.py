"""Which language model is in use: chosen, else the best that is installed and fits, a server, or none."""

from pathlib import Path

import pytest

from fluffy_core.domain.models import NO_MODEL
from fluffy_core.errors import ModelError, UsageError
from fluffy_core.events import Changed, Changes, Event
from fluffy_core.services.models import models
from fluffy_core.services.models import shelf as model_shelf
from fluffy_core.store.database import Database
from tests.fakes import gguf_files, models_home
from tests.fakes.models_home import EMBEDS, HUGE, LARGE, SMALL, ModelsHome
from tests.unit.services.homes import opened


@pytest.fixture
def home(tmp_path: Path) -> ModelsHome:
    return models_home.make(tmp_path)


def test_without_any_there_is_none(store: Database, home: ModelsHome) -> None:
    assert models.language_engine(store, home.paths) is None
    assert models.language_engine(None, home.paths) is None
    assert models.in_use(store, home.paths) == ""


def test_the_best_that_is_installed_and_fits_is_used(store: Database, home: ModelsHome) -> None:
    home.install(EMBEDS)
    assert models.in_use(store, home.paths) == ""
    for name, used in ((SMALL, SMALL), (LARGE, LARGE), (HUGE, LARGE)):
        home.install(name)
        assert models.in_use(store, home.paths) == used


def test_the_engine_says_all_that_the_host_needs(store: Database, home: ModelsHome) -> None:
    path = home.install(SMALL)
    engine = models.language_engine(store, home.paths)
    assert engine is not None
    assert (engine.name, engine.model_dir, engine.files) == (SMALL, path.parent, ("model.gguf",))
    assert engine.options == {
        "file": "model.gguf", "name": SMALL, "context": 2048, "template": "{system} {user}",
    }  # fmt: skip
    assert engine.memory_mb > path.stat().st_size / 1e6


def test_a_choice_holds_at_once_even_for_what_does_not_fit(store: Database, home: ModelsHome) -> None:
    for name in (SMALL, LARGE, HUGE):
        home.install(name)
    for name in (SMALL, HUGE):
        models.use(store, home.paths, name)
        assert (models.chosen(store), models.in_use(store, home.paths)) == (name, name)
    models.use(store, home.paths, "")
    assert models.in_use(store, home.paths) == LARGE


def test_none_is_a_choice_too(store: Database, home: ModelsHome) -> None:
    home.install(SMALL)
    models.use(store, home.paths, NO_MODEL)
    assert models.language_engine(store, home.paths) is None
    assert models.in_use(store, home.paths) == ""


def test_what_was_chosen_and_is_gone_gives_way_to_the_best(store: Database, home: ModelsHome) -> None:
    path = home.install(LARGE)
    home.install(SMALL)
    models.use(store, home.paths, LARGE)
    path.write_bytes(path.read_bytes()[:-1])
    assert models.in_use(store, home.paths) == SMALL
    path.unlink()
    assert models.in_use(store, home.paths) == SMALL
    home.install(LARGE)
    assert models.in_use(store, home.paths) == LARGE


@pytest.mark.parametrize(
    ("model_id", "sentence"),
    [
        ("vast", "There is no model called 'vast'"),
        (LARGE, "large-chat is not installed"),
        (EMBEDS, "searches; it does not write"),
        ("..", "There is no model called"),
    ],
)
def test_what_cannot_be_chosen_says_why(
    store: Database, home: ModelsHome, model_id: str, sentence: str
) -> None:
    home.install(EMBEDS)
    with pytest.raises(ModelError, match=sentence):
        models.use(store, home.paths, model_id)
    assert models.chosen(store) == ""


def test_a_model_of_ones_own_is_chosen_like_any_other(
    store: Database, home: ModelsHome, tmp_path: Path
) -> None:
    home.install(SMALL)
    path = gguf_files.write(tmp_path / "My Own.gguf")
    model_id = model_shelf.add(path, home.paths)
    models.use(store, home.paths, model_id)
    engine = models.language_engine(store, home.paths)
    assert engine is not None
    assert (engine.name, engine.options["context"], engine.options["template"]) == ("my-own", 4096, "")
    (home.paths.models / model_id / "model.gguf").unlink()
    assert models.in_use(store, home.paths) == SMALL
    with pytest.raises(ModelError, match="file of my-own is not there any more"):
        models.use(store, home.paths, model_id)


def test_a_context_that_would_fill_the_memory_is_cut(
    store: Database, home: ModelsHome, tmp_path: Path
) -> None:
    long = gguf_files.usual(llama__context_length=1_048_576)
    model_shelf.add(gguf_files.write(tmp_path / "long.gguf", long), home.paths)
    engine = models.language_engine(store, home.paths)
    assert engine is not None
    assert engine.options["context"] == 8192


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8080", "http://localhost:11434/", "http://[::1]:8080", "http://127.9.9.9:1/v1"],
)
def test_a_server_on_this_computer_is_used_instead(store: Database, home: ModelsHome, url: str) -> None:
    home.install(SMALL)
    models.use_server(store, url)
    assert models.server(store) == url.rstrip("/")
    assert models.in_use(store, home.paths) == url.rstrip("/")
    models.use_server(store, "")
    assert models.in_use(store, home.paths) == SMALL


@pytest.mark.parametrize(
    "url",
    [
        "http://192.168.1.5:8080", "http://example.com", "http://127.0.0.1.example.com", "ftp://127.0.0.1",
        "127.0.0.1:8080", "http://", "http://user@127.0.0.1", "https://127.0.0.1", "file:///etc",
        "http://localhost.example.com",
        "http://0.0.0.0:80", "http://[::]:80",
    ],
)  # fmt: skip
def test_a_server_elsewhere_is_refused(store: Database, url: str) -> None:
    with pytest.raises(UsageError, match="is not on this computer"):
        models.use_server(store, url)
    assert models.server(store) == ""


def test_choosing_a_model_ends_the_use_of_a_server(store: Database, home: ModelsHome) -> None:
    home.install(SMALL)
    models.use_server(store, "http://127.0.0.1:8080")
    models.use(store, home.paths, SMALL)
    assert models.server(store) == ""


def test_a_choice_is_told_after_it_is_written(tmp_path: Path) -> None:
    home = models_home.make(tmp_path)
    home.install(SMALL)
    heard: list[Event] = []
    with opened(tmp_path / "open") as core:
        core.bus.subscribe(heard.append)
        models.use(core.store, home.paths, SMALL)
        models.use_server(core.store, "http://127.0.0.1:8080")
    told = [one.kinds for one in heard if isinstance(one, Changes) and Changed.MODELS in one.kinds]
    assert told == [{Changed.MODELS, Changed.SETTINGS}] * 2
