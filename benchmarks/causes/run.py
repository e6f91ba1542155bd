"""Plants known mistakes in public tables and writes how often the right cause is named.

    python -m benchmarks.causes.run --data DIR                     all tables that DIR has
    python -m benchmarks.causes.run --data DIR --sets air,credit   some
    python -m benchmarks.causes.run --data DIR --plants case       plants whose name has this in it

DIR holds the files that datasets.py lists, with where they are from. The table goes to
docs/causes-benchmark.md when all tables and plants ran; misses go to the file of --misses, a JSON
line each, with what it takes to see one again (--sets, --plants and --column).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.causes.cases import Case, Outcome, cases, clean, run
from benchmarks.causes.datasets import SETS, Dataset, Halves, found, halves
from benchmarks.causes.table import Clean, benign, document

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "causes-benchmark.md"


@dataclass(frozen=True)
class Options:
    """What is to be run."""

    folder: Path
    rows: int
    seeds: int
    plants: str = ""
    column: str = ""
    only: str = ""


def outcomes(dataset: Dataset, options: Options) -> tuple[Clean | None, list[Outcome]]:
    """Return what became of the clean halves and of all cases of a data set."""
    sides = halves(dataset, options.folder, options.rows)
    whole = not (options.plants or options.column or options.only)
    results = [run(sides, case) for case in cases(sides, options.seeds) if _wanted(case, options)]
    return (_clean(sides) if whole else None), [result for result in results if result]


def _wanted(case: Case, options: Options) -> bool:
    column = not options.column or case.column == options.column
    keyed = not options.only or case.keyed is (options.only == "keyed")
    return keyed and column and options.plants.lower() in case.plant.name.lower()


def _clean(sides: Halves) -> Clean:
    """Return the columns that failed and those that were given a cause, keyed and not."""
    failed, named = [], []
    for keyed in (True, False):
        for name, (verdict, causes) in clean(sides, keyed=keyed).items():
            how = f"{name} ({'keyed' if keyed else 'unkeyed'})"
            failed += [how] if verdict == "fail" else []
            named += [f"{how}: {cause}" for cause in causes]
    return Clean(sides.dataset.name, len(sides.train), len(sides.features), failed, named)


def _task(given: tuple[str, Options]) -> tuple[str, Clean | None, list[Outcome]]:
    name, options = given
    dataset = next(dataset for dataset in SETS if dataset.name == name)
    return (name, *outcomes(dataset, options))


def everything(
    datasets: Sequence[Dataset], options: Options, workers: int
) -> Iterator[tuple[str, Clean | None, list[Outcome]]]:
    """Yield the results of each data set as it is done."""
    tasks = [(dataset.name, options) for dataset in datasets]
    if workers <= 1 or len(tasks) == 1:
        yield from map(_task, tasks)
        return
    os.environ["POLARS_MAX_THREADS"] = "1"  # read by the workers, which start afresh
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(_task, tasks)


def main() -> None:
    """Run what the command line asks for, print the summary, write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the files")
    parser.add_argument("--sets", default="", help="names of data sets, with commas")
    parser.add_argument("--plants", default="", help="only plants with this in their name")
    parser.add_argument("--column", default="", help="only plants in this column")
    parser.add_argument("--only", default="", choices=("", "keyed", "unkeyed"))
    parser.add_argument("--rows", type=int, default=4000, help="rows a side")
    parser.add_argument("--seeds", type=int, default=1, help="columns per plant and data set")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--misses", type=Path, help="file for the misses, a JSON line each")
    parser.add_argument("--output", type=Path, default=DOCUMENT)
    given = parser.parse_args()
    datasets = found(given.data, tuple(name for name in given.sets.split(",") if name))
    options = Options(given.data, given.rows, given.seeds, given.plants, given.column, given.only)
    started = time.monotonic()
    tables: list[Clean] = []
    results: list[Outcome] = []
    for name, halved, of_set in everything(datasets, options, given.workers):
        tables += [halved] if halved else []
        results += of_set
        print(f"{name}: {len(of_set)} cases, {time.monotonic() - started:.0f} s", flush=True)
    tables.sort(key=lambda halved: halved.dataset)
    results.sort(key=lambda r: (r.plant, r.dataset, r.column, -r.strength, r.keyed))
    missed = [r for r in results if r.wrong or (not r.right and (r.identifiable or benign(r)))]
    text = document(datasets, tables, results, options.seeds)
    lines = [json.dumps(asdict(result)) for result in missed]
    if given.misses:
        given.misses.write_text("".join(line + "\n" for line in lines), "utf-8")
    else:
        print(*lines, sep="\n")
    print(text)
    if not (given.sets or given.plants or given.column or given.only):
        given.output.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
