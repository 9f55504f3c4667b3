"""Choosing the next token with llama.cpp: the likeliest, or by temperature, as a grammar allows."""

import ctypes
from typing import Any

from fluffy_core.errors import ModelError

_TOP_K, _TOP_P = 40, 0.95


class Sampler:
    """For one answer. Close it.

    With a grammar the choice is made without it first and tried alone: to hold it against the whole
    vocabulary, as a sampler chain does, costs more than to compute a token of a small model.
    """

    def __init__(self, context: Any, vocabulary: Any, *, temperature: float, seed: int, grammar: str) -> None:
        """`context` and `vocabulary` are llama.cpp's handles; no grammar is "".

        Raises:
            ModelError: llama.cpp does not understand the grammar.
        """
        import llama_cpp

        self._lib = llama_cpp
        self._context = context
        self._size = llama_cpp.llama_vocab_n_tokens(vocabulary)
        self._grammar = None
        if grammar:
            self._grammar = llama_cpp.llama_sampler_init_grammar(vocabulary, grammar.encode(), b"root")
            if not self._grammar:
                raise ModelError("The language model cannot answer in the form that was asked for.")
        self._chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        for one in self._steps(temperature, seed):
            llama_cpp.llama_sampler_chain_add(self._chain, one)

    def _steps(self, temperature: float, seed: int) -> list[Any]:
        lib = self._lib
        if temperature <= 0:
            return [lib.llama_sampler_init_greedy()]
        return [
            lib.llama_sampler_init_top_k(_TOP_K),
            lib.llama_sampler_init_top_p(_TOP_P, 1),
            lib.llama_sampler_init_temp(temperature),
            lib.llama_sampler_init_dist(seed),
        ]

    def next(self) -> int:
        """The token that follows what the context has evaluated."""
        token: int = self._lib.llama_sampler_sample(self._chain, self._context, -1)
        if self._grammar:
            if not self._is_allowed(token):
                token = self._best_allowed()
            self._lib.llama_sampler_accept(self._grammar, token)
        return token

    def _is_allowed(self, token: int) -> bool:
        alone = (self._lib.llama_token_data * 1)(self._lib.llama_token_data(token, 1.0, 0.0))
        self._lib.llama_sampler_apply(self._grammar, ctypes.byref(self._candidates(alone, 1)))
        return bool(alone[0].logit > -float("inf"))

    def _best_allowed(self) -> int:
        import numpy as np

        logits = self._lib.llama_get_logits_ith(self._context, -1)
        every = (self._lib.llama_token_data * self._size)()
        table = np.frombuffer(every, dtype=[("id", "i4"), ("logit", "f4"), ("p", "f4")])
        table["id"] = np.arange(self._size)
        table["logit"] = np.ctypeslib.as_array(logits, shape=(self._size,))
        candidates = self._candidates(every, self._size)
        self._lib.llama_sampler_apply(self._grammar, ctypes.byref(candidates))
        self._lib.llama_sampler_apply(self._chain, ctypes.byref(candidates))
        chosen: int = candidates.data[candidates.selected].id
        return chosen

    def _candidates(self, data: Any, size: int) -> Any:
        pointer = ctypes.cast(data, self._lib.llama_token_data_p)
        return self._lib.llama_token_data_array(pointer, size, -1, False)

    def close(self) -> None:
        """Free what llama.cpp holds; once."""
        for one in (self._grammar, self._chain):
            if one:
                self._lib.llama_sampler_free(one)
        self._grammar = self._chain = None
