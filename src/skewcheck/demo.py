"""A synthetic credit-scoring case of any size, with skews planted where the truth is known.

The training snapshot covers April to June 2025, the shadow log the week after. The people who ask
are of the same kind but for the size of their loans; all else that differs is the feature pipeline.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from numpy.typing import NDArray

from skewcheck.errors import OutputError, UsageError

Outcome = Literal["fail", "pass", "drift"]
Array = NDArray[Any]

MIN_ROWS = 100
BLOCK_ROWS = 100_000
MODEL_VERSION = "credit-7"
FIRST_DAY = date(2025, 4, 1)
TRAIN_DAYS = 91
SERVE_DAYS = 7
HOURS_AHEAD_OF_UTC = 2
LOAN = 12_000.0
LOAN_GROWTH = 1.35
FALLBACK = -1.0

PURPOSES = {
    "Car": -0.2,
    "Debt consolidation": 0.3,
    "Education": 0.1,
    "Home improvement": -0.1,
    "Medical": 0.4,
    "Other": 0.0,
}
HOMES = ("Mortgage", "Own", "Rent")
REGIONS = ("North", "East", "South", "West", "Centre")
DEVICES = ("android", "ios", "web")
CHANNELS = ("branch", "broker", "online", "partner")
TERMS = (12, 24, 36, 48, 60, 72)
# Applications by local hour of day: the night, the morning, the afternoon, the evening.
HOURLY = (
    *(2, 1, 1, 1, 1, 2),
    *(4, 7, 10, 12, 13, 13),
    *(12, 11, 11, 11, 11, 12),
    *(13, 14, 13, 10, 7, 4),
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What is right to say of one column; "drift" is a move for an honest reason, not a bug."""

    outcome: Outcome
    sentence: str


@dataclass(frozen=True, slots=True)
class Truth:
    """Where the two sides were written, and what a comparison should find, by column."""

    train: Path
    serve: Path
    rows: int
    columns: dict[str, Expected]


CLEAN = Expected("pass", "the same values from the same population")
PLANTED = {
    "income": Expected("fail", "cents for euros: every served value is 100 times too large"),
    "utilisation": Expected("fail", "null is served as 0"),
    "application_hour": Expected("fail", "hour in UTC for local time: 2 behind, wrapping at 0"),
    "purpose": Expected("fail", "served in lower case"),
    "debt_to_income": Expected("fail", "not built yet: the fallback -1 in every row"),
    "loan_amount": Expected("drift", "people ask for loans 1.35 times larger: no bug"),
    "score": Expected("fail", "the model was served the broken features"),
}


def make(folder: Path, *, rows: int = 20_000, seed: int = 7) -> Truth:
    """What was written under `folder`, and what a comparison should find in it.

    Writes `train.parquet` (`rows` rows) and `shadow_logs/day=YYYY-MM-DD.jsonl.gz` (`rows` nested
    events over seven days) in place of what an earlier call left there. The same `rows` and `seed`
    give the same data. Memory does not grow with `rows`. Raises UsageError below 100 rows and
    OutputError when the folder cannot be written.
    """
    if rows < MIN_ROWS:
        raise UsageError(f"a demo of {rows} rows decides nothing; ask for {MIN_ROWS} or more")
    train, serve = folder / "train.parquet", folder / "shadow_logs"
    try:
        serve.mkdir(parents=True, exist_ok=True)
        _write_train(train, rows, seed)
        _write_serve(serve, rows, seed)
    except OSError as error:
        raise OutputError(
            f"{folder}: {error.strerror}; name a folder that can be written"
        ) from error
    return Truth(train, serve, rows, _expected())


def _expected() -> dict[str, Expected]:
    features = _features(np.random.default_rng(0), 1).columns
    names = (*features, "application_hour", "application_weekday", "score")
    return {name: PLANTED.get(name, CLEAN) for name in names}


def _write_train(path: Path, rows: int, seed: int) -> None:
    schema = _training_rows(np.random.default_rng(0), 1).to_arrow().schema
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for rng, count in _blocks(rows, seed, 0):
            writer.write_table(_training_rows(rng, count).to_arrow())


def _write_serve(folder: Path, rows: int, seed: int) -> None:
    for day in range(SERVE_DAYS):
        share = rows * (day + 1) // SERVE_DAYS - rows * day // SERVE_DAYS
        date_ = FIRST_DAY + timedelta(days=TRAIN_DAYS + day)
        # No file name and no clock in the header: the same data is the same bytes.
        with (
            (folder / f"day={date_}.jsonl.gz").open("wb") as raw,
            gzip.GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0) as file,
        ):
            for rng, count in _blocks(share, seed, 1 + day):
                file.write(_events(rng, count, TRAIN_DAYS + day).write_ndjson().encode())


def _blocks(rows: int, seed: int, stream: int) -> Iterator[tuple[np.random.Generator, int]]:
    """(random numbers, rows) of each block; every block draws from a stream of its own."""
    for block, start in enumerate(range(0, rows, BLOCK_ROWS)):
        yield np.random.default_rng([seed, stream, block]), min(BLOCK_ROWS, rows - start)


def _training_rows(rng: np.random.Generator, count: int) -> pl.DataFrame:
    """Snapshot rows: key, time, the right features, the model's score of them, the outcome."""
    times = _times(rng, rng.integers(0, TRAIN_DAYS, count))
    rows = _features(rng, count).with_columns(_clock(times)).with_columns(score=_score())
    defaulted = pl.Series("defaulted", rng.random(count)) < rows["score"]
    keys = (pl.Series("application_id", _ids(rng, count)), times.alias("application_time"))
    return rows.select(*keys, pl.all(), defaulted)


def _events(rng: np.random.Generator, count: int, day: int) -> pl.DataFrame:
    """Log events of one day: the features as served, and the model's score of those."""
    times = _times(rng, np.full(count, day)).sort()
    right = _features(rng, count, loan=LOAN * LOAN_GROWTH).with_columns(_clock(times))
    served = _broken(right)
    return pl.DataFrame(
        {
            "request_id": _ids(rng, count),
            "timestamp": times.dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"),
            "model_version": pl.repeat(MODEL_VERSION, count, eager=True),
            "features": served.to_struct(),
            "score": served.select(_score()).to_series(),
            "latency_ms": rng.lognormal(np.log(9.0), 0.4, count).round(2),
        }
    )


def _broken(right: pl.DataFrame) -> pl.DataFrame:
    """The features as the live pipeline serves them: the five planted bugs."""
    return right.with_columns(
        income=(pl.col("income") * 100).round(),
        utilisation=pl.col("utilisation").fill_null(0.0),
        application_hour=(pl.col("application_hour") + 24 - HOURS_AHEAD_OF_UTC) % 24,
        purpose=pl.col("purpose").str.to_lowercase(),
        debt_to_income=pl.lit(FALLBACK),
    )


def _score() -> pl.Expr:
    """Probability of default, 6 decimals: logistic in the features as they are served."""
    logit = (
        -1.5
        - 0.8 * (pl.col("income") / 38_000).log()
        + 0.3 * (pl.col("loan_amount") / LOAN).log()
        + 2.5 * (pl.col("debt_to_income") - 0.28)
        + 1.2 * (pl.col("utilisation").fill_null(0.4) - 0.4)
        + 0.4 * pl.col("delinquencies")
        - 0.006 * (pl.col("bureau_score").fill_null(600) - 600)
        - 0.3 * pl.col("is_existing_customer")
        + pl.col("purpose").replace_strict(PURPOSES, default=0.0)
        + 0.4 * (pl.col("application_hour") < 6)
    )
    return (1 / (1 + (-logit).exp())).round(6).alias("score")


def _features(rng: np.random.Generator, count: int, *, loan: float = LOAN) -> pl.DataFrame:
    """The features of `count` people, right and independent of one another but for delinquency."""
    delinquencies = rng.poisson(0.3, count)
    saves = rng.random(count) < 0.7
    return pl.DataFrame(
        {
            "income": rng.lognormal(np.log(38_000), 0.5, count).round(2),
            "age": _whole(rng.normal(43, 14, count), 18, 85),
            "employment_years": _gaps(rng, rng.gamma(2.0, 4.0, count).round(1), 0.08),
            "loan_amount": rng.lognormal(np.log(loan), 0.6, count).round(-2),
            "term_months": rng.choice(TERMS, count, p=(0.1, 0.2, 0.3, 0.2, 0.15, 0.05)),
            "interest_rate": (2.5 + rng.gamma(3.0, 1.2, count)).round(2),
            "purpose": _pick(rng, tuple(PURPOSES), count),
            "home_ownership": _pick(rng, HOMES, count),
            "region": _pick(rng, REGIONS, count),
            "debt_to_income": rng.beta(2, 5, count).round(4),
            "open_accounts": rng.poisson(4.0, count),
            "delinquencies": delinquencies,
            "months_since_delinquency": _where(delinquencies > 0, rng.integers(1, 85, count)),
            "utilisation": _gaps(rng, rng.beta(2, 3, count).round(4), 0.12),
            "bureau_score": _gaps(rng, _whole(rng.normal(600, 90, count), 300, 850), 0.05),
            "savings": (saves * rng.lognormal(8.0, 1.2, count)).round(2),
            "is_existing_customer": rng.random(count) < 0.35,
            "has_co_applicant": rng.random(count) < 0.2,
            "device": _pick(rng, DEVICES, count),
            "channel": _pick(rng, CHANNELS, count),
        }
    )


def _gaps(rng: np.random.Generator, values: Array, share: float) -> pl.Series:
    """`values` with a `share` of nulls."""
    return _where(rng.random(len(values)) >= share, values)


def _where(known: Array, values: Array) -> pl.Series:
    return pl.Series(values).set(pl.Series(~known), None)


def _whole(values: Array, low: int, high: int) -> Array:
    return values.clip(low, high).astype(np.int64)


def _pick(rng: np.random.Generator, names: tuple[str, ...], count: int) -> pl.Series:
    """Names drawn with the first the likeliest: weights falling evenly to the last."""
    weight = np.arange(len(names), 0, -1)
    return pl.Series(names).gather(rng.choice(len(names), count, p=weight / weight.sum()))


def _times(rng: np.random.Generator, day: Array) -> pl.Series:
    """UTC moments, to the millisecond, on each UTC `day`, with the local day's busy hours."""
    local = rng.choice(24, len(day), p=np.array(HOURLY) / sum(HOURLY))
    hour = (local - HOURS_AHEAD_OF_UTC) % 24
    since = (day * 24 + hour) * 3_600_000 + rng.integers(0, 3_600_000, len(day))
    start = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
    epoch = int(start.timestamp()) * 1000
    return pl.Series("time", epoch + since).cast(pl.Datetime("ms", "UTC"))


def _clock(times: pl.Series) -> list[pl.Series]:
    """Local hour (0 to 23) and weekday (1 is Monday) of the moments."""
    local = times + timedelta(hours=HOURS_AHEAD_OF_UTC)
    hour, weekday = local.dt.hour(), local.dt.weekday()
    return [
        hour.cast(pl.Int64).alias("application_hour"),
        weekday.cast(pl.Int64).alias("application_weekday"),
    ]


def _ids(rng: np.random.Generator, count: int) -> list[str]:
    digits = rng.bytes(12 * count).hex()
    return [digits[at : at + 24] for at in range(0, 24 * count, 24)]
