"""What a context of llama.cpp has evaluated, and how it comes to hold the tokens of the next answer."""

import ctypes
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fluffy_core.errors import ModelError

LARGEST_PORTION = 512
_FIRST_PORTION, _SMALLEST_PORTION = 32, 16
_PORTION_SECONDS = 0.4


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The state of a context after some tokens."""

    tokens: list[int]
    state: Any


class LlamaContext:
    """One sequence of tokens. Not for two threads at once.

    Most models can forget the end of what they hold. Recurrent and hybrid ones cannot: for them the state
    after the last shared beginning is kept, to go back to.
    """

    def __init__(self, lib: Any, llama: Any) -> None:
        """`lib` is the library, `llama` its loaded model with a context."""
        self._lib, self._ctx = lib, llama.ctx
        self._memory = lib.llama_get_memory(llama.ctx)
        self._forgets = not (
            lib.llama_model_is_recurrent(llama.model) or lib.llama_model_is_hybrid(llama.model)
        )
        self._held: list[int] = []
        self._snapshot = _Snapshot([], None)
        self._portion = _FIRST_PORTION

    def evaluate(self, tokens: list[int], shared: int) -> Iterator[str]:
        """Hold `tokens`, the last one evaluated last; an empty piece after each portion but the last.

        Others may use the context in between. The first `shared` tokens will probably come again.

        Raises:
            ModelError: llama.cpp cannot.
        """
        while True:
            start = self._keep(tokens)
            stop = start + self._portion
            if not self._forgets and start < shared:
                stop = min(stop, shared)
            self._decode(tokens[start:stop])
            if not self._forgets and len(self._held) == shared:
                self._save()
            if stop >= len(tokens):
                return
            yield ""

    def _keep(self, tokens: list[int]) -> int:
        """Forget what is no beginning of `tokens`; how many of them it holds then, never all."""
        most = min(len(self._held), len(tokens) - 1)
        same = most
        if self._held[:most] != tokens[:most]:
            same = next(at for at in range(most) if self._held[at] != tokens[at])
        if same == len(self._held):
            return same
        if not self._forgets:
            return self._go_back(tokens)
        if not self._lib.llama_memory_seq_rm(self._memory, 0, same, -1):
            return self._clear()
        del self._held[same:]
        return same

    def _decode(self, portion: list[int]) -> None:
        started = time.perf_counter()
        array = (self._lib.llama_token * len(portion))(*portion)
        code = self._lib.llama_decode(self._ctx, self._lib.llama_batch_get_one(array, len(portion)))
        if code != 0:
            self._clear()
            raise ModelError(f"The language model cannot go on (llama.cpp says {code}).")
        self._held += portion
        if len(portion) == self._portion:
            wanted = int(len(portion) * _PORTION_SECONDS / (time.perf_counter() - started))
            self._portion = max(_SMALLEST_PORTION, min(wanted, LARGEST_PORTION))

    def _save(self) -> None:
        if self._snapshot.tokens == self._held:
            return
        size = self._lib.llama_state_seq_get_size(self._ctx, 0)
        state = (ctypes.c_uint8 * size)()
        if self._lib.llama_state_seq_get_data(self._ctx, state, size, 0) == size:
            self._snapshot = _Snapshot(list(self._held), state)

    def _go_back(self, tokens: list[int]) -> int:
        """To the snapshot if that is a beginning of `tokens`, else to nothing."""
        saved = self._snapshot
        count = len(saved.tokens)
        self._clear()
        if not 0 < count < len(tokens) or saved.tokens != tokens[:count]:
            return 0
        if not self._lib.llama_state_seq_set_data(self._ctx, saved.state, len(saved.state), 0):
            return self._clear()
        self._held = list(saved.tokens)
        return count

    def _clear(self) -> int:
        self._lib.llama_memory_clear(self._memory, True)
        self._held.clear()
        return 0
