"""What a browser makes of the page: it works, it is inert, and it asks nobody for anything."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from skewcheck.render.html import render
from skewcheck.report import build
from tests.report.cases import flights, hostile
from tests.report.offline import offline

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")

SHOWN = "[...document.querySelectorAll('.col')].filter(c => c.checkVisibility()).map(name)"
NAME = "const name = c => c.querySelector('.n').firstChild.textContent;"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    reports = {"flights": build(flights()), "hostile": build(hostile()), "offline": offline()}
    for name, report in reports.items():
        (made / f"{name}.html").write_text(render(report), encoding="utf-8")
    return made


class Visit:
    """A page with all that it said and asked for."""

    def __init__(self, browser: Any, path: Path, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(dialog.message))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def columns(self) -> list[str]:
        """Return the names of the columns that can be seen."""
        return list(self.page.evaluate(f"() => {{ {NAME} return {SHOWN}; }}"))


@pytest.mark.parametrize("case", ["flights", "hostile", "offline"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_says_nothing_asks_for_nothing_and_runs_no_foreign_code(
    browser: Any, folder: Path, case: str, scheme: str
) -> None:
    path = folder / f"{case}.html"
    with Visit(browser, path, color_scheme=scheme) as visit:
        visit.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        visit.page.fill("#find", "a")
        assert visit.said == []
        assert visit.asked == [path.as_uri()]
        assert visit.page.evaluate("'pwned' in window") is False
        assert visit.page.evaluate("document.querySelectorAll('script').length") == 1


def test_the_filter_finds_by_name_and_by_finding(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "flights.html") as visit:
        assert "steady" not in visit.columns()
        visit.page.fill("#find", "CARR")
        assert visit.columns() == ["carrier"]
        assert visit.page.inner_text("#found") == "1 of 8 columns"
        visit.page.fill("#find", "null rate 12.5")
        assert visit.columns() == ["wind"]
        visit.page.fill("#find", "steady")
        assert visit.columns() == ["steady"]
        visit.page.fill("#find", "no such column")
        assert visit.columns() == []
        visit.page.fill("#find", "")
        assert len(visit.columns()) == 7 and "steady" not in visit.columns()


def test_verdict_buttons_add_up_and_are_released_again(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "flights.html") as visit:
        before = visit.columns()
        visit.page.click("button.fail")
        assert visit.columns() == ["carrier", "wind", "distance", "dep_hour"]
        assert visit.page.get_attribute("button.fail", "aria-pressed") == "true"
        visit.page.click("button.pass")
        assert visit.columns()[-1] == "steady"
        visit.page.click("button.fail")
        visit.page.click("button.pass")
        assert visit.columns() == before


def test_columns_sort_by_name_and_back(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "flights.html") as visit:
        before = visit.columns()
        visit.page.select_option("#sort", "name")
        features = [name for name in visit.columns() if name != "score"]
        assert features == sorted(features)
        visit.page.select_option("#sort", "damage")
        assert visit.columns() == before


def test_a_column_opens_by_keyboard_and_shows_all_its_findings(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "flights.html") as visit:
        visit.page.focus(".col > summary")
        visit.page.keyboard.press("Enter")
        assert visit.page.is_visible(".col .b table")
        assert visit.page.locator(".col .b").first.locator("tbody th").count() == 2


def test_without_scripts_every_column_and_table_can_be_read(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "flights.html", java_script_enabled=False) as visit:
        assert not visit.page.is_visible("#tools")
        visit.page.click(".fold > summary")
        summaries = visit.page.locator(".col > summary")
        for i in range(summaries.count()):
            summaries.nth(i).click()
        assert visit.page.locator(".col .b table:visible").count() == 8
        assert visit.page.locator(".col .b svg:visible").count() == 6


@pytest.mark.parametrize("width", [360, 800, 1400])
@pytest.mark.parametrize("case", ["flights", "hostile", "offline"])
def test_no_width_scrolls_sideways(browser: Any, folder: Path, case: str, width: int) -> None:
    size = {"width": width, "height": 800}
    with Visit(browser, folder / f"{case}.html", viewport=size) as visit:
        visit.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


def test_charts_are_drawn_where_their_axis_is(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "flights.html") as visit:
        visit.page.evaluate("document.querySelectorAll('.col').forEach(d => d.open = true)")
        boxes = visit.page.evaluate(
            "[...document.querySelectorAll('.g')].filter(g => g.checkVisibility())"
            ".map(g => [g, ...g.querySelectorAll('use')].map(e => e.getBoundingClientRect())"
            ".map(r => [r.left, r.right, r.top, r.bottom]))"
        )
        assert len(boxes) >= 6
        for (left, right, top, bottom), *shapes in boxes:
            assert len(shapes) == 2
            for shape in shapes:
                assert left - 1 <= shape[0] <= shape[1] <= right + 1
                assert top - 1 <= shape[2] <= shape[3] <= bottom + 1
            assert max(s[3] - s[2] for s in shapes) > 0.4 * (bottom - top)


def test_printing_opens_what_did_not_pass(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "flights.html") as visit:
        visit.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        opened = visit.page.evaluate("document.querySelectorAll('.col[open]').length")
        assert opened == 7
        assert len(visit.page.pdf()) > 10_000


def test_a_query_can_be_selected_with_one_click_and_is_the_whole_query(
    browser: Any, folder: Path
) -> None:
    with Visit(browser, folder / "offline.html") as visit:
        visit.page.click(".col > summary")
        visit.page.click(".col[open] .y details > summary")
        visit.page.click(".col[open] pre")
        selected = visit.page.evaluate("getSelection().toString()")
        assert selected.startswith(
            "WITH t AS (FROM read_parquet('fixtures/flights/offline.parquet')"
        )
        assert selected.rstrip().endswith("LIMIT 20")


def test_causes_are_found_by_the_filter(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "offline.html") as visit:
        visit.page.fill("#find", "lower case")
        assert visit.columns() == ["carrier"]
        visit.page.fill("#find", "drift: population")
        assert visit.columns()[0] == "dewp"
