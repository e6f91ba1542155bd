"""One finished comparison: all that a report, a file or a later night needs to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from skewcheck.ledger import Ledger
from skewcheck.nights import Past
from skewcheck.policy import Policy
from skewcheck.profile import Profile
from skewcheck.schema import Schema
from skewcheck.sides import Sides
from skewcheck.span import Period
from skewcheck.verdict import Verdict

if TYPE_CHECKING:
    from skewcheck.looks import Night
    from skewcheck.pairing.pairs import Pairs
    from skewcheck.pairing.request import Request
    from skewcheck.reasons import Reasons
    from skewcheck.replay.rerun import Replay


@dataclass(frozen=True, slots=True)
class Side:
    """What was read on one side: its name as the user gave it, rows compared, where from.

    ``relation`` is a DuckDB query for its rows.
    """

    path: str
    rows: int
    layout: str
    ledger: Ledger
    profile: Profile
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Partner:
    """What serve's rows were paired with: its name as the user gave it, and the pairs.

    ``keys`` are the key's columns in it and in serve, ``times`` those of an as-of join;
    ``relation`` is a DuckDB query for its rows, ``request`` how they were to be paired.
    """

    path: str
    pairs: Pairs
    keys: tuple[tuple[str, str], ...]
    times: tuple[str, str] | None
    relation: str
    request: Request


@dataclass(frozen=True, slots=True)
class Run:
    """A comparison with its verdict; ``sides`` are all columns of both, laid on common grids.

    ``period`` is what of serve was asked for, ``past`` what the history knows of earlier nights,
    ``night`` the verdict by night and by week where there are some. ``reasons`` say by column why
    it differs; ``partner`` is None where no row was paired, ``replay`` where no model was asked
    again.

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
    reasons: Mapping[str, Reasons] = field(default_factory=dict)
    partner: Partner | None = None
    replay: Replay | None = None
    period: Period = field(default_factory=Period)
    past: Past | None = None
    night: Night | None = None
