"""One planted case: made, compared, scored."""

from __future__ import annotations

import json
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.causes.datasets import KEY, Halves
from benchmarks.causes.numeric import NUMERIC
from benchmarks.causes.order import PLACED
from benchmarks.causes.plants import Ground, Plant, differing, hit, identifiable, single
from benchmarks.causes.textual import TEXTUAL

PLANTS = (*NUMERIC, *TEXTUAL, *PLACED)
KEYED = (1.0, 0.1, 0.01)
UNKEYED = (1.0, 0.5, 0.2)
DEFAULTS = ("default", "constant")  # no wrong names where the changed rows hold one value
BESIDE = 5  # other features that a compared table has


@dataclass(frozen=True)
class Case:
    """Which mistake is planted where: the column is chosen by ``seed``."""

    plant: Plant
    column: str
    strength: float
    keyed: bool
    seed: int


@dataclass(frozen=True)
class Outcome:
    """What came of a case.

    ``named`` are the causes of the planted column, best first; ``elsewhere`` those of columns where
    nothing was planted; ``verdict`` is the column's.
    """

    dataset: str
    plant: str
    column: str
    strength: float
    keyed: bool
    seed: int
    identifiable: bool
    named: tuple[str, ...]
    elsewhere: tuple[str, ...]
    verdict: str
    right: bool
    wrong: bool


def cases(halves: Halves, seeds: int) -> Iterator[Case]:
    """Yield the cases of a data set: every plant in as many columns as there are seeds."""
    for plant in PLANTS:
        fitting = [name for name in _columns(halves, plant) if plant.fits(_ground(halves, name))]
        order = np.random.default_rng(_code(plant.name)).permutation(len(fitting))
        for seed, place in enumerate(order[:seeds]):
            for keyed, strengths in ((True, KEYED), (False, UNKEYED)):
                for strength in plant.strengths(strengths):
                    yield Case(plant, fitting[place], strength, keyed, seed)


def run(halves: Halves, case: Case) -> Outcome | None:
    """Return what became of a case; None where the plant does not fit the column after all."""
    plant, name = case.plant, case.column
    rng = np.random.default_rng([_code(plant.name), _code(name), case.seed])
    sides = _prepared(halves, case, rng)
    ground = replace(_ground(sides, name), rng=rng, paired=case.keyed)
    changed = plant.changed(ground)
    if changed is None:
        return None
    partner = changed.name if changed.name != name and changed.name in sides.features else None
    state = rng.bit_generator.state
    served = hit(ground, changed.alias(name), case.strength)
    planted: dict[str, list[object] | pl.Series] = {name: served}
    if partner:  # the same rows of the other column
        rng.bit_generator.state = state
        other = replace(ground, name=partner, values=sides.serve[partner])
        planted[partner] = hit(other, ground.values.alias(partner), case.strength)
    rows = differing(ground.values, served)
    also = DEFAULTS if single(served, rows) else ()
    told = identifiable(plant, ground, served, keyed=case.keyed, strength=case.strength)
    return _scored(sides, case, planted, told=told, also=also)


def clean(halves: Halves, *, keyed: bool) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the verdict and the causes of every column of two halves where nothing is wrong."""
    return compared(halves, halves.features, {}, keyed=keyed)


def compared(
    halves: Halves,
    features: list[str],
    planted: dict[str, list[object] | pl.Series],
    *,
    keyed: bool,
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the verdict and the causes by column of a comparison with these columns planted."""
    import skewcheck
    from skewcheck.config import Config
    from skewcheck.schema import Column, Role

    dataset = halves.dataset
    time = dataset.time if dataset.time not in features else None
    others = [name for name in (time, dataset.entity) if name and name not in features]
    kept = [*others, *features]
    train, right = halves.train.select(kept), halves.serve.select(kept)
    roles = {name: Column(name, Role.FEATURE) for name in features}
    roles |= {n: Column(n, r) for n, r in ((time, Role.TIME),) if n in others and n}
    roles |= {n: Column(n, Role.ENTITY) for n in (dataset.entity,) if n in others and n}
    config = Config(roles=roles)
    with tempfile.TemporaryDirectory() as folder:
        if not keyed:
            serve = _logged(right, planted, Path(folder))
            result = skewcheck.compare(train=train, serve=serve, policy=config)
        else:
            own, keys = halves.train[KEY], halves.serve[KEY]
            logged = _logged(right.insert_column(0, keys), planted, Path(folder))
            result = skewcheck.compare(
                train=train.insert_column(0, own),
                serve=logged,
                offline=right,
                key=KEY,
                policy=config,
            )
    return {
        column.name: (str(column.outcome), tuple(cause.name for cause in column.causes))
        for column in result.report.columns
    }


def _logged(
    right: pl.DataFrame, planted: dict[str, list[object] | pl.Series], folder: Path
) -> pl.DataFrame | str:
    """Return the served rows: a frame, or JSON lines where a column has two types."""
    if not any(isinstance(values, list) for values in planted.values()):
        return right.with_columns(**{n: v for n, v in planted.items() if isinstance(v, pl.Series)})
    rows = right.to_dicts()
    for name, values in planted.items():
        for row, value in zip(rows, values, strict=True):
            row[name] = value
    path = folder / "serve.jsonl"
    path.write_text("".join(json.dumps(row, default=_spelled) + "\n" for row in rows), "utf-8")
    return str(path)


def _spelled(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _scored(
    halves: Halves,
    case: Case,
    planted: dict[str, list[object] | pl.Series],
    *,
    told: bool,
    also: tuple[str, ...],
) -> Outcome:
    plant = case.plant
    found = compared(halves, _beside(halves, case, list(planted)), planted, keyed=case.keyed)
    verdict, named = found[case.column]
    firsts = [(cause,) for cause in plant.causes]
    elsewhere = tuple(f"{n}: {c}" for n, (_, cs) in found.items() if n not in planted for c in cs)
    if plant.benign:
        right = verdict != "fail" and not named
    else:
        right = set(plant.causes) <= set(named) if plant.both else named[:1] in firsts
    wrong = bool(set(named) - {*plant.causes, *also}) or bool(elsewhere)
    return Outcome(
        halves.dataset.name, plant.name, case.column, case.strength, case.keyed, case.seed,
        told, named, elsewhere, verdict, right, wrong,
    )  # fmt: skip


def _beside(halves: Halves, case: Case, planted: list[str]) -> list[str]:
    """Return the features to compare: the planted ones and a few others, in the table's order."""
    others = [name for name in halves.features if name not in planted]
    drawn = np.random.default_rng([_code(case.plant.name), case.seed]).permutation(len(others))
    kept = {*planted, *(others[place] for place in drawn[:BESIDE])}
    return [name for name in halves.train.columns if name in kept]


def _prepared(halves: Halves, case: Case, rng: np.random.Generator) -> Halves:
    prepared = case.plant.prepared
    if prepared is None:
        return halves
    made = [side.with_columns(prepared(side[case.column], rng)) for side in _sides(halves)]
    return Halves(halves.dataset, *made)


def _sides(halves: Halves) -> tuple[pl.DataFrame, pl.DataFrame]:
    return halves.train, halves.serve


def _columns(halves: Halves, plant: Plant) -> list[str]:
    time = halves.dataset.time
    return [*halves.features, time] if time and plant.on_time else halves.features


def _ground(halves: Halves, name: str) -> Ground:
    dataset = halves.dataset
    circles = {column: (low, length) for column, low, length in dataset.cycles}
    return Ground(
        name,
        halves.serve[name],
        halves.train[name],
        halves.serve.select(halves.features if name in halves.features else [name]).with_columns(
            halves.serve.select(n for n in (dataset.entity,) if n)
        ),
        dataset.entity if dataset.time else None,
        circles.get(name),
        dict(dataset.dates).get(name),
        np.random.default_rng(0),
    )


def _code(text: str) -> int:
    return zlib.crc32(text.encode())
