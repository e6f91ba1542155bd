"""Evidently as an oracle: both tools' numbers on the flights, written into docs/evidently.md.

Run from the project's folder, with the extra: ``python benchmarks/oracle.py``.
"""

from __future__ import annotations

import math
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from skewcheck.render import evidently as extra  # noqa: E402
from skewcheck.result import Result, compare  # noqa: E402
from skewcheck.sides import Sides  # noqa: E402
from skewcheck.statistics.distance import total_variation, wasserstein  # noqa: E402
from skewcheck.statistics.divergence import js_distance, psi  # noqa: E402
from skewcheck.statistics.ks import ks  # noqa: E402

FLIGHTS = ROOT / "fixtures" / "flights"
PAGE = ROOT / "docs" / "evidently.md"
TEXTS, NUMBERS, NULLS = ("origin", "manufacturer"), ("distance_miles", "temp"), ("wind_gust",)
FILES = ("train", "offline")


@dataclass(frozen=True)
class Pair:
    """One number as either tool has it, and what sets them apart, if anything does."""

    measure: str
    column: str
    ours: float
    theirs: float
    apart: str


def pairs() -> Iterator[Pair]:
    """Yield the numbers of both tools on train and the offline recomputation of the flights."""
    result = compare(*(str(FLIGHTS / f"{file}.parquet") for file in FILES))
    sides = {s.name: s for s in result.run.sides}
    for name in NULLS:
        yield Pair("null rate of serve", name, null_rate(result, name), missing(name), "nothing")
    for name in TEXTS:
        yield from of_texts(sides[name], name)
    for name in NUMBERS:
        yield from of_numbers(sides[name], name)


def of_texts(side: Sides, name: str) -> Iterator[Pair]:
    """Yield the distances of a category: nothing is taken off for noise on either side."""
    from evidently.legacy.calculations.stattests.tvd_stattest import _total_variation_distance

    assert side.categories
    counts = side.categories.train, side.categories.serve
    ours, theirs = total_variation(*counts).plug_in, _total_variation_distance(*columns(name))
    yield Pair("total variation", name, ours, float(theirs), "nothing")
    bits = drift("jensenshannon", name, "cat") / math.sqrt(math.log(2))
    ours = js_distance(*counts).plug_in
    yield Pair("Jensen-Shannon distance, base 2", name, ours, bits, "1/4 row added to every cell")
    if min(map(np.min, counts)) > 0:
        ours = psi(*counts).plug_in
        theirs = drift("psi", name, "cat")
        yield Pair("PSI, no cell empty", name, ours, theirs, "1/2 row added to every cell")


def of_numbers(side: Sides, name: str) -> Iterator[Pair]:
    """Yield the distances of a number, in Evidently's units."""
    found = side.numbers
    assert found
    spread = float(np.std(columns(name)[0]))
    ours = wasserstein(found.train, found.serve, found.value, scale=spread).plug_in
    theirs = drift("wasserstein", name, "num")
    yield Pair("Wasserstein, in standard deviations", name, ours, theirs, "cells 0.1 % wide")
    n, m = found.train.sum(), found.serve.sum()
    distance = ks(found.train, found.serve, pure=found.pure).value
    p = float(stats.kstwo.sf(distance, round(n * m / (n + m))))
    yield Pair("p-value of the KS distance", name, p, drift("ks", name, "num"), "cells 0.1 % wide")


def columns(name: str) -> list[Any]:
    """Return the present values of train and serve, as Evidently is given them."""
    sides = (pl.read_parquet(FLIGHTS / f"{file}.parquet") for file in FILES)
    return [side[name].drop_nulls().to_pandas() for side in sides]


def drift(method: str, name: str, kind: str) -> float:
    """Return Evidently's drift score of a column."""
    from evidently.legacy.calculations.stattests import get_stattest
    from evidently.legacy.core import ColumnType

    train, serve = columns(name)
    test = get_stattest(train, serve, kind, method)
    return float(test(train, serve, ColumnType(kind), None).drift_score)


def missing(name: str) -> float:
    """Return Evidently's share of missing values in serve."""
    from evidently import Report
    from evidently.metrics import MissingValueCount

    serve = pl.read_parquet(FLIGHTS / f"{FILES[1]}.parquet").select(name).to_pandas()
    found = Report([MissingValueCount(column=name)]).run(serve, None).dict()
    return float(found["metrics"][0]["value"]["share"])


def null_rate(result: Result, name: str) -> float:
    """Return serve's null rate as the JSON report has it."""
    (column,) = (c for c in result.to_dict()["columns"] if c["name"] == name)
    (found,) = (f for f in column["findings"] if f["check"] == "null_rate")
    return float(found["detail"]["serve_share"])


def table() -> str:
    """Return the page's table."""
    head = "| number | column | skewcheck | Evidently | apart by |\n|---|---|--:|--:|---|\n"
    rows = (
        f"| {p.measure} | `{p.column}` | {p.ours:.6g} | {p.theirs:.6g} | {p.apart} |\n"
        for p in pairs()
    )
    return head + "".join(rows)


def main() -> None:
    """Write the table into the page."""
    extra.ready(ROOT)  # before the first import: its telemetry is switched off there
    warnings.simplefilter("ignore")
    text = PAGE.read_text("utf-8")
    marked = f"<!-- oracle -->\n{table()}<!-- /oracle -->"
    PAGE.write_text(re.sub(r"<!-- oracle -->.*<!-- /oracle -->", marked, text, flags=re.S), "utf-8")


if __name__ == "__main__":
    main()
