"""Reading the headers of GGUF files, those of strangers above all."""

import contextlib
import random
import struct
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fluffy_core.ai.models import gguf
from fluffy_core.errors import ModelError
from tests.fakes import gguf_files
from tests.fakes.gguf_files import header, pair, tensor, text, usual, whole

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def put(folder: Path, content: bytes, name: str = "model.gguf") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_what_a_file_says_of_its_model(tmp_path: Path) -> None:
    path = gguf_files.write(tmp_path / "model.gguf")
    found = gguf.language_model(path)
    assert (found.architecture, found.name, found.licence) == ("llama", "Tiny Chat", "apache-2.0")
    assert (found.quantisation, found.context, found.parameters) == ("Q4_K_M", 4096, 64)
    assert (found.has_template, found.writes, found.parts) == (True, True, 1)
    assert found.bytes == path.stat().st_size


def test_a_file_that_says_little_is_read_too(tmp_path: Path) -> None:
    found = gguf.read(put(tmp_path, whole({"general.architecture": "llama"})))
    assert (found.name, found.licence, found.quantisation, found.context) == ("", "", "", 0)
    assert not found.has_template


def test_lists_and_every_kind_of_number_are_passed_over(tmp_path: Path) -> None:
    numbers = [(0, "<B", 1), (1, "<b", -1), (2, "<H", 2), (3, "<h", -2), (5, "<i", -3), (10, "<Q", 4)]
    numbers += [(11, "<q", -4), (4, "<I", 9)]
    more = [
        text(f"x{kind}") + struct.pack("<I", kind) + struct.pack(form, value) for kind, form, value in numbers
    ]
    more.append(text("double") + struct.pack("<Id", 12, 1.5))
    more.append(text("list") + struct.pack("<IIQ3f", 9, 6, 3, 1.0, 2.0, 3.0))
    more.append(text("lists") + struct.pack("<IIQ", 9, 9, 1) + struct.pack("<IQ2I", 4, 2, 7, 8))
    pairs = [pair(key, value) for key, value in usual().items()] + more
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, len(pairs)) + b"".join(pairs) + tensor("w", (8,))
    found = gguf.language_model(put(tmp_path, head + bytes(-len(head) % 32) + bytes(32)))
    assert (found.name, found.parameters) == ("Tiny Chat", 8)


@pytest.mark.parametrize(
    "content", [b"", b"GGU", b"GGML" + bytes(100), b"PK\x03\x04" + bytes(99), b"<!DOCTYPE"]
)
def test_another_kind_of_file_is_said(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ModelError, match=r"^model\.gguf is no GGUF file"):
        gguf.read(put(tmp_path, content))


@pytest.mark.parametrize("version", [0, 1, 4, 0x03000000])
def test_another_version_is_said(tmp_path: Path, version: int) -> None:
    with pytest.raises(ModelError, match="version of the GGUF format"):
        gguf.read(put(tmp_path, header(usual(), [], version=version)))


def test_a_file_without_its_end_is_said_with_its_sizes(tmp_path: Path) -> None:
    content = whole(numbers=1_000_000)
    with pytest.raises(ModelError, match=r"is not whole: 2 of 4 MB are there\. Fetch it again\."):
        gguf.read(put(tmp_path, content[:2_000_000]))


def test_every_shorter_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    content = whole()
    for length in range(len(content)):
        with pytest.raises(ModelError, match=r"is no GGUF file|is not whole"):
            gguf.read(put(tmp_path, content[:length]))


def huge(count: int) -> dict[str, bytes]:
    """Headers whose counts and lengths no file can hold."""
    start = b"GGUF" + struct.pack("<I", 3)
    one = start + struct.pack("<QQ", 1, 0)
    pairs = start + struct.pack("<QQ", 0, 1)
    return {
        "tensors": start + struct.pack("<QQ", count, 0),
        "pairs": start + struct.pack("<QQ", 0, count),
        "key": pairs + struct.pack("<Q", count),
        "list": pairs + text("k") + struct.pack("<IIQ", 9, 8, count),
        "numbers": pairs + text("k") + struct.pack("<IIQ", 9, 0, count),
        "name": one + struct.pack("<Q", count),
        "dimensions": one + text("w") + struct.pack("<I", min(count, 2**32 - 1)),
        "shape": one + tensor("w", (count, count, count)),
        "offset": one + tensor("w", (1,), offset=count),
    }


@pytest.mark.parametrize("count", [2**32 - 1, 2**63, 2**64 - 1])
@pytest.mark.parametrize("what", sorted(huge(1)))
def test_no_count_is_believed(tmp_path: Path, what: str, count: int) -> None:
    started = time.process_time()
    with pytest.raises(ModelError, match=r"damaged|not whole"):
        gguf.read(put(tmp_path, huge(count)[what] + bytes(4096)))
    assert time.process_time() - started < 5


def test_lists_in_lists_end(tmp_path: Path) -> None:
    deep = struct.pack("<II", 9, 9) + struct.pack("<QI", 1, 9) * 5_000
    content = b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("k") + deep
    with pytest.raises(ModelError, match="damaged"):
        gguf.read(put(tmp_path, content))


@pytest.mark.parametrize("alignment", [0, 2**31])
def test_an_alignment_that_cannot_be_is_damage(tmp_path: Path, alignment: int) -> None:
    with pytest.raises(ModelError, match="damaged"):
        gguf.read(put(tmp_path, whole(usual(general__alignment=alignment))))


def test_the_alignment_of_the_file_counts(tmp_path: Path) -> None:
    head = header(usual(general__alignment=4096), [tensor("w", (4,))])
    content = head + bytes(-len(head) % 4096) + bytes(16)
    assert gguf.read(put(tmp_path, content)).parameters == 4
    with pytest.raises(ModelError, match="not whole"):
        gguf.read(put(tmp_path, content[:-1]))


def test_a_name_cannot_steer_a_terminal(tmp_path: Path) -> None:
    name = "Evil \x1b]0;owned\x07 \u202egnp\nnext " + "x" * 900
    found = gguf.read(put(tmp_path, whole(usual(general__name=name))))
    assert found.name.isprintable()
    assert len(found.name) <= 200
    assert found.name.startswith("Evil ]0;owned gnp next")


def test_values_of_the_wrong_type_are_as_good_as_none(tmp_path: Path) -> None:
    pairs = usual(general__name=7, general__file_type="fast", llama__context_length="long")
    found = gguf.read(put(tmp_path, whole(pairs)))
    assert (found.name, found.quantisation, found.context) == ("", "", 0)


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        (usual(general__architecture="clip"), "does not write text"),
        (usual(general__architecture="bert"), "does not write text"),
        (usual(general__type="mmproj"), "does not write text"),
        (usual(llama__pooling_type=1), "does not write text"),
        ({"general.name": "nothing"}, "does not write text"),
        (usual(split__count=3), "is one of 3 parts"),
        (usual(tokenizer__chat_template=""), "no chat template"),
    ],
)
def test_what_is_no_language_model_says_why(
    tmp_path: Path, pairs: dict[str, gguf_files.Value], sentence: str
) -> None:
    with pytest.raises(ModelError, match=sentence):
        gguf.language_model(put(tmp_path, whole(pairs)))


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.gguf cannot be read: No such file"):
        gguf.read(tmp_path / "gone.gguf")
    with pytest.raises(ModelError, match="cannot be read"):
        gguf.read(tmp_path)


def survives(path: Path, content: bytes) -> None:
    """It is read, or refused with a sentence; anything else is an error of this test."""
    path.write_bytes(content)
    with contextlib.suppress(ModelError):
        assert gguf.read(path).name.isprintable()


@QUICK
@given(content=st.binary(max_size=400))
def test_any_bytes_behind_the_magic_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    survives(tmp_path / "x.gguf", b"GGUF" + content)


@QUICK
@given(seed=st.integers(0, 2**32), flips=st.integers(1, 40))
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, seed: int, flips: int) -> None:
    chance = random.Random(seed)
    content = bytearray(whole())
    for _ in range(flips):
        content[chance.randrange(len(content))] = chance.randrange(256)
    survives(tmp_path / "x.gguf", bytes(content))


SCALARS = st.one_of(st.integers(0, 2**32 - 1), st.booleans(), st.text(max_size=40))


@QUICK
@given(pairs=st.dictionaries(st.text(max_size=30), SCALARS, max_size=8))
def test_every_sound_file_is_read(tmp_path: Path, pairs: dict[str, gguf_files.Value]) -> None:
    content = whole(usual() | {f"x.{key}": value for key, value in pairs.items()})
    assert gguf.language_model(put(tmp_path, content)).name == "Tiny Chat"


def test_a_file_that_shrinks_while_it_is_read_is_damaged(tmp_path: Path) -> None:
    path = put(tmp_path, whole()[:60])
    with path.open("rb") as file, pytest.raises(gguf._DamagedError):
        gguf._Reader(file, 10_000, path.name).header()
