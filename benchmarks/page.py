"""How long the page of many columns takes: building, first paint, sorting.

    python -m benchmarks.page --columns 1000

Prints CPU and wall seconds of building the page, and milliseconds in headless Chromium.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from playwright.sync_api import sync_playwright
from tests.render.test_html import wide

from skewcheck.render.html import render

CHROMIUM = "/usr/bin/chromium"
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]"
SORT = """by => {
  const start = performance.now();
  document.querySelector(`[data-by=${by}]`).click();
  document.body.offsetHeight;
  return performance.now() - start;
}"""
ORDERS = ("name", "damage", "name", "role", "verdict")


def main() -> None:
    """Build a page, open it, sort it, print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--columns", type=int, default=1000)
    columns = parser.parse_args().columns
    report = wide(columns)
    wall, cpu = perf_counter(), process_time()
    text = render(report)
    took = perf_counter() - wall, process_time() - cpu
    print(f"{columns} columns: {len(text.encode()) / 1e6:.2f} MB")
    print(f"built in {took[1]:.2f} CPU s, {took[0]:.2f} s")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "page.html"
        page.write_text(text, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        tab = browser.new_page()
        tab.goto(page.as_uri())
        tab.wait_for_function(f"{PAINT} !== undefined")
        print(f"first paint {tab.evaluate(f'{PAINT}.startTime'):.0f} ms")
        times = [tab.evaluate(SORT, by) for by in ORDERS]
        print(f"sorting {statistics.median(times):.0f} ms (median of {len(times)})")
        browser.close()


if __name__ == "__main__":
    main()
