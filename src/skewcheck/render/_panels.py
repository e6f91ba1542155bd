"""The dashboard of a new Evidently project: skewcheck's numbers over the nights."""

from __future__ import annotations

from collections.abc import Iterable

from evidently.sdk.models import (
    DashboardModel,
    DashboardPanelPlot,
    DashboardTabModel,
    PanelMetric,
)
from evidently.sdk.panels import bar_plot_panel, line_plot_panel

from skewcheck.lines import title_of
from skewcheck.render._snapshot import METRIC
from skewcheck.report import Report
from skewcheck.verdict import Outcome

NIGHTS, WORST, COLUMNS = "Nights", "Worst column", "Every column"
CODES = "0 passed, 1 failed, 3 not enough evidence"


def dashboard(report: Report) -> DashboardModel:
    """Return the panels of a new project, each in its tab."""
    found = list(panels(report))
    tabs = [
        DashboardTabModel(title=tab, panels=[panel.id for where, panel in found if where == tab])
        for tab in (NIGHTS, WORST, COLUMNS)
    ]
    return DashboardModel(tabs=tabs, panels=[panel for _, panel in found])


def panels(report: Report) -> Iterable[tuple[str, DashboardPanelPlot]]:
    """Yield the panels with the tab each belongs to; checks are those judged in this report."""
    yield NIGHTS, line_plot_panel("Verdict", [_series("ExitCode", "exit code")], CODES)
    columns = _series("Columns", "{{verdict}}")
    yield NIGHTS, bar_plot_panel("Columns by verdict", [columns], size="half", stacked=True)
    yield NIGHTS, line_plot_panel("Rows", [_series("Rows", "{{side}}")], size="half")
    for outcome in (Outcome.FAIL, Outcome.INCONCLUSIVE):
        series = _series("Checks", "{{column}}", verdict=str(outcome))
        title = f"Checks by column: {outcome}"
        yield NIGHTS, line_plot_panel(title, [series], size="half")
    for check, unit in _judged(report).items():
        yield from _of_check(check, unit)


def _of_check(check: str, unit: str) -> Iterable[tuple[str, DashboardPanelPlot]]:
    title = title_of(check)
    ends = [_series("Worst", "worst column", check=check), _series("Limit", "limit", check=check)]
    yield WORST, line_plot_panel(title, ends, unit or None, size="half")
    every = [_series("Effect", "{{column}}", check=check)]
    yield COLUMNS, line_plot_panel(title, every, unit or None)


def _judged(report: Report) -> dict[str, str]:
    """Return the checks that have a limit here, with the unit of their values."""
    lines = (x for column in report.columns for x in column.lines)
    return {x.check: x.numbers.unit for x in lines if x.numbers.limit is not None}


def _series(kind: str, legend: str, **labels: str) -> PanelMetric:
    return PanelMetric(metric=METRIC + kind, legend=legend, metric_labels=labels)
