"""What each column of both sides is for: given, known of a saved profile, or guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from skewcheck.arrivals import Arrivals, read_labels, with_label
from skewcheck.config import Config
from skewcheck.opened import Opened, open_side
from skewcheck.pairing.request import Request
from skewcheck.partners import saved_roles
from skewcheck.profile import Profile
from skewcheck.roles import given, guess, layered
from skewcheck.schema import Column, Role, Schema

Overrides = Mapping[Role, Sequence[str]]


def guess_schema(train: object, serve: object, *, overrides: Overrides | None = None) -> Schema:
    """Return what each column of two sides seems to be for, without reading all rows."""
    left = open_side(train)
    right = open_side(serve, left.kinds)
    return schema_of(left, right, Config(), overrides or {})


def schema_of(
    left: Opened,
    right: Opened | None,
    config: Config,
    overrides: Overrides,
    *,
    train_known: bool = True,
) -> Schema:
    """Return what each column is for; a policy speaks of train and serve, whoever is here."""
    roles = layered(config.roles, given(overrides, "on the command line"))
    unseen = config.roles.keys() - {name for names in overrides.values() for name in names}
    if left.profile and right:
        roles = layered(_labels(left.profile, right), roles)
    if right:
        roles = layered(saved_roles(left, right), roles)
    return guess(
        left.kinds,
        right.head if right else None,
        left.head,
        roles,
        serve_columns=tuple(right.kinds) if right else (),
        elsewhere=_uncounted(left, right) | (set() if right and train_known else unseen),
    )


def _uncounted(*sides: Opened | None) -> set[str]:
    """Return the columns that saved profiles know of and did not count: keys, times."""
    return {name for side in sides if side and side.profile for name in side.profile.roles}


def schema_with_labels(
    labels: object, left: Opened, right: Opened, config: Config, overrides: Overrides
) -> tuple[Schema, Arrivals]:
    """Return the labels of a file of their own, and the schema that has them.

    The label that was named may be in that file alone.
    """
    known = left.kinds.keys() | right.kinds.keys()
    own = [name for name, column in config.roles.items() if column.role is Role.LABEL]
    named = [*overrides.get(Role.LABEL, own)]
    if not known.issuperset(named):
        overrides = {role: names for role, names in overrides.items() if role is not Role.LABEL}
        roles = {n: c for n, c in config.roles.items() if c.role is not Role.LABEL}
        config = replace(config, roles=roles)
    schema = schema_of(left, right, config, overrides)
    arrivals = read_labels(labels, right, schema, named)
    return with_label(schema, arrivals), arrivals


def _labels(train: Profile, serve: Opened) -> dict[str, Column]:
    """Return the labels that a saved profile of train knows of, as far as serve lacks them."""
    kept = {name: reason for name, reason in train.labels.items() if name not in serve.kinds}
    return {name: Column(name, Role.LABEL, reason) for name, reason in kept.items()}


def with_snapshot_time(overrides: Overrides, request: Request, serve: Opened) -> Overrides:
    """Return the roles given, the time of train's snapshots among those that are not compared."""
    named = {name for names in overrides.values() for name in names}
    if request.as_of is None or request.as_of in named | serve.kinds.keys():
        return overrides
    ignored = overrides.get(Role.IGNORED, ())
    return {**overrides, Role.IGNORED: [*ignored, request.as_of]}
