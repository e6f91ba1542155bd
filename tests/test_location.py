"""Where marked rows live: planted places are named, random marks are not."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from skewcheck.location import Location, Segment, beyond, locate, only, worst
from skewcheck.statistics.scan import evidence, likelihood, steepest
from skewcheck.summaries.places import Codes, Places
from skewcheck.window import Window

Mask = NDArray[np.bool_]

START = 1373241600.0  # 2013-07-08 00:00 UTC
DAYS = 14
SIZES = (2, 2, 3, 4, 5, 7, 8, 12, 16, 24, 32, 64)


@dataclass(frozen=True, eq=False)
class World:
    """Rows of a log: traffic by day and little by night, a dozen columns, times in order."""

    segments: dict[str, Codes]
    times: NDArray[np.float64]
    rng: np.random.Generator

    @classmethod
    def of(cls, rows: int, seed: int) -> World:
        rng = np.random.default_rng(seed)
        times = rng.uniform(0.0, DAYS * 86_400.0, 4 * rows)
        awake = rng.uniform(size=len(times)) < 0.05 + np.maximum(
            0.0, np.sin(times * math.tau / 86_400)
        )
        times = np.sort(times[awake][:rows]) + START
        segments = {}
        for i, size in enumerate(SIZES):
            shares = rng.dirichlet(np.ones(size)) if i % 2 else np.full(size, 1 / size)
            labels = tuple(f"v{value}" for value in range(size))
            codes = rng.choice(size, len(times), p=shares)
            segments[f"c{i}"] = Codes(labels, codes.astype(np.int32))
        return cls(segments, times, rng)

    def holds(self, column: str, *values: int) -> Mask:
        return np.isin(self.segments[column].codes, values)

    def random(self, share: float) -> Mask:
        return self.rng.uniform(size=len(self.times)) < share

    def moment(self, share: float) -> float:
        return float(np.quantile(self.times, share))

    def locate(self, marks: Mask, clock: Sequence[str] = ()) -> Location:
        rows, marked = Places(), Places()
        rows.add(self.segments, self.times, None)
        marked.add(self.segments, self.times, marks)
        return locate(marked, rows, clock=clock)


@pytest.fixture(scope="module")
def world() -> World:
    return World.of(20_000, 1)


rates = pytest.mark.parametrize("rate", [0.01, 0.1, 0.5, 1.0])


@rates
def test_the_one_segment_that_is_marked_is_named(world: World, rate: float) -> None:
    inside = world.holds("c6", 2)
    marks = inside & world.random(rate)
    location = world.locate(marks)
    assert location.segment is not None
    assert (location.segment.column, location.segment.values) == ("c6", ("v2",))
    assert (location.segment.marked, location.segment.rows) == (marks.sum(), inside.sum())
    assert (location.segment.marked_outside, location.segment.rows_outside) == (0, (~inside).sum())
    assert only(location.segment)
    assert location.window is None


@rates
def test_a_few_values_of_one_column_are_named_together(world: World, rate: float) -> None:
    segment = world.locate(world.holds("c8", 1, 4, 9) & world.random(rate)).segment
    assert segment is not None
    assert (segment.column, set(segment.values)) == ("c8", {"v1", "v4", "v9"})


def test_marks_elsewhere_do_not_hide_a_segment_but_it_is_no_longer_the_only_one(
    world: World,
) -> None:
    marks = world.holds("c6", 2) & world.random(0.5) | world.random(0.01)
    segment = world.locate(marks).segment
    assert segment is not None
    assert segment.values == ("v2",)
    assert not only(segment)


@rates
def test_a_moment_since_which_rows_are_marked_is_named_with_its_interval(
    world: World, rate: float
) -> None:
    moment = world.moment(0.7)
    marks = (world.times >= moment) & world.random(rate)
    location = world.locate(marks)
    since = location.since
    assert since is not None
    assert location.until is None
    assert location.segment is None
    assert since.low <= moment <= since.high == since.at
    assert since.at == world.times[marks][0]  # nothing is marked before: the first is exact
    assert (since.marked_before, since.marked_after) == (0, marks.sum())
    assert since.rows_before + since.rows_after == len(world.times)


def test_a_quiet_end_does_not_make_a_window_of_what_goes_on() -> None:
    for seed in range(12):
        world = World.of(20_000, seed)
        location = world.locate((world.times >= world.moment(0.7)) & world.random(0.1))
        assert location.since is not None
        assert location.until is None


@rates
def test_a_moment_until_which_rows_are_marked_is_named(world: World, rate: float) -> None:
    moment = world.moment(0.4)
    marks = (world.times <= moment) & world.random(rate)
    location = world.locate(marks)
    assert location.until is not None
    assert location.since is None
    assert location.until.low == location.until.at == world.times[marks][-1]
    assert location.until.low <= moment <= location.until.high


@rates
def test_a_window_has_two_ends(world: World, rate: float) -> None:
    start, end = world.moment(0.4), world.moment(0.55)
    marks = (world.times >= start) & (world.times < end) & world.random(rate)
    location = world.locate(marks)
    assert location.since is not None
    assert location.until is not None
    assert location.since.low <= start <= location.since.high
    assert location.until.low <= end <= location.until.high
    assert location.since.rows_after == location.until.rows_before


def test_a_moment_is_found_among_marks_before_it_too(world: World) -> None:
    moment = world.moment(0.5)
    since = world.locate((world.times >= moment) & world.random(0.5) | world.random(0.02)).since
    assert since is not None
    assert since.marked_before > 0
    assert since.low <= moment <= since.high
    assert since.high - since.low < 86_400


def test_a_segment_since_a_moment_is_named_with_both(world: World) -> None:
    moment = world.moment(0.6)
    marks = world.holds("c5", 3) & (world.times >= moment) & world.random(0.8)
    location = world.locate(marks)
    assert location.segment is not None
    assert location.since is not None
    assert (location.segment.column, location.segment.values) == ("c5", ("v3",))
    assert location.since.low <= moment <= location.since.high


def test_of_two_columns_that_say_the_same_the_first_is_named(world: World) -> None:
    alias = Codes(("x", "y"), world.holds("c6", 2).astype(np.int32))
    marks = world.holds("c6", 2) & world.random(0.3)
    for segments, name in (
        ({"app": alias, **world.segments}, "app"),
        ({**world.segments, "app": alias}, "c6"),
    ):
        segment = World(segments, world.times, world.rng).locate(marks).segment
        assert segment is not None
        assert segment.column == name


def hours(world: World) -> World:
    """Return the world with the hour as a column, as a caller adds it."""
    codes = (world.times % 86_400 // 3600).astype(np.int32)
    return World(
        {**world.segments, "hour": Codes(tuple(map(str, range(24))), codes)}, world.times, world.rng
    )


@pytest.mark.parametrize("rate", [0.1, 0.5, 1.0])
def test_one_night_is_a_window_and_not_an_hour(world: World, rate: float) -> None:
    night = START + 5 * 86_400 + np.array([7200, 18_000])
    inside = (world.times >= night[0]) & (world.times < night[1])
    location = hours(world).locate(inside & world.random(rate), clock=["hour"])
    assert location.segment is None
    assert location.since is not None
    assert location.until is not None


@pytest.mark.parametrize("rate", [0.1, 0.5, 1.0])
def test_some_hours_of_every_day_are_hours_and_not_a_window(world: World, rate: float) -> None:
    second = world.times % 86_400
    inside = (second >= 7200) & (second < 10_800)
    location = hours(world).locate(inside & world.random(rate), clock=["hour"])
    assert location.segment is not None
    assert (location.segment.column, location.segment.values) == ("hour", ("2",))
    assert location.window is None


def test_a_segment_on_one_day_is_named_though_the_hour_says_more(world: World) -> None:
    start = START + 5 * 86_400 + 7200
    inside = (world.times >= start) & (world.times < start + 10_800) & world.holds("c4", 1)
    location = hours(world).locate(inside & world.random(0.8), clock=["hour"])
    assert location.segment is not None
    assert (location.segment.column, location.segment.values) == ("c4", ("v1",))
    assert location.since is not None


@pytest.mark.parametrize("share", [0.0, 0.02, 1.0])
def test_marks_all_over_the_place_have_no_pattern(world: World, share: float) -> None:
    location = world.locate(world.random(share))
    assert (location.segment, location.window) == (None, None)
    assert location.rows == len(world.times)


def test_marks_that_come_when_traffic_comes_have_no_moment(world: World) -> None:
    """Nights are quiet: marks per hour rise and fall, their share of the rows does not."""
    marks, second = world.random(0.3), world.times % 86_400
    noon = (second > 20_000) & (second < 40_000)
    assert marks[noon].sum() > 2 * marks.sum() * 20_000 / 86_400
    assert world.locate(marks).window is None


def test_a_weak_lean_is_not_named_however_certain_it_is() -> None:
    world = World.of(200_000, 5)
    marks = np.where(world.holds("c0", 1), world.random(0.3), world.random(0.15))
    assert world.locate(marks).segment is None


def test_rows_without_a_time_have_a_segment_all_the_same(world: World) -> None:
    timeless = World(world.segments, np.full(len(world.times), np.nan), world.rng)
    location = timeless.locate(world.holds("c6", 2))
    assert location.segment is not None
    assert location.window is None


def test_nothing_marked_and_nothing_at_all_have_no_place() -> None:
    assert locate(Places(), Places()) == Location(0, 0, None, None, 0)


def test_marks_that_are_no_part_of_the_rows_are_refused() -> None:
    few, many = Places(), Places()
    few.add({}, np.zeros(1), None)
    many.add({}, np.zeros(2), None)
    with pytest.raises(ValueError, match="more marked rows than rows in a span"):
        locate(many, few)
    few, many = Places(), Places()
    for places, rows in ((few, 1), (many, 2)):
        places.add({"app": Codes(("ios",), np.zeros(rows, np.int32))}, np.full(rows, np.nan), None)
    with pytest.raises(ValueError, match="more marked rows than rows in app"):
        locate(many, few)


def test_a_part_beyond_the_limit_comes_with_a_share_that_pays_for_the_search(
    world: World,
) -> None:
    moment = world.moment(0.9)
    location = world.locate(world.holds("c6", 2) & (world.times > moment) & world.random(0.5))
    found = beyond(location, 0.01, 0.05)
    assert [type(part) for part, _ in found] == [Segment, Window]
    for part, share in found:
        assert share.value == part.marked / part.rows
        assert share.trials == part.trials > len(SIZES)
        assert share.p_above(0.01) < 0.05
    assert beyond(location, 0.5, 0.05) == []
    assert beyond(world.locate(world.random(0.3)), 0.01, 0.05) == []


def test_a_small_segment_above_the_limit_is_found_among_marks_all_over_the_place() -> None:
    world = World.of(50_000, 4)
    small = world.holds("c11", 5)
    marks = world.random(0.01) | small & world.random(0.2)
    assert world.locate(marks).segment is None  # it holds few of the marks
    rows, marked = Places(), Places()
    rows.add(world.segments, world.times, None)
    marked.add(world.segments, world.times, marks)
    found = worst(marked, rows, 0.05)
    assert found is not None
    segment, share = found
    assert (segment.column, segment.values, segment.rows) == ("c11", ("v5",), small.sum())
    assert share.trials == sum(SIZES)
    assert segment.p == share.p_above(0.05) < 0.05
    assert worst(marked, rows, 0.9) is None


def test_evidence_never_claims_more_than_the_exact_chance() -> None:
    """Against the hypergeometric itself, for every table of 24 rows."""
    rows = 24
    for marked, part in itertools.product(range(1, rows), repeat=2):
        for x in range(min(marked, part) + 1):
            chance = sum(
                math.comb(part, k) * math.comb(rows - part, marked - k)
                for k in range(x, min(marked, part) + 1)
                if marked - k <= rows - part
            ) / math.comb(rows, marked)
            if marked - x <= rows - part:
                nats = evidence(np.array([x]), np.array([part]), marked, rows)[0]
                assert math.exp(-nats) >= chance * (1 - 1e-9)


def test_the_richest_window_is_found_as_if_all_were_tried() -> None:
    rng = np.random.default_rng(8)
    for _ in range(20):
        n = rng.integers(1, 50, 40)
        i, j = sorted(rng.choice(41, 2, replace=False))
        share = np.full(40, 0.05)
        share[i:j] = 0.6
        x = rng.binomial(n, share)
        upto_x, upto_n = (np.concatenate(([0], np.cumsum(c))) for c in (x, n))
        ends = np.array(list(itertools.combinations(range(41), 2)))
        inside = upto_x[ends[:, 1]] - upto_x[ends[:, 0]], upto_n[ends[:, 1]] - upto_n[ends[:, 0]]
        gains = likelihood(*inside, int(x.sum()), int(n.sum()))
        assert steepest(x, n) == tuple(ends[gains.argmax()])


def _false(world: World, share: float) -> bool:
    location = world.locate(world.random(share))
    return bool(location.segment or location.window)


def test_random_marks_are_given_a_place_in_few_runs() -> None:
    shares = (0.001, 0.01, 0.1, 0.5)
    worlds = [World.of(rows, seed) for rows in (200, 2000) for seed in range(3)]
    runs = [_false(world, share) for world in worlds for share in shares for _ in range(10)]
    assert np.mean(runs) <= 0.05


def test_bursts_of_marks_do_not_make_a_pattern(world: World) -> None:
    """Ten users whose rows are all marked are ten events, not three hundred."""
    false = 0
    for _ in range(30):
        marks = np.zeros(len(world.times), np.bool_)
        for start in world.rng.integers(0, len(marks) - 30, 10):
            marks[start : start + 30] = world.random(0.7)[:30]
        location = world.locate(marks)
        false += bool(location.segment or location.window)
    assert false <= 3


@pytest.mark.slow
@pytest.mark.parametrize("rows", [200, 2000, 20_000, 100_000])
def test_random_marks_are_given_a_place_at_the_level_at_most(rows: int) -> None:
    repeats = max(10, min(100, 400_000 // rows))
    runs = [
        _false(world, share)
        for world in (World.of(rows, seed) for seed in range(5))
        for share in (0.001, 0.01, 0.1, 0.5)
        for _ in range(repeats)
    ]
    assert np.mean(runs) <= 0.05


@pytest.mark.slow
def test_the_interval_holds_the_moment() -> None:
    held = []
    for seed in range(150):
        world = World.of(3000, seed)
        moment = world.moment(world.rng.uniform(0.2, 0.7))
        since = world.locate((world.times >= moment) & world.random(0.3) | world.random(0.01)).since
        assert since is not None
        held.append(since.low <= moment <= since.high)
    assert np.mean(held) >= 0.95 - 2 * math.sqrt(0.05 * 0.95 / len(held))
