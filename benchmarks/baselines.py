"""What a classifier of sentences has to beat: logistic regression on TF-IDF, on vectors, and on both."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks import logistic

Rows = Sequence[tuple[bool, str]]
Vectors = NDArray[np.float32]
Judged = tuple[NDArray[np.float64], NDArray[np.bool_]]
_WORD = re.compile(r"\w\w+")


def tf_idf(known: Rows, asked: Rows, vectors: Vectors | None) -> Judged:
    """Words and pairs of neighbours, each text's weights of length 1."""
    del vectors
    return _judged(known, len(asked), [_tf_idf([text for _, text in [*known, *asked]], len(known))])


def minilm(known: Rows, asked: Rows, vectors: Vectors | None) -> Judged:
    """The sentences' vectors."""
    return _judged(known, len(asked), [_given(vectors)])


def both(known: Rows, asked: Rows, vectors: Vectors | None) -> Judged:
    """Words and vectors side by side."""
    words = _tf_idf([text for _, text in [*known, *asked]], len(known))
    return _judged(known, len(asked), [words, _given(vectors)])


def _given(vectors: Vectors | None) -> Vectors:
    if vectors is None:
        raise ValueError("this baseline needs the sentences' vectors")
    return vectors


def _judged(known: Rows, asked: int, tables: Sequence[Vectors]) -> Judged:
    table = np.hstack(tables)
    train, test = table[: len(known)], table[len(table) - asked :]
    fit = logistic.fit(train @ train.T, np.array([label for label, _ in known], np.float64))
    told = (test @ train.T).astype(np.float64) @ fit.dual + fit.bias
    return told, told > 0


def _tf_idf(texts: Sequence[str], known: int) -> Vectors:
    """Smoothed inverse document frequencies of the first `known` texts, as in scikit-learn's vectoriser."""
    bags = [_terms(text) for text in texts]
    documents = Counter(term for bag in bags[:known] for term in bag)
    place = {term: at for at, term in enumerate(documents)}
    table = np.zeros((len(texts), len(place)), np.float32)
    for row, bag in enumerate(bags):
        for term, count in bag.items():
            if term in place:
                table[row, place[term]] = count * (np.log((1 + known) / (1 + documents[term])) + 1)
    table /= np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    return table


def _terms(text: str) -> Counter[str]:
    words = _WORD.findall(text.lower())
    return Counter(words) + Counter(f"{one} {other}" for one, other in pairwise(words))
