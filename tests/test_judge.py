"""Findings and a policy become a verdict: nothing is measured here, and nothing passes unproven."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.discovery import discover
from skewcheck.finding import Finding, Subject, Undefined
from skewcheck.judge import judge
from skewcheck.policy import Policy, Rule
from skewcheck.statistics.inference import Inference, RowsNeeded
from skewcheck.statistics.intervals import Share, ShareDifference
from skewcheck.verdict import Judgement, Outcome, Verdict, worst

NAN = float("nan")
LIMITS = Rule(fail=0.10, warn=0.02)
POLICY = Policy(checks={"ks": LIMITS})
NOTHING = Undefined("serve has no number")


@dataclass(frozen=True)
class Known:
    """An effect whose p-values are given: above the warn limit, above and below the fail limit."""

    warned: float = 1.0
    above: float = 1.0
    below: float = 0.0
    value: float = 0.05
    error: float = 0.0

    def bounds(self, level: float = 0.05) -> tuple[float, float]:
        """Return a point."""
        return self.value, self.value

    def p_above(self, limit: float) -> float:
        """Return what was given."""
        return self.warned if limit < 0.05 else self.above

    def p_below(self, limit: float) -> float:
        """Return what was given."""
        return self.below

    def rows_needed(self, limit: float, *, level: float = 0.05, power: float = 0.9) -> RowsNeeded:
        """Return a number that tells which limit was asked about."""
        return RowsNeeded(round(limit * 1000))


def finding(measure: Inference | Undefined, column: str = "x", check: str = "ks") -> Finding:
    """Return a finding of a check on a column."""
    return Finding(check, Subject(column), measure, "", 100, 100)


def only(measure: Inference | Undefined, policy: Policy = POLICY) -> Judgement:
    """Return the judgement of a single finding."""
    (found,) = judge([finding(measure)], policy).columns["x"]
    return found


@pytest.mark.parametrize(
    ("measure", "outcome"),
    [
        (Known(above=0.01, below=1.0), Outcome.FAIL),
        (Known(above=0.01, below=1.0, warned=0.001), Outcome.FAIL),
        (Known(above=1.0, below=0.01), Outcome.PASS),
        (Known(above=1.0, below=0.01, warned=0.01), Outcome.WARN),
        (Known(above=0.5, below=0.5), Outcome.INCONCLUSIVE),
        (Known(above=0.5, below=0.5, warned=0.01), Outcome.INCONCLUSIVE),
        (Known(above=0.05, below=0.05), Outcome.INCONCLUSIVE),
        (NOTHING, Outcome.INCONCLUSIVE),
    ],
)
def test_a_finding_has_three_ways_and_a_level_of_warning(
    measure: Inference | Undefined, outcome: Outcome
) -> None:
    assert only(measure).outcome is outcome
    assert judge([finding(measure)], POLICY).outcome is outcome


@pytest.mark.parametrize(
    ("rule", "measure", "outcome"),
    [
        (Rule(), Known(above=0.0, below=1.0), Outcome.UNJUDGED),
        (Rule(), NOTHING, Outcome.UNJUDGED),
        (Rule(warn=0.02), Known(warned=0.0), Outcome.WARN),
        (Rule(warn=0.02), Known(warned=1.0), Outcome.PASS),
        (Rule(warn=0.02), NOTHING, Outcome.UNJUDGED),
        (Rule(fail=0.1), Known(warned=0.0), Outcome.PASS),
        (Rule(fail=0.1), NOTHING, Outcome.INCONCLUSIVE),
    ],
)
def test_a_limit_that_is_off_does_not_judge(
    rule: Rule, measure: Inference | Undefined, outcome: Outcome
) -> None:
    assert only(measure, Policy(checks={"ks": rule})).outcome is outcome


class TestWhatIsNotANumber:
    """NaN compares false with everything, which must not look like being inside a limit."""

    @given(
        st.sampled_from(list(product([NAN, 0.0, 1.0], repeat=3))), st.sampled_from([NAN, 0.0, 0.5])
    )
    def test_it_never_passes_and_never_breaks(
        self, ps: tuple[float, float, float], value: float
    ) -> None:
        effect = Known(*ps, value=value)
        outcome = only(effect).outcome
        if math.isnan(value) or (math.isnan(effect.below) and effect.above != 0.0):
            assert outcome is Outcome.INCONCLUSIVE
        if outcome in (Outcome.PASS, Outcome.WARN):
            assert effect.below == 0.0

    def test_it_does_not_stand_in_the_way_of_other_findings(self) -> None:
        verdict = judge([finding(Known(value=NAN)), finding(Known(above=0.0), "y")], POLICY)
        assert verdict.column("x") is Outcome.INCONCLUSIVE
        assert verdict.column("y") is Outcome.FAIL


class TestFamilies:
    """Failures are corrected over the run, passes are not."""

    def test_failures_are_corrected_over_all_columns_by_holm(self) -> None:
        ps = [0.001, 0.02, 0.03, 1.0]
        verdict = judge(
            [finding(Known(above=p, below=0.5), f"c{i}") for i, p in enumerate(ps)], POLICY
        )
        adjusted = [verdict.columns[f"c{i}"][0].p for i in range(4)]
        assert adjusted == pytest.approx([0.004, 0.06, 0.06, 1.0])
        outcomes = [verdict.column(f"c{i}") for i in range(4)]
        assert outcomes == [Outcome.FAIL, *[Outcome.INCONCLUSIVE] * 3]

    def test_checks_of_one_column_are_one_family_with_those_of_others(self) -> None:
        policy = POLICY.with_checks({"divergence": LIMITS})
        found = [finding(Known(above=0.03, below=0.5)) for _ in range(1)]
        assert judge(found, policy).outcome is Outcome.FAIL
        found.append(finding(Known(above=1.0), check="divergence"))
        assert judge(found, policy).outcome is Outcome.INCONCLUSIVE

    def test_what_has_no_fail_limit_or_no_measure_is_in_no_family(self) -> None:
        alone = [finding(Known(above=0.03, below=0.5))]
        more = [finding(Known(above=1.0), f"c{i}", "psi") for i in range(50)]
        more += [finding(NOTHING, f"d{i}") for i in range(50)]
        assert judge([*alone, *more], POLICY).column("x") is Outcome.FAIL

    def test_warnings_are_a_family_of_their_own(self) -> None:
        fails = [finding(Known(), f"c{i}") for i in range(9)]
        warned = finding(Known(warned=0.004), "x")
        assert judge([*fails, warned], POLICY).column("x") is Outcome.WARN
        assert judge([*fails, finding(Known(warned=0.006))], POLICY).column("x") is Outcome.PASS

    def test_passes_need_no_correction(self) -> None:
        found = [finding(Known(below=0.04), f"c{i}") for i in range(200)]
        assert judge(found, POLICY).outcome is Outcome.PASS

    def test_the_order_of_findings_does_not_matter(self) -> None:
        found = [finding(Known(above=p, below=0.5), f"c{p}") for p in (0.001, 0.01, 0.02, 0.9)]
        one, other = judge(found, POLICY), judge(found[::-1], POLICY)
        assert {n: one.column(n) for n in one.columns} == {n: other.column(n) for n in one.columns}


class TestTheRun:
    """The worst column decides."""

    @pytest.mark.parametrize(
        ("outcomes", "run", "code"),
        [
            ("pass pass", Outcome.PASS, 0),
            ("pass unjudged", Outcome.PASS, 0),
            ("pass warn", Outcome.WARN, 0),
            ("warn inconclusive pass", Outcome.INCONCLUSIVE, 3),
            ("inconclusive fail pass", Outcome.FAIL, 1),
            ("unjudged", Outcome.INCONCLUSIVE, 3),
            ("", Outcome.INCONCLUSIVE, 3),
        ],
    )
    def test_the_worst_column_is_the_run_and_its_exit_code(
        self, outcomes: str, run: Outcome, code: int
    ) -> None:
        kinds: dict[str, tuple[Inference, str]] = {
            "pass": (Known(), "ks"),
            "warn": (Known(warned=0.0), "ks"),
            "fail": (Known(above=0.0), "ks"),
            "inconclusive": (Known(below=0.5), "ks"),
            "unjudged": (Known(), "psi"),
        }
        found = [finding(kinds[o][0], f"c{i}", kinds[o][1]) for i, o in enumerate(outcomes.split())]
        verdict = judge(found, POLICY)
        assert (verdict.outcome, verdict.exit_code) == (run, code)

    def test_without_a_judged_column_it_says_so(self) -> None:
        assert judge([], POLICY).reason == "no column was judged"
        assert judge([finding(Known(), check="psi")], Policy()).exit_code == 3

    def test_its_reason_counts_the_columns_that_decided(self) -> None:
        found = [finding(Known(above=0.0), "a"), finding(Known(), "b"), finding(NOTHING, "c")]
        assert judge(found, POLICY).reason == "1 of 3 columns: fail"

    def test_an_undefined_finding_keeps_its_column_from_passing(self) -> None:
        policy = POLICY.with_checks({"divergence": LIMITS})
        verdict = judge([finding(Known()), finding(NOTHING, check="divergence")], policy)
        assert verdict.column("x") is Outcome.INCONCLUSIVE

    def test_a_column_nobody_judged_is_unjudged(self) -> None:
        assert Verdict(Outcome.PASS, {}, "").column("x") is Outcome.UNJUDGED
        assert worst([]) is Outcome.UNJUDGED

    @pytest.mark.parametrize("outcome", Outcome)
    def test_every_outcome_has_an_exit_code_of_the_contract(self, outcome: Outcome) -> None:
        code = {Outcome.PASS: 0, Outcome.WARN: 0, Outcome.FAIL: 1}.get(outcome, 3)
        assert Verdict(outcome, {}, "").exit_code == code

    def test_severities_are_in_the_order_of_harm(self) -> None:
        order = sorted(Outcome, key=lambda outcome: outcome.severity)
        assert [o.value for o in order] == ["unjudged", "pass", "warn", "inconclusive", "fail"]


class TestPolicy:
    """Whose limit is in force, and at which level."""

    def test_a_columns_own_rule_wins_over_the_checks_and_that_over_the_default(self) -> None:
        policy = Policy(checks={"ks": Rule(fail=0.2)}, columns={"x": {"ks": Rule(fail=0.3)}})
        assert policy.rule("ks", "x", LIMITS) == Rule(fail=0.3)
        assert policy.rule("ks", "y", LIMITS) == Rule(fail=0.2)
        assert policy.rule("psi", "x", LIMITS) == LIMITS

    def test_a_column_may_be_let_off_a_check(self) -> None:
        policy = Policy(columns={"x": {"ks": Rule()}})
        found = [finding(Known(above=0.0)), finding(Known(), "y")]
        assert judge(found, policy).column("x") is Outcome.UNJUDGED
        assert judge(found, policy).outcome is Outcome.PASS

    def test_without_a_policy_the_checks_own_limits_hold(self) -> None:
        default = discover("skewcheck.checks")["null_rate"].RULE
        found = judge([finding(Known(), check="null_rate")], Policy())
        assert found.columns["x"][0].rule == default

    @pytest.mark.parametrize(("level", "outcome"), [(0.05, Outcome.FAIL), (0.01, Outcome.PASS)])
    def test_the_level_is_that_of_failing(self, level: float, outcome: Outcome) -> None:
        policy = Policy(level, {"ks": LIMITS})
        assert only(Known(above=0.03, below=0.001), policy).outcome is outcome

    @pytest.mark.parametrize(
        ("level", "outcome"), [(0.05, Outcome.PASS), (0.01, Outcome.INCONCLUSIVE)]
    )
    def test_the_level_is_that_of_passing_too(self, level: float, outcome: Outcome) -> None:
        policy = Policy(level, {"ks": LIMITS})
        assert only(Known(below=0.03), policy).outcome is outcome


class TestRowsNeeded:
    """What an undecided finding asks for."""

    def test_an_inconclusive_finding_asks_for_rows_at_its_fail_limit(self) -> None:
        assert only(Known(below=0.5)).needed == RowsNeeded(100)

    @pytest.mark.parametrize("measure", [Known(), Known(above=0.0), NOTHING, Known(value=NAN)])
    def test_what_is_decided_or_undefined_asks_for_none(
        self, measure: Inference | Undefined
    ) -> None:
        assert only(measure).needed is None


class TestRealEffects:
    """The same with inferences that the checks use."""

    RULE = Policy(checks={"ks": Rule(fail=0.02)})

    def test_no_event_in_few_rows_is_not_a_pass(self) -> None:
        few = only(Share(0, 100), self.RULE)
        assert few.outcome is Outcome.INCONCLUSIVE
        assert few.needed is not None
        assert few.needed.serve is not None
        assert only(Share(0, 100 + few.needed.serve), self.RULE).outcome is Outcome.PASS

    def test_an_effect_past_its_limit_fails_once_it_is_beyond_doubt(self) -> None:
        assert only(ShareDifference(0, 50, 3, 50), self.RULE).outcome is Outcome.INCONCLUSIVE
        assert only(ShareDifference(0, 5000, 300, 5000), self.RULE).outcome is Outcome.FAIL

    @given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 400), st.integers(1, 400))
    def test_no_rows_ever_both_fail_and_pass(self, x: int, n: int, y: int, m: int) -> None:
        effect = ShareDifference(min(x, n), n, min(y, m), m)
        outcome = only(effect, self.RULE).outcome
        assert not (effect.p_above(0.02) < 0.05 and effect.p_below(0.02) < 0.05)
        low, high = effect.bounds()
        expected = Outcome.FAIL if low > 0.02 else Outcome.PASS if high < 0.02 else None
        assert outcome is (expected or Outcome.INCONCLUSIVE)
