"""Looking at models, choosing, fetching, adding, measuring and removing them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject

from app.background import ChangeOp, Op, QueryOp
from app.context import Context
from fluffy_core import (
    NO_MODEL,
    Bench,
    Changed,
    Computer,
    FoundModel,
    ModelView,
    TransientError,
    model_bench,
    model_shelf,
    models,
    network,
)

Failed = Callable[[Exception], object]


@dataclass(frozen=True)
class ModelsState:
    """Every model, what the user chose, the server in use ("" for none), and what this computer has."""

    models: tuple[ModelView, ...]
    chosen: str
    server: str
    computer: Computer
    offline: bool
    server_bench: Bench | None = None

    @property
    def in_use(self) -> ModelView | None:
        """The language model in use, unless it is a server's."""
        return None if self.server else next((one for one in self.models if one.in_use), None)


def read(
    context: Context, receiver: QObject, *, told: Callable[[ModelsState], object], failed: Failed
) -> Op[ModelsState]:
    """How the models stand."""
    store, paths = context.core.store, context.core.settings.paths

    def work() -> ModelsState:
        server = models.server(store)
        return ModelsState(
            model_shelf.views(store, paths),
            models.chosen(store),
            server,
            model_shelf.computer(paths),
            network.is_offline(store),
            model_bench.kept(paths.models).get(server),
        )

    return QueryOp(context.background, receiver, work).success(told).failure(failed).run()


def find(
    context: Context, receiver: QObject, *, told: Callable[[tuple[FoundModel, ...]], object], failed: Failed
) -> None:
    """Models of other programs."""
    paths = context.core.settings.paths
    op = QueryOp(context.background, receiver, lambda: model_shelf.find(paths))
    op.success(told).failure(failed).run()


def get(context: Context, receiver: QObject, model_id: str) -> None:
    """Fetch a model, or go on fetching it."""
    QueryOp(context.background, receiver, lambda: context.core.downloads.start(model_id)).run()


def pause(context: Context, receiver: QObject, model_id: str) -> None:
    """Stop fetching a model; what is here stays."""
    QueryOp(context.background, receiver, lambda: context.core.downloads.pause(model_id)).run()


def discard(context: Context, receiver: QObject, model_id: str) -> None:
    """Delete what was fetched of a model."""
    QueryOp(context.background, receiver, lambda: context.core.downloads.discard(model_id)).run()


def use(context: Context, receiver: QObject, model_id: str) -> None:
    """Write with this one, with none (NO_MODEL), or with the best that fits ("")."""
    core = context.core
    words = "No language model is used from now on" if model_id == NO_MODEL else "Chosen"
    op = ChangeOp(context.background, receiver, lambda: models.use(core.store, core.settings.paths, model_id))
    op.success(lambda _none: context.notices.done.emit(words, False)).run()


def use_found(context: Context, receiver: QObject, found: FoundModel) -> None:
    """Write with a model of another program, where it lies."""
    core = context.core

    def work() -> None:
        models.use(core.store, core.settings.paths, model_shelf.use_found(found.key, core.settings.paths))

    op = ChangeOp(context.background, receiver, work)
    op.success(lambda _none: context.notices.done.emit(f"{found.name} is used where it lies", False)).run()


def add(
    context: Context, receiver: QObject, path: Path, *, added: Callable[[str], object], failed: Failed
) -> None:
    """Take a file in; a copy may take a minute, so other changes do not wait for it."""
    core = context.core

    def told(_done: int, _total: int) -> None:
        if context.background.closing:
            raise TransientError("Adding the model was stopped.")

    def work() -> str:
        return model_shelf.add(path, core.settings.paths, told=told)

    def done(model_id: str) -> None:
        core.bus.changed(Changed.MODELS)
        added(model_id)

    QueryOp(context.background, receiver, work).success(done).failure(failed).run()


def remove(context: Context, receiver: QObject, view: ModelView) -> None:
    """Delete a model's files, or forget one of another program."""
    core = context.core

    def done(_freed: int) -> None:
        core.bus.changed(Changed.MODELS)
        context.notices.done.emit(f"{view.name} was removed", False)

    work = ChangeOp(context.background, receiver, lambda: model_shelf.remove(core.settings.paths, view.id))
    work.success(done).run()


def measure(
    context: Context, receiver: QObject, *, told: Callable[[Bench], object], failed: Failed
) -> Op[Bench]:
    """Twenty seconds of work with the language model in use."""
    core = context.core

    def work() -> Bench:
        name = core.models.language_model
        found = model_bench.measure(core.models, stopped=lambda: context.background.closing)
        model_bench.keep(core.settings.paths.models, name, found)
        return found

    def done(found: Bench) -> None:
        core.bus.changed(Changed.MODELS)
        told(found)

    return QueryOp(context.background, receiver, work).success(done).failure(failed).run()
