"""Order, headline and tables of a report."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from skewcheck.charts import Bar
from skewcheck.finding import Undefined
from skewcheck.origin import Origin, Shift
from skewcheck.policy import Policy, Rule
from skewcheck.reasons import Reasons
from skewcheck.report import Report, build, rows
from skewcheck.run import Run
from skewcheck.schema import Column, Role, Schema
from skewcheck.statistics.intervals import Share
from skewcheck.verdict import Judgement, Outcome, Verdict
from tests.report.cases import HOSTILE, flights, hostile, judged, nulls, run
from tests.report.paired import numbers, partner

ONE = {"a": pa.array([1.0, 2.0, 3.0])}


@pytest.fixture(scope="module")
def report() -> Report:
    return build(flights())


def few(*judgements: Judgement, **changes: Any) -> Report:
    return build(run(ONE, ONE, judgements, **changes))


def test_columns_come_worst_first_and_scores_last(report: Report) -> None:
    outcomes = [c.outcome.severity for c in report.features]
    assert outcomes == sorted(outcomes, reverse=True)
    failed = [c.damage for c in report.features if c.outcome is Outcome.FAIL]
    assert failed == sorted(failed, reverse=True)
    assert [c.name for c in report.scores] == ["score"]
    assert report.columns[-1].name == "score"


def test_lines_of_a_column_come_worst_first(report: Report) -> None:
    for column in report.columns:
        severities = [x.outcome.severity for x in column.lines]
        assert severities == sorted(severities, reverse=True)


def test_what_could_not_be_measured_leads_the_undecided(report: Report) -> None:
    undecided = [c.name for c in report.features if c.outcome is Outcome.INCONCLUSIVE]
    assert undecided[0] == "gate"


def test_columns_that_are_not_compared_are_listed_apart(report: Report) -> None:
    assert [(c.name, c.role) for c in report.others] == [("request_id", Role.KEY)]


def test_the_headline_of_a_failure_names_the_worst_columns(report: Report) -> None:
    assert report.headline == (
        "FAIL: 4 of 8 columns differ beyond the limits: carrier, wind, distance, dep_hour"
    )
    assert report.exit_code == 1
    assert report.meaning.startswith("Exit code 1: ")


def test_one_column_differs_in_the_singular() -> None:
    found = few(nulls("a", (0, 20_000), (9_000, 20_000)))
    assert found.headline == "FAIL: 1 of 1 column differs beyond the limits: a"


def test_an_inconclusive_headline_says_how_many_rows_would_decide() -> None:
    found = few(nulls("a", (0, 20_000), (1, 100)))
    assert found.headline.startswith("INCONCLUSIVE: nothing failed, but 1 of 1 column is undecided")
    assert found.headline.endswith("more serve rows would decide")
    assert found.exit_code == 3


def test_an_unmeasured_column_is_not_promised_to_be_decided_by_rows() -> None:
    found = few(nulls("a", (0, 20_000), (1, 100)), judged("ks", "b", Undefined("no"), Rule(0.1)))
    assert "would decide" not in found.headline


def test_a_pass_says_how_many_columns_were_compared() -> None:
    found = few(nulls("a", (0, 20_000), (0, 20_000)))
    assert found.headline == "PASS: 1 column compared, all within the limits"
    assert found.exit_code == 0


def test_a_warning_passes_and_is_named() -> None:
    found = few(nulls("a", (0, 200_000), (1_800, 200_000)))
    assert found.headline == "PASS: within the limits, with warnings on 1 of 1 column: a"
    assert found.exit_code == 0


def test_an_unjudged_column_is_not_counted_as_within_the_limits() -> None:
    found = few(nulls("a", (0, 20_000), (0, 20_000)), judged("ks", "b", Share(1, 2), Rule()))
    assert found.headline == "PASS: 1 of 2 columns within the limits, 1 not judged"


def test_nothing_judged_is_inconclusive_with_the_judges_reason() -> None:
    verdict = Verdict(Outcome.INCONCLUSIVE, {}, "no column was judged")
    found = few(verdict=verdict)
    assert found.headline == "INCONCLUSIVE: no column was judged"
    assert found.exit_code == 3


def test_every_event_is_accounted_for(report: Report) -> None:
    told = {fate: int(n.replace(",", "")) for fate, n in report.serve.fates}
    assert told == {"ok": 5_000, "malformed": 2, "duplicates": 41}
    assert report.serve.events == "5,043 events"
    assert report.serve.notes[0] == (
        "malformed",
        "shadow_logs/2013-01-02.jsonl.gz:17",
        "not JSON: unexpected end",
    )
    assert report.serve.skipped == (("shadow_logs/.DS_Store", "hidden file"),)


def test_a_thousand_skipped_files_are_counted_and_not_all_listed() -> None:
    case = flights()
    case.serve.ledger.skipped.update({f"f{i}": "empty" for i in range(1000)})
    skipped = build(case).serve.skipped
    assert len(skipped) == 21
    assert skipped[-1][0] == "981 more files"


def test_roles_are_told_with_their_reasons(report: Report) -> None:
    assert "request_id is taken as key: unique in both sides" in report.guesses


def test_limits_of_the_policy_replace_those_of_a_check_and_of_one_column() -> None:
    policy = Policy(checks={"ks": Rule(0.07)}, columns={"a": {"ks": Rule(0.3, 0.2)}})
    limits = [(t, f, w) for c, t, f, w in few(policy=policy).limits if c == "ks"]
    assert [(f, w) for _, f, w in limits] == [("0.07", "none"), ("0.3", "0.2")]
    assert limits[1][0].endswith(", a only")


def test_rows_hold_every_column_and_check(report: Report) -> None:
    found = rows(report)
    assert len(found) == sum(len(c.lines) for c in report.columns)
    assert {(r["column"], r["check"]) for r in found} >= {("wind", "null_rate"), ("gate", "ks")}
    gate = next(r for r in found if r["column"] == "gate")
    assert gate["value"] is None and "serve has no value" in gate["reason"]


def test_a_report_can_be_built_of_a_column_that_serve_lacks() -> None:
    found = build(run({**ONE, "b": pa.array(["x", None, "y"])}, ONE, []))
    assert {c.name for c in found.others} == {"a", "b"}
    assert found.charts["b"].bars[0] == Bar("absent", 0.0, 1.0, gap=True)


def test_every_word_of_a_hostile_run_is_printable() -> None:
    def strings(value: Any) -> list[str]:
        if isinstance(value, str):
            return [value]
        if isinstance(value, tuple | list):
            return [s for v in value for s in strings(v)]
        return []

    found = build(hostile())
    words = strings([found.headline, found.guesses, found.limits, found.methods, found.pairing])
    for side in (found.train, found.serve):
        words += strings([getattr(side, name) for name in side.__slots__])
    for column in (*found.columns, *found.others):
        words += [column.label, column.sentence, *(f for x in column.lines for f in x.facts)]
        words += [*column.story, column.where, column.origin]
        words += [words for cause in column.causes for words in (cause.sentence, *cause.also)]
        words += column.pairs.sentences if column.pairs else ()
    for chart in found.charts.values():
        words += [bar.label for bar in chart.bars]
    assert len(words) > 200
    assert [w for w in words if not w.isprintable()] == []


def test_names_stay_as_they_are_for_machines() -> None:
    assert {c.name for c in build(hostile()).columns} == set(HOSTILE)


def test_a_run_of_no_roles_guesses_nothing() -> None:
    schema = Schema({"a": Column("a", Role.FEATURE, "listed")})
    assert few(schema=schema).guesses == ()


def test_the_meaning_of_every_exit_code_is_told() -> None:
    codes = {build(made).exit_code for made in _runs()}
    assert codes == {0, 1, 3}


def _runs() -> list[Run]:
    sets = ((0, 20_000), (9_000, 20_000), (1, 100))
    return [run(ONE, ONE, [nulls("a", (0, 20_000), serve)]) for serve in sets]


def blamed(**origins: Origin) -> Report:
    """Return a report of failing columns of these origins; each has four of ten pairs differing."""
    pair = numbers([1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 3.0, 4.0])
    frame = dict.fromkeys(origins, ONE["a"])
    return build(
        run(
            frame,
            frame,
            [nulls(name, (0, 20_000), (9_000, 20_000)) for name in origins],
            reasons={name: Reasons((), None, Shift(of)) for name, of in origins.items()},
            partner=partner(dict.fromkeys(origins, pair)),
        )
    )


def test_the_headline_names_pipeline_bugs_before_drift() -> None:
    found = blamed(a=Origin.DRIFT, b=Origin.SKEW, c=Origin.MISPLACED, d=Origin.UNDECIDED)
    assert found.headline == (
        "FAIL: 4 of 4 columns differ beyond the limits: 2 by pipeline bugs (b, c), 1 by drift (a), "
        "1 not known by which (d)"
    )
    assert [c.name for c in found.features] == ["b", "c", "d", "a"]


def test_one_kind_of_difference_is_named_once() -> None:
    assert blamed(a=Origin.DRIFT, b=Origin.DRIFT).headline == (
        "FAIL: 2 of 2 columns differ beyond the limits, by drift: a, b"
    )
    assert blamed(a=Origin.BOTH).headline == (
        "FAIL: 1 of 1 column differs beyond the limits, by a pipeline bug: a"
    )


def test_one_bug_beside_drift_is_one_bug() -> None:
    assert blamed(a=Origin.BOTH, b=Origin.DRIFT).headline.endswith(
        ": 1 by a pipeline bug (a), 1 by drift (b)"
    )


def joined(*judgements: Judgement, **coverage: Any) -> Report:
    """Return a report of one column within the limits, and of these findings on the join."""
    return build(
        run(
            ONE,
            ONE,
            [nulls("a", (0, 20_000), (0, 20_000)), *judgements],
            schema=Schema(
                {"a": Column("a", Role.FEATURE), "request_id": Column("request_id", Role.KEY)}
            ),
            partner=partner({}, **coverage),
        )
    )


def test_a_join_that_fails_is_told_and_is_no_column() -> None:
    lost = judged("unpaired_rows", "request_id", Share(60, 310), Rule(0.05), unit="share")
    found = joined(lost)
    assert found.headline.startswith(
        "FAIL: the pairing by request_id: requests without an offline row: 19.4 % ("
    )
    assert [c.name for c in found.features] == ["a"]
    assert [c.name for c in found.joins] == ["request_id"]
    assert sum(found.tally.values()) == 1


def test_a_join_that_fails_beside_a_column_comes_after_it() -> None:
    lost = judged("unpaired_rows", "request_id", Share(60, 310), Rule(0.05), unit="share")
    found = joined(lost, nulls("a", (0, 20_000), (9_000, 20_000)))
    assert found.headline.startswith(
        "FAIL: 1 of 1 column differs beyond the limits: a; the pairing"
    )


def test_a_join_in_order_is_not_mentioned_in_the_headline() -> None:
    fine = judged("unpaired_rows", "request_id", Share(0, 3_100), Rule(0.05), unit="share")
    assert joined(fine).headline == "PASS: 1 column compared, all within the limits"


def test_the_pairing_is_told_both_ways() -> None:
    assert joined().pairing == (
        "290 of 310 requests have a row in offline.parquet, by request_id",
        "offline.parquet has 300 keys in 300 rows: 10 without a request",
    )


def test_what_is_wrong_with_keys_is_counted_and_a_repair_is_offered() -> None:
    found = joined(
        null_train=1, null_serve=5, repeated_train=2, spelled={"case": 300, "type+case": 305}
    )
    assert found.pairing[2:] == (
        "1 row without a key in offline.parquet",
        "5 rows without a key in serve",
        "2 rows in offline.parquet with the key of another row, the first one was paired",
        "--repair-key type --repair-key case would pair 15 more requests: "
        "keys are spelled differently",
        "--repair-key case would pair 10 more requests: keys are spelled differently",
    )


def test_an_as_of_join_speaks_of_the_latest_row() -> None:
    assert joined(as_of=True).pairing == (
        "290 of 320 requests have the latest row of their key in offline.parquet, by request_id",
    )


def test_a_run_without_pairs_says_nothing_of_them(report: Report) -> None:
    assert report.pairing == () and report.joins == ()
