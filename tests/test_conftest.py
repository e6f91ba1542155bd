"""In CI a test that does not run is a test that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

CONFTEST = (Path(__file__).parent / "conftest.py").read_text("utf-8")
SKIPPED = "import pytest\n@pytest.mark.skip(reason='no browser')\ndef test_page(): pass\n"
XFAILED = "import pytest\n@pytest.mark.xfail\ndef test_page(): assert False\n"
MODULE = "import pytest\npytest.importorskip('no_such_library')\ndef test_page(): pass\n"


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """Return a test suite of its own that has this suite's conftest."""
    pytester.makeconftest(CONFTEST)
    return pytester


@pytest.mark.parametrize("text", [SKIPPED, MODULE])
def test_a_skip_fails_in_ci(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("CI", "true")
    suite.makepyfile(text)
    result = suite.runpytest_inprocess("-p", "no:cacheprovider")
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*in CI every test must run*"])


@pytest.mark.parametrize("text", [SKIPPED, XFAILED])
def test_a_skip_is_a_skip_elsewhere(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.delenv("CI", raising=False)
    suite.makepyfile(text)
    assert suite.runpytest_inprocess("-p", "no:cacheprovider").ret == 0


def test_an_expected_failure_is_no_skip(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    suite.makepyfile(XFAILED)
    result = suite.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(xfailed=1)
