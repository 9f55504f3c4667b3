"""A small wheel and a catalog entry for it: what a package index would give."""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from fluffy_core.ai.models.catalog import Entry, ModelFile, Task, WheelSource

MEMBERS = {
    "tiny_model/model.onnx": b"weights" * 1000,
    "tiny_model/tokenizer.json": b"{}",
    "tiny_model/extra.txt": b"x",
}


def build_wheel(
    folder: Path, members: Mapping[str, bytes] = MEMBERS, *, distribution: str = "tiny-model"
) -> Path:
    """A wheel of version 1.0 that pip accepts."""
    name = distribution.replace("-", "_")
    info = f"{name}-1.0.dist-info"
    files = {
        **members,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in files.items():
            archive.writestr(member, content)
    return path


def tiny_entry(model_id: str = "tiny", *, default: bool = True) -> Entry:
    """The model that `build_wheel` carries: two of its three files."""
    return Entry(
        id=model_id,
        name="Tiny",
        task=Task.EMBED,
        licence="MIT",
        context=16,
        ram_hint_mb=1,
        prompt_template="",
        default=default,
        files=tuple(_file(member) for member in list(MEMBERS)[:2]),
    )


def _file(member: str) -> ModelFile:
    content = MEMBERS[member]
    return ModelFile(
        name=Path(member).name,
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        source=WheelSource("tiny-model==1.0", 1_000, member),
    )
