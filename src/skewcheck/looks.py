"""The same model looked at every night: the last night and the last seven, under one budget.

The last night shows a break at once; seven nights together show one too small for a night. A yearly
budget of false alarms is split among all nights and both views.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from skewcheck.comparison import compare
from skewcheck.dependence import dependence
from skewcheck.finding import Finding, Undefined
from skewcheck.judge import judge
from skewcheck.policy import Policy
from skewcheck.profile import Profile
from skewcheck.schema import Schema
from skewcheck.statistics.sequential import at_every_look, nightly_level, spent
from skewcheck.verdict import Outcome, Verdict, worst

WEEK = 7  # nights of the rolling view
LAST, ROLLING, SINCE = "last night", "rolling seven nights", "since the first night"


@dataclass(frozen=True, slots=True)
class View:
    """One stretch of nights with its verdict; ``level`` is that of a failure in it."""

    name: str
    nights: int
    rows: int
    level: float
    verdict: Verdict

    def columns(self, outcome: Outcome) -> tuple[str, ...]:
        """Return the columns of an outcome."""
        return tuple(n for n in self.verdict.columns if self.verdict.column(n) is outcome)


@dataclass(frozen=True, slots=True)
class Night:
    """What is known after one night: both views, and the course since the first night beside them.

    A night fails when a view fails. It passes when both do, or when the longer one does where
    ``each`` is False: that is a statement about seven nights, not about the last one. ``since`` is
    a channel of its own, for what is small and stays: it is not part of the outcome. ``missing``
    says what could not be estimated.
    """

    views: tuple[View, ...]
    each: bool = True
    since: View | None = None
    missing: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Return the worst of the outcomes that count."""
        outcomes = [view.verdict.outcome for view in self.views]
        return worst(outcomes if self.each or Outcome.FAIL in outcomes else outcomes[-1:])

    @property
    def reason(self) -> str:
        """Return what each view says, in words."""
        return "; ".join(_said(view) for view in self.views)

    @property
    def exit_code(self) -> int:
        """Return the contract's exit code: 0 passed, 1 failed, 3 inconclusive."""
        return Verdict(self.outcome, {}, "").exit_code


def nightly(
    train: Profile, nights: Sequence[Profile], schema: Schema, policy: Policy, *, look: int = 0
) -> Night:
    """Return the verdict on the last of some nights, given oldest first.

    The first night has no rolling view, and the last one takes its part of the budget too.
    ``look`` is the number of this night since the first, counting from 1: it adds the view since
    then, over all ``nights`` given. Raises ValueError for no night, InputError as ``compare`` does.
    """
    if not nights:
        raise ValueError("0 nights: expected the last one at least")
    week = nights[-WEEK:]
    stretches = {LAST: week[-1:]} if len(week) == 1 else {LAST: week[-1:], ROLLING: week}
    level = nightly_level(policy.false_alarms_per_year) / len(stretches)
    views: list[View] = []
    missing: tuple[str, ...] = ()
    for name, part in stretches.items():
        found, missing = findings_of(train, merged(part), schema, policy)
        strict = replace(policy, alarm=min(level, policy.level))
        views.append(_view(name, part, level, judge(found, strict)))
    since = _since(train, nights, schema, policy, look=look) if look else None
    return Night(tuple(views), policy.each_night, since, missing)


def looked(
    train: Profile,
    nights: Sequence[Profile],
    found: Iterable[Finding],
    schema: Schema,
    policy: Policy,
) -> Night:
    """Return the verdict on a night of which all findings are known already, pairs among them.

    ``nights`` are profiles, oldest first, this night's last; ``found`` are its findings. The
    rolling view is on distributions: earlier nights have no pairs. Otherwise as ``nightly``.
    """
    level = min(nightly_level(policy.false_alarms_per_year) / 2, policy.level)
    strict = replace(policy, alarm=level)
    known = dependence(train, nights[-1], given=policy.design_effect)
    last = judge(list(known.widen(found)), strict)
    week, missing = findings_of(train, merged(nights[-WEEK:]), schema, policy)
    views = (
        _view(LAST, nights[-1:], level, last),
        _view(ROLLING, nights[-WEEK:], level, judge(week, strict)),
    )
    return Night(views, policy.each_night, missing=missing)


def merged(profiles: Sequence[Profile]) -> Profile:
    """Return the profile of several nights together."""
    return reduce(Profile.merge, profiles)


def findings_of(
    train: Profile, serve: Profile, schema: Schema, policy: Policy
) -> tuple[list[Finding], tuple[str, ...]]:
    """Return the findings on two profiles, widened by what days and customers explain.

    With them, in words, what could not be estimated.
    """
    known = dependence(train, serve, given=policy.design_effect)
    found = list(known.widen(compare(train, serve, schema)))
    return found, tuple(undefined.reason for undefined in known.missing)


def _since(
    train: Profile, nights: Sequence[Profile], schema: Schema, policy: Policy, *, look: int
) -> View:
    """Return the view over all nights; its looks share the level of a single verdict."""
    level = spent(policy.level, look)
    found, _ = findings_of(train, merged(nights), schema, policy)
    rows = sum(night.rows for night in nights) / len(nights)
    held = list(_held(found, rows, level / policy.level))
    return _view(SINCE, nights, level, judge(held, replace(policy, alarm=level)))


def _held(findings: Iterable[Finding], night: float, part: float) -> Iterable[Finding]:
    """Yield the findings, shares that grew with bounds that hold at every look at once."""
    for finding in findings:
        measure = finding.measure
        always = None if isinstance(measure, Undefined) else at_every_look(measure, night, part)
        yield finding if always is None else replace(finding, measure=always)


def _view(name: str, nights: Sequence[Profile], level: float, verdict: Verdict) -> View:
    return View(name, len(nights), sum(night.rows for night in nights), level, verdict)


def _said(view: View) -> str:
    outcome = view.verdict.outcome
    columns = view.columns(outcome) if outcome not in (Outcome.PASS, Outcome.UNJUDGED) else ()
    more = f" and {len(columns) - 3} more" if len(columns) > 3 else ""
    named = f" ({', '.join(columns[:3])}{more})" if columns else ""
    return f"{view.name}: {outcome}{named}"
