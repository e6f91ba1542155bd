"""Times skewcheck against bare reading of the same files, and writes benchmarks/results.md.

    python benchmarks/run.py                                 the sizes of the published table
    python benchmarks/run.py --rows 50000 --nested 20000     others
    python benchmarks/run.py --quote README.md               put the table into the README as well

Run it with the Python in whose environment skewcheck is installed. Every run is a process of its
own, the two commands of a row in turn (A B A B), after one of each that is not counted. CPU is
user and system time of the process with all its threads, memory its peak resident size, both as
the operating system accounts them. Ratios are medians over the pairs.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile

HERE = Path(__file__).resolve().parent
SKEWCHECK = str(Path(sys.executable).with_name("skewcheck"))
LIBRARIES = ("skewcheck", "polars", "pyarrow", "duckdb", "numpy", "msgspec")
DECIDED = (0, 3)  # the sides are alike: passed, or too few rows to say so
MARKS = ("<!-- speed -->\n", "<!-- /speed -->")
HEAD = (
    "| work | rows a side | CPU s | wall s | peak MiB | bare: CPU s | wall s | peak MiB "
    "| CPU ratio | wall ratio |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
)


@dataclass(frozen=True)
class Work:
    """A row of the table: our command and the bare one, both run in ``folder``."""

    name: str
    rows: int
    folder: Path
    ours: Sequence[str]
    bare: Sequence[str]


@dataclass(frozen=True)
class Usage:
    """What one process took: CPU and wall in seconds, peak memory in MiB."""

    cpu: float
    wall: float
    peak: float


def measure(command: Sequence[str], folder: Path, accepted: Sequence[int] = (0,)) -> Usage:
    """Return what a command took; exits where it ends with a code that is not accepted."""
    with TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=errors, stdin=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in accepted:
            errors.seek(0)
            sys.stderr.write(errors.read().decode(errors="replace"))
            sys.exit(f"exit code {process.returncode}: {' '.join(command)}")
    unit = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    return Usage(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * unit / 2**20)


def works(
    data: Path, rows: Sequence[int], pairs: Sequence[int], nested: Sequence[int]
) -> Iterator[Work]:
    """Yield the rows of the table, the data of each made when its turn comes."""
    for n in rows:
        yield _parquet(_made(data / f"parquet-{n}", n, "parquet"), n)
    for n in pairs:
        yield _pairs(_made(data / f"pairs-{n}", n, "pairs"), n)
    for n in nested:
        folder = _made(data / f"nested-{n}", n, "nested")
        if not (folder / "train.profile").exists():
            measure([SKEWCHECK, "profile", "train.parquet", "-o", "train.profile"], folder)
        yield _nested(folder, n, "plain", "nested")
        yield _nested(folder, n, "gz", "nested")
        yield _nested(folder, n, "plain", "read")
    yield Work("start-up: --help", 0, data, [SKEWCHECK, "--help"], [sys.executable, "-c", ""])


def compared(work: Work, runs: int) -> str:
    """Return a row of the table."""

    def pair() -> tuple[Usage, Usage]:
        ours = measure(work.ours, work.folder, DECIDED)
        return ours, measure(work.bare, work.folder)

    pair()
    ours, bare = zip(*[pair() for _ in range(runs)], strict=True)
    cells = [work.name, f"{work.rows:,}" if work.rows else ""]
    cells += [*_medians(ours), *_medians(bare)]
    cells += [_ratio(ours, bare, lambda usage: usage.cpu)]
    cells += [_ratio(ours, bare, lambda usage: usage.wall)]
    return f"| {' | '.join(cells)} |\n"


def machine() -> str:
    """Return the machine and the versions in one paragraph."""
    names = [platform.processor() or platform.machine()]
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    return (
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()}; Python {platform.python_version()}, {versions}."
    )


def document(table: str, runs: int) -> str:
    """Return the text of results.md."""
    return (
        "# Speed\n\nMade by `python benchmarks/run.py`, which says how it measures. "
        f"Medians of {runs} runs.\n{machine()}\n\n{table}\n"
        "- **Parquet**: `skewcheck compare` of two files of 25 columns, against Polars decoding "
        "both.\n"
        "- **Rows paired by key**: the same with train's rows in another order as serve: "
        "distributions, row parity and causes, against DuckDB joining both on the text key and "
        "reading all columns into Arrow under 2 GiB.\n"
        "- **JSON lines**: `skewcheck compare` of a saved profile with nested logs of 40 features "
        "in eight files, against DuckDB counting the keys of all events and then reading them with "
        "an explicit schema; without the census, against that read alone, which must be told "
        "what there is.\n"
        "- **Start-up**: against a Python that does nothing.\n"
    )


def quote(table: str, readme: Path) -> None:
    """Put the table between the marks of a README."""
    before, rest = readme.read_text("utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    readme.write_text(f"{before}{MARKS[0]}{table}{MARKS[1]}{after}", "utf-8")


def _made(folder: Path, rows: int, what: str) -> Path:
    script = [sys.executable, str(HERE / "generate.py"), str(folder), "--rows", str(rows)]
    subprocess.run([*script, "--what", what], check=True)
    return folder


def _parquet(folder: Path, rows: int) -> Work:
    sides = ["train.parquet", "serve.parquet"]
    bare = [sys.executable, str(HERE / "bare.py"), "parquet", *sides]
    return Work("Parquet", rows, folder, [SKEWCHECK, "compare", *sides, "--no-progress"], bare)


def _pairs(folder: Path, rows: int) -> Work:
    sides = ["train.parquet", "serve.parquet"]
    bare = [sys.executable, str(HERE / "bare.py"), "pairs", *sides]
    ours = [SKEWCHECK, "compare", *sides, "--no-progress"]
    return Work("Parquet, rows paired by key", rows, folder, ours, bare)


def _nested(folder: Path, rows: int, logs: str, bare: str) -> Work:
    name = f"JSON lines, {logs}" + (" (bare: no census)" if bare == "read" else "")
    ours = [SKEWCHECK, "compare", "train.profile", logs, "--no-progress"]
    yardstick = [sys.executable, str(HERE / "bare.py"), bare, "train.parquet", f"{logs}/*"]
    return Work(name, rows, folder, ours, yardstick)


def _medians(usages: Sequence[Usage]) -> list[str]:
    seconds = (median(u.cpu for u in usages), median(u.wall for u in usages))
    return [*(f"{value:.2f}" for value in seconds), f"{median(u.peak for u in usages):.0f}"]


def _ratio(ours: Sequence[Usage], bare: Sequence[Usage], of: Callable[[Usage], float]) -> str:
    return f"{median(of(a) / of(b) for a, b in zip(ours, bare, strict=True)):.2f}"


def main() -> None:
    """Measure what the command line asks for, print the table as it grows, write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000, 4_000_000])
    parser.add_argument("--pairs", type=int, nargs="*", default=[1_000_000, 4_000_000])
    parser.add_argument("--nested", type=int, nargs="*", default=[20_000, 100_000, 400_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--data", type=Path, default=HERE / "data", help="kept for the next time")
    parser.add_argument("--output", type=Path, default=HERE / "results.md")
    parser.add_argument("--quote", type=Path, metavar="README")
    arguments = parser.parse_args()
    table = HEAD
    # An installed package has its bytecode; compiling a hundred modules is no part of a run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    arguments.data.mkdir(parents=True, exist_ok=True)
    print(table, end="", flush=True)
    sizes = arguments.rows, arguments.pairs, arguments.nested
    for work in works(arguments.data.resolve(), *sizes):
        table += (row := compared(work, arguments.runs))
        print(row, end="", flush=True)
    arguments.output.write_text(document(table, arguments.runs), "utf-8")
    if arguments.quote:
        quote(table, arguments.quote)


if __name__ == "__main__":
    main()
