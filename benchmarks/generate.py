"""Makes benchmark data: two sides of one distribution from different seeds, so nothing is skewed.

    python benchmarks/generate.py FOLDER --rows 1000000            two Parquet files of 25 columns
    python benchmarks/generate.py FOLDER --rows 100000 --nested    logs as JSON lines, 40 features

The nested logs come twice, plain and gzip, beside the training snapshot of their 40 features.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Values = NDArray[Any]
Shape = Callable[[np.random.Generator, int], Values]

START = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()) * 1000
DAYS = 14
FILES = 8  # of a nested log
DISTINCT = (3, 8, 20, 50, 120, 300)  # values of the categories, by turns


def _inflated(rng: np.random.Generator, n: int) -> Values:
    return np.where(rng.random(n) < 0.3, 0.0, rng.exponential(100, n))


SHAPES: tuple[Shape, ...] = (
    lambda rng, n: rng.normal(0, 1, n),
    lambda rng, n: rng.normal(50, 7, n),
    lambda rng, n: rng.lognormal(3, 1, n).round(2),
    lambda rng, n: rng.lognormal(10, 0.6, n),
    lambda rng, n: rng.uniform(-1, 1, n),
    lambda rng, n: rng.standard_t(3, n),
    lambda rng, n: rng.beta(2, 5, n).round(4),
    _inflated,
    _inflated,
    lambda rng, n: rng.poisson(3, n),
    lambda rng, n: rng.poisson(60, n),
    lambda rng, n: rng.integers(300, 851, n),
    lambda rng, n: rng.integers(1950, 2020, n),
)
NULLS = (0.0, 0.05, 0.0, 0.0, 0.2)  # share of nulls of the numbers, by turns


def features(
    rng: np.random.Generator, n: int, *, numbers: int, categories: int, booleans: int
) -> dict[str, pl.Series]:
    """Return so many columns of n values each, the shapes by turns."""
    columns: dict[str, pl.Series] = {}
    for i, (shape, share) in enumerate(islice(zip(cycle(SHAPES), cycle(NULLS)), numbers)):
        columns[f"number_{i:02}"] = _gaps(rng, pl.Series(shape(rng, n)), share)
    for i, distinct in enumerate(islice(cycle(DISTINCT), categories)):
        columns[f"category_{i:02}"] = _category(rng, n, distinct)
    for i in range(booleans):
        columns[f"flag_{i:02}"] = pl.Series(rng.random(n) < 0.2 + 0.1 * i)
    return columns


def table(seed: int, n: int) -> pl.DataFrame:
    """Return n rows of 25 columns: key, time, 13 numbers, 6 categories, 2 flags, score, label."""
    rng = np.random.default_rng(seed)
    score = rng.beta(2, 5, n)
    return pl.DataFrame(
        {
            "request_id": _ids(rng, n),
            "event_time": _times(rng, n),
            **features(rng, n, numbers=13, categories=6, booleans=2),
            "score": score,
            "label": rng.random(n) < score,
        }
    )


def snapshot(seed: int, n: int) -> pl.DataFrame:
    """Return n training rows of the 40 features that the nested logs carry."""
    return pl.DataFrame(_forty(np.random.default_rng(seed), n))


def events(seed: int, n: int) -> pl.DataFrame:
    """Return n log events whose field ``features`` is an object of 40 keys."""
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "request_id": _ids(rng, n),
            "timestamp": _times(rng, n).dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"),
            "model_version": pl.repeat("v3", n, eager=True),
            "features": pl.DataFrame(_forty(rng, n)).to_struct(),
            "score": rng.beta(2, 5, n),
            "latency_ms": rng.lognormal(2.2, 0.4, n).round(2),
        }
    )


def make_parquet(folder: Path, rows: int) -> None:
    """Write train.parquet and serve.parquet of that many rows each."""
    for seed, side in enumerate(("train", "serve")):
        table(seed, rows).write_parquet(folder / f"{side}.parquet")


def make_pairs(folder: Path, rows: int) -> None:
    """Write train.parquet, and its rows in another order as serve.parquet."""
    train = table(0, rows)
    train.write_parquet(folder / "train.parquet")
    train.sample(fraction=1, shuffle=True, seed=1).write_parquet(folder / "serve.parquet")


def make_nested(folder: Path, rows: int) -> None:
    """Write train.parquet, and that many events in plain/ and again in gz/."""
    for name in ("plain", "gz"):
        (folder / name).mkdir()
    snapshot(0, rows).write_parquet(folder / "train.parquet")
    for part in range(FILES):
        count = rows * (part + 1) // FILES - rows * part // FILES
        plain = folder / "plain" / f"{part}.jsonl"
        events(1 + part, count).write_ndjson(plain)
        with (
            plain.open("rb") as source,
            gzip.open(folder / "gz" / f"{part}.jsonl.gz", "wb", compresslevel=6) as target,
        ):
            shutil.copyfileobj(source, target, 1 << 20)


def _forty(rng: np.random.Generator, n: int) -> dict[str, pl.Series]:
    return features(rng, n, numbers=26, categories=10, booleans=4)


def _gaps(rng: np.random.Generator, values: pl.Series, share: float) -> pl.Series:
    return values.set(pl.Series(rng.random(len(values)) < share), None) if share else values


def _category(rng: np.random.Generator, n: int, distinct: int) -> pl.Series:
    """Return names drawn with frequencies that fall as one over the rank."""
    weight = 1 / np.arange(1, distinct + 1)
    names = pl.Series([f"value_{i:03}" for i in range(distinct)])
    return names.gather(rng.choice(distinct, n, p=weight / weight.sum()))


def _ids(rng: np.random.Generator, n: int) -> list[str]:
    digits = rng.bytes(8 * n).hex()
    return [digits[at : at + 16] for at in range(0, 16 * n, 16)]


def _times(rng: np.random.Generator, n: int) -> pl.Series:
    moments = START + np.sort(rng.integers(0, DAYS * 86_400_000, n))
    return pl.Series(moments).cast(pl.Datetime("ms", "UTC"))


MAKERS = {"parquet": make_parquet, "pairs": make_pairs, "nested": make_nested}


def main() -> None:
    """Write the data that the command line asks for; an existing folder is left as it is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--what", choices=MAKERS, default="parquet")
    arguments = parser.parse_args()
    if arguments.folder.exists():
        return
    # Made under another name first: a folder that exists is a whole one.
    unfinished = arguments.folder.with_name(f"{arguments.folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    MAKERS[arguments.what](unfinished, arguments.rows)
    unfinished.rename(arguments.folder)


if __name__ == "__main__":
    main()
