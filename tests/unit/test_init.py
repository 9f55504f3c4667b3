"""The public face: every name is where the lazy table says, and a type checker sees the same names."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import fluffy_core

SOURCE = Path(fluffy_core.__file__).read_text("utf-8")


def seen_by_type_checkers() -> set[str]:
    (block,) = [
        node
        for node in ast.parse(SOURCE).body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name)
    ]
    return {
        alias.asname or alias.name
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_the_three_lists_of_names_agree() -> None:
    names = set(fluffy_core.__all__) - {"__version__"}
    assert seen_by_type_checkers() == names
    assert set(fluffy_core._WHERE) == names


def test_every_name_is_the_real_thing() -> None:
    from fluffy_core import config
    from fluffy_core.services.reading import inbox
    from fluffy_core.services.reading.digest import Digest

    assert fluffy_core.load_settings is config.load
    assert fluffy_core.inbox.ids is inbox.ids
    assert fluffy_core.Digest is Digest
    assert all(getattr(fluffy_core, name) is not None for name in fluffy_core.__all__)


def test_a_misspelt_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Cor'"):
        fluffy_core.Cor  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError, match="has no attribute 'thread'"):
        fluffy_core.inbox.thread  # type: ignore[attr-defined]  # noqa: B018


def loaded_by(code: str) -> set[str]:
    code = f"import sys; {code}; print(*(one for one in sys.modules if one.startswith('fluffy_core')))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_a_service_is_loaded_when_it_is_used() -> None:
    assert "fluffy_core.services.reading.inbox" not in loaded_by("from fluffy_core import inbox")
    assert "fluffy_core.services.reading.inbox" in loaded_by("from fluffy_core import inbox; inbox.ids")


def test_asking_for_settings_loads_no_more_than_settings() -> None:
    roots = {"fluffy_core.domain", "fluffy_core.domain.accounts"}  # where providers are, as settings name it
    assert loaded_by("from fluffy_core import Settings") == {"fluffy_core", "fluffy_core.config", *roots}
