"""The shelf of models: what is shown of each, adding, finding, removing."""

from pathlib import Path

import pytest

from fluffy_core.ai.models.found import Places
from fluffy_core.domain.models import Bench, Fit, ModelStatus, ModelView
from fluffy_core.errors import ModelError
from fluffy_core.services.models import bench as model_bench
from fluffy_core.services.models import computer, models
from fluffy_core.services.models import shelf as model_shelf
from fluffy_core.services.models.computer import Computer
from fluffy_core.store.database import Database
from tests.fakes import gguf_files, models_home
from tests.fakes.models_home import EMBEDS, HUGE, LARGE, SMALL, ModelsHome


@pytest.fixture
def home(tmp_path: Path) -> ModelsHome:
    return models_home.make(tmp_path)


def seen(home: ModelsHome, store: Database | None = None) -> dict[str, ModelView]:
    return {one.id: one for one in model_shelf.views(store, home.paths)}


def test_every_model_says_what_it_needs_and_whether_it_fits(home: ModelsHome) -> None:
    found = seen(home)
    assert list(found) == [EMBEDS, SMALL, LARGE, HUGE]
    small = found[SMALL]
    assert (small.name, small.licence, small.summary) == ("Tiny Chat", "MIT", "For tests")
    assert (small.status, small.fit, small.writes, small.in_use) == (
        ModelStatus.MISSING,
        Fit.FITS,
        True,
        False,
    )
    assert small.bytes == small.download_bytes == len(home.contents[SMALL])
    assert not found[EMBEDS].writes
    assert found[HUGE].fit is Fit.MEMORY


def test_states_follow_the_files(home: ModelsHome) -> None:
    path = home.install(SMALL)
    home.install(LARGE).write_bytes(b"short")
    part = home.paths.models / HUGE / "model.gguf.part"
    part.parent.mkdir()
    part.write_bytes(bytes(700))
    found = seen(home)
    assert [one.status for one in found.values()] == [
        ModelStatus.MISSING, ModelStatus.READY, ModelStatus.DAMAGED, ModelStatus.PARTIAL,
    ]  # fmt: skip
    assert (found[SMALL].in_use, found[SMALL].download_bytes) == (True, 0)
    assert found[HUGE].partial_bytes == 700
    assert path.exists()


def test_no_room_is_said(home: ModelsHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_shelf, "this_computer", lambda _: Computer(1 << 20, 1_000))
    assert seen(home)[SMALL].fit is Fit.DISK
    part = home.paths.models / SMALL / "model.gguf.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(len(home.contents[SMALL]) - 1_000))
    assert seen(home)[SMALL].fit is Fit.FITS


@pytest.mark.parametrize(
    ("memory_mb", "fit"), [(16_384, Fit.FITS), (15_600, Fit.FITS), (14_000, Fit.MEMORY), (8_000, Fit.MEMORY)]
)
def test_a_computer_sold_with_the_memory_fits(memory_mb: int, fit: Fit) -> None:
    assert Computer(memory_mb, 10**12).fit(ram_hint_mb=16_384) is fit


def test_this_computer_is_looked_at_where_models_would_be(tmp_path: Path) -> None:
    found = computer.this_computer(tmp_path / "not" / "there" / "yet")
    assert found.memory_mb > 256
    assert found.free_bytes > 0


def test_what_was_measured_is_shown(home: ModelsHome) -> None:
    model_bench.keep(home.paths.models, SMALL, Bench(300.0, 20.0, 5.0))
    assert seen(home)[SMALL].bench == Bench(300.0, 20.0, 5.0)
    assert seen(home)[LARGE].bench is None


def test_an_added_file_is_one_of_them(home: ModelsHome, tmp_path: Path) -> None:
    path = gguf_files.write(tmp_path / "My Own.gguf")
    assert model_shelf.add(path, home.paths) == "my-own"
    own = seen(home)["my-own"]
    assert (own.name, own.origin, own.licence, own.summary) == ("My Own", "added", "apache-2.0", "Q4_K_M")
    assert (own.status, own.writes, own.download_bytes) == (ModelStatus.READY, True, 0)
    (home.paths.models / "my-own" / "model.gguf").unlink()
    assert seen(home)["my-own"].status is ModelStatus.DAMAGED


def test_an_added_file_takes_no_name_of_the_catalog(home: ModelsHome, tmp_path: Path) -> None:
    assert model_shelf.add(gguf_files.write(tmp_path / "Tiny Chat.gguf"), home.paths) == f"{SMALL}-2"


def test_models_of_other_programs_are_found_once_and_used_in_place(home: ModelsHome, tmp_path: Path) -> None:
    path = gguf_files.write(tmp_path / "lm" / "owner" / "Found One.gguf")
    places = Places(lm_studio=(tmp_path / "lm",))
    (found,) = model_shelf.find(home.paths, places)
    assert (found.key, found.name, found.origin, found.fit) == (str(path), "Found One", "LM Studio", Fit.FITS)
    assert model_shelf.use_found(found.key, home.paths, places) == "found-one"
    assert model_shelf.find(home.paths, places) == ()
    assert seen(home)["found-one"].origin == "LM Studio"
    assert model_shelf.remove(home.paths, "found-one") > 0
    assert path.exists()
    assert len(model_shelf.find(home.paths, places)) == 1


def test_only_what_was_found_can_be_used_in_place(home: ModelsHome, tmp_path: Path) -> None:
    path = gguf_files.write(tmp_path / "elsewhere.gguf")
    with pytest.raises(ModelError, match="not there any more"):
        model_shelf.use_found(str(path), home.paths, Places(lm_studio=(tmp_path / "lm",)))


def test_remove_frees_the_room_and_only_that(home: ModelsHome) -> None:
    home.install(SMALL)
    home.install(LARGE)
    assert model_shelf.remove(home.paths, SMALL) == len(home.contents[SMALL])
    assert (seen(home)[SMALL].status, seen(home)[LARGE].status) == (ModelStatus.MISSING, ModelStatus.READY)
    assert model_shelf.remove(home.paths, SMALL) == 0


@pytest.mark.parametrize("name", ["..", "", "/", "vast", f"{SMALL}/../{LARGE}"])
def test_remove_takes_only_names_of_models(home: ModelsHome, name: str) -> None:
    path = home.install(SMALL)
    with pytest.raises(ModelError, match="no model called"):
        model_shelf.remove(home.paths, name)
    assert path.exists()


def test_what_is_in_use_is_shown_with_a_store(home: ModelsHome, store: Database) -> None:
    home.install(SMALL)
    home.install(LARGE)
    models.use(store, home.paths, SMALL)
    assert [one.id for one in seen(home, store).values() if one.in_use] == [SMALL]
    assert [one.id for one in seen(home).values() if one.in_use] == [LARGE]
