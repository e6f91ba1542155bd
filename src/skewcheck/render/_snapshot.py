"""A report as an Evidently snapshot: skewcheck's numbers as metrics, its judgements as tests.

Metrics are Evidently's own single values under names of ours, so whoever looks at the workspace
needs no skewcheck. A number that is undefined has no metric: it has a test that says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from evidently.core.metric_types import (
    MetricConfig,
    MetricTestResult,
    MetricValueLocation,
    SingleValue,
    metric_tests_widget,
)
from evidently.core.report import metric_tests_stats
from evidently.core.serialization import ReportModel, SnapshotModel
from evidently.legacy.renderers.html_widgets import CounterData, counter, table_data
from evidently.legacy.tests.base_test import TestStatus

from skewcheck.basis import Basis
from skewcheck.lines import Line
from skewcheck.report import Report
from skewcheck.sanitize import safe
from skewcheck.verdict import Outcome
from skewcheck.views import NAME, ColumnView

METRIC = "evidently:metric_v2:Skewcheck"
STATUS = {
    Outcome.PASS: TestStatus.SUCCESS,
    Outcome.WARN: TestStatus.WARNING,
    Outcome.FAIL: TestStatus.FAIL,
    Outcome.INCONCLUSIVE: TestStatus.ERROR,
}
COUNTED = (Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.WARN, Outcome.PASS)
HEADER = ("Column", "Role", "Verdict", "Main finding")


def snapshot(report: Report) -> SnapshotModel:
    """Return the snapshot of a report; its time is the end of the window that was judged."""
    metrics = [*_of_run(report), *_worst(report)]
    for column in report.columns:
        metrics += _of_column(column)
    results = {metric.metric_value_location.metric.metric_id: metric for metric in metrics}
    return SnapshotModel(
        report=ReportModel(items=[]),
        name=inert(report.basis.night),
        timestamp=moment(report.basis),
        metadata=_metadata(report),
        tags=["skewcheck", _verdict(report)],
        metric_results=results,
        top_level_metrics=list(results),
        widgets=_widgets(report),
        tests_widgets=_tests([test for metric in metrics for test in metric.tests]),
    )


def moment(basis: Basis) -> datetime:
    """Return the end of the window in UTC, without a zone, as Evidently keeps times.

    Where events have no time, or none that a calendar holds, it is when the run started.
    """
    try:
        if basis.last is not None:
            return datetime.fromtimestamp(basis.last, UTC).replace(tzinfo=None)
    except (OverflowError, ValueError, OSError):
        pass
    return datetime.fromisoformat(basis.started).astimezone(UTC).replace(tzinfo=None)


def inert(text: object, cells: int = 200) -> str:
    """Return text that cannot end the script in which Evidently's exported pages hold it."""
    return safe(text, cells).replace("<", "‹")


def _of_run(report: Report) -> Iterable[SingleValue]:
    verdict = _value("ExitCode", report.exit_code, "Exit code")
    unsure = report.outcome is Outcome.UNJUDGED
    outcome = Outcome.INCONCLUSIVE if unsure else report.outcome
    verdict.tests = [_test(verdict, "Verdict", outcome, report.headline)]
    yield verdict
    for of in Outcome:
        yield _value("Columns", report.tally.get(of, 0), f"Columns: {of}", verdict=str(of))
    for side, rows in (
        ("train", report.basis.train["rows"]),
        ("serve", report.basis.serve["rows"]),
    ):
        yield _value("Rows", rows, f"Rows of {side}", side=side)


def _worst(report: Report) -> Iterable[SingleValue]:
    """Yield of every check the largest value over the columns, and the limit where there is one."""
    found: dict[str, list[Line]] = {}
    for x in (x for column in report.columns for x in column.lines if _measured(x)):
        found.setdefault(x.check, []).append(x)
    limits = report.basis.policy["checks"]
    for check, lines in found.items():
        value = max(x.numbers.value for x in lines if x.numbers.value is not None)
        yield _value("Worst", value, f"{lines[0].title}: the worst column", check=check)
        limit = limits[check]["fail"] if check in limits else None
        if limit is not None:
            yield _value("Limit", limit, f"{lines[0].title}: limit", check=check)


def _measured(x: Line) -> bool:
    return x.numbers.value is not None and not x.place


def _of_column(column: ColumnView) -> Iterable[SingleValue]:
    """Yield the numbers of a column; what could not be measured is a test of its undecided ones."""
    unnumbered = []
    for x in column.lines:
        effect = _effect(column, x)
        if effect is None:
            unnumbered.append(x)
            continue
        effect.tests = _judged(effect, column, [x])
        yield effect
    for of in COUNTED:
        n = sum(x.outcome is of for x in column.lines)
        name = f"{_label(column)}: checks, {of}"
        count = _value("Checks", n, name, column=_name(column), verdict=str(of))
        count.tests = _judged(count, column, (x for x in unnumbered if x.outcome is of))
        yield count


def _effect(column: ColumnView, x: Line) -> SingleValue | None:
    value = x.numbers.value
    if value is None:
        return None
    kind, part = ("EffectInPart", {"part": inert(x.place)}) if x.place else ("Effect", {})
    name = f"{_label(column)}: {inert(x.title)}"
    return _value(kind, value, name, column=_name(column), check=x.check, **part)


def _name(column: ColumnView) -> str:
    """Return the name by which panels tell columns apart, with a mark where it is not all of it."""
    shown = inert(column.name, NAME)
    if shown == column.name:
        return shown
    digest = hashlib.sha256(column.name.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{shown} #{digest[:8]}"


def _label(column: ColumnView) -> str:
    return inert(column.name, NAME)


def _value(kind: str, value: float, name: str, **labels: str) -> SingleValue:
    params = {"type": METRIC + kind, **labels}
    identity = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()[:32]
    config = MetricConfig(metric_id=identity, params=params)
    return SingleValue(
        value=value, display_name=name, metric_value_location=MetricValueLocation(config, {})
    )


def _judged(metric: SingleValue, column: ColumnView, lines: Iterable[Line]) -> list[Any]:
    """Return the tests of these lines; what has no limit is no test."""
    return [
        _test(
            metric,
            f"{_label(column)}: {inert(x.title)}",
            x.outcome,
            ". ".join(filter(None, (x.sentence, x.needs))),
            _numbers(x),
        )
        for x in lines
        if x.outcome in STATUS
    ]


def _numbers(x: Line) -> dict[str, Any]:
    numbers = x.numbers
    names = ("value", "low", "high", "unit", "limit", "warn_limit", "p", "n_train", "n_serve")
    return {name: getattr(numbers, name) for name in names}


def _test(
    metric: SingleValue,
    name: str,
    outcome: Outcome,
    sentence: str,
    numbers: Mapping[str, Any] | None = None,
) -> MetricTestResult:
    config = metric.metric_value_location.metric
    return MetricTestResult(
        id=f"skewcheck-{config.metric_id}",
        name=inert(name),
        description=inert(sentence, 1000),
        metric_config=config,
        test_config=dict(numbers or {}),
        status=STATUS[outcome],
    )


def _verdict(report: Report) -> str:
    passed = report.outcome in (Outcome.PASS, Outcome.WARN)
    return "pass" if passed else "fail" if report.outcome is Outcome.FAIL else "inconclusive"


def _metadata(report: Report) -> dict[str, str]:
    """Return what is known of the run, in words: Evidently filters snapshots by it."""
    basis = report.basis
    return {
        "night": inert(basis.night),
        "verdict": _verdict(report),
        "train": inert(basis.train["path"]),
        "serve": inert(basis.serve["path"]),
        "started": inert(basis.started),
        "skewcheck": report.version,
    }


def _widgets(report: Report) -> list[Any]:
    counts = [
        CounterData(str(of), str(report.tally.get(of, 0))) for of in (*COUNTED, Outcome.UNJUDGED)
    ]
    headline = counter(counters=[CounterData("", inert(report.headline, 1000))], title="skewcheck")
    rows = [
        (_label(c), str(c.role), str(c.outcome), inert(c.sentence, 1000)) for c in report.columns
    ]
    return [
        headline,
        counter(counters=counts, title="Columns by verdict"),
        table_data(column_names=HEADER, data=rows, title="Columns, worst first"),
    ]


def _tests(tests: list[MetricTestResult]) -> list[Any]:
    return [metric_tests_stats(tests), metric_tests_widget(tests)]
