"""What to fix first: every column that is not well, ranked by what mending it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from skewcheck.account import BUGS
from skewcheck.replay.movement import Movement
from skewcheck.run import Run
from skewcheck.schema import Role
from skewcheck.verdict import Outcome
from skewcheck.views import ColumnView, column_view
from skewcheck.worth import Worth, worth

UNWELL = (Outcome.FAIL, Outcome.WARN, Outcome.INCONCLUSIVE)
CAP = 10.0  # times the limit from which on more is not worse
QUADRANTS = ("quick win", "plan it", "think twice", "when there is time")  # clockwise
MADE = (Role.DECISION, Role.AGREEMENT, Role.VALUE)  # of scores, and with them of features
UNKNOWN = 0.5  # of the range of damage, for what is undecided: it may be nothing


@dataclass(frozen=True, slots=True)
class Fix:
    """A column to be mended; ``score`` is importance x damage x share, 0 or more.

    ``importance`` is a share of all importance, None where nobody knows it (the median of those
    known, or 1, stands in). ``damage`` is 0 to 1: the share of decisions that flip, or the mean
    movement of the score over the greatest of any feature, where the model was asked again
    (``measured``), else how far the column is beyond its limit. ``share`` are the rows that
    differ, None where no pair tells: then it counts as all. ``bug``: the pipeline did it, not the
    population. ``quadrant`` is one of QUADRANTS, empty where importance or effort is unknown.
    ``follows``: what it is made of is in the list too, and mending that may be all it takes.
    """

    column: str
    role: Role
    outcome: Outcome
    cause: str
    importance: float | None
    damage: float
    measured: bool
    share: float | None
    effort: float | None
    owner: str
    score: float
    bug: bool
    quadrant: str = ""
    follows: bool = False


def fixes(run: Run) -> tuple[Fix, ...]:
    """Return all columns that fail, warn or are undecided, first what to fix first.

    What follows from other columns of the list comes after them: a score, where features are wrong
    and nothing else explains it, decisions and their value. Of the same score pipeline bugs come
    before drift, failures before doubts.
    """
    importance = worth(run)
    judged = run.verdict.columns.items()
    unwell = [column_view(run, n, js) for n, js in judged if run.verdict.column(n) in UNWELL]
    found = _followed([(column, _fix(run, column, importance)) for column in unwell])
    cut = middles(found)
    return tuple(replace(fix, quadrant=_quadrant(fix, cut)) for fix in sorted(found, key=_rank))


def _followed(found: Sequence[tuple[ColumnView, Fix]]) -> list[Fix]:
    """Return the fixes, those marked that follow from others."""
    wrong = any(fix.bug and fix.role is Role.FEATURE for _, fix in found)
    alone = {fix.column for column, fix in found if fix.role is Role.SCORE and column.causes}
    moved = wrong or any(fix.role is Role.SCORE for _, fix in found)

    def follows(fix: Fix) -> bool:
        if fix.role is Role.SCORE:
            return wrong and fix.column not in alone
        return moved and fix.role in MADE

    return [replace(fix, follows=follows(fix)) for _, fix in found]


def middles(found: Sequence[Fix]) -> tuple[float, float] | None:
    """Return the effort and the importance that part the quadrants; None where neither is known.

    They lie midway between the least and the most of the columns whose two numbers are known.
    """
    known = [f for f in found if f.effort is not None and f.importance is not None]
    if not known:
        return None
    efforts = [f.effort for f in known if f.effort is not None]
    return _middle(efforts), _middle([f.importance for f in known if f.importance is not None])


def _middle(values: list[float]) -> float:
    return (min(values) + max(values)) / 2


def _quadrant(fix: Fix, cut: tuple[float, float] | None) -> str:
    if cut is None or fix.effort is None or fix.importance is None:
        return ""
    heavy, light = fix.importance >= cut[1], fix.effort <= cut[0]
    place = {(True, True): 0, (True, False): 1, (False, False): 2, (False, True): 3}
    return QUADRANTS[place[heavy, light]]


def _rank(fix: Fix) -> tuple[bool, float, bool, int, str]:
    return fix.follows, -round(fix.score, 9), not fix.bug, -fix.outcome.severity, fix.column


def _fix(run: Run, column: ColumnView, importance: Worth) -> Fix:
    name = column.name
    declared = run.policy.manifest.features.get(name)
    own = importance.share(name)
    movement = _movement(run, name)
    damage = _beyond(column) if movement is None else _moved(run, movement)
    differing = _share(run, name)
    share = 1.0 if movement is not None or differing is None else differing
    weight = _stand_in(column.role, importance) if own is None else own
    return Fix(
        name,
        column.role,
        column.outcome,
        next(iter(column.story), column.sentence),
        own,
        damage,
        movement is not None,
        differing,
        declared.effort if declared else None,
        declared.owner if declared else "",
        weight * damage * share,  # a movement is a mean over all rows: their share is in it
        column.skew_or_drift in BUGS,
    )


def _stand_in(role: Role, importance: Worth) -> float:
    """Return the weight of a column of unknown importance; all requests depend on a score."""
    shares = sorted(s for name in importance.of if (s := importance.share(name)) is not None)
    if role is not Role.FEATURE or not shares:
        return 1.0
    return shares[len(shares) // 2]


def _movement(run: Run, name: str) -> Movement | None:
    ranking = run.replay.ranking if run.replay else ()
    return next((m for m in ranking if m.feature == name), None)


def _moved(run: Run, movement: Movement) -> float:
    """Return the share of decisions flipped, without decisions the part of the most movement."""
    if movement.flipped is not None:
        return movement.flipped.value
    assert run.replay
    most = max((m.absolute for m in run.replay.ranking), default=0.0)
    return movement.absolute / most if most > 0 else 0.0


def _beyond(column: ColumnView) -> float:
    """Return how far a column is beyond its limit, 1 from CAP times on."""
    if column.outcome is Outcome.INCONCLUSIVE:
        return UNKNOWN / CAP
    return min(max(column.damage, 0.0), CAP) / CAP


def _share(run: Run, name: str) -> float | None:
    """Return the share of pairs that differ, None where none was paired or none differs."""
    paired = run.partner.pairs.columns.get(name) if run.partner else None
    if paired is None or not paired.counts.pairs or not paired.counts.mismatches:
        return None
    return paired.counts.mismatches / paired.counts.pairs
