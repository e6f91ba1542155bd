"""What looks wrong with the clock or the way in which response times were taken, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.budgets import UNITS
from skewcheck.moments import moments
from skewcheck.sanitize import safe
from skewcheck.schema import Role, Schema
from skewcheck.sources.batch import Batch, Lanes, State
from skewcheck.statistics.times import Times
from skewcheck.timed import Timed
from skewcheck.units import Unit

FEW = 200  # requests that tell nothing about a clock
MOST = 0.99  # share of the times that lie on the steps of a coarse clock
VALUES = 3  # a coarse clock shows so many of its steps at least
STEPS = (1e-2, 1 / 64, 16e-3, 1e-1, 1.0)  # in seconds: of timers and of rounding
APART = (300.0, 3000.0)  # times: two units in one column leave a gap of about a thousand
SHARE = 0.01  # of the requests on either side of the gap
PACED = 0.8  # share of the requests that start as the last one is answered, in a closed loop
SLACK = 0.002  # seconds between an answer and the next request of a sender that waits
CLOSED = (
    "{}: each request starts when the one before is answered, as from one sender that waits. "
    "Requests that a stall would have held up were never sent: the slowest times are too few "
    "(coordinated omission)"
)
Values = NDArray[np.float64]


def clock_notes(times: Times, unit: Unit) -> Iterator[str]:
    """Yield a sentence per oddity of the times that few honest clocks would show."""
    if times.answered == 0:
        return
    below = int(times.counts[times.upper < 0].sum())
    if below:
        yield f"{below:,} negative times: the answer came before the request by the clocks used"
    if times.answered < FEW:
        return
    if len(times.counts) == 1 and times.lower[0] == times.upper[0]:
        yield f"every request took {times.lower[0]:.6g}: a constant, not a measurement"
        return
    step = _step(times, unit)
    if step:
        yield f"nearly all times are multiples of {step}: the clock is coarse"
    if _two_units(times):
        yield "times lie in two lots about a thousand times apart: two units in one column?"


def pacing_note(head: Sequence[Batch], schema: Schema, timed: Mapping[str, Timed]) -> str:
    """Return a sentence when the first rows of a log come from one sender that waits, else ``""``.

    Looks at the rows of the first container, in their order, whether the time logged is that of the
    request or of the answer. Needs times finer than a second.
    """
    whole = next((name for name, t in timed.items() if t.whole and t.unit.name), None)
    at = next((n for n in schema.names(Role.TIME) if head and n in head[0].columns), None)
    if whole is None or at is None:
        return ""
    rows = [b for b in head if b.container == head[0].container and {whole, at} <= b.columns.keys()]
    starts = np.concatenate([np.zeros(0), *(moments(batch.columns[at]) for batch in rows)])
    lanes = [_numbers(batch.columns[whole]) for batch in rows]
    lasted = np.concatenate([np.zeros(0), *lanes]) * UNITS[timed[whole].unit.name or "s"]
    return CLOSED.format(safe(whole)) if closed_loop(starts, lasted) else ""


def closed_loop(at: Values, lasted: Values) -> bool:
    """Return whether requests (seconds, in order) start as the last is answered, or end so."""
    known = np.isfinite(at) & np.isfinite(lasted)
    at, lasted = at[known], lasted[known]
    if len(at) < FEW or np.all(at == np.floor(at)) or np.median(lasted) < 2 * SLACK:
        return False
    steps = np.diff(at)
    rests = (steps - lasted[:-1], steps - lasted[1:])
    return any(np.mean((rest > -SLACK / 4) & (rest < SLACK)) >= PACED for rest in rests)


def _numbers(values: pa.Array | Lanes) -> Values:
    """Return the number of each row, NaN where it is none."""
    if isinstance(values, Lanes):
        found = np.full(len(values.states), np.nan)
        found[values.states == State.NUMBER] = values.numbers
        return found
    if not (pa.types.is_floating(values.type) or pa.types.is_integer(values.type)):
        return np.full(len(values), np.nan)
    return np.asarray(values.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))


def _step(times: Times, unit: Unit) -> str | None:
    """Return the widest step whose multiples hold nearly all times, in words."""
    if unit.name is None:
        return None
    for seconds in sorted(STEPS, reverse=True):
        step = seconds / UNITS[unit.name]
        near = np.round(times.middle / step) * step
        on = (times.lower <= near) & (near <= times.upper) & (times.width < step / 20)
        seen = len(np.unique(near[on]))
        if times.counts[on].sum() >= MOST * times.answered and seen >= VALUES:
            return f"{seconds * 1e3:g} ms"
    return None


def _two_units(times: Times) -> bool:
    """Return whether an empty stretch parts the times into lots whose medians are 1000 apart."""
    there = (times.counts > 0) & (times.middle > 0)
    middle, counts = times.middle[there], times.counts[there]
    if len(middle) < 2:
        return False
    gap = int(np.argmax(middle[1:] / middle[:-1]))
    low, high = counts[: gap + 1], counts[gap + 1 :]
    if min(low.sum(), high.sum()) < SHARE * times.answered or middle[gap + 1] < 5 * middle[gap]:
        return False
    medians = (_median(middle[: gap + 1], low), _median(middle[gap + 1 :], high))
    return APART[0] <= medians[1] / medians[0] <= APART[1]


def _median(values: Values, counts: NDArray[np.int64]) -> float:
    return float(values[np.searchsorted(np.cumsum(counts), counts.sum() / 2)])
