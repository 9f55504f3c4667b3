"""The language model that answers: a server on this computer that the user runs, or a file of weights."""

from functools import cache, partial
from importlib.util import find_spec

from fluffy_core.ai.base import LanguageModel
from fluffy_core.ai.host.process import Engine
from fluffy_core.ai.llm.server import ServerModel
from fluffy_core.config import Paths
from fluffy_core.connectors.models.server import ModelServer
from fluffy_core.connectors.network.gateway import Gateway
from fluffy_core.services.models import models
from fluffy_core.store.database import Database


def language_model(store: Database, paths: Paths, gateway: Gateway) -> Engine | LanguageModel | None:
    """What the user chose, at this moment; None where there is none, or nothing here that could run it."""
    if url := models.server(store):
        return ServerModel(url, partial(ModelServer, gateway, url))
    return models.language_engine(store, paths) if _has_runtime() else None


@cache
def _has_runtime() -> bool:
    return find_spec("llama_cpp") is not None
