"""How texts are cut and grouped for an embedder: alike in length, little at a time."""

from collections.abc import Iterator, Sequence

_READ, _KEPT = 20_000, 2_048
_TEXTS, _COST = 8, 1_200
_DEAREST = _COST


def clip(text: str) -> str:
    """What an embedder gets to see of a text: its beginning, spaces collapsed, lone surrogates replaced.

    2,048 characters hold more than the 256 word pieces that are read of them, except in unusual scripts or
    texts; a text of a megabyte costs as much as a page.
    """
    return " ".join(encodable(text[:_READ]).split())[:_KEPT]


def encodable(text: str) -> str:
    """A text without lone surrogates, which no encoding knows."""
    return text.encode("utf-8", "replace").decode("utf-8")


def batches(texts: Sequence[str], *, times: int = 1) -> Iterator[list[int]]:
    """Indices of `texts`, shortest first, in groups of at most 8 texts and about 250 word pieces.

    Padding costs as much as text, so neighbours in length go together; a group of this size runs at full
    speed on one core (measured: 16 texts are slower by a tenth). With `times` groups are that much larger.
    """
    batch: list[int] = []
    cost = 0
    for index in sorted(range(len(texts)), key=lambda i: len(texts[i])):
        price = min(len(texts[index]), _DEAREST)
        if batch and (len(batch) == _TEXTS * times or cost + price > _COST * times):
            yield batch
            batch, cost = [], 0
        batch.append(index)
        cost += price
    if batch:
        yield batch
