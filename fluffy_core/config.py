"""Where things live and what was chosen at start: read once, frozen, passed in."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from fluffy_core.domain.accounts import AccountKind, Client, Roots

APP_NAME = "FluffyMail"


@dataclass(frozen=True, slots=True)
class Paths:
    """Every file of one home, and the folders that homes share."""

    home: Path
    models: Path
    resources: Path

    @property
    def database(self) -> Path:
        """The encrypted database."""
        return self.home / "fluffy.db"

    @property
    def queue(self) -> Path:
        """Huey's file: job ids only, may be deleted at any time."""
        return self.home / "queue.db"

    @property
    def owner_lock(self) -> Path:
        """Held by the one process that runs this home's job consumers."""
        return self.home / "owner.lock"

    @property
    def key_info(self) -> Path:
        """Which key provider opens the database; holds no key in clear."""
        return self.home / "key.json"

    @property
    def scratch(self) -> Path:
        """Temporary files of running imports; emptied by its owner."""
        return self.home / "scratch"

    @property
    def catalog(self) -> Path:
        """The list of models this version knows."""
        return self.resources.parent / "models" / "catalog.toml"

    @property
    def demo(self) -> Path:
        """Where the demo mailbox was written before it was imported."""
        return self.home / "demo"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment and the command line decided before anything was opened."""

    paths: Paths
    key_file: Path | None = None
    passphrase: str | None = None
    roots: Roots = field(default_factory=Roots)
    clients: Mapping[AccountKind, Client] = field(default_factory=dict)
    """Who this program is at the providers that it is registered with."""


def resources_folder() -> Path:
    """The project's `resources` folder, beside the packages in a checkout and in a frozen app."""
    return Path(__file__).resolve().parent.parent / "resources"


def load(home: Path | None = None) -> Settings:
    """Settings from `home` (the --home option) and the environment.

    FLUFFY_HOME, _MODELS, _KEY_FILE, _PASSPHRASE, _…_ROOT, _…_CLIENT_ID, _…_CLIENT_SECRET.
    """
    import platformdirs

    data = Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))
    chosen = home or _path("FLUFFY_HOME") or data / "home"
    paths = Paths(
        home=chosen.expanduser().absolute(),
        models=_path("FLUFFY_MODELS") or data / "models",
        resources=resources_folder(),
    )
    return Settings(
        paths=paths,
        key_file=_path("FLUFFY_KEY_FILE"),
        passphrase=os.environ.get("FLUFFY_PASSPHRASE"),
        roots=_roots(),
        clients=_clients(),
    )


def _roots() -> Roots:
    """FLUFFY_GMAIL_ROOT, FLUFFY_GOOGLE_CALENDAR_ROOT, …: one for each field of Roots."""
    named = {one.name: os.environ.get(f"FLUFFY_{one.name.upper()}_ROOT", "") for one in fields(Roots)}
    return Roots(**{name: url for name, url in named.items() if url})


def _clients() -> dict[AccountKind, Client]:
    """FLUFFY_GOOGLE_CLIENT_ID with FLUFFY_GOOGLE_CLIENT_SECRET, FLUFFY_MICROSOFT_CLIENT_ID likewise."""
    found = {}
    for kind in (AccountKind.GOOGLE, AccountKind.MICROSOFT):
        name = f"FLUFFY_{kind.upper()}_CLIENT"
        if client_id := os.environ.get(f"{name}_ID", ""):
            found[kind] = Client(client_id, os.environ.get(f"{name}_SECRET", ""))
    return found


def _path(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value).expanduser().absolute() if value else None
