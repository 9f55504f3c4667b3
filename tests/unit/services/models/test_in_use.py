"""Which language model answers: the server before the file, none without a runtime, a change at once."""

from pathlib import Path

import pytest

from fluffy_core.ai.base import Prompt
from fluffy_core.ai.host.host import ModelHost
from fluffy_core.ai.host.process import Engine
from fluffy_core.ai.llm.server import ServerModel
from fluffy_core.connectors.network.gateway import Gateway, Rules, Traffic
from fluffy_core.errors import ModelError
from fluffy_core.services.models import in_use as model_in_use
from fluffy_core.services.models import models
from fluffy_core.services.models.in_use import language_model
from fluffy_core.store import settings
from fluffy_core.store.database import Database
from tests.fakes import models_home
from tests.fakes.embedders import HashEmbedder, engine
from tests.fakes.model_server import parrots
from tests.fakes.models_home import SMALL, ModelsHome

LOG: list[Traffic] = []
GATEWAY = Gateway(Rules(lambda host: False), LOG.append)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelsHome:
    monkeypatch.setattr(model_in_use, "_has_runtime", lambda: True)
    LOG.clear()
    return models_home.make(tmp_path)


def test_nothing_installed_is_none(store: Database, home: ModelsHome) -> None:
    assert language_model(store, home.paths, GATEWAY) is None


def test_a_file_is_for_the_model_process(store: Database, home: ModelsHome) -> None:
    home.install(SMALL)
    found = language_model(store, home.paths, GATEWAY)
    assert isinstance(found, Engine)
    assert found.name == SMALL


def test_a_file_without_a_runtime_is_none(
    store: Database, home: ModelsHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.install(SMALL)
    monkeypatch.setattr(model_in_use, "_has_runtime", lambda: False)
    assert language_model(store, home.paths, GATEWAY) is None


def test_a_change_reaches_a_host_that_runs(store: Database, home: ModelsHome, tmp_path: Path) -> None:
    """Installed, replaced by a server, and the server taken back: each time the next request knows."""
    with (
        parrots() as web,
        ModelHost(engine(HashEmbedder, tmp_path), lambda: language_model(store, home.paths, GATEWAY)) as host,
    ):
        assert host.language_model == ""
        home.install(SMALL)
        assert host.language_model == SMALL
        models.use_server(store, web.url)
        assert host.language_model == web.url
        assert "".join(host.generate(Prompt("", "good day"))) == "good day "
        models.use_server(store, "")
        assert host.language_model == SMALL
    assert {one.host for one in LOG} == {"127.0.0.1"}


def test_an_address_elsewhere_in_the_settings_is_refused_when_it_is_used(
    store: Database, home: ModelsHome
) -> None:
    with store.transaction() as tx:
        settings.put(tx, "model_server", "http://models.example:8080")
    found = language_model(store, home.paths, GATEWAY)
    assert isinstance(found, ServerModel)
    with pytest.raises(ModelError, match="has to be on this computer"):
        next(found.generate(Prompt("", "x")))
    assert LOG == []
