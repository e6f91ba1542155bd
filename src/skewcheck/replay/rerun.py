"""The model asked again for one comparison: which rows, which columns, and what came of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from skewcheck.errors import InputError, UsageError
from skewcheck.fingerprint import mixed
from skewcheck.manifest import Origin
from skewcheck.opened import Opened
from skewcheck.pairing.cells import flattened
from skewcheck.pairing.request import Request
from skewcheck.pairing.shelf import Shelf
from skewcheck.replay.links import agree
from skewcheck.replay.model import Floats, Model
from skewcheck.replay.movement import Movement, Rescoring, answered, moved, permutation
from skewcheck.replay.parity import DEFAULT, ScoreParity, score_parity
from skewcheck.replay.request import ModelRequest
from skewcheck.replay.table import arrow
from skewcheck.schema import Role, Schema
from skewcheck.summaries.parity import Tolerance

ROWS = 20_000  # rows of serve that the model is asked for again
PERMUTED = 5_000  # of these, rows among which a feature is shuffled
NAMED = 8  # columns that an error names
Positions = NDArray[np.int64]
Paired = tuple[Positions, Positions]  # rows of the partner and of serve


@dataclass(frozen=True, slots=True)
class Replay:
    """What the model said when it was asked again.

    ``output`` says which of its outputs is the score. ``ranking`` has, for every feature that pairs
    differ in, what swapping it from serve to offline does to the score, most movement first;
    ``together`` is all of them swapped at once, over ``pairs`` pairs. ``lacking`` are features that
    the offline rows do not have. ``rescoring`` are the rows of serve, for other questions; its
    columns have the model's names, which ``own`` gives by those of the data. ``importance`` is by
    column of the data, and ``origin`` says whether it is the model's gains or a permutation's.
    """

    model: str
    kind: str
    output: str
    parity: ScoreParity
    rescoring: Rescoring = field(repr=False)
    pairs: int = 0
    ranking: tuple[Movement, ...] = ()
    together: Movement | None = None
    lacking: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    importance: Mapping[str, float] = field(default_factory=dict)
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class _Columns:
    """The model's names, and the columns of the data that they stand for, in the same order."""

    own: tuple[str, ...]
    data: tuple[str, ...]
    notes: tuple[str, ...] = ()


def replay(
    model: Model,
    sides: tuple[Opened, Opened],
    schema: Schema,
    request: ModelRequest,
    *,
    paired: Paired | None = None,
    thresholds: Mapping[str, tuple[float, ...]] | None = None,
    tolerances: Request | None = None,
    weigh: Origin | None = None,
    train: Opened | None = None,
) -> Replay:
    """Return what the model says to a sample of serve's rows, and to their partners' features.

    ``sides`` are the partner of the pairs (TRAIN or the offline recomputation) and serve,
    ``paired`` places of some pairs, ``thresholds`` those of each score, a score
    that equals one above it; ``tolerances`` those set for scores. ``weigh`` is how the importance
    of features is to be known, None for not at all; a permutation is one of ``train``'s rows where
    these can be read again. Reads the needed columns once more.

    Raises:
        InputError: the log lacks a feature of the model, or the model cannot use a column.
        UsageError: there are no rows to read, or no column is known to be the score.
    """
    partner, serve = sides
    if serve.source is None or serve.once:
        raise UsageError("a replay needs rows that can be read again; give LOGS as files or tables")
    with Shelf(serve.source) as shelf:
        scores = [name for name in schema.names(Role.SCORE) if name in shelf.names]
        if not scores:
            raise UsageError("LOGS has no score to hold the model against; name it with --score")
        columns = _columns(model, schema, shelf.names, request, serve.name)
        rows = _sample(shelf.rows)
        lots = [rows] if paired is None else [rows, paired[1]]
        tables = _tables(shelf, columns, lots)
        logged = {name: _numbers(shelf, name, rows) for name in scores}
    answers = answered(model, tables[0])
    found = _nearest(answers, logged, tolerances or Request())
    edges = (thresholds or {}).get(found.score, ())
    rescoring = Rescoring.of(model, tables[0], answers, found.link, edges)
    notes = (*model.notes, *columns.notes, *_choice(found.score, scores))
    base = Replay(
        _short(model),
        model.kind,
        model.score,
        found,
        rescoring,
        notes=notes,
        own=dict(zip(columns.data, columns.own, strict=True)),
        importance=_importance(rescoring, columns, weigh, train),
        origin=weigh,
    )
    if paired is None or not len(paired[1]) or partner.source is None:
        return base
    own = answered(model, tables[1])
    paired_rows = Rescoring.of(model, tables[1], own, found.link, edges)
    return _swapped(base, partner, columns, paired_rows, paired[0])


def _importance(
    rescoring: Rescoring, columns: _Columns, weigh: Origin | None, train: Opened | None
) -> Mapping[str, float]:
    """Return by column of the data what it gains in training, or what shuffling it does."""
    if weigh is Origin.MODEL:
        return dict(zip(columns.data, rescoring.model.gains, strict=True))
    if weigh is not Origin.PERMUTATION:
        return {}
    few = _trained(rescoring, columns, train) or rescoring.first(PERMUTED)
    both = zip(columns.data, columns.own, strict=True)
    moves = {name: permutation(few, own).absolute for name, own in both}
    return {name: move for name, move in moves.items() if math.isfinite(move)}


def _trained(rescoring: Rescoring, columns: _Columns, train: Opened | None) -> Rescoring | None:
    """Return some rows of train: a feature that serve lacks or fills moves nothing there."""
    if train is None or train.source is None or train.once:
        return None
    with Shelf(train.source) as shelf:
        if not {*columns.data} <= {*shelf.names}:
            return None
        (table,) = _tables(shelf, columns, [_sample(shelf.rows, PERMUTED)])
    model = rescoring.model
    return Rescoring.of(model, table, answered(model, table), rescoring.link)


def _short(model: Model) -> str:
    return Path(model.name).name if model.kind != "function" else model.name


def _sample(n: int, most: int = ROWS) -> Positions:
    """Return the places of so many rows, chosen by the hash of the place, in order."""
    if n <= most:
        return np.arange(n, dtype=np.int64)
    hashes = mixed(np.arange(n, dtype=np.uint64))
    return np.sort(np.argpartition(hashes, most)[:most]).astype(np.int64)


def _columns(
    model: Model, schema: Schema, names: Sequence[str], request: ModelRequest, logs: str
) -> _Columns:
    """Return which columns of the log are the model's."""
    features = tuple(name for name in schema.names(Role.FEATURE) if name in names)
    if model.columns:
        return _Columns(model.columns, _named(model, names, logs))
    if request.features or model.width is None:
        own = request.features or features
        _refuse_lacking([name for name in own if name not in names], model, logs)
    else:
        own = features
    if model.width not in (None, len(own)):
        problem = f"takes {model.width} columns without naming them; LOGS has {len(own)} features"
        hint = "name them in the model's order: [replay] features = [...] in the policy"
        raise InputError(problem, file=model.name, hint=hint)
    if request.features or model.width is None:
        return _Columns(own, own)
    note = f"the model does not name its {model.width} columns: they are taken in train's order"
    return _Columns(own, own, (note,))


def _named(model: Model, names: Sequence[str], logs: str) -> tuple[str, ...]:
    """Return the log's columns by the model's names; it may have written spaces as underscores."""
    spelled = {"_".join(name.split()): name for name in names} | {name: name for name in names}
    _refuse_lacking([name for name in model.columns if name not in spelled], model, logs)
    return tuple(spelled[name] for name in model.columns)


def _refuse_lacking(lacking: Sequence[str], model: Model, logs: str) -> None:
    if lacking:
        more = f" and {len(lacking) - NAMED} more" if len(lacking) > NAMED else ""
        problem = f"lacks features of {_short(model)}: {', '.join(lacking[:NAMED])}{more}"
        hint = "log them, or give the model that these logs come from"
        raise InputError(problem, file=logs, hint=hint)


def _tables(shelf: Shelf, columns: _Columns, lots: Sequence[Positions]) -> list[pa.Table]:
    """Return the rows of each lot as the model is to be given them; reads every column once."""
    every = np.concatenate(lots)
    ends = np.cumsum([0, *map(len, lots)])
    arrays = {
        own: arrow(shelf.taken(name, every))
        for own, name in zip(columns.own, columns.data, strict=True)
    }
    table = pa.table(arrays)
    return [table.slice(a, b - a) for a, b in pairwise(ends)]


def _numbers(shelf: Shelf, name: str, rows: Positions) -> Floats:
    return flattened(arrow(shelf.taken(name, rows))).numbers


def _nearest(answers: Floats, logged: dict[str, Floats], request: Request) -> ScoreParity:
    """Return the parity of the score that agrees best: a log may hold several models' scores."""
    shares = {
        name: np.mean(agree(answers, y, _tolerance(name, request))[~np.isnan(y)])
        if not np.isnan(y).all()
        else -1.0
        for name, y in logged.items()
    }
    best = max(shares, key=lambda name: shares[name])
    return score_parity(best, answers, logged[best], _tolerance(best, request))


def _tolerance(score: str, request: Request) -> Tolerance:
    return Tolerance(
        request.absolute.get(score, DEFAULT.absolute), request.relative.get(score, DEFAULT.relative)
    )


def _choice(chosen: str, scores: Sequence[str]) -> tuple[str, ...]:
    if len(scores) == 1:
        return ()
    return (f"of the scores {', '.join(scores)}, {chosen} is nearest to the model's answers",)


def _swapped(
    base: Replay, partner: Opened, columns: _Columns, serve: Rescoring, rows: Positions
) -> Replay:
    """Return the replay with each feature swapped from serve to the partner, one at a time."""
    assert partner.source
    with Shelf(partner.source) as shelf:
        both = [
            (own, name)
            for own, name in zip(columns.own, columns.data, strict=True)
            if name in shelf.names
        ]
        others = {own: arrow(shelf.taken(name, rows)) for own, name in both}
    lacking = tuple(name for name in columns.own if name not in others)
    found = [moved(serve, name, {own: others[own]}) for own, name in both]
    ranked = sorted((m for m in found if m.changed), key=lambda m: -m.absolute)
    return replace(
        base,
        pairs=len(rows),
        ranking=tuple(ranked),
        together=moved(serve, "all features", others) if others else None,
        lacking=lacking,
    )
