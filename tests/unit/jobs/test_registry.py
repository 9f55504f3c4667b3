"""What a job may be asked with."""

import pytest

from fluffy_core.domain.jobs import Queue
from fluffy_core.errors import BugError, UsageError
from fluffy_core.jobs.arguments import MAX_ARGS_BYTES, Arg
from fluffy_core.jobs.registry import Registry, ids_key
from tests.fakes.jobs import kind

BOTH = {"ids": Arg(list), "deep": int}
REGISTRY = Registry(
    [kind(), kind("other", args=BOTH, key=lambda args: str(args["ids"]), queue=Queue.SLOW, priority=5)]
)


def test_a_job_takes_its_place_from_its_kind() -> None:
    job = REGISTRY.new_job("other", {"ids": [1], "deep": 2}, run_after=7.5)
    assert (job.name, job.key, job.queue, job.priority, job.run_after) == ("other", "[1]", Queue.SLOW, 5, 7.5)
    assert job.args == {"ids": [1], "deep": 2}
    assert REGISTRY.new_job("small", {"n": 1}, run_after=0, priority=40).priority == 40


def test_an_unknown_name_is_said_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no job called “tiny”\. The jobs are: other, small\."):
        REGISTRY.new_job("tiny", {}, run_after=0)
    assert REGISTRY.find("tiny") is None


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({}, "small takes n"),
        ({"n": 1, "m": 2}, "small takes n"),
        ({"m": 1}, "small takes n"),
        ({"n": "1"}, "n is not a number"),
        ({"n": None}, "n is not a number"),
        ({"n": 1.0}, "n is not a number"),
        ({"n": True}, "n is not a number"),
    ],
)
def test_wrong_arguments_are_said(args: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        REGISTRY.new_job("small", args, run_after=0)


def test_arguments_hold_ids_and_no_mail() -> None:
    REGISTRY.new_job("other", {"ids": list(range(5000)), "deep": 0}, run_after=0)
    with pytest.raises(UsageError, match="too large; jobs carry ids only"):
        REGISTRY.new_job("other", {"ids": [10**12] * (MAX_ARGS_BYTES // 14), "deep": 0}, run_after=0)


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(BugError, match="small is declared twice"):
        Registry([kind(), kind()])


def test_the_key_of_ids_depends_on_ids_order_and_version() -> None:
    keys = {
        ids_key([1, 2], "1"),
        ids_key([2, 1], "1"),
        ids_key([12], "1"),
        ids_key([1, 2], "2"),
        ids_key([], "1"),
    }
    assert len(keys) == 5
    assert ids_key([1, 2], "1") == ids_key((1, 2), "1")
    assert len(ids_key(range(100_000), "1")) < 50
