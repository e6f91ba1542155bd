"""One finished comparison: all that a report, a file or a later night needs to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from skewcheck.ledger import Ledger
from skewcheck.policy import Policy
from skewcheck.profile import Profile
from skewcheck.schema import Schema
from skewcheck.sides import Sides
from skewcheck.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Side:
    """What was read on one side: its name as the user gave it, rows compared, where from."""

    path: str
    rows: int
    layout: str
    ledger: Ledger
    profile: Profile


@dataclass(frozen=True, slots=True)
class Run:
    """A comparison with its verdict; ``sides`` are all columns of both, laid on common grids.

    ``started`` is an ISO time in UTC; ``seconds`` the wall time; ``versions`` the libraries that
    made the numbers; ``command`` what reproduces the run; ``notes`` are sentences about guesses.
    """

    train: Side
    serve: Side
    sides: tuple[Sides, ...]
    schema: Schema
    policy: Policy
    verdict: Verdict
    command: str
    started: str
    seconds: float
    versions: Mapping[str, str]
    notes: tuple[str, ...] = ()
