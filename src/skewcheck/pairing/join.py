"""Which row of train belongs to which row of serve, by key, or by key and time."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import combinations
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from skewcheck.errors import OutputError
from skewcheck.fingerprint import Hashes, fingerprints, mixed
from skewcheck.moments import moments
from skewcheck.pairing.forensics import Coverage
from skewcheck.pairing.gathering import taken
from skewcheck.pairing.shelf import Shelf
from skewcheck.pairing.spelling import REPAIRS as REPAIRS
from skewcheck.pairing.spelling import forms
from skewcheck.sources.trouble import said

if TYPE_CHECKING:
    import duckdb

Positions = NDArray[np.int64]
CHUNK = 1 << 17
EQUAL = "SELECT t.p AS train, s.p AS serve FROM t JOIN s ON t.k = s.k"
AS_OF = "SELECT t.p AS train, s.p AS serve FROM s ASOF JOIN t ON t.k = s.k AND s.m >= t.m"
ENOUGH = 0.99  # share of the smaller side from which on no repair is looked for


@dataclass(frozen=True, slots=True)
class AsOf:
    """Pair each serve row with the latest train row of its key not after it.

    The times' columns, and how much older the train row may be, in seconds (None: any age).
    """

    train_time: str
    serve_time: str
    tolerance_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """Rows that belong together, by position, in the order of serve; no serve row twice.

    ``hashes`` are those of the keys: the same for a key on whatever machine and day. ``alone`` are
    serve's rows whose key is none of these, one of each key.
    """

    train: Positions
    serve: Positions
    hashes: Hashes
    alone: Positions
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class _Side:
    """The keys of one side: whole ones' hashes (with the time, if any) and positions.

    ``distinct`` is the number of hashes that differ; with times it is not known.
    """

    rows: int
    keys: list[pa.Array]
    hashes: Hashes
    places: Positions
    times: Positions | None
    distinct: int = -1


def join(
    train: Shelf,
    serve: Shelf,
    keys: Sequence[tuple[str, str]],
    *,
    as_of: AsOf | None = None,
    repairs: Sequence[str] = (),
    memory: str = "1GiB",
    threads: int | None = None,
) -> Joined:
    """Return the pairs of rows whose keys (names in train, in serve) are equal.

    A key on several rows of a side stands for its first row (as of a time: the first of those with
    one time in train; every row of serve). Keys that are null or NaN in any part have no partner.
    DuckDB joins 64-bit hashes and positions within ``memory``, on disk beyond it; every pair is
    then compared by its real key.

    Raises:
        InputError: a container is damaged.
        OutputError: there is no room for temporary files.
    """
    applied = frozenset(part for name in repairs for part in name.split("+"))
    engine = (memory, threads or os.cpu_count() or 1)
    left, right = _sides(train, serve, keys, as_of, applied or None)
    joined = _joined(left, right, as_of, engine)
    found = joined.coverage
    able = min(found.rows_train - found.null_train, found.rows_serve - found.null_serve)
    few = found.paired < ENOUGH * min(found.rows_train, found.rows_serve)
    if as_of is not None or not few or not able:
        return joined
    spelled = _spelled((train, serve), keys, applied, found.paired, engine)
    return replace(joined, coverage=replace(found, spelled=spelled))


def _spelled(
    shelves: tuple[Shelf, Shelf],
    keys: Sequence[tuple[str, str]],
    applied: frozenset[str],
    paired: int,
    engine: tuple[str, int],
) -> dict[str, int]:
    """Return the repairs that pair more rows, and twos of them that pair more than each alone.

    Only repairs that change some key by themselves are put together.
    """
    before = _sides(*shelves, keys, None, applied)
    would: dict[tuple[str, ...], int] = {}
    for size in (1, 2):
        changing = {name for some in would for name in some}
        left = [r for r in REPAIRS if r not in applied and (size == 1 or r in changing)]
        for some in combinations(left, size):
            sides = _sides(*shelves, keys, None, applied | set(some))
            if not all(map(_alike, before, sides)):
                would[some] = _joined(*sides, None, engine).coverage.paired
    alone = {
        some: max([paired, *(would[part,] for part in some if len(some) > 1)]) for some in would
    }
    return {"+".join(some): n for some, n in would.items() if n > alone[some]}


def _alike(one: _Side, other: _Side) -> bool:
    return np.array_equal(one.hashes, other.hashes)


def _sides(
    train: Shelf,
    serve: Shelf,
    keys: Sequence[tuple[str, str]],
    as_of: AsOf | None,
    repairs: Collection[str] | None,
) -> tuple[_Side, _Side]:
    shelves = train, serve
    with ThreadPoolExecutor(2) as pool:  # a side each
        both = []
        for names in keys:
            one, other = pool.map(Shelf.column, shelves, names)
            both.append(forms(one, other, repairs))
        times: tuple[NDArray[np.float64] | None, NDArray[np.float64] | None] = (None, None)
        if as_of:
            times = (
                moments(train.column(as_of.train_time)),
                moments(serve.column(as_of.serve_time)),
            )
        rows, parts = (train.rows, serve.rows), [[pair[i] for pair in both] for i in (0, 1)]
        left, right = pool.map(_side, rows, parts, times)
    return left, right


def _side(rows: int, keys: list[pa.Array], times: NDArray[np.float64] | None) -> _Side:
    hashes, whole = np.zeros(rows, np.uint64), np.ones(rows, np.bool_)
    for key in keys:
        found, there = fingerprints(key)
        hashes, whole = (mixed(hashes) + found if len(keys) > 1 else found), whole & there
    if times is not None:
        whole &= np.isfinite(times)
    places = np.flatnonzero(whole)
    if len(places) < rows:
        hashes = hashes[places]
    if times is None:
        return _Side(rows, keys, hashes, places, None, _distinct(hashes))
    micros = np.rint(times[places] * 1e6).astype(np.int64)
    return _Side(rows, keys, hashes, places, micros)


def _joined(train: _Side, serve: _Side, as_of: AsOf | None, engine: tuple[str, int]) -> Joined:
    with _engine(*engine) as db:
        kept = (_load(db, "t", train, first=True), _load(db, "s", serve, first=as_of is None))
        pairs = db.execute(AS_OF if as_of else EQUAL).fetchnumpy()
        left, right = (np.asarray(column, np.int64) for column in pairs.values())
    partner = np.full(len(serve.places), -1, np.int64)  # in order of serve: no row of it twice
    partner[right] = left
    right = np.flatnonzero(partner >= 0)
    left, hashes = train.places[partner[right]], serve.hashes[right]
    right = serve.places[right]
    same = _same(train, serve, left, right, as_of)
    if not same.all():
        left, right, hashes = left[same], right[same], hashes[same]
    nulls = (train.rows - len(train.places), serve.rows - len(serve.places))
    repeated = (len(train.places) - kept[0], len(serve.places) - kept[1])
    return Joined(
        left,
        right,
        mixed(hashes if serve.times is None else hashes ^ _times(serve, right)),
        _alone(serve, right, hashes),
        Coverage(train.rows, serve.rows, *kept, *nulls, *repeated, len(right)),
    )


def _alone(serve: _Side, paired: Positions, hashes: Hashes) -> Positions:
    """Return a row of each key of serve that no pair has, and the rows without a key."""
    if len(paired) == serve.rows:
        return np.zeros(0, np.int64)
    alone = np.ones(serve.rows, np.bool_)
    if serve.times is not None:  # every row asks for a partner of its own
        alone[paired] = False
        return np.flatnonzero(alone)
    alone[serve.places] = False
    _, first = np.unique(serve.hashes, return_index=True)
    alone[serve.places[first[~np.isin(serve.hashes[first], hashes)]]] = True
    return np.flatnonzero(alone)


def _times(serve: _Side, paired: Positions) -> Hashes:
    assert serve.times is not None
    return mixed(serve.times[np.searchsorted(serve.places, paired)].view(np.uint64))


def _same(
    train: _Side, serve: _Side, left: Positions, right: Positions, as_of: AsOf | None
) -> NDArray[np.bool_]:
    """Return which pairs have one key indeed, and are near enough in time."""
    same = np.ones(len(left), np.bool_)

    def compare(start: int) -> None:
        part = slice(start, start + CHUNK)
        for one, other in zip(train.keys, serve.keys, strict=True):
            equal = pc.equal(taken(one, left[part]), taken(other, right[part]))
            same[part] &= equal.to_numpy(zero_copy_only=False)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(compare, range(0, len(left), CHUNK)))
    if as_of and as_of.tolerance_seconds is not None:
        assert train.times is not None and serve.times is not None
        at = (np.searchsorted(train.places, left), np.searchsorted(serve.places, right))
        age = serve.times[at[1]] - train.times[at[0]]
        same &= age <= as_of.tolerance_seconds * 1e6
    return same


def _load(db: duckdb.DuckDBPyConnection, name: str, side: _Side, *, first: bool) -> int:
    """Give DuckDB one side's hashes, times and places; return how many keys it has."""
    columns = {"k": side.hashes, "p": np.arange(len(side.places))}
    columns |= {} if side.times is None else {"m": side.times}
    whole = pa.table(columns)
    table = pa.Table.from_batches(whole.to_batches(CHUNK), whole.schema)  # for several threads
    if side.distinct == len(side.hashes):
        db.register(name, table)
        return side.distinct
    times = "" if side.times is None else ", m"
    db.register("rows", table)
    one = f"SELECT k{times}, min(p) AS p FROM rows GROUP BY k{times}"  # noqa: S608 -- own names
    db.execute(f"CREATE TABLE {name} AS {one if first else 'FROM rows'}")
    db.unregister("rows")
    count = f"SELECT count(*) FROM {name}"  # noqa: S608
    if not first:
        count = f"SELECT count(*) FROM (SELECT DISTINCT k{times} FROM {name})"  # noqa: S608
    return int(db.execute(count).fetchall()[0][0])


def _distinct(hashes: Hashes) -> int:
    """Return how many hashes differ; most sides have no repeated key, and need no table."""
    ordered = np.sort(hashes)
    return int(np.count_nonzero(ordered[1:] != ordered[:-1])) + min(1, len(ordered))


@contextmanager
def _engine(memory: str, threads: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a DuckDB of its own that reads no file and no network, and spills to a new folder."""
    import duckdb

    try:
        with TemporaryDirectory(prefix="skewcheck-") as folder:
            config: dict[str, str | bool | int | float | list[str]] = {
                "memory_limit": memory,
                "threads": threads,
                "temp_directory": folder,
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
            with duckdb.connect(":memory:", config=config) as db:
                db.execute("SET enable_external_access = false")
                db.execute("SET lock_configuration = true")
                yield db
    except (duckdb.IOException, duckdb.OutOfMemoryException, OSError) as error:
        raise OutputError(
            f"rows cannot be joined ({said(error)}); free some space, or set TMPDIR to a folder "
            "that has some"
        ) from error
