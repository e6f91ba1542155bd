"""JUnit XML: what the schema of Jenkins' xUnit plugin allows, and every finding as a case."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, fromstring, tostring

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skewcheck.finding import Undefined
from skewcheck.policy import Rule
from skewcheck.render.junit import INCOMPLETE, clean, render
from skewcheck.report import Report, build
from skewcheck.run import Run
from skewcheck.verdict import Outcome
from tests.report.cases import HOSTILE, flights, hostile, judged, nulls, run
from tests.report.golden import expected
from tests.report.offline import offline

ONE = {"a": pa.array([1.0])}
# Of an element: attributes it must have, attributes it may have, elements it may hold.
SCHEMA = {
    "testsuites": ("", "name time tests failures errors", "testsuite"),
    "testsuite": (
        "name tests failures errors",
        "group time skipped timestamp hostname id package file log url",
        "testsuite properties testcase system-out system-err",
    ),
    "testcase": ("name", "time classname group", "skipped error failure system-out system-err"),
    "failure": ("", "type message", ""),
    "error": ("", "type message", ""),
    "skipped": ("", "type message", ""),
    "system-out": ("", "", ""),
}
MARK = {Outcome.FAIL: "failure", Outcome.INCONCLUSIVE: "error", Outcome.UNJUDGED: "skipped"}


def breaches(element: Element) -> Iterable[str]:
    """Yield where a document is not what junit-10.xsd describes."""
    must, may, holds = (set(words.split()) for words in SCHEMA[element.tag])
    if not must <= set(element.keys()) <= must | may:
        yield f"{element.tag}: {element.keys()}"
    for child in element:
        if child.tag not in holds:
            yield f"{child.tag} in {element.tag}"
        yield from breaches(child)


def document(made: Run | Report) -> Element:
    return fromstring(render(build(made) if isinstance(made, Run) else made))


def cases(root: Element) -> list[Element]:
    return root.findall("testsuite/testcase")


def marks(case: Element) -> list[str]:
    return [child.tag for child in case if child.tag != "system-out"]


def test_the_flights_case_is_as_it_was() -> None:
    actual = render(build(flights()))
    assert actual == expected("flights.junit.xml", actual)


@pytest.mark.parametrize("made", [flights(), hostile(), run(ONE, ONE, [])])
def test_it_keeps_to_the_schema(made: Run) -> None:
    assert not list(breaches(document(made)))


def test_the_real_case_and_what_stands_in_for_an_unfinished_one_keep_to_the_schema() -> None:
    assert not list(breaches(document(offline())))
    root = fromstring(INCOMPLETE)
    assert not list(breaches(root)) and root.get("errors") == "1"
    assert root.find(".//error") is not None


@pytest.mark.parametrize("made", [build(flights()), build(hostile()), offline()])
def test_every_finding_is_a_case_with_the_mark_of_its_outcome(made: Report) -> None:
    verdict, *found = cases(document(made))
    lines = [
        x for c in (*made.features, *made.scores, *made.services, *made.joins) for x in c.lines
    ]
    assert [c.get("name") for c in found] == [clean(x.title) for x in lines]
    assert [marks(c) for c in found] == [
        [MARK[x.outcome]] if x.outcome in MARK else [] for x in lines
    ]
    assert marks(verdict) == ["failure"]
    assert len(lines) == sum(len(c.lines) for c in made.columns)


def test_the_counts_are_those_of_the_cases() -> None:
    root = document(flights())
    for element in (root, *root):
        inside = element.iter("testcase")
        counted = [marks(case) for case in inside]
        assert element.get("tests") == str(len(counted))
        assert element.get("failures") == str(counted.count(["failure"]))
        assert element.get("errors") == str(counted.count(["error"]))


def test_values_are_there_on_passes_too() -> None:
    passed = [c for c in cases(document(flights())) if not marks(c) and c.get("name") != "verdict"]
    assert passed
    for case in passed:
        text = case.findtext("system-out") or ""
        assert "value: " in text and "limit: " in text and "rows: " in text


@pytest.mark.parametrize(
    ("serve", "mark"),
    [((0, 20_000), []), ((180, 20_000), []), ((9_000, 20_000), ["failure"]), ((1, 100), ["error"])],
)
def test_the_first_case_is_the_verdict(serve: tuple[int, int], mark: list[str]) -> None:
    first, second = cases(document(run(ONE, ONE, [nulls("a", (0, 200_000), serve)])))
    assert (first.get("name"), marks(first), marks(second)) == ("verdict", mark, mark)


def test_nothing_judged_is_an_error_and_not_an_empty_page() -> None:
    for judgements in ([], [judged("ks", "a", Undefined("no number"), Rule(None))]):
        root = document(run(ONE, ONE, judgements))
        assert int(root.get("errors", "0")) >= 1


def test_hostile_text_is_text() -> None:
    root = document(hostile((*HOSTILE, "]]>", "<![CDATA[", "&amp;&#0;", "\ufffe")))
    text = render(build(hostile((*HOSTILE, "]]>"))))
    assert "]]>" not in text and "\x1b" not in text and "\x00" not in text
    names = {case.get("classname") for case in cases(root)}
    assert "</script><script>window.pwned=1</script>" in names and "]]>" in names
    text.encode("utf-8")


@given(st.text())
def test_any_text_can_be_in_the_document(text: str) -> None:
    element = Element("a", b=clean(text))
    element.text = clean(text)
    fromstring(tostring(element, "utf-8"))
