"""Finds language models that other programs put on this computer: LM Studio, Ollama, the Hugging Face cache.

Only names and headers are read. Ollama keeps its files by checksum and names them in manifests
(<models>/manifests/<host>/<owner>/<name>/<tag>); the other two keep them by name.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from fluffy_core.ai.models import local as local_models
from fluffy_core.ai.models.local import LocalModel
from fluffy_core.errors import ModelError

LM_STUDIO, OLLAMA, HUGGING_FACE = "LM Studio", "Ollama", "Hugging Face"
_MOST = 500
"""Files looked at in one place."""
_DEPTH = 5
_MANIFEST_LIMIT = 1 << 20
_MODEL_LAYER = "application/vnd.ollama.image.model"
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
_LIBRARY = "library"


@dataclass(frozen=True, slots=True)
class Places:
    """Folders in which the programs keep their models."""

    lm_studio: tuple[Path, ...] = ()
    ollama: tuple[Path, ...] = ()
    hugging_face: tuple[Path, ...] = ()


def usual_places(environment: Mapping[str, str] = os.environ, home: Path | None = None) -> Places:
    """Where the programs keep models of this user (OLLAMA_MODELS, HF_HOME and HF_HUB_CACHE count)."""
    user = home or Path.home()
    cache = Path(environment.get("XDG_CACHE_HOME") or user / ".cache")
    hub = environment.get("HF_HUB_CACHE") or Path(environment.get("HF_HOME") or cache / "huggingface") / "hub"
    ollama = environment.get("OLLAMA_MODELS")
    return Places(
        lm_studio=(user / ".lmstudio" / "models", user / ".cache" / "lm-studio" / "models"),
        ollama=(Path(ollama),)
        if ollama
        else (user / ".ollama" / "models", Path("/usr/share/ollama/.ollama/models")),
        hugging_face=(Path(hub),),
    )


def find(places: Places) -> tuple[LocalModel, ...]:
    """Models that can be used where they lie, each file once; what cannot be used is passed over."""
    seen: set[Path] = set()
    found = []
    for origin, name, path in _candidates(places):
        real = path.resolve()
        if real in seen:
            continue
        seen.add(real)
        try:
            state = real.stat()
        except OSError:
            continue
        if model := _described(real, origin, name, written=(state.st_size, state.st_mtime_ns)):
            found.append(model)
    return tuple(found)


@lru_cache(maxsize=256)
def _described(path: Path, origin: str, name: str, *, written: tuple[int, int]) -> LocalModel | None:
    """The model in a file, None for what cannot be used; read again when the file was written again."""
    del written
    try:
        return local_models.describe(path, origin=origin, name=name)
    except ModelError:
        return None


def _candidates(places: Places) -> Iterator[tuple[str, str, Path]]:
    """(program, name, file)."""
    for folder in places.lm_studio:
        yield from ((LM_STUDIO, path.stem, path) for path in _files(folder, ".gguf"))
    for folder in places.ollama:
        yield from _ollama(folder)
    for folder in places.hugging_face:
        yield from ((HUGGING_FACE, path.stem, path) for path in _files(folder, ".gguf"))


def _files(folder: Path, suffix: str) -> Iterator[Path]:
    return islice((path for path in _walk(folder) if path.name.lower().endswith(suffix)), _MOST)


def _walk(folder: Path) -> Iterator[Path]:
    """Files below a folder, in order, not deeper than these programs put them; links to folders are left."""
    for parent, folders, names in os.walk(folder):
        folders.sort()
        if len(Path(parent).relative_to(folder).parts) >= _DEPTH:
            folders.clear()
        yield from (Path(parent) / name for name in sorted(names))


def _ollama(folder: Path) -> Iterator[tuple[str, str, Path]]:
    manifests = folder / "manifests"
    for path in islice(_walk(manifests), _MOST):
        digest = _model_digest(path)
        if digest:
            host_owner_name = path.relative_to(manifests).parts
            owner = [one for one in host_owner_name[1:-2] if one != _LIBRARY]
            name = "/".join([*owner, *host_owner_name[-2:-1]])
            yield OLLAMA, f"{name}:{path.name}" if name else path.name, folder / "blobs" / f"sha256-{digest}"


def _model_digest(manifest: Path) -> str:
    """The checksum of the weights that a manifest names; "" where it names none."""
    try:
        with manifest.open("rb") as file:
            table = json.loads(file.read(_MANIFEST_LIMIT))
        layers = [one for one in table["layers"] if one["mediaType"] == _MODEL_LAYER]
        match = _DIGEST.fullmatch(layers[0]["digest"]) if len(layers) == 1 else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ""
    return match[1] if match else ""
