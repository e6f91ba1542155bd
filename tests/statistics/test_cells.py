"""Pooling: no row is lost, no cell is too rare, neighbours stay neighbours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.statistics.cells import expected, pool
from skewcheck.statistics.ks import ks
from tests.statistics.cases import counts, tables

Pair = tuple[np.ndarray, np.ndarray]


@given(pair=tables(cells=60, rows=40), ordered=st.booleans())
def test_pooling_moves_every_row_where_the_mapping_says(pair: Pair, ordered: bool) -> None:
    pooled = pool(*pair, ordered)
    for side, after in zip(pair, (pooled.train, pooled.serve), strict=True):
        assert np.array_equal(np.bincount(pooled.mapping, side, len(after)), after)


@given(pair=tables(cells=60, rows=40))
def test_ordered_cells_are_merged_with_neighbours_only_and_at_most_to_twenty(pair: Pair) -> None:
    pooled = pool(*pair, True)
    assert set(np.diff(pooled.mapping)) <= {0, 1}
    smaller = min(pair[0].sum(), pair[1].sum())
    assert len(pooled.train) <= min(max(smaller // 8, 4), 20)


@given(pair=tables(cells=60, rows=40))
def test_no_merged_cell_expects_fewer_than_five_rows_where_there_are_twenty(pair: Pair) -> None:
    pooled = pool(*pair, True)
    smaller = min(pair[0].sum(), pair[1].sum())
    if len(pooled.train) > 1:
        assert expected(pooled.train, pooled.serve).min() >= min(5.0, smaller / 4) - 1e-9


@given(pair=tables(cells=60, rows=40))
def test_only_the_last_unordered_cell_may_be_rare(pair: Pair) -> None:
    pooled = pool(*pair, False)
    assert (expected(pooled.train, pooled.serve)[:-1] >= 5.0).all()
    common = expected(*pair) >= 5.0
    assert len(set(pooled.mapping[common])) == common.sum()


@given(pair=tables(cells=60, rows=200))
def test_merging_ordered_cells_never_makes_ks_larger(pair: Pair) -> None:
    pooled = pool(*pair, True)
    whole = ks(*pair, pure=True).value
    assert ks(pooled.train, pooled.serve, pure=True).value <= whole + 1e-12


def test_twenty_bins_of_like_mass_stay_as_they_are_when_rows_abound() -> None:
    rng = np.random.default_rng(3)
    train, serve = rng.multinomial(20000, [0.05] * 20), rng.multinomial(1000, [0.05] * 20)
    assert np.array_equal(pool(train, serve, True).mapping, np.arange(20))


def test_fewer_rows_give_fewer_bins_but_four_at_least() -> None:
    train = np.full(20, 500, dtype=np.int64)
    sizes = [len(pool(train, np.full(20, m, dtype=np.int64), True).train) for m in (10, 4, 2, 1)]
    assert sizes == [20, 10, 5, 4]


def test_a_null_cell_beside_ordered_bins_is_kept_apart_when_common() -> None:
    train, serve = counts(100, 100, 100, 50), counts(100, 100, 100, 50)
    pooled = pool(train, serve, np.array([True, True, True, False]))
    assert pooled.mapping[3] == pooled.mapping.max()
    assert pooled.train[-1] == 50


def test_rare_categories_share_one_cell_and_common_ones_keep_theirs() -> None:
    pooled = pool(counts(500, 3, 400, 2, 1), counts(50, 1, 40, 0, 0), False)
    assert pooled.mapping.tolist() == [0, 2, 1, 2, 2]
    assert pooled.train.tolist() == [500, 400, 6] and pooled.serve.tolist() == [50, 40, 1]


def test_a_table_of_nothing_but_rare_categories_is_not_comparable() -> None:
    ids = np.ones(100, dtype=np.int64)
    assert not pool(ids, ids, False).comparable
    assert pool(counts(100), counts(100), False).comparable
    assert pool(counts(100, 0), counts(100, 0), False).comparable


def test_a_side_without_rows_is_refused() -> None:
    with pytest.raises(ValueError, match="one row"):
        pool(counts(0, 0), counts(1, 2), True)
