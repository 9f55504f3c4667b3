"""Embedders without a model: one that hashes, one that misbehaves when a text asks for it."""

import hashlib
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fluffy_core.ai.base import DIMENSIONS
from fluffy_core.ai.embedding.batches import clip
from fluffy_core.ai.host.process import Engine
from fluffy_core.errors import ModelError

NAME = "hash"


class HashEmbedder:
    """A random but fixed direction for each text: equal texts are alike, all others are not."""

    def __init__(self, model_dir: Path) -> None:
        self.model_dir = model_dir

    @property
    def name(self) -> str:
        return NAME

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            seed = hashlib.sha256(clip(text).encode()).digest()
            direction = np.random.default_rng(list(seed)).standard_normal(DIMENSIONS)
            vectors[row] = direction / np.linalg.norm(direction)
        return vectors


class SlowEmbedder(HashEmbedder):
    """Takes 40 ms for each call."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        time.sleep(0.04)
        return super().encode(texts)


class SlowToLoad(HashEmbedder):
    """Takes a second to load."""

    def __init__(self, model_dir: Path) -> None:
        time.sleep(1.0)
        super().__init__(model_dir)


class Misbehaving(HashEmbedder):
    """Does what the first word of a text says, see below; otherwise as good as the others."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = super().encode(texts)
        for text in texts:
            self._do(text)
            vectors = self._spoil(text, vectors)
        return vectors

    def _spoil(self, text: str, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        match text:
            case "!nan":
                vectors[0, 0] = np.nan
            case "!narrow":
                return vectors[:, :100]
            case "!few":
                return vectors[1:]
        return vectors

    def _do(self, text: str) -> None:
        match text.split():
            case ["!sleep", seconds]:
                time.sleep(float(seconds))
            case ["!die", code]:
                os._exit(int(code))
            case ["!raise"]:
                raise ZeroDivisionError("as the text asked")
            case ["!connect"]:
                socket.socket()
            case ["!run"]:
                subprocess.run([sys.executable, "--version"], check=False)
            case ["!print"]:
                sys.stdout.write("a library talks\n" * 1000)
                sys.stdout.flush()
                os.write(1, b"and native code, too\n")
            case ["!garbage"]:
                _write_to_every_pipe(b"\x00garbage that is no frame at all\xff" * 10)


class Greedy(HashEmbedder):
    """Wants four gigabytes."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        room = bytearray(4 << 30)
        return super().encode(texts)[: len(room)]


class Unloadable(HashEmbedder):
    """Refuses as a damaged model does."""

    def __init__(self, model_dir: Path) -> None:
        super().__init__(model_dir)
        raise ModelError("The model is made of cheese.")


def engine(kind: type[HashEmbedder], model_dir: Path, *, files: tuple[str, ...] = ()) -> Engine:
    """One of these embedders for the model host."""
    return Engine(name=NAME, factory=f"{__name__}:{kind.__name__}", model_dir=model_dir, files=files)


def _write_to_every_pipe(noise: bytes) -> None:
    for descriptor in range(3, 20):
        try:
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                os.write(descriptor, noise)
        except OSError:
            continue
