"""Columns and profiles: every type is counted whole, and the counts add up to the last bit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skewcheck.column import ColumnProfile, ColumnSpec
from skewcheck.comparison import compare
from skewcheck.engines.local import fold
from skewcheck.errors import InputError
from skewcheck.ledger import Ledger
from skewcheck.peek import first_rows, plan
from skewcheck.profile import Plan, Profile
from skewcheck.schema import Kind
from skewcheck.sources.batch import Batch, Lanes, Source, State
from skewcheck.store import is_profile
from skewcheck.summaries.gridspec import GridSpec
from tests.summaries.cases import numbers, texts
from tests.tables import TablePart, profiles, schema, source

NUMBER = ColumnSpec(Kind.NUMBER, GridSpec.of(np.array([1.0, 2.0, 3.0])))
DAY = datetime(2026, 3, 1, 12, 30, 1, 500_000)
ZONED = DAY.replace(tzinfo=UTC)

#: Arrow type, values, and how many cells of each state they are.
TYPES: dict[str, tuple[pa.DataType, list[Any], dict[str, int]]] = {
    "float64": (pa.float64(), [1.5, None, np.nan, np.inf, -np.inf, -0.0], {"number": 2, "nan": 1}),
    "float32": (pa.float32(), [1.5, None, np.nan, 3e38], {"number": 2, "nan": 1}),
    "float16": (pa.float16(), [np.float16(1.5), None, np.float16(np.inf)], {"number": 1}),
    "int8": (pa.int8(), [1, -128, None], {"number": 2}),
    "int64": (pa.int64(), [-(2**63), 2**63 - 1, None, 0], {"number": 3}),
    "uint64": (pa.uint64(), [2**64 - 1, None, 0], {"number": 2}),
    "decimal": (pa.decimal128(12, 2), [Decimal("19.99"), None, Decimal("-1")], {"number": 2}),
    "bool": (pa.bool_(), [True, None, False, True], {"true": 2, "false": 1}),
    "string": (pa.string(), ["a", None, "", "é"], {"text": 3, "text:empty": 1}),
    "large_string": (pa.large_string(), ["a", None, " a"], {"text": 2, "text:padded": 1}),
    "string_view": (pa.string_view(), ["a", None, "12.5"], {"text": 2, "text:number": 1}),
    "dictionary": (
        pa.dictionary(pa.int32(), pa.string()),
        ["a", None, "b", "a"],
        {"text": 3, "text:lower": 3},
    ),
    "dictionary of numbers": (pa.dictionary(pa.int8(), pa.int64()), [1, None, 1], {"number": 2}),
    "timestamp": (pa.timestamp("us"), [DAY, None], {"datetime": 1}),
    "timestamp in a zone": (pa.timestamp("ns", "Asia/Tokyo"), [ZONED, None], {"datetime": 1}),
    "timestamp in seconds": (pa.timestamp("s"), [DAY.replace(microsecond=0)], {"datetime": 1}),
    "date32": (pa.date32(), [date(2026, 3, 1), None], {"datetime": 1}),
    "date64": (pa.date64(), [date(2026, 3, 1), None], {"datetime": 1}),
    "time": (pa.time64("us"), [time(12, 30), None], {"datetime": 1}),
    "list": (pa.list_(pa.int64()), [[1, 2], None, []], {"list": 2}),
    "large_list": (pa.large_list(pa.string()), [["a"], None], {"list": 1}),
    "struct": (pa.struct({"a": pa.int64()}), [{"a": 1}, None], {"other": 1}),
    "null": (pa.null(), [None, None], {}),
}


def column(array: pa.Array | Lanes, spec: ColumnSpec = NUMBER, offset: int = 0) -> ColumnProfile:
    """Return the profile of one array."""
    made = ColumnProfile(spec)
    made.add(array, offset)
    made.settle()
    return made


def spelled(column: ColumnProfile) -> dict[str, list[Any]]:
    """Return all that would be saved of a column."""
    names = ("states", "numbers", "atoms", "categories", "lengths")
    return {name: list(getattr(column, name).encode()) for name in names}


EACH_TYPE = pytest.mark.parametrize(("kind", "values", "states"), TYPES.values(), ids=TYPES)


@EACH_TYPE
def test_every_row_of_every_type_is_counted_once(
    kind: pa.DataType, values: list[Any], states: dict[str, int]
) -> None:
    made = column(pa.array(values, kind))
    assert made.states.rows == len(values)
    assert made.states["null"] == values.count(None)
    assert {state: made.states[state] for state in states} == states
    if not made.states["datetime"]:
        assert made.numbers.total == made.states["number"] + made.states["text:number"]


@EACH_TYPE
def test_a_slice_counts_as_its_copy_does(
    kind: pa.DataType, values: list[Any], states: dict[str, int]
) -> None:
    whole = pa.array([*values, *values, *values], kind)
    part = whole.slice(len(values), len(values))
    assert spelled(column(part)) == spelled(column(pa.array(values, kind)))


@EACH_TYPE
def test_empty_and_all_null_arrays_hold_no_value(
    kind: pa.DataType, values: list[Any], states: dict[str, int]
) -> None:
    assert column(pa.array([], kind)) == ColumnProfile(NUMBER)
    empty = column(pa.array([None] * 3, kind))
    assert dict(empty.states.counts) == {"null": 3}
    assert empty.kind is Kind.EMPTY


@EACH_TYPE
def test_types_merge_and_save_whole(
    kind: pa.DataType, values: list[Any], states: dict[str, int], tmp_path: Path
) -> None:
    profile = Profile(Plan({"x": NUMBER}))
    profile.add(Batch(len(values), {"x": pa.array(values, kind)}, "here", 0))
    profile.finish().save(tmp_path / "p")
    assert spelled(Profile.load(tmp_path / "p").columns["x"]) == spelled(profile.columns["x"])


def test_a_null_inside_a_dictionary_is_a_null() -> None:
    array = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", None]))
    assert dict(column(array).states.counts) == {"null": 2, "text": 1, "text:lower": 1}


def test_texts_that_spell_numbers_are_counted_on_trains_grid() -> None:
    array = pa.array(["12.5", " 1e3 ", "+7", ".5", "2.", "-3", "1e999", "abc", "1,5", "nan", None])
    made = column(array)
    assert made.states["text:number"] == 7
    assert made.numbers.total == 6
    assert (made.numbers.low, made.numbers.high) == (-3, 1000)
    assert column(array, ColumnSpec(Kind.TEXT)).numbers.total == 0


def test_times_are_seconds_since_1970_whatever_their_unit() -> None:
    for kind in (pa.timestamp("ms"), pa.timestamp("us"), pa.timestamp("ns", "Asia/Tokyo")):
        made = column(pa.array([ZONED.replace(tzinfo=None)], pa.timestamp("us")).cast(kind))
        assert made.numbers.low == ZONED.timestamp()


class TestLanes:
    """Columns whose rows differ in type."""

    STATES = (
        State.ABSENT,
        State.NULL,
        State.NUMBER,
        State.TEXT,
        State.BOOLEAN,
        State.OTHER,
        State.NUMBER,
    )

    def lanes(self, times: int = 1) -> Lanes:
        """Return seven rows, some times over, with every state there is."""
        return Lanes(
            np.array(self.STATES * times, np.uint8),
            np.array([7.0, np.nan] * times),
            pa.array(["12.5"] * times, pa.string()),
            np.array([True] * times),
        )

    def test_every_state_is_counted(self) -> None:
        made = column(self.lanes())
        one = dict.fromkeys(("absent", "null", "other", "true", "number", "nan", "text"), 1)
        assert dict(made.states.counts) == {**one, "text:number": 1}
        assert made.states.rows == 7

    def test_numbers_are_named_as_in_an_array(self) -> None:
        """An array and lanes of the same numbers are the same column."""
        values = np.repeat([5.0, 6.0], 300)
        lanes = Lanes(
            np.full(600, State.NUMBER, np.uint8),
            values,
            pa.array([], pa.string()),
            np.zeros(0, "?"),
        )
        assert spelled(column(lanes)) == spelled(column(pa.array(values)))
        assert column(lanes, offset=900).atoms == column(pa.array(values), offset=900).atoms

    def test_lanes_without_any_value_count_as_absent(self) -> None:
        nothing = Lanes(
            np.zeros(3, np.uint8), np.zeros(0), pa.array([], pa.string()), np.zeros(0, "?")
        )
        assert dict(column(nothing).states.counts) == {"absent": 3}


number_arrays = st.lists(numbers | st.none(), max_size=20).map(lambda v: pa.array(v, pa.float64()))
text_arrays = st.lists(texts | st.none(), max_size=20).map(lambda v: pa.array(v, pa.string()))
bool_arrays = st.lists(st.booleans() | st.none(), max_size=20).map(
    lambda v: pa.array(v, pa.bool_())
)
any_array = st.one_of(number_arrays, text_arrays, bool_arrays)
batches = st.lists(st.fixed_dictionaries({}, optional={"a": any_array, "b": any_array}), max_size=4)


def profile_of(found: Sequence[dict[str, pa.Array]]) -> Profile:
    """Return the profile of batches, each of them the start of a container of its own."""
    profile = Profile(Plan({"a": NUMBER}))
    for i, columns in enumerate(found):
        rows = max([2, *(len(array) for array in columns.values())])
        full = {
            n: pa.concat_arrays([a, pa.nulls(rows - len(a), a.type)]) for n, a in columns.items()
        }
        profile.add(Batch(rows, full, f"part {i}", 0))
        profile.ledger.count("ok", rows)
    return profile.finish()


class TestLaws:
    """The laws of merging, for whole profiles."""

    @given(batches)
    @settings(max_examples=40, deadline=None)
    def test_nothing_is_the_identity(self, x: list[dict[str, pa.Array]]) -> None:
        assert alike(profile_of(x).merge(profile_of([])), profile_of(x))
        assert alike(profile_of([]).merge(profile_of(x)), profile_of(x))

    @given(batches, batches, batches)
    @settings(max_examples=40, deadline=None)
    def test_merging_is_commutative_and_associative(
        self, a: list[dict[str, Any]], b: list[dict[str, Any]], c: list[dict[str, Any]]
    ) -> None:
        x, y, z = profile_of(a), profile_of(b), profile_of(c)
        assert alike(x.merge(y), y.merge(x))
        assert alike(x.merge(y).merge(z), x.merge(y.merge(z)))

    @given(batches, batches)
    @settings(max_examples=40, deadline=None)
    def test_counting_together_is_merging(
        self, x: list[dict[str, pa.Array]], y: list[dict[str, pa.Array]]
    ) -> None:
        assert alike(profile_of(x + y), profile_of(x).merge(profile_of(y)))

    @given(batches, st.integers(0, 3))
    @settings(max_examples=40, deadline=None)
    def test_copies_of_rows_can_be_taken_off_again(
        self, x: list[dict[str, pa.Array]], kept: int
    ) -> None:
        whole = profile_of(x)
        left = whole.merge(profile_of(x[:kept])).subtract(profile_of(x[:kept]))
        assert left.rows == whole.rows
        for name, column in whole.columns.items():
            other = left.columns[name]
            assert (other.states, other.numbers) == (column.states, column.numbers)
            assert (other.categories, other.lengths) == (column.categories, column.lengths)
            assert other.states.rows == left.rows

    @given(x=batches)
    @settings(max_examples=25, deadline=None)
    def test_a_saved_profile_comes_back(
        self, tmp_path_factory: pytest.TempPathFactory, x: list[dict[str, pa.Array]]
    ) -> None:
        path = tmp_path_factory.mktemp("saved") / "p.profile"
        made = profile_of(x)
        made.save(str(path))  # as the README calls it
        back = Profile.load(str(path))
        assert is_profile(path)
        assert alike(back, made)
        assert (back.rows, back.ledger) == (made.rows, made.ledger)
        assert {n: c.spec for n, c in back.columns.items()} == {
            n: c.spec for n, c in made.columns.items()
        }


def alike(a: Profile, b: Profile) -> bool:
    """Return whether two profiles would be saved alike, whatever the order of their columns."""
    columns = [{n: spelled(c) for n, c in p.columns.items()} for p in (a, b)]
    return a.rows == b.rows and columns[0] == columns[1] and a.ledger == b.ledger


def mixed(rows: int, seed: int) -> dict[str, pa.Array]:
    """Return a table with numbers that break naive sums, texts and booleans."""
    rng = np.random.default_rng(seed)
    odd = rng.choice([1e308, -1e308, 1e-300, 0.0, -0.0, 0.1, np.nan, np.inf, 5e-324], rows)
    usual = rng.normal(1e9, 1, rows)
    texts = rng.choice(["a", "b", " c", "12", ""], rows)
    return {
        "odd": pa.array(odd, mask=rng.random(rows) < 0.1),
        "usual": pa.array(usual),
        "whole": pa.array(rng.integers(0, 30, rows), pa.int32()),
        "text": pa.array(texts.tolist()),
        "flag": pa.array(rng.random(rows) < 0.3),
    }


def in_parts(tables: list[dict[str, pa.Array]], order: Sequence[int], size: int) -> Source:
    """Return the tables as parts in some order, read in batches of some size."""
    parts = tuple(TablePart(f"part {i}", tables[i], size) for i in order)
    return Source("parts", parts, source(tables[0]).declared, Ledger())


def test_a_fold_gives_the_same_file_whatever_the_threads_batches_and_order(
    tmp_path: Path,
) -> None:
    tables = [mixed(rows, seed) for seed, rows in enumerate((3000, 1, 257, 2100))]
    first = in_parts(tables, range(4), 65_536)
    laid = plan(first_rows(first), dict(first.declared))
    files = []
    for workers, size in ((1, 65_536), (4, 65_536), (1, 997), (4, 64), (2, 3000), (3, 7)):
        order = np.random.default_rng(size).permutation(4).tolist()
        made = fold(in_parts(tables, order, size), laid, workers=workers)
        made.save(tmp_path / "p")
        files.append((tmp_path / "p").read_bytes())
    assert set(files) == {files[0]}


def test_a_fold_in_single_rows_is_the_fold_of_whole_parts() -> None:
    tables = [mixed(300, 1)]
    laid = plan(first_rows(in_parts(tables, [0], 300)), {})
    whole, single = (fold(in_parts(tables, [0], size), laid) for size in (300, 1))
    assert alike(whole, single)


def test_a_column_that_some_rows_lack_is_absent_there() -> None:
    with_x = {"x": pa.array([1.0, None]), "y": pa.array([1, 2])}
    without = {"y": pa.array([3, 4, 5])}
    made = fold(source(with_x, without), Plan())
    assert (made.rows, made.columns["x"].states["absent"]) == (5, 3)
    assert made.columns["x"].states["null"] == 1
    copies = fold(source(without), Plan())
    assert made.merge(copies).subtract(copies).columns["x"].states == made.columns["x"].states


def test_a_profile_read_back_yields_the_same_findings(tmp_path: Path) -> None:
    train, serve = profiles(mixed(4000, 1), mixed(3000, 2))
    before = list(compare(train, serve, schema()))
    train.save(tmp_path / "train")
    serve.save(tmp_path / "serve")
    after = list(
        compare(Profile.load(tmp_path / "train"), Profile.load(tmp_path / "serve"), schema())
    )
    assert [repr(f) for f in before] == [repr(f) for f in after]
    assert [_asked(f.measure) for f in before] == [_asked(f.measure) for f in after]


def _asked(measure: Any) -> Any:
    bounds: Callable[[], Any] = getattr(measure, "bounds", lambda: measure)
    return getattr(measure, "value", None), bounds(), getattr(measure, "error", None)


class TestSavedFiles:
    """What is no profile is told apart, in one line."""

    def test_a_table_is_no_profile(self, tmp_path: Path) -> None:
        import pyarrow.parquet as pq

        path = tmp_path / "t.parquet"
        pq.write_table(pa.table({"a": [1]}), path)
        assert not is_profile(path)
        with pytest.raises(InputError, match="not a readable skewcheck profile"):
            Profile.load(path)

    @pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all"])
    def test_a_broken_file_is_no_profile(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "p"
        path.write_bytes(content)
        assert not is_profile(path)
        with pytest.raises(InputError, match="skewcheck profile DATA"):
            Profile.load(path)

    def test_a_profile_of_no_column_comes_back(self, tmp_path: Path) -> None:
        Profile(Plan()).save(tmp_path / "p")
        assert Profile.load(tmp_path / "p").columns == {}

    def test_saving_leaves_no_other_file(self, tmp_path: Path) -> None:
        profile_of([{"a": pa.array([1.0])}]).save(tmp_path / "p")
        assert [path.name for path in tmp_path.iterdir()] == ["p"]
