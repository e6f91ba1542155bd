"""What a browser makes of the page: it works, it is inert, and it asks nobody for anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skewcheck.render.html import render
from skewcheck.report import build
from skewcheck.result import Result
from tests.render.test_html import wide
from tests.report.cases import HOSTILE, flights, hostile
from tests.report.offline import offline
from tests.report.topics import topics

Axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe
SERIOUS = ("serious", "critical")

SHOWN = "[...document.querySelectorAll('.col')].filter(c => c.checkVisibility()).map(name)"
NAME = "const name = c => c.querySelector('.n').firstChild.textContent;"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    reports = {
        "flights": build(flights()),
        "hostile": build(hostile()),
        "offline": offline(),
        "topics": topics(),
    }
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


@pytest.mark.parametrize("case", ["flights", "hostile", "offline", "topics"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_says_nothing_asks_for_nothing_and_runs_no_foreign_code(
    browser: Any, folder: Path, case: str, scheme: str
) -> None:
    path = folder / f"{case}.html"
    with Visit(browser, path, color_scheme=scheme) as visit:
        visit.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        visit.page.wait_for_function("document.querySelector('.pic svg')")
        visit.page.fill("#page-find", "a")
        assert visit.said == []
        assert visit.asked == [path.as_uri()]
        assert visit.page.evaluate("'pwned' in window") is False
        assert visit.page.evaluate("document.querySelectorAll('script').length") == 2


def test_the_filter_finds_by_name_and_by_finding(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "flights.html") as visit:
        assert "steady" not in visit.columns()
        visit.page.fill("#page-find", "CARR")
        assert visit.columns() == ["carrier"]
        assert visit.page.inner_text("#page-found") == "1 of 8 columns"
        visit.page.fill("#page-find", "null rate 12.5")
        assert visit.columns() == ["wind"]
        visit.page.fill("#page-find", "steady")
        assert visit.columns() == ["steady"]
        visit.page.fill("#page-find", "no such column")
        assert visit.columns() == []
        visit.page.fill("#page-find", "")
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


@pytest.mark.parametrize("by", ["name", "role", "damage", "verdict"])
def test_columns_sort_by_a_heading_and_the_other_way_round(
    browser: Any, folder: Path, by: str
) -> None:
    with Visit(browser, folder / "flights.html") as visit:
        before = visit.columns()
        heading = f"[data-by={by}]"
        visit.page.focus(heading)
        if by == "verdict":
            assert visit.page.get_attribute(heading, "aria-pressed") == "true"
        else:
            visit.page.keyboard.press("Enter")
        down = visit.columns()
        visit.page.keyboard.press("Enter")
        assert visit.columns() == down[::-1]
        assert visit.page.locator(".heads .up").count() == 1
        if by == "name":
            assert down == sorted(before)
        if by == "role":
            assert down[-1] == "score"
        visit.page.click("[data-by=name]")
        visit.page.click("[data-by=verdict]")
        assert visit.columns() == before


def test_columns_are_filtered_by_role_and_by_cause(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "flights.html") as visit:
        visit.page.select_option("#page-role", "score")
        assert visit.columns() == ["score"]
    with Visit(browser, folder / "offline.html") as visit:
        visit.page.select_option("#page-cause", "a known factor between units")
        assert visit.columns() == ["distance_miles"]


def test_an_address_opens_a_column_even_a_folded_one_and_back_goes_back(
    browser: Any, folder: Path
) -> None:
    with Visit(browser, folder / "topics.html") as visit:
        visit.page.evaluate("location.hash = '#steady'")
        visit.page.wait_for_selector("#steady[open]")
        assert visit.page.is_visible("#steady .fs")
        visit.page.click("#topic-fix_first a[href='#wind'] >> nth=-1")
        visit.page.wait_for_selector("#wind[open] .pic svg")
        assert visit.page.evaluate("document.activeElement.parentNode.id") == "wind"
        visit.page.go_back()
        visit.page.wait_for_function("document.activeElement.parentNode.id === 'steady'")


def test_hostile_names_have_addresses_that_open_them(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "hostile.html") as visit:
        ids = visit.page.evaluate("[...document.querySelectorAll('.col')].map(c => c.id)")
        assert len(set(ids)) == len(HOSTILE)
        for id_ in ids:
            visit.page.evaluate("id => { location.hash = '#' + encodeURIComponent(id) }", id_)
            visit.page.wait_for_function("id => document.getElementById(id).open", arg=id_)
        visit.page.evaluate("location.hash = '#%E0%A4%A'")  # no text at all
        assert visit.said == []


def test_a_threshold_is_moved_by_mouse_by_touch_and_by_keyboard(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "topics.html", has_touch=True) as visit:
        value = "[...document.querySelectorAll('.told dd')].map(d => d.textContent)"
        assert visit.page.evaluate(value) == ["50.0 %", "4.0 %", "250 EUR per day"]
        visit.page.focus(".slide input")
        visit.page.keyboard.press("ArrowLeft")
        assert visit.page.evaluate(value) == ["55.0 %", "3.6 %", "247.5 EUR per day"]
        assert visit.page.inner_text(".slide .at") == "0.45"
        visit.page.keyboard.press("End")
        assert visit.page.evaluate(value)[1] == "not known"
        box = visit.page.locator(".sweep .fig").bounding_box()
        assert box is not None
        y = box["y"] + box["height"] / 2
        visit.page.mouse.move(box["x"] + box["width"] * 0.9, y)
        visit.page.mouse.down()
        visit.page.mouse.move(box["x"] + box["width"] * (62 + 566 / 18 * 3) / 640, y)
        visit.page.mouse.up()
        assert visit.page.inner_text(".slide .at") == "0.2"
        visit.page.touchscreen.tap(box["x"] + box["width"] * (62 + 566 / 2) / 640, y)
        assert visit.page.inner_text(".slide .at") == "0.5"


def test_the_axis_can_be_switched_and_the_focus_stays(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "flights.html") as visit:
        visit.page.click("#distance > summary")
        before = visit.page.get_attribute("#distance .pic path.s", "d")
        visit.page.click("#distance .axes button:has-text('logarithmic')")
        assert visit.page.get_attribute("#distance .pic path.s", "d") != before
        assert visit.page.evaluate("document.activeElement.textContent") == "logarithmic"


def test_an_open_column_shows_curves_gap_fitted_cause_and_places(
    browser: Any, folder: Path
) -> None:
    with Visit(browser, folder / "offline.html") as visit:
        visit.page.click("#distance_miles > summary")
        home = visit.page.locator("#distance_miles")
        assert home.locator("path.gap").count() == 1
        assert home.locator("path.fit").count() == 1
        assert home.locator("circle.q").count() == 33
        assert "line: serve = 1.609344 × train" in home.inner_text()
        visit.page.click("#carrier > summary")
        assert "new" in visit.page.locator("#carrier tspan.new").all_text_contents()[0]
        assert "Differing pairs by caller" in visit.page.inner_text("#carrier")
        visit.page.click("#carrier .means summary")
        assert "Share of serve rows whose category train never showed." in visit.page.inner_text(
            "#carrier .means"
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("case", ["offline", "topics", "hostile"])
def test_axe_finds_no_serious_violation(browser: Any, folder: Path, case: str, scheme: str) -> None:
    options = {"color_scheme": scheme, "bypass_csp": True}
    with Visit(browser, folder / f"{case}.html", **options) as visit:
        visit.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        visit.page.wait_for_function("document.querySelector('.pic svg')")
        found = Axe().run(visit.page).response["violations"]
        assert [(v["impact"], v["id"]) for v in found if v["impact"] in SERIOUS] == []


def test_the_frame_of_a_notebook_shows_the_verdict_and_runs_nothing(
    browser: Any, tmp_path: Path
) -> None:
    page = tmp_path / "notebook.html"
    shown = Result(hostile())._repr_html_()
    assert len(shown) < 60_000
    page.write_text(f"<!doctype html><title>notebook</title>{shown}", encoding="utf-8")
    with Visit(browser, page) as visit:
        frame = visit.page.frame_locator("iframe")
        assert "FAIL" in frame.locator("h1").inner_text()
        assert visit.page.evaluate("document.querySelector('iframe').contentDocument") is None
        assert visit.said == []


@pytest.mark.parametrize("columns", [5, 200, pytest.param(2000, marks=pytest.mark.slow)])
def test_a_page_of_any_width_sorts_filters_and_opens(
    browser: Any, tmp_path: Path, columns: int
) -> None:
    page = tmp_path / "wide.html"
    page.write_text(render(wide(columns)), encoding="utf-8")
    with Visit(browser, page) as visit:
        visit.page.evaluate("for (const f of document.querySelectorAll('.fold')) f.open = true")
        visit.page.click("[data-by=name]")
        names = [f"a_feature_{i}" for i in range(columns)]
        assert sorted(visit.columns()) == sorted(names)
        visit.page.fill("#page-find", f"feature_{columns - 1}")
        assert visit.columns()[0] == f"a_feature_{columns - 1}"
        visit.page.click(".col:not([hidden]) > summary")
        visit.page.wait_for_selector(".col[open] .pic svg")
        assert visit.said == []


def test_a_column_opens_by_keyboard_and_shows_all_its_findings(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "flights.html") as visit:
        visit.page.focus(".col > summary")
        visit.page.keyboard.press("Enter")
        assert visit.page.is_visible(".col .b table")
        assert visit.page.is_visible(".col .b .pic svg")
        assert visit.page.locator(".col .b").first.locator("tbody th").count() == 2


def test_without_scripts_every_column_and_table_can_be_read(browser: Any, folder: Path) -> None:
    with Visit(browser, folder / "flights.html", java_script_enabled=False) as visit:
        assert not visit.page.is_visible("#page-tools")
        visit.page.click(".fold > summary")
        summaries = visit.page.locator(".col > summary")
        for i in range(summaries.count()):
            summaries.nth(i).click()
        assert visit.page.locator(".col .b table:visible").count() == 8
        assert not visit.page.is_visible(".heads") and visit.page.is_visible("h1")
    with Visit(browser, folder / "topics.html", java_script_enabled=False) as visit:
        assert visit.page.locator(".part svg.fig:visible").count() == 5
        assert not visit.page.is_visible(".slide")
        assert visit.page.inner_text(".told dd >> nth=0") == "50.0 %"
        assert visit.page.is_visible("#topic-fix_first")


@pytest.mark.parametrize("width", [360, 800, 1400])
@pytest.mark.parametrize("case", ["flights", "hostile", "offline", "topics"])
def test_no_width_scrolls_sideways(browser: Any, folder: Path, case: str, width: int) -> None:
    size = {"width": width, "height": 800}
    with Visit(browser, folder / f"{case}.html", viewport=size) as visit:
        visit.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1200])
def test_charts_are_drawn_inside_their_figures(browser: Any, folder: Path, width: int) -> None:
    size = {"width": width, "height": 800}
    with Visit(browser, folder / "flights.html", viewport=size) as visit:
        visit.page.evaluate("document.querySelectorAll('.col').forEach(d => d.open = true)")
        visit.page.wait_for_function("document.querySelectorAll('.pic svg').length >= 6")
        boxes = visit.page.evaluate(
            "[...document.querySelectorAll('.g')].filter(g => g.checkVisibility())"
            ".map(g => [g, ...g.querySelectorAll('path, text')].map(e => e.getBoundingClientRect())"
            ".map(r => [r.left, r.right, r.top, r.bottom]))"
        )
        assert len(boxes) >= 6
        for (left, right, top, bottom), *shapes in boxes:
            for shape in shapes:
                assert left - 3 <= shape[0] <= shape[1] <= right + 3
                assert top - 3 <= shape[2] <= shape[3] <= bottom + 3


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
        visit.page.fill("#page-find", "lower case")
        assert visit.columns() == ["carrier"]
        visit.page.fill("#page-find", "drift: population")
        assert visit.columns()[0] == "dewp"
