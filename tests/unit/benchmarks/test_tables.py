"""The rows of each benchmark, from figures that were not measured."""

from pathlib import Path

import pytest

from benchmarks import __main__ as runner
from benchmarks import embeddings, growth, importing, queueing, searching, window, workshop
from benchmarks.programs import BenchmarkError
from benchmarks.results import Row
from benchmarks.workshop import Filled, Phases
from fluffy_core.domain.ids import JobId
from fluffy_core.domain.jobs import Job, JobState, Queue


def filled(messages: int, seconds: float, *, peak: int = 200_000_000) -> Filled:
    phases = Phases(seconds / 2, seconds * 0.8, seconds)
    report: dict[str, object] = {"stored": messages, "contacts": 7, "me": ["owner@home.example"]}
    return Filled(Path("home"), messages, seconds, peak, phases, report)


def by_what(rows: object) -> dict[str, Row]:
    assert isinstance(rows, list)
    return {row.what: row for row in rows}


def job(name: str, finished: float | None) -> Job:
    return Job(
        id=JobId(1), name=name, key="k", args={}, queue=Queue.FAST, priority=20, state=JobState.SUCCEEDED,
        attempt=1, run_after=0, created_at=0, started_at=0, finished_at=finished, progress_done=0,
        progress_total=0, progress_text="", error="", result="",
    )  # fmt: skip


def test_import_ratios_count_from_the_moment_people_are_known() -> None:
    times = {"fluffy": [10.0, 8.0], "mu": [12.0, 16.0], "notmuch": [40.0, 44.0]}
    runs = [filled(10_000, 10.0), filled(10_000, 8.0)]
    rows = by_what(list(importing.rows(times, people=5.0, count=10_000, source="mail", runs=runs)))
    assert rows["import, until people are known"].value == 2000
    assert rows["import, the whole command"].value == 1250
    assert rows["import against mu index"].value == 12 / 5
    assert rows["import against mu index"].verdict == "ok"
    assert rows["import against notmuch new"].value == 8
    assert rows["the whole command against mu index"].value == 1.5


def test_a_peer_that_is_not_installed_is_said() -> None:
    rows = by_what(list(importing.rows({"fluffy": [8.0]}, people=5.0, count=10, source="mail", runs=[])))
    assert rows["import against mu index"].value is None
    assert rows["import against notmuch new"].how == "not installed"


def test_peers_are_looked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert importing.peers(tmp_path, tmp_path) == []


def test_growth_compares_with_the_faster_small_import() -> None:
    row = growth.ratio(filled(10_000, 10.0), filled(100_000, 88.0), filled(10_000, 8.0))
    assert (row.value, row.verdict) == (11.0, "ok")
    assert (
        growth.ratio(filled(10_000, 10.0), filled(100_000, 120.0), filled(10_000, 10.0)).verdict == "MISSED"
    )


def test_peaks_are_in_megabytes() -> None:
    small, large = growth.peaks([filled(10, 1.0), filled(100, 9.0, peak=500_000_000)])
    assert (small.value, small.verdict, large.value, large.verdict) == (200.0, "ok", 500.0, "MISSED")


def test_json_of_an_import_holds_figures_and_no_addresses() -> None:
    assert "me" not in filled(10, 1.0).summary()
    assert filled(10, 1.0).summary()["contacts"] == 7


def test_phases_end_with_their_last_job() -> None:
    jobs = [("sync-emails-initial", 103.0), ("extract-contacts", 104.0), ("extract-contacts", 106.5)]
    jobs += [("categorize-emails", 109.0)]
    assert workshop.phases_of(tuple(job(*one) for one in jobs), 100.0) == Phases(3.0, 6.5, 9.0)


def test_an_import_without_its_jobs_is_no_measurement() -> None:
    with pytest.raises(BenchmarkError, match="ran no extract-contacts"):
        workshop.phases_of((job("sync-emails-initial", 3.0), job("extract-contacts", None)), 0.0)


def test_queries_are_mixed_of_every_kind_and_the_same_each_time() -> None:
    samples = [("Ann Miller", "offer for the summer house by the sea"), ("Bob", "plans of next month")]
    queries = searching.mixed(samples, 24)
    assert queries == searching.mixed(samples, 24)
    assert len({one.kind for one in queries}) == 12
    texts = {one.kind: one.text for one in queries}
    assert texts["sender"] in ("from:Ann", "from:Bob")
    assert texts["phrase"].count('"') == 2
    assert len(texts["three words"].split()) == 3


def test_no_samples_make_no_queries() -> None:
    assert searching.mixed([], 10) == []


def test_search_rows_name_kinds_and_not_what_was_searched() -> None:
    taken = [(searching.Query("word", "secret"), 1.0 + n) for n in range(19)]
    taken.append((searching.Query("sender", "from:ann"), 30.0))
    middle, high = searching.report("by words", taken, count=1000, bar=20.0)
    assert (middle.value, high.value, high.verdict) == (10.0, 19.0, "ok")
    assert high.details == {"medians": {"sender": 30.0, "word": 10.0}, "worst": 30.0}
    assert "secret" not in str((middle, high))


def test_stand_in_vectors_are_near_their_centres() -> None:
    np = pytest.importorskip("numpy")
    centres = np.eye(3, 384, dtype=np.float32)
    rows = searching.near(centres, 50, seed=1)
    assert rows.shape == (50, 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert ((rows @ centres.T).max(axis=1) > 0.75).all()


def test_window_rows() -> None:
    row = window.start_row([{"shown": 0.9, "painted": 1.8}, {"shown": 0.7, "painted": 1.2}], 1000)
    assert (row.value, row.verdict) == (1.2, "ok")
    found = {"seconds": 9.0, "over_50": 2, "rest_ms": 7.0, "worst_ms": 140.0}
    (stall,) = window.stall_rows(found, 1000, "an import")
    assert (stall.value, stall.verdict) == (140.0, "MISSED")
    assert "at rest the longest was 7 ms" in stall.how


def test_job_rows() -> None:
    rows = by_what(list(queueing.overhead({"plain": 1.0, "batch": 2.5, "single": 4.0}, jobs=10, rounds=2)))
    assert rows["ledger + Huey against plain Huey"].margin == 1.2
    assert rows["the same, enqueued one by one"].value == 4.0
    row = queueing.start_row([0.1] * 19 + [2.0], 15.0)
    assert (row.value, row.verdict) == (0.1, "ok")


def test_embedding_rows_without_the_peer_say_so() -> None:
    rates = {"in process": 500.0, "model host": 450.0}
    rows = by_what(list(embeddings.rows(rates, cosine=None, why="not installed", count=10)))
    assert rows["ONNX, model host"].how == "0.90 of in-process"
    assert rows["against sentence-transformers"].value is None
    rates["sentence-transformers"] = 100.0
    rows = by_what(list(embeddings.rows(rates, cosine=0.9996, why="", count=10)))
    assert rows["against sentence-transformers"].margin == 2.0
    assert rows["smallest cosine to it"].verdict == "ok"


def test_sentences_are_filled_up() -> None:
    mail = [b"Subject: x\n\nThe harvest of this year was better than the last one. Short. Ann\n"]
    found = embeddings.sentences(mail, 5)
    assert found[0] == "The harvest of this year was better than the last one."
    assert len(found) == 5


def test_the_command_line_knows_its_names(capsys: pytest.CaptureFixture[str]) -> None:
    options = runner.parse(["search", "import", "--quick"])
    assert (options.names, options.quick, options.million) == (["search", "import"], True, False)
    with pytest.raises(SystemExit) as ended:
        runner.parse(["serch"])
    assert ended.value.code == 2
    assert "unknown: serch" in capsys.readouterr().err


def test_every_evaluation_is_a_script_here() -> None:
    assert all((runner.PROJECT / "benchmarks" / f"eval_{name}.py").is_file() for name in runner.EVALUATIONS)


def test_one_that_fails_is_said_and_the_next_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: workshop.Workshop) -> list[Row]:
        raise BenchmarkError("the disk is full")

    fine = Row("b", "fine", 1.0)
    monkeypatch.setattr(runner, "BENCHMARKS", {"a": broken, "b": lambda _: [fine, fine]})
    rows = list(runner.measure(["a", "b"], workshop.Workshop(tmp_path, workshop.QUICK)))
    assert rows == [Row("a", "a could not be measured", None, "", None, "the disk is full"), fine]


def test_a_maildir_of_any_size_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUFFY_REALDATA", str(tmp_path / "absent"))
    shop = workshop.Workshop(tmp_path, workshop.Sizes(small=10))
    folder = shop.maildir(25)
    files = list((folder / "cur").iterdir())
    assert len(files) == 25
    assert len({one.read_bytes() for one in files}) == 25
    assert shop.maildir(25) == folder
    assert shop.source.startswith("invented mail")
    assert shop.me == ["--me", "owner@home.example"]
