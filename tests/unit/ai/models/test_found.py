"""Finding the models of LM Studio, Ollama and the Hugging Face cache."""

import json
from pathlib import Path

import pytest

from fluffy_core.ai.models import found as found_models
from fluffy_core.ai.models import gguf
from fluffy_core.ai.models.found import HUGGING_FACE, LM_STUDIO, OLLAMA, Places
from tests.fakes import gguf_files
from tests.fakes.gguf_files import usual

DIGEST = "ab" * 32


def seen(places: Places) -> list[tuple[str, str, Path]]:
    return [(one.origin, one.name, one.path) for one in found_models.find(places)]


def manifest(folder: Path, where: str, digest: object = f"sha256:{DIGEST}", *, layers: int = 1) -> None:
    path = folder / "manifests" / where
    path.parent.mkdir(parents=True, exist_ok=True)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": digest, "size": 1}
    other = {"mediaType": "application/vnd.ollama.image.license", "digest": "sha256:" + "cd" * 32}
    path.write_text(json.dumps({"layers": [layer] * layers + [other]}))


def test_lm_studio_keeps_them_by_publisher(tmp_path: Path) -> None:
    path = gguf_files.write(tmp_path / "unsloth" / "Tiny-GGUF" / "Tiny-Q4_K_M.gguf")
    gguf_files.write(path.with_name("mmproj-F16.gguf"), usual(general__architecture="clip"))
    path.with_name("README.md").write_text("GGUF")
    assert seen(Places(lm_studio=(tmp_path,))) == [(LM_STUDIO, "Tiny-Q4_K_M", path)]


def test_ollama_names_them_in_manifests(tmp_path: Path) -> None:
    path = gguf_files.write(tmp_path / "blobs" / f"sha256-{DIGEST}")
    manifest(tmp_path, "registry.ollama.ai/library/qwen3.5/2b")
    assert seen(Places(ollama=(tmp_path,))) == [(OLLAMA, "qwen3.5:2b", path)]


def test_an_owner_is_part_of_the_name(tmp_path: Path) -> None:
    gguf_files.write(tmp_path / "blobs" / f"sha256-{DIGEST}")
    manifest(tmp_path, "hf.co/someone/tiny/latest")
    assert [one.name for one in found_models.find(Places(ollama=(tmp_path,)))] == ["someone/tiny:latest"]


@pytest.mark.parametrize(
    "digest", ["sha256:../../etc/passwd", "sha256:" + "zz" * 32, "md5:00", None, 7, ["x"], f"sha256-{DIGEST}"]
)
def test_a_manifest_leads_nowhere_else(tmp_path: Path, digest: object) -> None:
    gguf_files.write(tmp_path / "blobs" / f"sha256-{DIGEST}")
    manifest(tmp_path, "registry.ollama.ai/library/x/latest", digest)
    assert seen(Places(ollama=(tmp_path,))) == []


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"layers": 3}', '{"layers": [{}]}', "[" * 50_000, "\x00"]
)
def test_a_manifest_that_makes_no_sense_is_passed_over(tmp_path: Path, content: str) -> None:
    gguf_files.write(tmp_path / "blobs" / f"sha256-{DIGEST}")
    manifest(tmp_path, "registry.ollama.ai/library/good/latest")
    bad = tmp_path / "manifests" / "registry.ollama.ai" / "library" / "bad" / "latest"
    bad.parent.mkdir()
    bad.write_text(content)
    assert [one[1] for one in seen(Places(ollama=(tmp_path,)))] == ["good:latest"]


def test_a_model_in_parts_or_without_its_file_is_passed_over(tmp_path: Path) -> None:
    manifest(tmp_path, "registry.ollama.ai/library/gone/latest")
    gguf_files.write(tmp_path / "blobs" / f"sha256-{DIGEST}").unlink()
    manifest(tmp_path, "registry.ollama.ai/library/parts/latest", layers=2)
    gguf_files.write(tmp_path / "x" / "part-00001-of-00002.gguf", usual(split__count=2))
    assert seen(Places(ollama=(tmp_path,), lm_studio=(tmp_path,))) == []


def test_hugging_face_links_names_to_blobs(tmp_path: Path) -> None:
    repo = tmp_path / "models--unsloth--Tiny-GGUF"
    blob = gguf_files.write(repo / "blobs" / DIGEST)
    link = repo / "snapshots" / "f6d5376" / "Tiny-Q4.gguf"
    link.parent.mkdir(parents=True)
    link.symlink_to(Path("../../blobs") / DIGEST)
    broken = link.with_name("Broken.gguf")
    broken.symlink_to("../../blobs/none")
    assert seen(Places(hugging_face=(tmp_path,))) == [(HUGGING_FACE, "Tiny-Q4", blob)]


def test_a_file_in_two_places_is_one_model(tmp_path: Path) -> None:
    path = gguf_files.write(tmp_path / "a" / "b" / "Tiny.gguf")
    hub = tmp_path / "hub" / "models--x" / "snapshots" / "1"
    hub.mkdir(parents=True)
    (hub / "Tiny.gguf").symlink_to(path)
    found = found_models.find(Places(lm_studio=(tmp_path / "a",), hugging_face=(tmp_path / "hub",)))
    assert [one.origin for one in found] == [LM_STUDIO]


def test_folders_too_deep_and_linked_ones_are_left(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*"abcdefgh")
    gguf_files.write(deep / "deep.gguf")
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    gguf_files.write(elsewhere / "far.gguf")
    (tmp_path / "link").symlink_to(elsewhere, target_is_directory=True)
    assert seen(Places(lm_studio=(tmp_path,))) == []


def test_where_nothing_is_nothing_is_found(tmp_path: Path) -> None:
    assert seen(found_models.usual_places({"OLLAMA_MODELS": str(tmp_path / "no")}, tmp_path)) == []


def test_the_usual_places_follow_the_programs_own_variables(tmp_path: Path) -> None:
    usual_ones = found_models.usual_places({}, tmp_path)
    assert usual_ones.lm_studio[0] == tmp_path / ".lmstudio" / "models"
    assert usual_ones.ollama[0] == tmp_path / ".ollama" / "models"
    assert usual_ones.hugging_face == (tmp_path / ".cache" / "huggingface" / "hub",)
    moved = found_models.usual_places(
        {"OLLAMA_MODELS": "/o", "HF_HOME": "/h", "XDG_CACHE_HOME": "/c"}, tmp_path
    )
    assert (moved.ollama, moved.hugging_face) == ((Path("/o"),), (Path("/h/hub"),))
    assert found_models.usual_places({"HF_HUB_CACHE": "/x"}, tmp_path).hugging_face == (Path("/x"),)
    assert found_models.usual_places({"XDG_CACHE_HOME": "/c"}, tmp_path).hugging_face == (
        Path("/c/huggingface/hub"),
    )


def test_headers_are_read_again_only_when_the_file_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    original = gguf.read

    def counted(path: Path) -> gguf.Header:
        read.append(path)
        return original(path)

    monkeypatch.setattr(gguf, "read", counted)
    path = gguf_files.write(tmp_path / "a" / "Tiny.gguf")
    for _ in range(3):
        assert len(found_models.find(Places(lm_studio=(tmp_path,)))) == 1
    assert read == [path]
    gguf_files.write(path, usual(general__architecture="clip"), numbers=128)
    assert found_models.find(Places(lm_studio=(tmp_path,))) == ()
    assert read == [path, path]
