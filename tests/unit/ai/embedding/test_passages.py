"""The passage cutter: exact offsets, nothing lost, bounded length, ends where sentences end."""

from hypothesis import given
from hypothesis import strategies as st

from fluffy_core.ai.embedding import passages
from fluffy_core.ai.sentences import sentences

TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("abcdefg    .\n.?!-•*>_,:;()1234"),
        st.characters(codec="utf-8"),
    ),
    max_size=3000,
)


def cut(text: str) -> list[str]:
    return [text[one.start : one.stop] for one in passages.cut(text)]


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(TEXTS)
def test_every_character_stands_in_one_passage(text: str) -> None:
    assert squeezed("".join(cut(text))) == squeezed(text)


@given(TEXTS)
def test_passages_are_in_order_apart_trimmed_and_bounded(text: str) -> None:
    places = passages.cut(text)
    ends = [0, *(one.stop for one in places)]
    assert all(end <= one.start < one.stop <= len(text) for end, one in zip(ends, places, strict=False))
    assert all(one == one.strip() and 0 < len(one) <= passages.LONGEST for one in cut(text))


@given(st.lists(st.integers(30, 300), min_size=1, max_size=40))
def test_only_the_last_may_be_short(lengths: list[int]) -> None:
    text = " ".join("Word " + "w" * (length - 6) + "." for length in lengths)
    *full, _ = cut(text)
    assert all(len(one) > passages.LONGEST - 300 for one in full)


def test_passages_end_where_sentences_end() -> None:
    text = " ".join(
        f"This is sentence number {n} of a rather long letter about the garden." for n in range(40)
    )
    parts = cut(text)
    ends = {one.end for one in sentences.split(text)}
    assert len(parts) > 4
    assert all(one.stop in ends for one in passages.cut(text))
    assert all(passages.FULL - 70 <= len(one) <= passages.LONGEST for one in parts[:-1])


def test_a_short_text_is_one_passage_with_its_bullets() -> None:
    assert cut("  Two things:\n- the hall\n- the roses\n") == ["Two things:\n- the hall\n- the roses"]
    assert cut(" \n\t ") == cut("") == []


def test_a_sentence_without_end_is_cut_between_words() -> None:
    parts = cut("word " * 1000)
    assert all(len(one) <= passages.LONGEST and not one.endswith("wor") for one in parts)
    assert squeezed("".join(parts)) == "word" * 1000
    assert all(len(one) <= passages.LONGEST for one in cut("x" * 5000))


def test_of_a_book_the_beginning_is_read() -> None:
    parts = passages.cut("A sentence here. " * 20_000)
    assert sentences.MAX_CHARS - passages.LONGEST <= parts[-1].stop <= sentences.MAX_CHARS
