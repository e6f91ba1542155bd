"""Two profiles become findings: every check on every column that is compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from skewcheck.discovery import discover
from skewcheck.errors import InputError
from skewcheck.finding import Finding, Subject
from skewcheck.profile import Profile
from skewcheck.schema import Role, Schema
from skewcheck.sides import Sides


def sides(train: Profile, serve: Profile, schema: Schema) -> Iterator[Sides]:
    """Yield every column of either side, train's columns first."""
    for name in dict.fromkeys([*train.columns, *serve.columns]):
        yield Sides(
            name,
            schema.role(name),
            train.columns.get(name),
            serve.columns.get(name),
            train.rows,
            serve.rows,
        )


def compare(train: Profile, serve: Profile, schema: Schema) -> Iterator[Finding]:
    """Yield the findings on two profiles; see ``findings``."""
    return findings(tuple(sides(train, serve, schema)))


def findings(sides: Sequence[Sides]) -> Iterator[Finding]:
    """Yield the findings of all checks on all features and scores.

    Raises:
        InputError: a side has no row, or the sides have no feature or score in common.
    """
    pairs = {pair.name: pair for pair in sides if pair.role.compared}
    _refuse_nothing(sides, pairs.values())
    checks = discover("skewcheck.checks")
    answered = any(pair.role is Role.SCORE and pair.serve for pair in pairs.values())
    for pair in pairs.values():
        if pair.role is Role.SCORE and not pair.both and (pair.serve or answered):
            continue  # train snapshots often have no score, or name it in another way
        for name, check in checks.items():
            measured = check.measure(pair, pairs)
            if measured is not None:
                yield Finding(
                    name,
                    Subject(pair.name),
                    measured.measure,
                    check.UNIT,
                    measured.n_train,
                    measured.n_serve,
                    measured.detail,
                )


def _refuse_nothing(sides: Sequence[Sides], compared: Iterable[Sides]) -> None:
    """Raise where there is nothing to compare: that must never look like agreement."""
    if sides and not sides[0].rows_train:
        raise InputError("TRAIN has no row", hint="check the path")
    if sides and not sides[0].rows_serve:
        raise InputError("LOGS has no row", hint="check the path")
    if not any(pair.both for pair in compared):
        train = [s.name for s in sides if s.train]
        serve = [s.name for s in sides if s.serve]
        shared = [f"{s.name} ({s.role})" for s in sides if s.both]
        if shared:
            raise InputError(
                f"none of the columns in common is a feature or score: {_some(shared)}",
                hint="--feature COL compares one all the same",
            )
        raise InputError(
            f"TRAIN and LOGS have no feature in common: train has {_some(train)}, "
            f"serve has {_some(serve)}",
            hint="check that both are of one model, or name the payload's columns as train does",
        )


def _some(names: list[str]) -> str:
    if not names:
        return "no column"
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
