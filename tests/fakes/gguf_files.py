"""Small GGUF files: sound ones that no runtime could run, and the pieces to make unsound ones."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

Value = int | float | bool | str | Sequence[str]
TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"


def text(value: str) -> bytes:
    raw = value.encode("utf-8")
    return struct.pack("<Q", len(raw)) + raw


def pair(key: str, value: Value) -> bytes:
    """A key with its value, in the type of GGUF that models use for it."""
    if isinstance(value, bool):
        return text(key) + struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return text(key) + struct.pack("<II", 4, value)
    if isinstance(value, float):
        return text(key) + struct.pack("<If", 6, value)
    if isinstance(value, str):
        return text(key) + struct.pack("<I", 8) + text(value)
    return text(key) + struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))


def tensor(name: str, shape: Sequence[int], *, kind: int = 0, offset: int = 0) -> bytes:
    """A tensor's entry; kind 0 is F32, 2 is Q4_0."""
    sizes = struct.pack(f"<{len(shape)}Q", *shape)
    return text(name) + struct.pack("<I", len(shape)) + sizes + struct.pack("<IQ", kind, offset)


def header(pairs: Mapping[str, Value], tensors: Sequence[bytes], *, version: int = 3) -> bytes:
    body = b"".join(pair(key, value) for key, value in pairs.items()) + b"".join(tensors)
    return b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(pairs)) + body


def usual(**more: Value) -> dict[str, Value]:
    """What a chat model says of itself; names with "__" for "."."""
    pairs: dict[str, Value] = {
        "general.architecture": "llama",
        "general.name": "Tiny Chat",
        "general.license": "apache-2.0",
        "general.file_type": 15,
        "llama.context_length": 4096,
        "tokenizer.ggml.tokens": ["<s>", "</s>", "hello"],
        "tokenizer.chat_template": TEMPLATE,
    }
    return pairs | {key.replace("__", "."): value for key, value in more.items()}


def whole(pairs: Mapping[str, Value] | None = None, *, numbers: int = 64) -> bytes:
    """A file with one tensor of F32."""
    head = header(usual() if pairs is None else pairs, [tensor("weight", (numbers,))])
    return head + bytes(-len(head) % 32) + bytes(4 * numbers)


def write(path: Path, pairs: Mapping[str, Value] | None = None, *, numbers: int = 64) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(whole(pairs, numbers=numbers))
    return path
