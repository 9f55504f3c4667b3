"""The sentences of our extracts as a language model tells them: what the accurate summary is worth."""

from collections.abc import Callable, Mapping, Sequence

from benchmarks import extracts, trial_home
from benchmarks.extracts import Place
from benchmarks.labelled import Thread
from fluffy_core.ai.base import Models, Prompt
from fluffy_core.ai.summaries import rewriting
from fluffy_core.domain.intelligence import SummaryPoint
from fluffy_core.errors import ModelError, TransientError

_DEADLINE = 600.0


def measure(threads: Sequence[Thread]) -> dict[str, float]:
    """Mean scores with the language model of this computer. Raises ModelError when there is none."""
    with trial_home.opened([]) as core:
        if not core.models.language_model:
            raise ModelError("There is no language model on this computer.")
        return extracts.mean([score(thread, core.models) for thread in threads])


def score(thread: Thread, models: Models) -> tuple[float, ...]:
    """The scores of one thread; a sentence that the model told anew counts with its new words."""
    order = list(extracts.ours()(thread))
    longest = max((len(each.summary.split()) for each in thread.annotations), default=0)
    chosen = extracts.cut(thread, order, longest)
    return extracts.score(thread, order, told(thread, chosen, _ask(models)))


def told(thread: Thread, chosen: Sequence[Place], ask: rewriting.Ask) -> Mapping[Place, str]:
    """What the model made of each sentence; those it did not tell better are missing."""
    messages = extracts.messages(thread)
    texts = [" ".join(thread.mails[mail].body[start:end].split()) for mail, start, end in chosen]
    points = [SummaryPoint(text, messages[mail].id) for text, (mail, _, _) in zip(texts, chosen, strict=True)]
    new = rewriting.told_anew(points, messages, ask)
    return {place: each.text for place, each in zip(chosen, new, strict=True) if each.quote}


def _ask(models: Models) -> Callable[[Prompt], str]:
    def ask(prompt: Prompt) -> str:
        try:
            return "".join(models.generate(prompt, deadline=_DEADLINE))
        except (ModelError, TransientError):  # the answer does not fit its form, or does not come
            return ""

    return ask
