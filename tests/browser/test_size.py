"""How large and how quick a page of a thousand columns is."""

from __future__ import annotations

import statistics
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from skewcheck.render.html import render
from tests.browser.test_report_page import Visit, browser
from tests.render.test_html import wide

__all__ = ["browser"]
SORT = """by => {
  const start = performance.now();
  document.querySelector(`[data-by=${by}]`).click();
  document.body.offsetHeight;
  return performance.now() - start;
}"""
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


@pytest.mark.slow
def test_a_thousand_columns_are_small_and_quick(browser: Any, tmp_path: Path) -> None:
    report = wide(1000)
    start = perf_counter()
    text = render(report)
    assert perf_counter() - start < 3
    assert len(text.encode()) <= 3_000_000
    page = tmp_path / "wide.html"
    page.write_text(text, encoding="utf-8")
    with Visit(browser, page) as visit:
        visit.page.wait_for_function(f"{PAINT.partition('.startTime')[0]} !== undefined")
        assert visit.page.evaluate(PAINT) < 1_000
        times = [visit.page.evaluate(SORT, by) for by in ("name", "damage", "name", "verdict")]
        assert statistics.median(times) < 100
