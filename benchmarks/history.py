"""A long history: how large its folder is, and how long it takes to list it and to draw a column.

    python -m benchmarks.history [--nights 1000] [--columns 200] [--rows 10000] [--unfolded]

Old nights are folded as a nightly run does by itself. Some nights are compared for real; the
others are those again, each under its own night, with their whole findings and profile, counts by
entity in it. Two in five columns are continuous: they are what takes room.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from skewcheck import pipeline
from skewcheck.config.history import FOLD_AFTER
from skewcheck.history import compact, folder, record, stored
from skewcheck.run import Run
from skewcheck.span import Span

REAL = 28  # as many as are folded into one: the same night twice would fold too well
TRAIN_ROWS = 40_000
DAY = 86_400.0
FIRST = datetime(2024, 1, 1, tzinfo=UTC).timestamp()
START = "from skewcheck.cli import main; main()"


class Counted:
    """A profile whose table is made once, and that holds nothing else."""

    def __init__(self, run: Run) -> None:
        """Encode the profile."""
        self._header, self._table = run.serve.profile.header(1), run.serve.profile.table()

    def table(self) -> pa.Table:
        """Return the counts."""
        return self._table

    def header(self, group: int = 0) -> dict[str, Any]:
        """Return the header."""
        return {**self._header, "group": group}


def features(rows: int, columns: int, seed: int) -> pl.DataFrame:
    """Return rows of many columns: numbers, counts, categories, flags."""
    rng = np.random.default_rng(seed)
    kinds = (
        lambda: rng.lognormal(8, 1, rows),
        lambda: rng.normal(0, 1, rows),
        lambda: rng.poisson(6, rows),
        lambda: rng.choice(["north", "east", "south", "west"], rows),
        lambda: rng.random(rows) < 0.3,
    )
    made = {f"feature_{i}": kinds[i % len(kinds)]() for i in range(columns)}
    seconds = np.sort(rng.integers(0, int(DAY), rows))
    times = pl.Series((FIRST + seconds) * 1e6).cast(pl.Datetime("us", "UTC"))
    people = [f"c{number:05}" for number in rng.integers(0, rows // 3, rows).tolist()]
    return pl.DataFrame(made).with_columns(event_time=times, customer_id=pl.Series(people))


def generate(target: Path, *, nights: int, columns: int, rows: int, fold: bool = True) -> None:
    """Write the history of so many nights; one column breaks for a week now and then."""
    train = features(TRAIN_ROWS, columns, 0)
    real = []
    for night in range(REAL):
        serve = features(rows, columns, night + 1)
        if night >= REAL // 2:
            serve = serve.with_columns(pl.col("feature_1") * 100)
        run = pipeline.compare(train.drop("event_time", "customer_id"), serve)
        told = stored.table_of(record.findings_of(run, ""))
        real.append((record.record(run, ""), told, Counted(run)))
    previous = ""
    for night in range(nights):
        known, told, profile = real[night % REAL]
        identity = os.urandom(6).hex()
        start = FIRST + night * DAY
        kept = replace(
            known,
            id=identity,
            night=f"night {night}",
            span=Span(start, start + DAY - 1),
            sequence=night + 1,
            previous=previous,
        )
        names = pa.DictionaryArray.from_arrays(
            pa.array([0] * told.num_rows, pa.int32()), [identity]
        )
        told = told.set_column(0, stored.FINDINGS.field("run"), names)
        stem = target / folder.stem_of(kept)
        stored.store(stem, [kept], told, profile=profile, of=[identity])  # type: ignore[arg-type]
        previous = identity
        if fold and night % 28 == 0:  # a span of four weeks has ended since
            compact(target, FOLD_AFTER)


def size(target: Path) -> float:
    """Return the megabytes of a folder."""
    return sum(path.stat().st_size for path in target.iterdir()) / 1e6


def timed(*words: object) -> float:
    """Return the seconds of a command, the best of three."""
    best = float("inf")
    for _ in range(3):
        begin = time.perf_counter()
        command = [sys.executable, "-c", START, *map(str, words)]
        subprocess.run(command, check=True, capture_output=True)
        best = min(best, time.perf_counter() - begin)
    return best


def report(target: Path, what: str) -> None:
    """Print size and times."""
    files = sum(1 for _ in target.iterdir())
    print(f"{what}: {files:,} files, {size(target):,.1f} MB")
    print(f"  skewcheck history          {timed('history', target):.2f} s")
    print(f"  skewcheck history COLUMN   {timed('history', target, 'feature_1'):.2f} s")


def main() -> None:
    """Generate and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nights", type=int, default=1000)
    parser.add_argument("--columns", type=int, default=200)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--unfolded", action="store_true", help="leave old nights as they are")
    given = parser.parse_args()
    sizes = {"nights": given.nights, "columns": given.columns, "rows": given.rows}
    with tempfile.TemporaryDirectory() as home:
        target = Path(home)
        generate(target, **sizes, fold=not given.unfolded)
        report(
            target, f"{given.nights:,} nights x {given.columns} columns, {given.rows:,} rows each"
        )


if __name__ == "__main__":
    main()
