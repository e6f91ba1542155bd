"""A run laid out for reading: order, rounding and words. Renderers only set it in type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from skewcheck import wording
from skewcheck.account import BUGS
from skewcheck.basis import Basis, basis, rules
from skewcheck.breakdown import FAILED
from skewcheck.charts import Chart
from skewcheck.closeup import Closeup
from skewcheck.detail import Detail, detail
from skewcheck.discovery import discover
from skewcheck.headline import headline
from skewcheck.layout import Section
from skewcheck.lines import Line, both_rows, title_of
from skewcheck.modes import ModeView, mode_views
from skewcheck.origin import Origin
from skewcheck.policy import Policy, Rule
from skewcheck.privacy import discreet, private
from skewcheck.run import Run
from skewcheck.sanitize import safe
from skewcheck.schema import Role
from skewcheck.sections import sections
from skewcheck.verdict import Outcome
from skewcheck.views import NAME, ColumnView, SideView, column_view, side_view

LISTED = 12  # columns that are not compared and named; JSON has them all
MEANINGS = {
    0: "Exit code 0: every judged column is within the limits.",
    1: "Exit code 1: the policy failed.",
    3: "Exit code 3: there is not enough evidence for a pass or a failure.",
}
NO_DETAIL = Detail(dict, dict, dict)


@dataclass(frozen=True)
class Report:
    """Everything a renderer shows, in the order in which it is read.

    ``columns`` are the features and then the scores, each worst first, pipeline bugs before drift,
    and last the key that rows are paired by, with what is wrong with the pairing; ``pairing`` says
    in sentences how rows were paired; ``others`` are the columns not compared; ``limits`` are
    (check, title, fail limit, warn limit) in force; ``modes`` are the failure modes and
    ``sections`` the topics apart from single columns; ``private`` are the columns whose values are
    not shown; ``basis`` are the numbers of the run that are no column's. Nothing in it points to
    the run: what a renderer shows can be kept, and set in type again elsewhere.
    """

    basis: Basis
    outcome: Outcome
    exit_code: int
    headline: str
    meaning: str
    version: str
    train: SideView
    serve: SideView
    pairing: tuple[str, ...]
    columns: tuple[ColumnView, ...]
    others: tuple[ColumnView, ...]
    guesses: tuple[str, ...]
    limits: tuple[tuple[str, str, str, str], ...]
    methods: tuple[tuple[str, str], ...]
    modes: tuple[ModeView, ...]
    sections: tuple[Section, ...]
    private: frozenset[str] = frozenset()
    detail: Detail = field(default=NO_DETAIL, compare=False, repr=False)

    @property
    def features(self) -> tuple[ColumnView, ...]:
        """Return the columns that the model is given."""
        return tuple(c for c in self.columns if c.role is Role.FEATURE)

    @property
    def scores(self) -> tuple[ColumnView, ...]:
        """Return the score columns."""
        return tuple(c for c in self.columns if c.role is Role.SCORE)

    @property
    def services(self) -> tuple[ColumnView, ...]:
        """Return the judged columns that are neither: response times, decisions, labels."""
        apart = (Role.FEATURE, Role.SCORE, Role.KEY)
        return tuple(c for c in self.columns if c.role not in apart)

    @property
    def joins(self) -> tuple[ColumnView, ...]:
        """Return the key that rows are paired by, with the findings on the join; or nothing."""
        return tuple(c for c in self.columns if c.role is Role.KEY)

    @property
    def usual_rows(self) -> str:
        """Return the rows of either side as a line words them when it rests on all of them."""
        return both_rows(self.basis.train["rows"], self.basis.serve["rows"])

    @property
    def tally(self) -> dict[Outcome, int]:
        """Return how many columns have each outcome, worst first."""
        found = [c.outcome for c in (*self.features, *self.scores)]
        ordered = sorted(Outcome, key=lambda o: -o.severity)
        return {o: found.count(o) for o in ordered if o in found}

    @property
    def charts(self) -> Mapping[str, Chart]:
        """Return the chart of each column that has one; made when first asked for."""
        return self.detail.charts

    @property
    def closeups(self) -> Mapping[str, Closeup]:
        """Return the closeup of each column with pairs that differ; made when first asked for."""
        return self.detail.closeups

    @property
    def parity(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the pairs of each column in numbers; made when first asked for."""
        return self.detail.parity


def build(run: Run) -> Report:
    """Return the report of a run; no value of a private column is in it."""
    hidden = private(run)
    run = discreet(run)
    judged = run.verdict.columns
    told = (c.name for c in run.schema if c.name not in judged and c.name not in FAILED.values())
    others = tuple(column_view(run, name) for name in told)
    columns = tuple(sorted((column_view(run, n, js) for n, js in judged.items()), key=_by_damage))
    return Report(
        basis=basis(run),
        outcome=run.verdict.outcome,
        exit_code=run.verdict.exit_code,
        headline=headline(run.verdict, columns),
        meaning=MEANINGS[run.verdict.exit_code],
        version=safe(run.versions.get("skewcheck", "")),
        train=side_view("train", run.train),
        serve=side_view("serve", run.serve),
        pairing=tuple(_pairing(run)),
        columns=columns,
        others=others,
        guesses=tuple(_guesses(run)),
        limits=tuple(_limits(run.policy)),
        methods=tuple(_methods(run, others, hidden)),
        modes=mode_views(run),
        sections=sections(run),
        private=hidden,
        detail=detail(run, (c.name for c in (*columns, *others)), hidden),
    )


def _pairing(run: Run) -> Iterable[str]:
    """Yield with what serve's rows were paired, and what of either side was not."""
    if run.partner is None:
        return
    join = run.partner.pairs.join
    found, path = join.coverage, safe(run.partner.path, 200)
    how = "the latest row of their key" if join.as_of else "a row"
    requests = wording.rows(join.requests, "request")
    by = f"by {safe(join.key, NAME)}"
    yield f"{wording.count(found.paired)} of {requests} have {how} in {path}, {by}"
    if not join.as_of:
        alone = wording.count(max(0, found.keys_train - found.paired))
        rows = f"{wording.rows(found.keys_train, 'key')} in {wording.rows(found.rows_train)}"
        yield f"{path} has {rows}: {alone} without a request"
    counts = (
        (found.null_train, f"without a key in {path}"),
        (found.null_serve, "without a key in serve"),
        (found.repeated_train, f"in {path} with the key of another row, the first one was paired"),
    )
    yield from (f"{wording.rows(n)} {what}" for n, what in counts if n)
    for name, n in sorted(found.spelled.items(), key=lambda item: -item[1]):
        more = wording.rows(n - found.paired, "more request")
        options = " ".join(f"--repair-key {part}" for part in safe(name, NAME).split("+"))
        yield f"{options} would pair {more}: keys are spelled differently"


def _by_damage(column: ColumnView) -> tuple[int, int, int, float]:
    order = {Role.FEATURE: 0, Role.SCORE: 1, Role.KEY: 3}.get(column.role, 2)
    blame = 0 if column.skew_or_drift in BUGS else 2 if column.skew_or_drift is Origin.DRIFT else 1
    return order, -column.outcome.severity, blame, -column.damage


def _guesses(run: Run) -> Iterable[str]:
    yield from (safe(note, 300) for note in run.notes)
    for column in run.schema:
        if column.reason != "default" and column.role is not Role.FEATURE:
            name, why = safe(column.name, NAME), safe(column.reason, 200)
            yield f"{name} is taken as {column.role}: {why}"


def _limits(policy: Policy) -> Iterable[tuple[str, str, str, str]]:
    for check, rule in rules(policy).items():
        yield check, title_of(check), *_limit(check, rule)
    for column, own in policy.columns.items():
        for check, rule in own.items():
            yield check, f"{title_of(check)}, {safe(column, NAME)} only", *_limit(check, rule)


def _limit(check: str, rule: Rule) -> tuple[str, str]:
    unit = getattr(discover("skewcheck.checks").get(check), "UNIT", "")
    scale = wording.scale(unit, rule.fail, [], None)
    fail, warn = ("none" if x is None else scale.limit(x) for x in (rule.fail, rule.warn))
    return fail, warn


def _dependence(policy: Policy) -> str:
    """Return whether rows of one day or one customer are taken to resemble each other."""
    if policy.design_effect is not None:
        return f"variances are {wording.number(policy.design_effect)} times those of rows apart"
    if policy.estimate:
        return "days and customers resemble themselves: intervals are as wide as that makes them"
    return "rows count as independent; [dependence] in the policy lets days and customers count"


def _methods(
    run: Run, others: Sequence[ColumnView], hidden: frozenset[str]
) -> Iterable[tuple[str, str]]:
    level = f"{wording.number(100 * run.policy.level)} %"
    yield "Intervals", f"each end misses the truth at most {level} of the time"
    yield "Failures", f"at most {level} of runs without skew fail (Holm, over columns and checks)"
    yield "Dependence", _dependence(run.policy)
    if others:
        named = [f"{c.label} ({c.role})" for c in others]
        yield "Not compared", wording.listed(named, LISTED)
    shown = [
        c.name
        for c in run.schema
        if c.name in hidden and (c.role.compared or run.policy.private.get(c.name))
    ]
    if shown:
        told = wording.listed([safe(name, NAME) for name in shown], LISTED)
        yield "Private", f"{told}: only counts and shapes are shown"
    if run.command:
        yield "Command", safe(run.command, 300)
    yield "Started", f"{safe(run.started)}, took {run.seconds:.1f} s"
    yield "Versions", ", ".join(f"{safe(k)} {safe(v)}" for k, v in run.versions.items())


def rows(report: Report) -> list[dict[str, Any]]:
    """Return one row per column and check, for a data frame."""
    return [_row(column, x) for column in report.columns for x in column.lines]


def _row(column: ColumnView, x: Line) -> dict[str, Any]:
    numbers = x.numbers
    return {
        "column": column.name,
        "role": str(column.role),
        "kind": column.kind,
        "check": x.check,
        "verdict": str(x.outcome),
        "value": numbers.value,
        "low": numbers.low,
        "high": numbers.high,
        "unit": numbers.unit,
        "limit": numbers.limit,
        "warn_limit": numbers.warn_limit,
        "p": numbers.p,
        "n_train": numbers.n_train,
        "n_serve": numbers.n_serve,
        "reason": x.sentence,
    }
