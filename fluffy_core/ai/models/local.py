"""Language models of the user's own: files that were added, and those of other programs, used where they lie.

Each is a folder below the models folder, with a `local.json` that says what the file is. An added file is in
the folder, as a second name of the same bytes where the disk can do that and as a copy elsewhere. One of
another program stays where it is, and is never written or deleted here.
"""

import errno
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path

from fluffy_core.ai.models import gguf
from fluffy_core.errors import DiskFullError, ModelError

FILE_NAME = "model.gguf"
RECORD = "local.json"
ADDED = "added"
"""Origin of a file that was added."""
_BLOCK = 4 << 20
_LONGEST_ID = 60


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model that no catalog names. `origin` is "added" or the program it belongs to; context in tokens."""

    id: str
    name: str
    path: Path
    origin: str
    bytes: int
    licence: str = ""
    quantisation: str = ""
    context: int = 0

    @property
    def ram_hint_mb(self) -> int:
        """Memory that a computer should have for it: file and context, and as much again for the rest."""
        return 2 * (self.bytes // 1_000_000 * 6 // 5 + 1_024)

    @property
    def is_there(self) -> bool:
        """Whether the file is what it was."""
        try:
            return self.path.stat().st_size == self.bytes
        except OSError:
            return False


def describe(path: Path, *, origin: str, name: str = "") -> LocalModel:
    """What a file would be as a model of one's own; its id is made of its name.

    Raises:
        ModelError: it cannot be used as language model; says why.
    """
    header = gguf.language_model(path)
    stem = path.stem if path.suffix.lower() == ".gguf" else ""
    shown = gguf.one_line(name or stem or header.name or path.stem) or "Model"
    return LocalModel(
        id=_identify(shown),
        name=shown,
        path=path,
        origin=origin,
        bytes=header.bytes,
        licence=header.licence,
        quantisation=header.quantisation,
        context=header.context,
    )


def listed(models_dir: Path) -> tuple[LocalModel, ...]:
    """Every model of one's own, by name; a record that makes no sense is passed over."""
    found = (_read(record) for record in models_dir.glob(f"*/{RECORD}"))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.name.casefold()))


def add(
    path: Path, models_dir: Path, *, taken: Collection[str], told: Callable[[int, int], object]
) -> LocalModel:
    """Take a file in, so that it stays when its first name is deleted; `told` (done, total) during a copy.

    Raises:
        ModelError: it cannot be used or cannot be written.
        DiskFullError: there is no room for a copy.
    """
    model = describe(path.resolve(), origin=ADDED)
    folder = models_dir / _free(model.id, models_dir, taken)
    try:
        folder.mkdir(parents=True)
        try:
            _take_in(model.path, folder / FILE_NAME, told)
            return _keep(model, folder, folder / FILE_NAME)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    except OSError as error:
        raise _unwritable(path, error) from error


def use_in_place(model: LocalModel, models_dir: Path, *, taken: Collection[str]) -> LocalModel:
    """Note a file of another program, which stays where it is. Raises ModelError when it cannot be noted."""
    folder = models_dir / _free(model.id, models_dir, taken)
    try:
        folder.mkdir(parents=True)
        return _keep(model, folder, model.path)
    except OSError as error:
        raise _unwritable(model.path, error) from error


def _keep(model: LocalModel, folder: Path, path: Path) -> LocalModel:
    kept = asdict(model) | {"id": folder.name, "path": str(path)}
    (folder / RECORD).write_text(json.dumps(kept, ensure_ascii=False, indent=1), encoding="utf-8")
    return LocalModel(**(kept | {"path": path}))


def _take_in(source: Path, target: Path, told: Callable[[int, int], object]) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that knows no second names
        _copy(source, target, told)


def _copy(source: Path, target: Path, told: Callable[[int, int], object]) -> None:
    total = source.stat().st_size
    free = shutil.disk_usage(target.parent).free
    if free < total:
        raise DiskFullError(
            f"A copy of {source.name} needs {total / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free."
        )
    done = 0
    with source.open("rb") as read, target.open("xb") as write:
        while block := read.read(_BLOCK):
            write.write(block)
            done += len(block)
            told(done, total)


def _unwritable(path: Path, error: OSError) -> DiskFullError | ModelError:
    if error.errno == errno.ENOSPC:
        return DiskFullError("The disk is full. Nothing was added.")
    return ModelError(f"{path.name} cannot be added: {error.strerror or error}.")


def _read(record: Path) -> LocalModel | None:
    try:
        table = json.loads(record.read_text(encoding="utf-8"))
        model = LocalModel(**(table | {"id": record.parent.name, "path": Path(table["path"])}))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    texts = (model.name, model.origin, model.licence, model.quantisation)
    counts = (model.bytes, model.context)
    sound = all(isinstance(one, str) for one in texts) and all(
        type(one) is int and one >= 0 for one in counts
    )
    return model if sound else None


def _identify(name: str) -> str:
    """A folder's name out of a model's: letters, digits, dots and dashes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.")[:_LONGEST_ID].strip("-.") or "model"


def _free(wanted: str, models_dir: Path, taken: Collection[str]) -> str:
    """The id, with a number when there is such a model already."""
    number, chosen = 1, wanted
    while chosen in taken or (models_dir / chosen).exists():
        number += 1
        chosen = f"{wanted}-{number}"
    return chosen
