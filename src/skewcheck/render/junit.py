"""JUnit XML: a case per column and check, for the test pages of Jenkins, GitLab and others.

A failure is a failure, what is undecided an error, so that no build is green without evidence; what
the policy sets no limit for is skipped. Every case has its numbers in ``system-out``. The first
case is the verdict itself: a run in which nothing could be judged is not an empty, green page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from skewcheck.lines import Line
from skewcheck.report import Report
from skewcheck.sanitize import safe
from skewcheck.verdict import Outcome
from skewcheck.views import ColumnView

SUFFIX = ".xml"
NAME = 200  # width of a column's name: the page tells cases of two builds apart by it
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
TAGS = {Outcome.FAIL: "failure", Outcome.INCONCLUSIVE: "error", Outcome.UNJUDGED: "skipped"}
COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}
INCOMPLETE = """<?xml version='1.0' encoding='utf-8'?>
<testsuites name="skewcheck" tests="1" failures="0" errors="1">
 <testsuite name="verdict" tests="1" failures="0" errors="1" skipped="0">
  <testcase classname="run" name="verdict">
   <error type="incomplete" message="the run has not finished; there is no verdict" />
  </testcase>
 </testsuite>
</testsuites>
"""


def render(report: Report) -> str:
    """Return the report as JUnit XML."""
    root = Element("testsuites", name="skewcheck", time=f"{report.basis.seconds:.3f}")
    _suite(root, report, "verdict", [_verdict(report)])
    parts = {
        "features": report.features,
        "scores": report.scores,
        "service": report.services,
        "pairing": report.joins,
    }
    for name, columns in parts.items():
        if columns:
            _suite(root, report, name, [case for c in columns for case in _cases(c)])
    _count(root, root.iter("testcase"), ("failures", "errors"))
    indent(root, " ")
    return f"<?xml version='1.0' encoding='utf-8'?>\n{tostring(root, 'unicode')}\n"


def _suite(root: Element, report: Report, name: str, cases: list[Element]) -> None:
    moment = report.basis.started[:19]  # the schema knows no zone
    suite = SubElement(root, "testsuite", name=name, timestamp=clean(moment))
    _count(suite, cases, COUNTED)
    suite.extend(cases)


def _count(element: Element, cases: Iterable[Element], names: Iterable[str]) -> None:
    """Set how many cases there are, and how many of them have each mark."""
    listed = list(cases)
    element.set("tests", str(len(listed)))
    for name in names:
        element.set(name, str(sum(case.find(COUNTED[name]) is not None for case in listed)))


def _verdict(report: Report) -> Element:
    """Return the case of the run; where nothing was judged there is no evidence for a pass."""
    unsure = report.outcome is Outcome.UNJUDGED
    outcome = Outcome.INCONCLUSIVE if unsure else report.outcome
    return _case("run", "verdict", outcome, [report.headline, report.meaning])


def _cases(column: ColumnView) -> Iterable[Element]:
    for x in column.lines:
        why = column.story if x is column.lines[0] else ()
        yield _case(safe(column.name, NAME), x.title, x.outcome, [x.sentence, *why, *_numbers(x)])


def _numbers(x: Line) -> Iterable[str]:
    """Yield what is known beside the sentence, a line each."""
    yield f"rows: {x.rows}"
    yield from x.facts
    if x.outcome is Outcome.WARN:
        yield "warning: beyond the limit for warnings, not beyond the limit for failures"
    for value in (x.needs, f"p {x.p}" if x.p else ""):
        if value:
            yield value
    for name in ("value", "low", "high", "limit", "warn_limit"):
        number = getattr(x.numbers, name)
        if number is not None:
            yield f"{name}: {number:.9g}"


def _case(classname: str, name: str, outcome: Outcome, lines: list[str]) -> Element:
    case = Element("testcase", classname=clean(classname), name=clean(name))
    tag = TAGS.get(outcome)
    if tag:
        SubElement(case, tag, type=str(outcome), message=clean(lines[0]))
    SubElement(case, "system-out").text = clean("\n".join(lines))
    return case


def clean(text: str) -> str:
    """Return text without the characters that no XML document may hold, however written."""
    return FORBIDDEN.sub("\ufffd", text)
