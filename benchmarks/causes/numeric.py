"""Mistakes made with numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.causes.plants import Ground, Mask, Plant, Unkeyed, distance, share

Floats = NDArray[np.float64]

FX = 1.0847  # euros to dollars, one day
KNOWN = 0.01  # standard error of the scale, from which a factor near 1 can be told unkeyed
FAR = 0.5  # between the distributions, from which a curve can be told from a shift
LOPSIDED = 0.1  # distance from the mirror image about the median
MIRRORED = "unkeyed the distribution is lopsided: the mirrored one is not the same, moved"
CAP = 0.85  # the quantile at which a cap is put


def applied(function: Callable[[Floats], Floats]) -> Callable[[Ground], pl.Series]:
    """Return a change that applies a function to every number and keeps the nulls."""

    def changed(ground: Ground) -> pl.Series:
        return _through(ground.values, function)

    return changed


def _through(values: pl.Series, function: Callable[[Floats], Floats]) -> pl.Series:
    with np.errstate(all="ignore"):
        made = function(values.cast(pl.Float64).to_numpy())
    return pl.Series(values.name, made, nan_to_null=True)


def _measured(ground: Ground) -> bool:
    return ground.measured


def _positive(ground: Ground) -> bool:
    return ground.measured and ground.low >= 0


def _fractions(ground: Ground) -> bool:
    return ground.measured and not ground.whole


def _scale_known(ground: Ground) -> bool:
    """Return whether the medians of two halves give a factor to KNOWN."""
    sizes = np.abs(ground.values.drop_nulls().cast(pl.Float64).to_numpy())
    logs = np.log(sizes[sizes > 0])
    return len(logs) > 0 and 1.2533 * logs.std() * np.sqrt(2 / len(logs)) <= KNOWN


def _keyed_or_scale_known(ground: Ground, _rows: Mask) -> bool:
    return ground.paired or _scale_known(ground)


def _factor(name: str, factor: float) -> Plant:
    far = not 1 / 5 < factor < 5
    return Plant(
        f"x {name}",
        ("factor",),
        _measured,
        applied(lambda x: x * factor),
        Unkeyed.PARTS if far else Unkeyed.WHOLE,
        certain=None if far else _keyed_or_scale_known,
        rule="" if far else "unkeyed the scale is known to 1 %: populations grow by such factors",
    )


def _temperature(ground: Ground) -> bool:
    return ground.measured and ground.low >= -60 and ground.high <= 150 and ground.spread >= 2


def _no_shift(ground: Ground, _rows: Mask) -> bool:
    """Return whether the mirrored distribution is more than a moved one: it is lopsided."""
    if ground.paired:
        return True
    x = ground.values.drop_nulls().cast(pl.Float64)
    return distance(x, float(x.median() or 0) * 2 - x) >= LOPSIDED  # type: ignore[arg-type]


def _share(ground: Ground) -> bool:
    return ground.measured and ground.low >= 0 and ground.high <= 1


def _below_zero(ground: Ground) -> bool:
    return ground.measured and share(ground.train < 0) >= 0.05


def _small(ground: Ground) -> bool:
    return ground.measured and ground.low >= -20 and 2 <= ground.high <= 30


def _wide(ground: Ground) -> bool:
    return ground.measured and ground.whole and ground.spread >= 15


def _capped(ground: Ground) -> pl.Series | None:
    cap = float(ground.train.quantile(CAP, "nearest") or 0)
    above = share(ground.train > cap)
    return ground.values.clip(upper_bound=cap) if above >= 0.05 else None


def _floored(ground: Ground) -> pl.Series | None:
    floor = float(ground.train.quantile(1 - CAP, "nearest") or 0)
    below = share(ground.train < floor)
    return ground.values.clip(lower_bound=floor) if below >= 0.05 else None


def _wrapped(bits: int) -> Callable[[Ground], pl.Series]:
    half = 2.0 ** (bits - 1)
    return applied(lambda x: (x + half) % (2 * half) - half)


def _over(bits: int) -> Callable[[Ground], bool]:
    def fits(ground: Ground) -> bool:
        if not ground.measured or not ground.whole:
            return False
        return share(ground.train.abs() >= 2 ** (bits - 1)) >= 0.01

    return fits


def _noisy(ground: Ground) -> pl.Series:
    spread = 0.3 * ground.spread
    return ground.values + pl.Series(ground.rng.normal(0, spread, len(ground.values)))


def _standardised(ground: Ground) -> pl.Series:
    return (ground.values - ground.mean) / ground.spread


def _single(values: Floats) -> Floats:
    return values.astype(np.float32).astype(np.float64)


def _printed(values: Floats) -> Floats:
    return np.array([float(f"{value:.6g}") for value in values])


def _cycled(ground: Ground) -> pl.Series:
    low, length = ground.period or (0, 1)
    step = 5 if length == 24 else 1
    return (ground.values - low + step) % length + low


def _wraps(ground: Ground, rows: Mask) -> bool:
    """Return whether three of the changed rows went round: else a constant was added."""
    shifted = _cycled(ground)
    return int(((shifted < ground.values).fill_null(False).to_numpy() & rows).sum()) >= 3


def _nearest_float16(values: Floats) -> Floats:
    return values.astype(np.float16).astype(np.float64)


NUMERIC = (
    _factor("100", 100.0),
    _factor("1000", 1000.0),
    _factor("60", 60.0),
    _factor("3600", 3600.0),
    _factor("1.609344", 1.609344),
    Plant(
        f"x {FX} (a rate)", ("ratio",), _measured, applied(lambda x: x * FX), Unkeyed.NEVER,
    ),
    Plant(
        "Celsius to Fahrenheit", ("affine",), _temperature, applied(lambda x: 1.8 * x + 32),
        Unkeyed.WHOLE, rule="columns within -60 and 150 that vary by 2",
    ),
    Plant("standardised", ("linear",), _measured, _standardised, Unkeyed.NEVER),
    Plant(
        "1 added", ("offset",), lambda g: g.measured and g.whole, applied(lambda x: x + 1),
        Unkeyed.NEVER,
    ),
    Plant("sign turned", ("sign",), _measured, applied(lambda x: -x), certain=_no_shift,
          rule=MIRRORED),
    Plant("1 - x", ("sign",), _share, applied(lambda x: 1 - x), Unkeyed.WHOLE, certain=_no_shift,
          rule=MIRRORED),
    Plant(
        "log-odds moved by 1", ("logit_shift",), _share,
        applied(lambda x: x / (x + (1 - x) * np.exp(-1.0))), Unkeyed.NEVER,
    ),
    Plant("sign lost", ("sign",), _below_zero, applied(np.abs), Unkeyed.WHOLE),
    Plant(
        "log1p", ("log",), _positive, applied(np.log1p), distance=FAR,
        rule=f"unkeyed the distributions are {FAR} apart: populations bend, too",
    ),
    Plant(
        "exp", ("log",), _small, applied(np.exp), distance=FAR,
        rule=f"unkeyed the distributions are {FAR} apart: populations bend, too",
    ),
    Plant(
        "square root", ("power",), _positive, applied(np.sqrt), distance=FAR,
        rule=f"unkeyed the distributions are {FAR} apart: populations bend, too",
    ),
    Plant("rounded to tens", ("rounding",), _wide, applied(lambda x: 10 * np.rint(x / 10)),
          Unkeyed.WHOLE),
    Plant("decimals lost", ("rounding",), _fractions, applied(np.trunc), Unkeyed.WHOLE),
    Plant("one decimal", ("rounding",), _fractions, applied(lambda x: np.round(x, 1)),
          Unkeyed.WHOLE),
    Plant("float16", ("precision",), lambda g: g.measured and max(g.high, -g.low) < 6e4,
          applied(_nearest_float16), Unkeyed.NEVER),
    Plant("capped", ("clipping",), _measured, _capped, Unkeyed.WHOLE),
    Plant("floored", ("clipping",), _measured, _floored, Unkeyed.WHOLE),
    Plant("int8 overflow", ("overflow",), _over(8), _wrapped(8), Unkeyed.NEVER),
    Plant("int16 overflow", ("overflow",), _over(16), _wrapped(16), Unkeyed.NEVER),
    Plant(
        "noise of 0.3 sd", ("noise",), lambda g: g.measured and g.different >= 100, _noisy,
        Unkeyed.NEVER, rows=1000,
        rule="1,000 rows: noise has no form, and fewer do not tell it from a lag",
    ),
    Plant(
        "clock or calendar turned", ("hour_shift",), lambda g: g.period is not None, _cycled,
        Unkeyed.WHOLE, varied=3, certain=_wraps, rule="3 of the changed rows go round",
    ),
    Plant("benign: float32", (), _fractions, applied(_single)),
    Plant("benign: printed as %.6g", (), _fractions, applied(_printed)),
)  # fmt: skip
