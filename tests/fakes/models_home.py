"""A computer for models in tests: a catalog of tiny models on a hub on loopback, and folders of one's own."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fluffy_core.config import Paths
from tests.fakes import gguf_files

HUB = "https://huggingface.co"
"""What the catalog names; tests put their own hub in its place by `Roots.hub`."""
SMALL, LARGE, HUGE = "tiny-chat", "large-chat", "huge-chat"
EMBEDS = "tiny-embed"


def weights(numbers: int = 20_000) -> bytes:
    """A sound file of about 80 kB."""
    return gguf_files.whole(numbers=numbers)


def entry(model_id: str, content: bytes, *, ram_hint_mb: int, task: str = "generate") -> str:
    """A model of the catalog, as the file has it."""
    return f"""
[[model]]
id = "{model_id}"
name = "{model_id.replace("-", " ").title()}"
task = "{task}"
summary = "For tests"
licence = "MIT"
context = 2048
ram_hint_mb = {ram_hint_mb}
prompt_template = "{{system}} {{user}}"
[[model.file]]
name = "model.gguf"
bytes = {len(content)}
sha256 = "{hashlib.sha256(content).hexdigest()}"
source = {{ url = "{HUB}/tiny/resolve/0123456789abcdef0123456789abcdef01234567/{model_id}.gguf" }}
"""


@dataclass(frozen=True)
class ModelsHome:
    """Paths whose catalog is ours: one small model, a larger one, one that no computer fits, an embedder."""

    paths: Paths
    contents: Mapping[str, bytes]

    def install(self, model_id: str) -> Path:
        """Put a model where a download would."""
        path = self.paths.models / model_id / "model.gguf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.contents[model_id])
        return path


def make(folder: Path) -> ModelsHome:
    contents = {EMBEDS: b"vectors", SMALL: weights(), LARGE: weights(30_000), HUGE: weights(40_000)}
    hints = {EMBEDS: 1, SMALL: 64, LARGE: 128, HUGE: 1 << 30}
    text = "".join(
        entry(name, content, ram_hint_mb=hints[name], task="embed" if name == EMBEDS else "generate")
        for name, content in contents.items()
    )
    catalog = folder / "project" / "models" / "catalog.toml"
    catalog.parent.mkdir(parents=True)
    catalog.write_text(text, encoding="utf-8")
    paths = Paths(folder / "home", folder / "data" / "models", folder / "project" / "resources")
    return ModelsHome(paths, contents)
