"""What is acceptable: limits per check and per column. Data only; ``judge`` applies it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from skewcheck.budgets import Budgets
from skewcheck.decisions import Decisions
from skewcheck.gains import Gains
from skewcheck.manifest import Manifest

NO_FEATURES = Manifest()

NO_BUDGET = Budgets()

# The ways in which a real-time ML project fails, in the order of the report.
MODES = (
    "skew",
    "availability",
    "latency",
    "decisions",
    "value",
    "performance",
    "creep",
    "health",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """The limits of one check, in the check's own unit; None switches that limit off.

    ``fail``: the column fails when the effect is past it beyond doubt, passes when it is inside
    beyond doubt, and is inconclusive otherwise. ``warn``: past it beyond doubt warns.
    """

    fail: float | None = None
    warn: float | None = None

    @property
    def judged(self) -> bool:
        """True when any limit is set."""
        return self.fail is not None or self.warn is not None


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything the judge needs beside the findings.

    ``checks`` are limits that replace a check's own defaults; ``columns`` replace them for one
    column (``columns["income"]["ks"]``); ``level`` is the one-sided error level of a verdict and
    the family-wise level of failures in one run. ``demands`` are the failure modes (of MODES) that
    a run must have evidence for: without it, it does not pass. ``decisions`` say what follows from
    a score and ``gains`` what that is worth, None where nobody said; ``manifest`` what is known of
    the features; ``latency`` are the budgets of response times, whose limits are among ``checks``
    and ``columns``. ``private`` says of columns whether their values may be read: True hides them,
    False shows texts that look like ids.

    ``alarm`` is the level of failures where it is smaller than that of a pass: one run of a nightly
    series has its part of ``false_alarms_per_year``. ``each_night``: a night passes only where it
    does so by itself too; otherwise it must not fail, and the last seven must pass together.
    ``design_effect`` says by how much rows that depend on each other inflate a variance; None: a
    nightly series estimates it from days and customers, a single comparison only where ``estimate``
    says so.
    """

    level: float = 0.05
    checks: Mapping[str, Rule] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, Rule]] = field(default_factory=dict)
    demands: frozenset[str] = frozenset()
    decisions: Decisions | None = None
    gains: Gains | None = None
    manifest: Manifest = NO_FEATURES
    latency: Budgets = NO_BUDGET
    private: Mapping[str, bool] = field(default_factory=dict)
    alarm: float | None = None
    false_alarms_per_year: float = 1.0
    each_night: bool = True
    design_effect: float | None = None
    estimate: bool = False

    def rule(self, check: str, column: str, default: Rule) -> Rule:
        """Return the rule in force: the column's own, else the check's, else the default."""
        return self.columns.get(column, {}).get(check) or self.checks.get(check) or default

    def with_checks(self, checks: Mapping[str, Rule]) -> Policy:
        """Return the policy with these check rules laid over its own."""
        return replace(self, checks={**self.checks, **checks})
