"""Vectors of heads and passages: the nearest first, whatever is asked among, added or deleted meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from fluffy_core.store import vectors
from fluffy_core.store.database import Database
from fluffy_core.store.vectors import Cut
from tests.fakes import stored
from tests.fakes.stored import Letter


def directions(*places: int) -> NDArray[np.float32]:
    made = np.zeros((len(places), vectors.SIZE), dtype=np.float32)
    made[range(len(places)), places] = 1.0
    return made


def around(count: int, seed: int) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).standard_normal((count, vectors.SIZE))
    unit: NDArray[np.float32] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def kept(store: Database, count: int) -> list[int]:
    return [int(one) for one in stored.keep(store, [Letter(f"s{n}", f"{n}") for n in range(count)])]


def put(store: Database, ids: list[int], *places: int) -> None:
    with store.transaction() as tx:
        vectors.put(tx, ids, directions(*places))


def found(store: Database, vector: NDArray[np.float32], limit: int) -> list[int]:
    return [one.message_id for one in vectors.nearest(store, vector, limit)]


def test_the_nearest_comes_first(store: Database) -> None:
    ids = kept(store, 4)
    assert vectors.nearest(store, directions(0)[0], 5) == []
    assert vectors.missing(store, ids) == ids
    put(store, ids[:3], 0, 1, 2)
    assert vectors.missing(store, ids) == ids[3:]
    asked = directions(1)[0] * 0.9 + directions(2)[0] * 0.4
    near = vectors.nearest(store, asked, 2)
    assert [one.message_id for one in near] == ids[1:3]
    assert [one.score for one in near] == pytest.approx([0.9, 0.4])
    put(store, ids[3:], 1)
    assert set(found(store, asked, 2)) == {ids[1], ids[3]}
    assert len(found(store, asked, 99)) == 4
    assert found(store, asked, 0) == []


def test_a_new_vector_takes_the_old_one_s_place(store: Database) -> None:
    ids = kept(store, 2)
    put(store, ids, 0, 1)
    assert found(store, directions(0)[0], 1) == ids[:1]
    put(store, ids[:1], 5)
    assert found(store, directions(5)[0], 1) == ids[:1]
    assert vectors.nearest(store, directions(0)[0], 9)[0].score == pytest.approx(0.0, abs=1e-6)


def test_deleted_messages_are_not_found(store: Database) -> None:
    ids = kept(store, 2)
    put(store, ids, 0, 1)
    assert len(found(store, directions(0)[0], 9)) == 2
    with store.transaction() as tx:
        tx.execute("DELETE FROM messages WHERE id = ?", (ids[0],))
    assert found(store, directions(0)[0], 9) == ids[1:]


def test_the_best_passage_stands_for_its_message_also_where_the_head_is_nearer(store: Database) -> None:
    ids = kept(store, 2)
    put(store, ids, 0, 9)
    with store.transaction() as tx:
        vectors.put_passages(tx, [Cut(ids[0], [(0, 40), (41, 90)])], directions(1, 2))
    asked = directions(0)[0] * 0.8 + directions(2)[0] * 0.6
    best = vectors.nearest(store, asked, 1)[0]
    assert (best.message_id, best.start, best.stop) == (ids[0], 41, 90)
    assert best.score == pytest.approx(0.8)
    assert [one.message_id for one in vectors.nearest(store, asked, 9)] == ids


def test_among_few_messages_the_best_is_found_however_far_it_is(store: Database) -> None:
    ids = kept(store, 3)
    put(store, ids, 0, 1, 2)
    near = vectors.nearest(store, directions(0)[0], 5, among={ids[2], 12345})
    assert [one.message_id for one in near] == [ids[2]]
    assert vectors.nearest(store, directions(0)[0], 5, among=()) == []


def test_signatures_find_what_a_full_comparison_finds(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = kept(store, 60)
    monkeypatch.setattr(vectors, "ALIKE", 30)
    monkeypatch.setattr(vectors, "LEAST", 10)
    monkeypatch.setattr(vectors, "CANDIDATES", 2)
    monkeypatch.setattr(vectors, "_PAGE", 7)
    rows = around(60, seed=1)
    with store.transaction() as tx:
        vectors.put(tx, ids, rows)
    for number in range(60):
        asked = rows[number] + 0.3 * around(1, seed=number)[0]
        exact = ids[int(np.argmax(rows @ asked))]
        assert found(store, asked / np.linalg.norm(asked), 5)[0] == exact


def test_signatures_of_near_vectors_are_alike() -> None:
    rows = around(50, seed=3)
    near = rows[0] * 0.9 + rows[1] * 0.1
    signs = vectors.signature(rows)
    assert signs.shape == (vectors.SIZE // 64, 50)
    distance = np.bitwise_count(signs ^ vectors.signature(near.reshape(1, -1))).sum(axis=0, dtype=np.int64)
    assert int(np.argmin(distance)) == 0


def test_the_most_alike_are_at_least_as_many_as_wanted() -> None:
    signs = vectors.signature(around(200, seed=4))
    asked = vectors.signature(around(1, seed=5))
    distance = np.bitwise_count(signs ^ asked).sum(axis=0, dtype=np.int64)
    for most in (1, 20, 199):
        chosen = vectors._alike(signs, asked, most=most)
        assert len(chosen) >= most
        assert set(chosen) == set(np.flatnonzero(distance <= np.sort(distance)[most - 1]))
    assert len(vectors._alike(signs, asked, most=500)) == 200


def test_weighed_signatures_tell_more_than_their_distance() -> None:
    """Of what both put first, the weighed ones hold more of the truly nearest."""
    rows, asked = around(2000, seed=8), around(20, seed=9)
    signs = vectors.signature(rows)
    caught = {"distance": 0, "weighed": 0}
    for one in asked:
        near = set(np.argsort(-(rows @ one))[:20])
        distance = np.bitwise_count(signs ^ vectors.signature(one.reshape(1, -1))).sum(axis=0, dtype=np.int64)
        caught["distance"] += len(near & set(np.argsort(distance, kind="stable")[:40]))
        caught["weighed"] += len(near & set(np.argsort(-vectors._weighed(signs, one))[:40]))
    assert caught["weighed"] > 1.1 * caught["distance"]


def test_a_thread_that_meets_rows_in_any_order_keeps_few_pages(store: Database) -> None:
    before = store.one("PRAGMA cache_size")
    with ThreadPoolExecutor(1) as other:
        other.submit(store.keep_few_pages, vectors.PAGES_KIB).result()
        assert other.submit(store.one, "PRAGMA cache_size").result() == (-4_000,)
    assert store.one("PRAGMA cache_size") == before


def test_rows_are_kept_closely(store: Database) -> None:
    ids, rows = kept(store, 5), around(5, seed=7)
    with store.transaction() as tx:
        vectors.put(tx, ids, rows)
    known, back = vectors.of(store, [*ids, 999])
    assert known == ids
    assert np.allclose(np.linalg.norm(back, axis=1), 1.0, atol=1e-6)
    assert float((back * rows).sum(axis=1).min()) > 0.9999
    assert vectors.of(store, [])[1].shape == (0, vectors.SIZE)


def test_passages_are_missing_until_put_also_where_there_are_none(store: Database) -> None:
    ids = kept(store, 3)
    put(store, ids, 0, 1, 2)
    assert vectors.uncut(store, ids) == ids
    with store.transaction() as tx:
        vectors.put_passages(tx, [Cut(ids[0], []), Cut(ids[1], [(0, 5)])], directions(7))
    assert vectors.uncut(store, ids) == ids[2:]
    assert vectors.missing(store, ids) == []
    assert vectors.coverage(store) == (2, 3)
    assert found(store, directions(7)[0], 1) == ids[1:2]


def test_personal_mail_waits_first_then_lists_then_bulk_the_newest_first(store: Database) -> None:
    plain = [Letter(f"s{n}", f"{n}", day=n) for n in range(4)]
    ids = [int(one) for one in stored.keep(store, [replace(one) for one in plain])]
    with store.transaction() as tx:
        tx.execute("UPDATE messages SET bulk = 'list' WHERE id = ?", (ids[2],))
        tx.execute("UPDATE messages SET bulk = 'bulk' WHERE id = ?", (ids[3],))
    assert vectors.without_passages(store, 9) == [ids[1], ids[0], ids[2], ids[3]]
    assert vectors.without_passages(store, 1) == [ids[1]]
    with store.transaction() as tx:
        vectors.put_passages(tx, [Cut(ids[1], []), Cut(ids[3], [])], directions())
    assert vectors.without_passages(store, 9) == [ids[0], ids[2]]
