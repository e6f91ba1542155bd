"""Times as seconds since 1970, however they are spelled."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.moments import moments
from tests.summaries.test_parity import lanes

MOMENT = datetime(2026, 3, 1, 12, 30, 1, 250_000, tzinfo=UTC)
SECONDS = MOMENT.timestamp()

SPELLED = {
    "2026-03-01T12:30:01.25Z": SECONDS,
    "2026-03-01T12:30:01.250": SECONDS,
    "2026-03-01 12:30:01.250000+00:00": SECONDS,
    "2026-03-01T13:30:01.250+01:00": SECONDS,
    "  2026-03-01T12:30:01.250Z\n": SECONDS,
    "2026-03-01": datetime(2026, 3, 1, tzinfo=UTC).timestamp(),
    "1969-12-31T23:59:59Z": -1.0,
    "yesterday": np.nan,
    "": np.nan,
    "2026-13-01": np.nan,
}


@pytest.mark.parametrize("text", SPELLED)
def test_an_iso_text_is_its_moment_and_anything_else_is_none(text: str) -> None:
    assert moments(pa.array([text])) == pytest.approx([SPELLED[text]], abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_one_text_that_is_no_time_spoils_no_other(kind: pa.DataType) -> None:
    texts = [*SPELLED, None]
    expected = [*SPELLED.values(), np.nan]
    found = (pa.array(texts, kind), pa.array(texts).dictionary_encode(), lanes(texts))
    for values in found:
        assert moments(values) == pytest.approx(expected, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("unit", [1, 10**3, 10**6, 10**9])
@given(st.integers(10**9, 4 * 10**9))
def test_an_epoch_is_read_in_the_unit_that_its_size_tells(unit: int, seconds: int) -> None:
    assert moments(pa.array([seconds * unit])) == pytest.approx([seconds], abs=1e-6)
    assert moments(lanes([float(seconds * unit)])) == pytest.approx([seconds], abs=1e-6)


@given(st.lists(st.floats(-1e11, 1e11)))
def test_small_numbers_are_seconds(numbers: list[float]) -> None:
    assert moments(pa.array(numbers, pa.float64())).tolist() == numbers


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Tokyo"])
def test_a_timestamp_of_any_unit_and_zone_is_its_moment(unit: str, zone: str | None) -> None:
    whole = MOMENT.replace(microsecond=0)
    values = pa.array([whole, None], pa.timestamp("us", "UTC")).cast(pa.timestamp(unit, "UTC"))
    values = values.cast(pa.int64()).cast(pa.timestamp(unit, zone))
    assert moments(values) == pytest.approx([whole.timestamp(), np.nan], nan_ok=True)


def test_a_date_that_stands_for_forever_is_read() -> None:
    """Its microseconds are beyond what a float counts one by one."""
    forever = datetime(9999, 12, 31, tzinfo=UTC).timestamp()
    assert moments(pa.array([date(9999, 12, 31)])).tolist() == [forever]
    assert moments(pa.array(["9999-12-31"])).tolist() == [forever]


@pytest.mark.parametrize("size", [127, 128, 256])
def test_a_full_dictionary_has_room_for_null(size: int) -> None:
    kind = pa.int8() if size < 129 else pa.uint8()
    texts = pa.array([f"2026-03-01T00:00:{i % 60:02d}" for i in range(size)])
    values = pa.DictionaryArray.from_arrays(pa.array([None, size - 1], kind), texts)
    assert np.isnan(moments(values)).tolist() == [True, False]


def test_lists_and_booleans_are_no_times() -> None:
    assert np.isnan(moments(pa.array([[1]]))).all()
    assert np.isnan(moments(pa.array([True]))).all()
    assert np.isnan(moments(lanes([True, None, [1]]))).all()
