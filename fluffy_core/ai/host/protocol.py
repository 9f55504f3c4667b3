"""What the owner and the model process say to each other over pipes: frames of JSON and raw bytes."""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from fluffy_core.errors import TransientError

_PREFIX = struct.Struct("<4sII")
_MAGIC = b"FLM1"
_LONGEST_HEADER = 16 << 20
_LONGEST_PAYLOAD = 256 << 20


@dataclass(frozen=True, slots=True)
class Frame:
    """One message. The owner asks, the child answers each request once, with the request's `id`.

    `{"load": role, "factory", "model_dir", "options", "memory_mb"}` or `{"unload": role}`: `{}`
    `{"texts": […]}`: `{"rows", "columns"}` with float32 (little-endian, row by row) as payload
    `{"lane": number, "prompt": {…}}`, then `{"lane": number}` again and again: `{"pieces": [text, …]}`, the
    last with `"end": true`; `{"gone": true}` where nothing is being said in that lane
    Any of them: `{"failed": sentence}`
    """

    header: Mapping[str, Any]
    payload: bytes = b""


def write_frame(stream: IO[bytes], frame: Frame) -> None:
    """Send a frame whole.

    Raises:
        OSError, ValueError: the other side is gone, the stream closed.
    """
    header = json.dumps(frame.header, ensure_ascii=False, separators=(",", ":")).encode()
    stream.write(_PREFIX.pack(_MAGIC, len(header), len(frame.payload)) + header + frame.payload)
    stream.flush()


def read_frame(stream: IO[bytes]) -> Frame:
    """The next frame.

    Raises:
        EOFError: the stream ended between two frames.
        TransientError: it ended within a frame, or what came is not a frame.
    """
    prefix = stream.read(_PREFIX.size)
    if not prefix:
        raise EOFError
    if len(prefix) < _PREFIX.size:
        raise TransientError("The model process ended in the middle of an answer.")
    magic, header_size, payload_size = _PREFIX.unpack(prefix)
    if magic != _MAGIC or header_size > _LONGEST_HEADER or payload_size > _LONGEST_PAYLOAD:
        raise TransientError("The model process sent something that makes no sense.")
    body = stream.read(header_size + payload_size)
    if len(body) < header_size + payload_size:
        raise TransientError("The model process ended in the middle of an answer.")
    try:
        header = json.loads(body[:header_size])
    except (ValueError, RecursionError) as error:
        raise TransientError("The model process sent something that makes no sense.") from error
    if not isinstance(header, dict):
        raise TransientError("The model process sent something that makes no sense.")
    return Frame(header, body[header_size:])
