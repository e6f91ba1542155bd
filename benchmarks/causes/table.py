"""Sets the results of the planted suite in a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks.causes.cases import KEYED, PLANTS, UNKEYED, Outcome
from benchmarks.causes.datasets import Dataset
from benchmarks.causes.plants import DISTANCE, OUTSIDE, ROWS, VARIED, Unkeyed

GOALS = {True: 0.95, False: 0.80}  # of the identifiable cases, keyed and not
WRONG = 0.01
NONE = "–"


@dataclass(frozen=True)
class Clean:
    """Two halves in which nothing is wrong: columns that failed or were given a cause."""

    dataset: str
    rows: int
    features: int
    failed: list[str]
    named: list[str]


def document(
    datasets: Sequence[Dataset], tables: Sequence[Clean], results: Sequence[Outcome], seeds: int
) -> str:
    """Return the text of causes-benchmark.md."""
    planted = [r for r in results if not benign(r)]
    harmless = [r for r in results if benign(r)]
    parts = [
        "# Is the cause that is named the right one?",
        "Made by `python -m benchmarks.causes.run --data DIR`, which plants a known mistake in one "
        f"column of a public table, {seeds} column{'s' if seeds > 1 else ''} per mistake and "
        "table, and asks skewcheck why the column differs. Train and serve are two random halves. "
        "*Keyed*: the right rows are given as `--offline` with a key; the mistake is in 100, 10 or "
        "1 % of the served rows. *Unkeyed*: only the two distributions are there; it is in 100, 50 "
        "or 20 %.",
        _summary(planted),
        _harmless(harmless, tables),
        "## When a case counts",
        _rules(),
        "## By mistake",
        "A cell is right / identifiable cases.",
        _by_plant(planted),
        "## By table",
        _by_dataset(datasets, tables, planted),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(results: Sequence[Outcome]) -> str:
    rows = ["| | cases | identifiable | right cause | none | wrong cause | goal |"]
    rows.append("|---|--:|--:|--:|--:|--:|---|")
    for keyed in (True, False):
        mine = [r for r in results if r.keyed is keyed]
        told = [r for r in mine if r.identifiable]
        right = sum(r.right for r in told)
        none = sum(not r.named for r in told)
        wrong = sum(r.wrong for r in mine)
        goal = f"right in {GOALS[keyed]:.0%}, wrong in under {WRONG:.0%} of all cases"
        rows.append(
            f"| {'keyed' if keyed else 'unkeyed'} | {len(mine):,} | {len(told):,} | "
            f"{_of(right, len(told))} | {_of(none, len(told))} | {_of(wrong, len(mine))} | {goal} |"
        )
    return "\n".join(rows)


def benign(result: Outcome) -> bool:
    """Return whether nothing was wrong in a case."""
    return next(plant.benign for plant in PLANTS if plant.name == result.plant)


def _harmless(results: Sequence[Outcome], tables: Sequence[Clean]) -> str:
    loud = [r for r in results if not r.right]
    columns = 2 * sum(table.features for table in tables)
    failed = [f"{table.dataset} {name}" for table in tables for name in table.failed]
    named = [f"{table.dataset} {name}" for table in tables for name in table.named]
    return (
        f"Clean halves: {columns} comparisons of a column, {len(named)} causes named"
        f"{_listed(named)}, {len(failed)} failed{_listed(failed)}. A cast to float32 and a print "
        f"as `%.6g`: {len(results)} cases, {len(loud)} taken for skew."
    )


def _rules() -> str:
    told = [
        f"- At least {ROWS} rows of the column changed by more than a float32 does, holding at "
        f"least {VARIED} different values before (3 for texts, 1 for fills of null).",
        f"- Unkeyed, the column's distribution moved by at least {DISTANCE} (Kolmogorov-Smirnov of "
        "numbers, total variation of texts), and the mistake is one that distributions show:",
        *(f"  - *{kind.name.lower()}*: {kind.value};" for kind in Unkeyed),
        f"- The changed rows do not hold one same value in {OUTSIDE:.0%} of them, if the mistake "
        "is not of that sort: it is a default then, and calling it so is not wrong.",
        "- What the table says beside the mistake.",
        "",
        "Cases that are not identifiable are run as well: a wrong cause counts there too, and so "
        "do a wrong second cause and any cause in a column where nothing was planted. Of two "
        "mistakes at once both must be named.",
    ]
    return "\n".join(told)


def _by_plant(results: Sequence[Outcome]) -> str:
    heads = [f"{s:.0%}" for s in KEYED] + [f"unkeyed {s:.0%}" for s in UNKEYED]
    shares = f"keyed {' | '.join(heads)}"
    rows = [f"| mistake | right cause | {shares} | wrong | shown unkeyed | also asked |"]
    rows.append("|---|---|" + "--:|" * 7 + "---|---|")
    for plant in PLANTS:
        mine = [r for r in results if r.plant == plant.name]
        if plant.benign or not mine:
            continue
        cells = [_cell(mine, keyed=True, strength=s) for s in KEYED]
        cells += [_cell(mine, keyed=False, strength=s) for s in UNKEYED]
        named = " and ".join(plant.causes) if plant.both else " or ".join(plant.causes)
        kind, wrong = plant.unkeyed.name.lower(), sum(r.wrong for r in mine)
        rows.append(
            f"| {plant.name} | {named} | {' | '.join(cells)} | {wrong or ''} | {kind} "
            f"| {plant.rule} |"
        )
    return "\n".join(rows)


def _by_dataset(
    datasets: Sequence[Dataset], tables: Sequence[Clean], results: Sequence[Outcome]
) -> str:
    rows = ["| table | rows a side | columns | keyed | unkeyed | wrong | source | licence |"]
    rows.append("|---|--:|--:|--:|--:|--:|---|---|")
    sizes = {table.dataset: table for table in tables}
    for dataset in datasets:
        mine = [r for r in results if r.dataset == dataset.name]
        size = sizes.get(dataset.name)
        shape = f"{size.rows:,} | {size.features}" if size else " | "
        cells = [_cell(mine, keyed=keyed) for keyed in (True, False)]
        wrong = sum(r.wrong for r in mine)
        rows.append(
            f"| {dataset.name} | {shape} | {' | '.join(cells)} | {wrong or ''} | {dataset.source} "
            f"| {dataset.licence} |"
        )
    return "\n".join(rows)


def _cell(results: Iterable[Outcome], *, keyed: bool, strength: float | None = None) -> str:
    told = [
        r for r in results if r.identifiable and r.keyed is keyed and strength in (None, r.strength)
    ]
    return f"{sum(r.right for r in told)}/{len(told)}" if told else NONE


def _of(part: int, whole: int) -> str:
    return f"{part:,} ({part / whole:.1%})" if whole else NONE


def _listed(names: Sequence[str]) -> str:
    return f" ({', '.join(names)})" if names else ""
